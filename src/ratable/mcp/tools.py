"""What an assistant may call: reports, explanations, answers, flags, findings and changes, all of them to read.

Worked example: `report("roll-forward", through="2026-03-31", by="customer")` gives the very rows that `ratable report`
prints as JSON, with the findings beside them; `explain("5f1c")` the chain from an entry to its clause.

Every call asks anew whether the person has a role, and keeps to the entities that it is held for. What is refused is
one sentence. Texts of contracts, memos and files are handed over as data, inside values, never as instructions. A
question is kept with its answer in the watchtower, as one that is asked on the screen.
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from typing import Annotated, Any, Concatenate, ParamSpec

import polars as pl
from django.db import connection
from django.db.models import Max
from pydantic import Field

from ratable.core import periods
from ratable.ledger import books, changes, flagged, models, pending, snapshots, stored, tracing
from ratable.operations import acts, asking, clock, people
from ratable.reports import books as reports
from ratable.reports import identities, names, rendering
from ratable.review import flags as raised
from ratable.review.ask import answers, library

Words = Annotated[str, Field(max_length=200)]
Day = Annotated[str, Field(description="A day, YYYY-MM-DD.", max_length=10)]
Month = Annotated[str, Field(description="A month, YYYY-MM; empty: the last one that is posted.", max_length=7)]
Entity = Annotated[str, Field(description="One entity alone, by its id; empty: all.", max_length=200)]
Question = Annotated[str, Field(description="In plain English, as a colleague would be asked.", max_length=500)]
Given = ParamSpec("Given")
Told = dict[str, Any]

_LONGEST = 2_000  # Rows of one answer; who needs more takes a file.


class Refused(Exception):
    """What cannot be answered, in one sentence for the person and their assistant."""


@dataclass(frozen=True)
class Reader:
    """Whose rights count."""

    person: str

    def admitted(self) -> None:
        """Go on only where the person has a role.

        Raises:
            Refused: they have none, or not any more.
        """
        if people.role(self.person) == people.NONE:
            raise Refused(f"{self.person} has no role here; whoever administers the books gives one.")

    def entity(self, asked: str = "") -> str | None:
        """The entity to answer for; None: all of them.

        Raises:
            Refused: the person has no role any more, or it is held for others.
        """
        self.admitted()
        try:
            return people.seen(self.person, asked or None)
        except people.NotTheirs as why:
            raise Refused(str(why)) from why

    def whole(self, what: str) -> None:
        """Go on only where the person sees all entities.

        Raises:
            Refused: they have no role, or see some only.
        """
        self.admitted()
        if people.entities(self.person) is not None:
            raise Refused(f"{what} are of all entities together, and the role of {self.person} is held for some.")


Tool = Callable[Concatenate[Reader, Given], Told]


def _told(work: Tool[Given]) -> Tool[Given]:
    """A tool whose refusals are sentences, and which leaves no connection behind in the thread that ran it."""

    @wraps(work)
    def tool(reader: Reader, /, *given: Given.args, **named: Given.kwargs) -> Told:
        try:
            return work(reader, *given, **named)
        except (names.Refused, identities.DoesNotFoot, tracing.Unknown, changes.NotClosed, acts.Refused) as why:
            raise Refused(str(why)) from why
        finally:
            if not connection.in_atomic_block:
                connection.close()

    return tool


@_told
def list_reports(reader: Reader) -> Told:
    """List the reports by name, with the choices that each takes."""
    reader.admitted()
    return {"reports": [{"report": name, "takes": list(takes)} for name, takes in names.REPORTS.items()]}


@_told
def report(  # noqa: PLR0913  one parameter for each choice of a report
    reader: Reader, name: Words, through: Day, *, by: Words = "", grain: Words = "", account: Words = "",
    basis: Words = "", known_on: Day = "", entity: Entity = "",
) -> Told:  # fmt: skip
    """Read a report of what is posted, through a day: the rows that `ratable report` prints, amounts as text."""
    own = reader.entity(entity)
    choices = names.Choices(names.dimensions(by), grain or None, account or None, basis or None)
    names.check(name, choices)
    known = _day(known_on, "known_on") if known_on else None
    made = books.books(_day(through, "through"), known_on=known, entity=own)
    asked = {"through": through, "known_on": str(known or acts.ledger_day(clock.now().isoformat())), "entity": own}
    rows = reports.report(made, name, choices)
    out = io.BytesIO()
    rendering.write_json(out, [rows.head(_LONGEST)], rendering.Heading(name, asked, made.findings, made.notes))
    said: Told = json.loads(out.getvalue())
    return said | {"rows_in_all": rows.height}


@_told
def explain(reader: Reader, entry: Annotated[str, Field(description="Its id, or how it begins.")]) -> Told:
    """Explain a posted entry: its arithmetic, obligation, allocation, contract, clause, file and row."""
    own = reader.entity()
    with stored.snapshot():
        found = tracing.found(entry)
        if own is not None and found.entity != own:
            raise Refused(f"entry {entry} is of another entity than yours, {own}.")
        return tracing.explain(found.entry).document()


@_told
def list_questions(reader: Reader) -> Told:
    """List the questions that the books can answer, each with its parameters and an example."""
    reader.admitted()
    told = [{"query": one.id, "title": one.title, "example": one.example} for one in library.QUERIES.values()]
    return {"questions": told}


@_told
def ask(reader: Reader, question: Question, month: Month = "", entity: Entity = "") -> Told:
    """Ask the books a question; the answer has its figures, tables and sources, and says how it was understood."""
    reader.entity(entity)
    seen = asking.seen_by(reader.person, snapshots.snapshot(_month(month)), entity or None)
    asked = asking.ask(acts.Actor(reader.person, clock.now), question, seen)
    return _cut(asked.answer).document()


@_told
def flags(reader: Reader, month: Month = "", entity: Entity = "") -> Told:
    """Read what the last review of a month flagged: sentence, formula, rows and next step, and what was answered."""
    own = reader.entity(entity)
    found = flagged.of_month(_month(month), on=clock.now().date())
    if own is not None:
        found = found.filter(pl.col("entity") == own)
    return {"flags": answers.plain(found.head(_LONGEST)), "rows_in_all": found.height,
            "waiting": flagged.open_(found, raised.BLOCKS, raised.FLAGS).height}  # fmt: skip


@_told
def findings(reader: Reader) -> Told:
    """Read the faults of imported data that wait for a person."""
    reader.whole("findings")
    waiting = pending.findings()
    return {"findings": waiting.head(_LONGEST).to_dicts(), "rows_in_all": waiting.height}


@_told
def what_changed(reader: Reader, since: Day = "", through: Day = "") -> Told:
    """Read what became known since the last close, or since a day, and what each cause does to revenue and bills."""
    reader.whole("changes")
    days = {name: _day(said, name) if said else None for name, said in (("since", since), ("through", through))}
    found = changes.since_close(**days)
    said = {"since": found.since.isoformat(), "through": found.through.isoformat()}
    return said | {"changes": answers.plain(found.rows.head(_LONGEST)), "rows_in_all": found.rows.height}


TOOLS: tuple[Tool[...], ...] = (
    list_reports, report, explain, list_questions, ask, flags, findings, what_changed,
)  # fmt: skip
"""All there is: nothing here imports, approves, posts, locks or changes anything."""


def _cut(answer: answers.Answer) -> answers.Answer:
    """An answer whose tables are of bounded length."""
    return replace(answer, tables=tuple(replace(one, rows=one.rows.head(_LONGEST)) for one in answer.tables))


def _day(written: str, name: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as why:
        raise Refused(f"{name}: saw {written!r}; expected a day such as 2026-03-31.") from why


def _month(written: str) -> str:
    """The month that is meant.

    Raises:
        Refused: it is none, or nothing is posted yet.
    """
    if not written:
        last = models.Entry.objects.aggregate(last=Max("period"))["last"]
        if last is None:
            raise Refused("nothing is posted yet, so there is nothing to ask about.")
        return str(last)
    try:
        periods.last_day(written)
    except ValueError as why:
        raise Refused(f"month: saw {written!r}; expected a month such as 2026-03.") from why
    return written

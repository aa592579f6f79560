"""The agent reviews: it says that it will, looks at a snapshot, and writes down what it noticed; people do the rest.

Worked example: Ben proposes run 7. `review_run(ben, 7)` writes the event "intend to review" by agent:review on behalf
of Ben, runs every check over the snapshot of run 7, and adds by a second event the review with its checks, their
versions and three flags. Killed in between, the intent stays without an outcome, and the watchtower shows it as
interrupted. `replay(1)` months later looks at the store as it stood then, and finds the same three flags.

Refused: a review where a controller has switched the review off, for somebody without a role, or of a run that is over.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Protocol

import polars as pl

import ratable
from ratable.core import periods
from ratable.ledger import canonical, covering, entries, flagged, knowledge, models, past, rows, snapshots
from ratable.ledger.review_tables import Review
from ratable.operations import acts, choices, decide, people, propose
from ratable.reports import names
from ratable.review import checks, flags, running
from ratable.review import snapshot as snapshots_of
from ratable.review.model import calls as model_calls

Step = Callable[[str], None]

INTENT, OUTCOME, ANSWER = people.AGENT_MAY
AT_ONCE = 5_000
"""Entries, posted and waiting, up to which a run is reviewed in the same breath as it is proposed; in larger books that
is a job of its own."""


@dataclass(frozen=True)
class Reviewed:
    """A review as it was made: `flags` are `flagged.FLAGS`, `ran` is `running.RAN`, `entries` how many it looked at."""

    no: int
    flags: pl.DataFrame
    ran: pl.DataFrame
    entries: int

    @property
    def covered(self) -> tuple[int, int]:
        """How many checks ran, of how many."""
        return self.ran["could_not"].null_count(), self.ran.height


@dataclass(frozen=True)
class Replayed:
    """A stored review made again: whether all is as it was, and the flags that are only in one of both (flags.SCHEMA).

    `versions` names the checks whose version is another one now, which explains differences.
    """

    same: bool
    gone: pl.DataFrame
    new: pl.DataFrame
    versions: tuple[str, ...]


@dataclass(frozen=True)
class _Subject:
    """What is reviewed, and by which date."""

    period: str
    run: int | None = None
    entity: str | None = None

    def words(self) -> str:
        of = f" of {self.entity}" if self.entity else ""
        return f"run {self.run}" if self.run is not None else f"{self.period}{of}"


class Answered(Protocol):
    """What `review.ask` makes of a question, as far as it is written down here."""

    @property
    def query(self) -> str:
        """The query that answered it; empty where none did."""

    def document(self) -> dict[str, Any]:
        """All that was answered, as plain values."""


def review_run(actor: acts.Actor, run: int, *, step: Step = lambda _: None) -> Reviewed:
    """Review the rows of a run, whether they wait or are posted.

    Args:
        actor: on whose behalf; anybody with a role.
        run: its number.
        step: is told what is being done.

    Raises:
        acts.Refused: the review is off, the actor has no role, or there is no such run, or it is over.
    """
    held: models.Run | None = models.Run.objects.filter(no=run).first()
    if held is None:
        raise acts.Refused(f"run {run}: there is none; the review shows what waits.")
    if (state := entries.state(run)) in ("replace", "reject"):
        raise acts.Refused(f"run {run} is {decide.WORDS[state]}; there is nothing left to review.")
    return _review(actor, _Subject(_month(held), run), step)


def _month(held: models.Run) -> str:
    """The month under review with a run: its own; of a manual journal, the last that is posted, where that is earlier.

    A manual journal is held against books that are complete, and not against a month that nobody has proposed yet.
    """
    own = f"{held.through:%Y-%m}"
    if held.kind != "manual":
        return own
    done = models.Run.objects.filter(kind="proposal", decision__verb="post", no__lt=held.no).order_by("-through")
    last = done.values_list("through", flat=True).first()
    return min(own, f"{last:%Y-%m}") if last else own


def review_period(
    actor: acts.Actor, period: str, *, entity: str | None = None, step: Step = lambda _: None
) -> Reviewed:
    """Review the posted entries of a month; its open flags are those of this review from now on.

    Args:
        actor: on whose behalf; anybody with a role.
        period: the month, YYYY-MM.
        entity: only its entries; None: those of all.
        step: is told what is being done.

    Raises:
        acts.Refused: the review is off, the actor has no role, or there is no such month or entity.
    """
    try:
        periods.last_day(period)
    except ValueError as fault:
        raise acts.Refused(f"period: saw {period!r}; expected a month as YYYY-MM, such as 2026-03.") from fault
    if entity is not None and entity not in (known := knowledge.entities()):
        raise acts.Refused(f"entity: saw {entity!r}; expected one of {', '.join(filter(None, known)) or 'none'}.")
    return _review(actor, _Subject(period, None, entity), step)


def after_proposal(actor: acts.Actor, run: int | None, *, step: Step = lambda _: None) -> Reviewed | None:
    """Review a run that was just proposed; None where there is none, the review is off, or it is for `later`."""
    if run is None or choices.chosen("review") == "off" or later(run):
        return None
    return review_run(actor, run, step=step)


def later(run: int) -> bool:
    """Whether a run is to be reviewed by a job of its own, since the books are large; never where the review is off."""
    if choices.chosen("review") == "off":
        return False
    return bool(models.Run.objects.get(no=run).rows + rows.count("entries") > AT_ONCE)


def asked(
    actor: acts.Actor, question: str, answer: Answered, *, snapshot: str = "", calls: Sequence[model_calls.Call] = ()
) -> int:
    """Write down a question with its answer.

    Args:
        actor: who asked; anybody with a role.
        question: as it was asked.
        answer: what `review.ask` made of it.
        snapshot: the name of the snapshot that it rests on.
        calls: those to a language model that had a part in it.

    Returns:
        the number of the question.

    Raises:
        acts.Refused: the actor has no role.
    """
    with acts.begin(_agent(actor), ANSWER, "question") as act:
        told = canonical.text(_plain(answer.document()))
        added = covering.cover(act, "questions", pl.DataFrame([{
            "by": people.AGENT, "question": acts.normal(question), "query": answer.query, "snapshot": snapshot,
            "answer": told, "model": calls[0].model if calls else "none",
            "prompt": ", ".join(call.prompt for call in calls) or "none",
        }]))  # fmt: skip
        no = int(added["no"][0])
        act.subject = f"question {no}"
        act.body["question"] = {
            "no": str(no), "query": answer.query, "answer": canonical.sha256(told),
            "calls": [_plain(vars(call)) for call in calls],
        }  # fmt: skip
    return no


def replay(no: int) -> Replayed:
    """Make a stored review again, on the store as it stood when that was begun; nothing is written.

    Raises:
        acts.Refused: there is no such review, or its drafts were written by hand and are gone.
    """
    kept: Review | None = Review.objects.filter(no=no).first()
    if kept is None:
        raise acts.Refused(f"review {no}: there is none of that number; the watchtower lists them.")
    drafts = None if kept.run_id is None else _drafts_then(kept.run_id, kept.intent)
    with past.after(kept.intent, drafts):
        found = running.review(_snapshot(_Subject(kept.period, kept.run_id, kept.entity or None), kept), checks.CHECKS)
    before = flagged.of_reviews([no], on=kept.today).select(*flags.SCHEMA)
    told = {check["check"]: check["version"] for check in json.loads(kept.checks)}
    now = dict(found.ran.select("check", pl.col("version").cast(pl.String)).iter_rows())
    versions = tuple(sorted(name for name in told.keys() | now.keys() if told.get(name) != now.get(name)))
    gone, new = (_only(one, other) for one, other in ((before, found.flags), (found.flags, before)))
    same = gone.is_empty() and new.is_empty() and (found.digest, found.entries) == (kept.population, kept.entries)
    return Replayed(same, gone, new, versions)


def _only(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """The flags of one that the other does not raise in the same words."""
    return one.join(other, on=["id", "expected", "actual", "says"], how="anti", maintain_order="left")


def _review(actor: acts.Actor, subject: _Subject, step: Step) -> Reviewed:
    if choices.chosen("review") == "off":
        raise acts.Refused("the review is switched off; a controller may set the choice review to on, with a reason.")
    agent = _agent(actor)
    with acts.begin(agent, INTENT, subject.words()) as act:
        intent = _Intent(act.no, acts.ledger_day(act.at), date.fromisoformat(act.at[:10]))
        act.body["intent"] = {
            "run": None if subject.run is None else str(subject.run), "period": subject.period,
            "entity": subject.entity or "", "known_on": intent.known_on.isoformat(),
        }  # fmt: skip
    step("Looking at what is under review")
    try:
        seen = _snapshot(subject, intent)
    except names.Refused as why:
        raise acts.Refused(str(why)) from why
    step("Checking")
    found = running.review(seen, checks.CHECKS)
    with acts.begin(agent, OUTCOME, subject.words()) as act:
        no = _keep(act, subject, intent, (seen, found))
    return Reviewed(no, flagged.of_reviews([no], on=intent.today), found.ran, found.entries)


@dataclass(frozen=True)
class _Intent:
    """The event that says what will be reviewed, with its day of the ledger and its calendar day."""

    intent: int
    known_on: date
    today: date


def _snapshot(subject: _Subject, by: _Intent | Review) -> snapshots_of.Snapshot:
    return snapshots.snapshot(
        subject.period, run=subject.run, entity=subject.entity, known_on=by.known_on, today=by.today
    )


def _keep(act: Any, subject: _Subject, by: _Intent, made: tuple[snapshots_of.Snapshot, running.Review]) -> int:
    """Add a review with its flags."""
    seen, found = made
    ran, checked = found.covered
    each = [{name: None if said is None else str(said) for name, said in row.items()} for row in found.ran.to_dicts()]
    settings = {name: str(value) for name, value in asdict(seen.settings).items()}
    row = {
        "intent": by.intent, "by": people.AGENT, "run_no": subject.run, "period": subject.period,
        "entity": subject.entity or "", "snapshot": seen.name, "known_on": by.known_on, "today": by.today,
        "checks": canonical.text(each), "thresholds": canonical.text(settings), "entries": found.entries,
        "population": found.digest, "ran": ran, "checked": checked, "flags": found.flags.height,
        "code": ratable.__version__, "model": "none", "prompt": "none",
    }  # fmt: skip
    kept = covering.cover(act, "reviews", pl.DataFrame([row], schema_overrides={"run_no": pl.Int64}))
    no = int(kept["no"][0])
    used = pl.Series("rows", [canonical.text(some) for some in found.flags["rows"].to_list()], pl.String)
    told = found.flags.rename({"id": "flag"}).with_columns(used, review_no=pl.lit(no, pl.Int64))
    covering.cover(act, "review_flags", told)
    act.body["review"] = {
        "no": str(no), "intent": str(by.intent), "snapshot": seen.name, "entries": str(found.entries),
        "population": found.digest, "flags": str(found.flags.height), "ran": str(ran), "checked": str(checked),
    }  # fmt: skip
    return no


def _agent(actor: acts.Actor) -> acts.Actor:
    """The agent, on behalf of a person who has a role here.

    Raises:
        acts.Refused: they have none, or are no person.
    """
    if people.is_agent(actor.person) or people.role(actor.person) == people.NONE:
        raise acts.Refused(f"{actor.person} has no role here; somebody who has one asks the agent.")
    return acts.Actor(people.AGENT, actor.clock, actor.reason, on_behalf_of=actor.person)


def _plain(value: Any) -> Any:
    """A value as canonical JSON takes it: numbers and days as text."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | str) else str(value)


def _drafts_then(run: int, intent: int) -> pl.DataFrame | None:
    """The drafts of a run that waited when it was reviewed and are gone since; None where they are there, or were not.

    They are known again by the hash of the run: from the entries that they became, or by proposing as of then.

    Raises:
        acts.Refused: they cannot be made again.
    """
    over = models.Decision.objects.filter(run=run, verb__in=entries.OVER).order_by("no").first()
    if over is None or over.event_id <= intent:
        return None
    held = models.Run.objects.select_related("event").get(no=run)
    first = int(json.loads(held.event.body)["what"]["run"]["first"])
    if over.verb == "post":
        query = f"SELECT {', '.join(_names())} FROM entries WHERE run_no = %s ORDER BY no"  # noqa: S608  our own names
        made = rows.select(query, [run], _names())
    elif held.kind == "proposal":
        with past.after(held.event_id - 1):
            due = propose.missing(held.through, book=held.book)
        made = due.with_columns(
            book=pl.lit(held.book), run_no=pl.lit(run, pl.Int64), rate=pl.lit("1"), functional_currency="currency",
            functional_amount="amount",
        )  # fmt: skip
    else:
        made = pl.DataFrame(schema=entries.DRAFTS)
    numbered = canonical.normal(made).with_columns(no=pl.int_range(pl.len(), dtype=pl.Int64) + first)
    placed = numbered.with_columns(digest=pl.lit("")).select(*entries.DRAFTS)
    drafts = placed.with_columns(covering.digests(placed))
    if canonical.of_all(drafts["digest"]) != held.hash:
        raise acts.Refused(
            f"run {run} was {decide.WORDS[over.verb]}, and its drafts are gone; they cannot be made again from what "
            "the store keeps, so that this review cannot be replayed."
        )
    return drafts


def _names() -> dict[str, pl.DataType]:
    return {name: kind for name, kind in entries.DRAFTS.items() if name not in ("no", "digest")}

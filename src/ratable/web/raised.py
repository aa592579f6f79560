"""Flags of the review as a person sees them: those that wait, those of a run, what was said of the like before.

Worked example: the review of run 7 raised a flag on invoice I-8107, which is no entry, and two on entries. Dana, whose
role is held for all entities, sees the three; Erin, who acts for DE alone, sees the one of DE.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl

from ratable.ledger import events, flagged, review_tables, rows
from ratable.operations import choices, clock, people
from ratable.review import flags
from ratable.web import state, tables

SIGNS = {flags.BLOCKS: ("bad", "blocks"), flags.FLAGS: ("warn", "to answer"), flags.INFORMS: ("quiet", "to know")}
"""Class of a flag to the sign and word that it is shown with."""

_OF_AN_ID = 8  # As many characters of an entry's id as people read.
_LIKE = """SELECT d.flag, d.verdict, d.reason, d."by", e.at, d.until, f.says FROM flag_dispositions d
  JOIN review_flags f ON f.no = d.review_flag_no JOIN events e ON e.no = d.event_no
  WHERE f."check" = %s AND (d.flag = %s OR f.contract = %s OR f.customer = %s OR f.subject = %s)
  ORDER BY d.no DESC LIMIT 6"""
_SAID: dict[str, pl.DataType] = dict.fromkeys(
    ("flag", "verdict", "reason", "by", "at", "until", "says"), pl.String()
)  # fmt: skip


@dataclass(frozen=True)
class Review:
    """What is said of the last review of a run: its number, what it covered, and the checks that could not run."""

    no: int
    entries: int
    ran: int
    checked: int
    flags: int
    at: str
    could_not: tuple[tuple[str, str, str], ...]


def on() -> bool:
    """Whether the agent reviews at all, by the company's choice."""
    return choices.chosen("review") != "off"


def today() -> date:
    """The day on which answers have to hold."""
    return clock.now().date()


def of_run(run: int, person: str) -> pl.DataFrame:
    """The flags of the last review of a run that a person may see (flagged.FLAGS); none while the review is off."""
    return seen(flagged.of_run(run, on=today()), person) if on() else pl.DataFrame(schema=flagged.FLAGS)


def waiting(person: str) -> pl.DataFrame:
    """The flags that wait for an answer and that a person may see (flagged.FLAGS)."""
    return seen(_waiting(events.last()[1], today()), person) if on() else pl.DataFrame(schema=flagged.FLAGS)


@lru_cache(maxsize=8)
def _waiting(_: str, day: date) -> pl.DataFrame:
    """Kept until something happens or the day ends."""
    return flagged.those_waiting(on=day)


def seen(found: pl.DataFrame, person: str) -> pl.DataFrame:
    """Those of the entities that a person's role is held for."""
    own = people.entities(person)
    return found if own is None else found.filter(pl.col("entity").is_in(list(own)))


def one(flag: str, person: str) -> dict[str, object]:
    """A flag as the last review that raised it has it, with the answer that counts now.

    Raises:
        state.Unclear: no review raised it, or it is of an entity that the person does not see.
    """
    raised = flagged.shown(flag)
    if raised is None:
        raise state.Unclear(f"flag {flag}: no review raised it.")
    known = seen(flagged.of_reviews([raised["review"]], on=today()), person).filter(pl.col("no") == raised["no"])
    if known.is_empty():
        raise state.Unclear(f"flag {flag}: it is of an entity that your role is not held for.")
    return known.row(0, named=True)


def last(run: int) -> Review | None:
    """The last review of a run; None where there is none."""
    held: review_tables.Review | None = (
        review_tables.Review.objects.filter(run=run).select_related("event").order_by("-no").first()
    )
    return None if held is None else _told(held)


def _told(held: review_tables.Review) -> Review:
    missing = tuple((one["check"], one["title"], one["could_not"]) for one in checks(held) if one["could_not"])
    return Review(held.no, held.entries, held.ran, held.checked, held.flags, held.event.at, missing)


def checks(held: review_tables.Review) -> list[dict[str, str]]:
    """The checks of a review, each with its version, class, flags and why it could not run."""
    return list(json.loads(held.checks))


def like(shown: dict[str, object]) -> list[dict[str, object]]:
    """What was answered before to the same check on the same thing, contract or customer, the last first."""
    of = [shown["check"], shown["id"], shown["contract"], shown["customer"], shown["subject"]]
    return list(rows.select(_LIKE, of, _SAID).iter_rows(named=True))


def table(found: pl.DataFrame, link: tables.Link) -> tables.Table:
    """Flags as a table, each leading to where it is answered."""
    columns = (
        tables.Column("subject", "About", "id", link, panel=True),
        tables.Column("sign", "Class", "status"),
        tables.Column("check", "Check", "id"),
        tables.Column("says", "What is odd", "text", wide=True),
        tables.Column("customer", "Customer"),
        tables.Column("period", "Month", "period"),
        tables.Column("currency", "Currency"),
        tables.Column("amount", "Affected", "money", link, panel=True),
    )
    told = found.with_columns(sign=sign(), subject=about())
    return tables.Table("flags", "Flags of the review that wait", columns, told, short=True)


def about() -> pl.Expr:
    """What a flag is about, as people say it."""
    entry, run = pl.col("table") == "entries", pl.col("table") == "runs"
    named = pl.when(entry).then(pl.col("subject").str.head(_OF_AN_ID)).when(run).then(pl.format("run {}", "subject"))
    return named.otherwise("subject")


def sign() -> pl.Expr:
    """The sign and word of each flag: its class while it waits, else that it is answered."""
    by_class = [pl.lit(list(SIGNS[name])) for name in (flags.BLOCKS, flags.FLAGS, flags.INFORMS)]
    open_ = (
        pl.when(pl.col("class") == flags.BLOCKS).then(by_class[0])
        .when(pl.col("class") == flags.FLAGS).then(by_class[1]).otherwise(by_class[2])
    )  # fmt: skip
    answered = pl.lit(["good", "answered"])
    return pl.when(pl.col("state") == flagged.ANSWERED).then(answered).otherwise(open_)


def address(asked: state.State, flag: object) -> str:
    """Where a flag is shown and answered."""
    return asked.link(f"/review/flags/{flag}")

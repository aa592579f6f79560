"""Manual journals: entries that a person writes, with a memo, the document behind them, and a second person.

Worked example: Ben enters 250.00 from deferred revenue to revenue on 31 March, "rounding agreed with the customer",
with the e-mail attached. It becomes run 5 with one draft of kind manual; Dana approves and posts it like any other.
`reverse` does the same for entries that should not have been posted: each with its sides swapped and its id as source.

Proposals leave what people wrote alone: it is never taken back by the engine, and what a person reversed is not posted
again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from ratable.core import accounts, currencies, identifiers
from ratable.engine import outcome
from ratable.ledger import canonical, closed, differences, entries, events, knowledge, models, rows
from ratable.operations import acts, drafting

JOURNAL: dict[str, pl.DataType] = {
    "date": pl.Date(),
    "entity": pl.String(),  # "" for the only one of a company that names none
    "currency": pl.String(),
    "line": pl.String(),  # of a contract or lone invoice that has entries; null: of none
    "debit": pl.String(),  # account codes
    "credit": pl.String(),
    "debit_role": pl.String(),
    "credit_role": pl.String(),
    "amount": pl.Int64(),  # minor units, above zero
}
_OF_LINE = ("contract", "account", "customer", "product")


@dataclass(frozen=True)
class Ground:
    """Why a manual journal is right: in words, and the document that shows it."""

    memo: str
    document: bytes


def enter(actor: acts.Actor, journal: pl.DataFrame, ground: Ground, *, book: str = "main") -> drafting.Proposed:
    """Prepare entries that the engine does not make.

    Args:
        actor: a preparer or controller.
        journal: JOURNAL, one row for each pair of accounts.
        ground: why.
        book: the book to post to.

    Raises:
        acts.Refused: no memo or document, or a row that cannot be posted.
    """
    with acts.begin(actor, "enter manually", entities=_entities(journal)) as act:
        _check(journal, book)
        lines = entries.posted(book=book).unique("line", keep="last", maintain_order=True).drop_nulls("line")
        told = journal.join(lines.select("line", *_OF_LINE), on="line", how="left", maintain_order="left")
        unknown = told.filter(pl.col("line").is_not_null() & pl.col("account").is_null())
        if unknown.height:
            raise acts.Refused(f"line: saw {unknown['line'][0]!r}; expected a line that has entries, or none.")
        month = pl.col("date").dt.to_string("%Y-%m")
        written = told.with_columns(
            period=month, origin_period=month, kind=pl.lit("manual"), source=pl.lit(None, pl.String)
        )
        return _prepare(act, written, ground, book)


def reverse(
    actor: acts.Actor, posted: Sequence[str], on: date, ground: Ground, *, book: str = "main"
) -> drafting.Proposed:
    """Prepare entries that take posted ones back, each with its sides swapped and the id of the other as source.

    Args:
        actor: a preparer or controller.
        posted: ids of entries.
        on: the day to date the reversals.
        ground: why.
        book: their book.

    Raises:
        acts.Refused: no memo or document, no such entry, one that was reversed before, or a locked day.
    """
    own = models.Entry.objects.filter(book=book, entry__in=list(posted)).values_list("entity", flat=True).distinct()
    with acts.begin(actor, "enter manually", entities=sorted(own)) as act:
        every = entries.posted(book=book)
        found = pl.DataFrame({"entry": posted}).join(every, on="entry", how="left", maintain_order="left")
        unknown = found.filter(pl.col("no").is_null())
        if unknown.height:
            raise acts.Refused(f"entry: saw {unknown['entry'][0]}; expected the id of a posted entry.")
        again = every.filter((pl.col("kind") == "reversal") & pl.col("source").is_in(found["entry"].implode()))
        if again.height or not found["entry"].is_unique().all():
            seen = again["source"][0] if again.height else found.filter(pl.col("entry").is_duplicated())["entry"][0]
            raise acts.Refused(f"entry {seen} is reversed already, or named twice; an entry is reversed once.")
        swapped = found.with_columns(
            date=pl.lit(on), period=pl.lit(f"{on:%Y-%m}"), kind=pl.lit("reversal"), source="entry",
            debit="credit", credit="debit", debit_role="credit_role", credit_role="debit_role",
        )  # fmt: skip
        _refuse_locked(swapped, book)
        return _prepare(act, swapped, ground, book)


def _entities(journal: pl.DataFrame) -> list[str]:
    return journal["entity"].drop_nulls().unique().sort().to_list()


def _prepare(act: events.Act, journal: pl.DataFrame, ground: Ground, book: str) -> drafting.Proposed:
    if not ground.memo.strip() or not ground.document:
        raise acts.Refused("a manual journal says why: give a memo, and the document that supports it.")
    support = canonical.sha256(ground.document)
    if not models.File.objects.filter(sha256=support).exists():
        models.File.objects.create(sha256=support, size=len(ground.document), content=ground.document)
    # The number of the run makes equal rows of two journals two entries.
    numbered = journal.drop("entry", strict=False).with_columns(run=pl.lit(rows.count("runs") + 1))
    content = numbered.select("run", *differences.KEY, "date", "amount")
    told = numbered.with_columns(entry=identifiers.of(content), narrative=pl.lit(ground.memo.strip()))
    through = told["date"].max()
    if not isinstance(through, date):
        raise acts.Refused("a manual journal has at least one row; saw none.")
    act.body |= {"memo": ground.memo.strip(), "support": support}
    purpose = drafting.Purpose("manual", book, through, ground.memo.strip(), support)
    return drafting.draft(act, told.select(*differences.ROWS), purpose)


def _check(journal: pl.DataFrame, book: str) -> None:
    """Refuses the first row that cannot be posted."""
    chart = accounts.Chart(knowledge.current("accounts"), knowledge.current("account_rules"))
    codes = accounts.in_force(chart)["code"].to_list()
    rules = {
        "amount": (pl.col("amount") > 0, "an amount above zero; swap the accounts for the other direction"),
        "credit": (pl.col("debit") != pl.col("credit"), "two different accounts"),
        "currency": (pl.col("currency").is_in(list(currencies.EXPONENTS)), "a currency of ISO 4217, such as USD"),
        "entity": (pl.col("entity").is_in(knowledge.entities()), "an entity that keeps books here"),
        **{name: (pl.col(name).is_in(outcome.ROLES.categories.to_list()), "a role of journal rows, such as revenue")
           for name in ("debit_role", "credit_role")},
    }  # fmt: skip
    known = {name: (pl.col(name).is_in(codes), "an account of the chart") for name in ("debit", "credit")}
    for name, (holds, expected) in [*rules.items(), *known.items()]:
        wrong = journal.filter(~holds.fill_null(value=False))
        if wrong.height:
            raise acts.Refused(f"manual journal, {name}: saw {wrong[name][0]!r}; expected {expected}.")
    _refuse_locked(journal, book)


def _refuse_locked(journal: pl.DataFrame, book: str) -> None:
    ended = closed.last_days(book=book)
    locked = journal.join(ended, on="entity").filter(pl.col("date") <= pl.col("closed"))
    if locked.height:
        day, through = locked.select("date", "closed").row(0)
        raise acts.Refused(f"manual journal, date: saw {day}; expected a day after {through}, through which is locked.")

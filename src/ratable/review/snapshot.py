"""A snapshot: all that a review may look at, frozen, so that the same snapshot gives the same flags for ever.

Worked example: after event 118 the store holds 412 entries, run 7 waits with 42 drafts, and January is locked. The
snapshot of run 7 has 454 rows of ENTRIES, of which 42 are `reviewed`, the acts behind them (RUNS), the locked months
(PERIODS), what each import said that it held (IMPORTS), the facts as a bundle, and the facts as they were known when
January was locked (`close`). It is the same whether the store, a test or a generated company made it.

An entity of "" is the only one of a company that names none. Amounts are minor units of the row's currency.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from ratable.core import bundles
from ratable.reports import books
from ratable.review import diagnosing, moving, said, second, thresholds

ENTRIES: dict[str, pl.DataType] = {
    "no": pl.Int64(),  # its place in the journal of its book; of a draft: its place in its run
    "entry": pl.String(),
    "state": pl.String(),  # posted or draft
    "reviewed": pl.Boolean(),  # belongs to what is under review
    "run": pl.Int64(),
    "book": pl.String(),
    "entity": pl.String(),
    "date": pl.Date(),
    "period": pl.String(),  # YYYY-MM of the date
    "origin_period": pl.String(),  # YYYY-MM that the amount belongs to
    "currency": pl.String(),
    "kind": pl.String(),
    "contract": pl.String(),
    "line": pl.String(),  # null where no line stands behind it
    "account": pl.String(),  # what nets, in words: contract C-1, or invoice I-1
    "customer": pl.String(),
    "product": pl.String(),
    "source": pl.String(),
    "debit": pl.String(),
    "credit": pl.String(),
    "debit_role": pl.String(),
    "credit_role": pl.String(),
    "amount": pl.Int64(),
    "functional_currency": pl.String(),
    "functional_amount": pl.Int64(),
    "rate": pl.String(),  # functional currency for one of the currency, decimal text
    "narrative": pl.String(),
}
"""Grain: one pair of accounts."""

RUNS: dict[str, pl.DataType] = {
    "run": pl.Int64(),
    "kind": pl.String(),  # proposal or manual
    "through": pl.Date(),
    "prepared_by": pl.String(),
    "prepared_at": pl.Datetime("us"),  # UTC, as all moments
    "opened_at": pl.Datetime("us"),  # when whoever approved it first had it before them; null: never
    "approved_by": pl.String(),
    "approved_at": pl.Datetime("us"),
    "posted_by": pl.String(),
    "posted_at": pl.Datetime("us"),
    "alone": pl.Boolean(),  # one person in both roles, by the company's own choice
    "memo": pl.String(),
    "support": pl.String(),  # hash of the document behind a manual journal; empty: none
    "reverses": pl.Int64(),  # the run that it takes back; null: none
    "rows": pl.Int64(),
}
"""Grain: one set of entries that was prepared, approved and posted together."""

PERIODS: dict[str, pl.DataType] = {
    "entity": pl.String(),
    "through": pl.Date(),  # last closed day
    "locked_at": pl.Datetime("us"),
}
"""Grain: one lock of an entity, in the order in which they were made."""

IMPORTS: dict[str, pl.DataType] = {
    "import": pl.Int64(),
    "table": pl.String(),
    "currency": pl.String(),  # null: the count of rows
    "stated": pl.Int64(),  # by the control record: rows, or the sum of amounts in minor units
    "held": pl.Int64(),  # the same of what came in
}
"""Grain: one control total of one import."""

WAITING: dict[str, pl.DataType] = dict.fromkeys(("kind", "id", "entity", "says"), pl.String())
"""Grain: one thing that waits for a person before the month under review can be locked, of kind runs, findings or
flags; the entity is null where it is about more than one, or where none is known."""


@dataclass(frozen=True)
class Close:
    """What was known when the last month was closed: the facts, the day, and the end of that month."""

    bundle: bundles.Bundle
    known_on: date
    through: date


@dataclass(frozen=True)
class Snapshot:
    """All that a review may look at.

    `name` names the state that it shows: the hash of the last event of the store, or of the company that was
    generated. `books` is what the engine makes of `bundle` through `through`. `waiting` is what waits for a person, as
    the checklist of the close has it; None: nothing keeps that, as with a bundle or a past day. No check looks at it.
    `limits` are the most that each person may approve, by person and currency, in minor units.
    """

    name: str
    period: str  # the month under review, YYYY-MM
    through: date
    today: date
    bundle: bundles.Bundle
    books: books.Books
    entries: pl.DataFrame
    runs: pl.DataFrame
    periods: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PERIODS))
    imports: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=IMPORTS))
    waiting: pl.DataFrame | None = None
    close: Close | None = None
    limits: dict[str, dict[str, int]] = field(default_factory=dict)
    settings: thresholds.Thresholds = field(default_factory=thresholds.Thresholds)
    entity: str | None = None  # The one that it is narrowed to (`review.narrowed`); None: all.
    whole: bool = True  # False: entries and facts are those of the accounts under review and of what nets with them.

    @cached_property
    def reviewed(self) -> pl.DataFrame:
        """The entries under review (ENTRIES)."""
        return self.entries.filter("reviewed")

    @cached_property
    def lines(self) -> pl.DataFrame:
        """The obligations (`engine.outcome.LINES`)."""
        return self.books.outcome.lines

    @cached_property
    def due(self) -> pl.DataFrame:
        """Every entry that the second engine makes of the facts, by month (`second.DUE`)."""
        return second.due(self.bundle, self.through)

    @cached_property
    def diagnoses(self) -> tuple[diagnosing.Diagnosis, ...]:
        """Why the journal of each account that differs from the second engine may have come about."""
        own = pl.col("line").is_not_null() & ~pl.col("kind").is_in(diagnosing.UNSAID)
        booked = second.netted(self.entries.filter(own))
        cells = diagnosing.differing(booked, self.due, self.lines)
        return diagnosing.diagnose(self.bundle, self.through, lines=self.lines, booked=booked, cells=cells)

    @cached_property
    def moved(self) -> pl.DataFrame:
        """What moved since the last close, and why (`moving.MOVED`); nothing where nothing was closed yet."""
        if self.close is None:
            return pl.DataFrame(schema=moving.MOVED)
        return moving.since(self.close.bundle, self.bundle, self.close.through)

    @cached_property
    def said(self) -> pl.DataFrame:
        """What clauses say beside what rows say (`said.LINES`)."""
        return said.lines(self.bundle)

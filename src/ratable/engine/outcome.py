"""What the engine hands to the reports: obligations, movements between accounts, and what is left to recognize.

Worked example: 1,200.00 for the calendar year 2026, invoiced on 1 January, through 31 January: one line (allocated
120000), two movements (2026-01-01 billing receivable / deferred_revenue 120000; 2026-01-31 recognition
deferred_revenue / revenue 10000, month grain) and eleven rows of remaining, one for each month to December.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import polars as pl

from ratable.core import findings

KINDS = pl.Enum(
    [
        "billing", "recognition", "reclassification", "credit_note", "true_up", "catch_up", "modification",
        "breakage", "termination", "fx", "manual", "reversal",
    ]
)  # fmt: skip
ROLES = pl.Enum(
    [
        "receivable", "deferred_revenue", "revenue", "unbilled_receivable", "contract_asset", "refund_liability",
        "tax_payable", "cash", "fx_gain_loss",
    ]
)  # fmt: skip

LINES: dict[str, pl.DataType] = {
    "line_no": pl.UInt32(),  # row number, the key of the other two tables
    "line": pl.String(),  # id of the contract line, or of the lone invoice line
    "contract": pl.String(),  # null for a lone invoice line
    "account": pl.String(),  # what nets, in words: "contract C-1", or "invoice I-1" for a lone one
    "entity": pl.String(),
    "customer": pl.String(),
    "region": pl.String(),
    "product": pl.String(),
    "stream": pl.String(),
    "currency": pl.String(),
    "method": pl.String(),
    "proration": pl.String(),
    "start": pl.Date(),
    "end": pl.Date(),  # inclusive; by the terms in force on the date asked
    "signed_on": pl.Date(),  # first day that revenue is allowed
    "fixed": pl.Boolean(),  # carries fixed consideration (everything but usage)
    "awaits_time": pl.Boolean(),  # earned above billed is an unbilled receivable, never netted
    "ssp": pl.Int64(),  # minor units, whole line; by the terms in force
    "price": pl.Int64(),  # minor units, before contract-level discounts; by the terms in force
    "allocated": pl.Int64(),  # minor units, all it will ever recognize by the terms in force; null before them
    "contracted": pl.Int64(),  # the same by the terms signed, in force or not yet
    "clause": pl.String(),
}
MOVEMENTS: dict[str, pl.DataType] = {
    "line_no": pl.UInt32(),
    "date": pl.Date(),  # posting date
    "origin": pl.Date(),  # first day of the month that the amount belongs to
    "kind": KINDS,
    "debit_role": ROLES,
    "credit_role": ROLES,
    "amount": pl.Int64(),  # minor units, above zero
    "source": pl.String(),  # id of the fact behind it: invoice line, credit note, amendment, minimum; null: the line
}
REVENUE: dict[str, pl.DataType] = {
    "line_no": pl.UInt32(),
    "date": pl.Date(),  # the day it is posted on
    "origin": pl.Date(),  # first day of the month it belongs to
    "amount": pl.Int64(),  # minor units, below zero where revenue is taken back
}
REMAINING: dict[str, pl.DataType] = {
    "line_no": pl.UInt32(),
    "month": pl.Date(),  # first day of a month; never before the month of the date asked
    "amount": pl.Int64(),  # minor units of fixed consideration still to be recognized after the date asked
}


@dataclass(frozen=True)
class Outcome:
    """The books of one bundle through one day.

    `lines` follows LINES, one row per obligation signed by `through`. `movements(grain)` follows MOVEMENTS with grain
    "month" (one recognition row per line, month and origin, dated on the last day of the month or of the run) or "day".
    It is the union of `revenue(grain)`, plain recognition in the narrow form of REVENUE, and `others(grain)`, MOVEMENTS
    of everything else; reports over millions of lines read those two. `spans` are those served over time, numbered
    (recognition.SPANS and span), which engine.days cuts into days; `unspanned(grain)` is the rest of plain recognition:
    deliveries, milestones and use. `remaining()` follows REMAINING. `treatments` has one row per amendment: amendment,
    contract, day, treatment, why.
    """

    through: date
    known_on: date | None
    lines: pl.DataFrame
    findings: pl.DataFrame
    spans: pl.DataFrame
    unspanned: Callable[[str], pl.DataFrame]
    revenue: Callable[[str], pl.DataFrame]
    others: Callable[[str], pl.DataFrame]
    remaining: Callable[[], pl.DataFrame]
    treatments: pl.DataFrame

    def movements(self, grain: str) -> pl.DataFrame:
        """Everything that moves, by month or by day (MOVEMENTS)."""
        return pl.concat([self.others(grain), as_movements(self.revenue(grain))])

    def of(self, lines: pl.DataFrame) -> "Outcome":
        """The books of some of the lines alone (rows of `lines`), under the numbers that they have."""
        known = pl.col("line_no").is_in(lines["line_no"].implode())
        return replace(
            self,
            lines=lines,
            spans=self.spans.filter(known),
            unspanned=cache(lambda grain: self.unspanned(grain).filter(known)),
            revenue=cache(lambda grain: self.revenue(grain).filter(known)),
            others=cache(lambda grain: self.others(grain).filter(known)),
            remaining=cache(lambda: self.remaining().filter(known)),
            treatments=self.treatments.filter(pl.col("contract").is_in(lines["contract"].implode())),
        )

    def beside(self, others: "Outcome") -> "Outcome":
        """These books and those of other accounts as one, for the same days; those of `others` are renumbered."""
        after, spans = (_next(frame, name) for frame, name in ((self.lines, "line_no"), (self.spans, "span")))

        def both(mine: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
            return pl.concat([mine, theirs.with_columns(pl.col("line_no") + after)])

        return replace(
            self,
            lines=both(self.lines, others.lines),
            findings=findings.combine([self.findings, others.findings]),
            spans=both(self.spans, others.spans.with_columns(pl.col("span") + spans)),
            unspanned=cache(lambda grain: both(self.unspanned(grain), others.unspanned(grain))),
            revenue=cache(lambda grain: both(self.revenue(grain), others.revenue(grain))),
            others=cache(lambda grain: both(self.others(grain), others.others(grain))),
            remaining=cache(lambda: both(self.remaining(), others.remaining())),
            treatments=pl.concat([self.treatments, others.treatments]),
        )


def _next(rows: pl.DataFrame, name: str) -> pl.Expr:
    """The number after those that rows have."""
    last = rows[name].max()
    return pl.lit(last + 1 if isinstance(last, int) else 0, pl.UInt32)


def as_movements(revenue: pl.DataFrame) -> pl.DataFrame:
    """Plain recognition (REVENUE) as movements; no detour over role names, for there may be millions."""
    deferred, earned = (pl.lit(role, dtype=ROLES) for role in ("deferred_revenue", "revenue"))
    back = pl.col("amount") < 0
    return revenue.select(
        "line_no",
        "date",
        "origin",
        kind=pl.lit("recognition", dtype=KINDS),
        debit_role=pl.when(back).then(earned).otherwise(deferred),
        credit_role=pl.when(back).then(deferred).otherwise(earned),
        amount=pl.col("amount").abs(),
        source=pl.lit(None, pl.String),
    )

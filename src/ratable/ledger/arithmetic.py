"""The arithmetic of an entry, filled in: what a span of a line has earned through a month, less what it had before.

Worked example: 10,800.00 by the day over 2026 is one span. For January: "10,800.00 x 31/365 = 917.26 earned through
2026-01-31, less 0.00 earned before, is 917.26".

The shares are those that the engine used (engine.recognition.cuts), so that these figures are the ledger's figures.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import polars as pl

from ratable.core import currencies, periods
from ratable.engine import recognition


@dataclass(frozen=True)
class Earned:
    """What one span earned in one month, in minor units; `share` is the part of `amount` earned through `day`."""

    first: date
    start: date
    end: date
    proration: str
    constant: int
    amount: int
    day: date
    share: Fraction
    through: int
    before: int

    @property
    def moved(self) -> int:
        """What the month adds."""
        return self.through - self.before

    def sentence(self, currency: str) -> str:
        """The closed form with its numbers."""
        fixed = f"{money(self.constant, currency)} + " if self.constant else ""
        formula = f"{fixed}{money(self.amount, currency)} x {self.share.numerator}/{self.share.denominator}"
        return (
            f"{formula} = {money(self.through, currency)} earned through {self.day}, less "
            f"{money(self.before, currency)} earned before, is {money(self.moved, currency)} {currency} "
            f"({self.proration.replace('_', ' ')}, {self.start} to {self.end})."
        )


def of_month(spans: pl.DataFrame, month: date, through: date) -> list[Earned]:
    """What each of some spans earned in a month.

    Source: 606-10-25-31.

    Args:
        spans: recognition.SPANS of one line, served over time.
        month: the first day of the month.
        through: the last day of the books.

    Returns:
        one for each span that has a day in the month, in order.
    """
    touching = (pl.col("first") <= through) & (pl.col("first").dt.month_start() <= month) & (pl.col("last") >= month)
    found = []
    for span in spans.filter(touching).sort("first").rows(named=True):
        window = pl.DataFrame([span], schema=spans.schema).select(recognition.WINDOW)
        cut = recognition.cuts(window, through, "month").filter(
            periods.month_number(pl.col("day")) <= periods.month_number(pl.lit(month))
        )
        *earlier, last = [(row["day"], Fraction(row["n"], row["d"])) for row in cut.rows(named=True)]
        if last[0].replace(day=1) != month:
            continue  # The span ended before; its days after the end earn nothing more.
        earned = span["constant"] + round(span["amount"] * last[1])
        before = span["constant"] + round(span["amount"] * earlier[-1][1]) if earlier else span["opening"]
        kept = {name: span[name] for name in ("first", "start", "end", "proration", "constant", "amount")}
        found.append(Earned(**kept, day=last[0], share=last[1], through=earned, before=before))
    return found


def money(amount: int, currency: str) -> str:
    """One amount for people: 1,200.00."""
    decimals = currencies.EXPONENTS[currency]
    whole, part = divmod(abs(amount), 10**decimals)
    fraction = f".{part:0{decimals}}" if decimals else ""
    return f"{'-' if amount < 0 else ''}{whole:,}{fraction}"

"""Step 5a: measure progress, as exact weights of the service delivered through a day.

Worked example (`monthly_prorated`): a line from 16 January to 15 April 2026 weighs 16/31 + 1 + 1 + 15/30 months.
Through 31 January 16/31 of a month is delivered, through 28 February 1 + 16/31, so 1,809.68 gives 309.68 and 909.68.

A weight is written as three integers, part / (split x unit): `part` counts units of weight times `split`, `split` is
the number of service days of the month that the day lies in, `unit` makes one whole month `unit` large. For one line
`unit` cancels; two lines, or two ends of one line, are compared through it. Days outside the life are clipped to it.
"""

from dataclasses import dataclass

import polars as pl

from ratable.core import periods


@dataclass(frozen=True)
class Weight:
    """Expressions for the weight through one day: part / (split x unit)."""

    part: pl.Expr
    split: pl.Expr
    unit: pl.Expr


def calendar_weight(
    day: pl.Expr, *, start: str = "start", end: str = "end", proration: str | None = "proration"
) -> Weight:
    """Weight of straight-line service through a day under the line's convention for stub months.

    Source: 606-10-25-31 (one measure of progress); 606-10-55-17 for time elapsed.

    Args:
        day: the day, any date.
        start: column with the first day of the line's life.
        end: column with its last day.
        proration: column with the convention; None: every line weighs by the day.

    Returns:
        integers; part grows with the day from 0 to the weight of the whole life.
    """
    first, last = pl.col(start), pl.col(end)
    day = pl.max_horizontal(pl.min_horizontal(day, last), periods.day_before(first))
    days = periods.days_between(first, day)
    one = pl.lit(1, dtype=pl.Int64)
    if proration is None:
        return Weight(days, one, one)
    months = _monthly_weight(day, first, last, pl.col(proration))
    daily = pl.col(proration) == "daily"
    none_yet = days <= 0
    zero = pl.lit(0, dtype=pl.Int64)
    return Weight(
        part=pl.when(daily).then(days).when(none_yet).then(zero).otherwise(months.part),
        split=pl.when(daily | none_yet).then(one).otherwise(months.split),
        unit=pl.when(daily).then(one).otherwise(months.unit),
    )


def _monthly_weight(day: pl.Expr, first: pl.Expr, last: pl.Expr, proration: pl.Expr) -> Weight:
    """Weight in months: whole months before the day's month, and the part of that month that its service days make."""
    month, first_month, last_month = (periods.month_number(d) for d in (day, first, last))
    in_first, in_last, single = month == first_month, month == last_month, first_month == last_month
    length_first, length_last = periods.days_in_month(first), periods.days_in_month(last)
    day_of_month, first_day, last_day = (d.dt.day().cast(pl.Int64) for d in (day, first, last))
    served_first = pl.when(single).then(last_day - first_day + 1).otherwise(length_first - first_day + 1)
    by_days = proration == "monthly_prorated"
    by_halves = proration == "mid_month"
    unit = pl.when(by_days).then(length_first * length_last).when(by_halves).then(2).otherwise(1)
    weight_first = pl.when(by_days).then(served_first * length_last).when(by_halves & ~single).then(1).otherwise(unit)
    dropped = (proration == "monthly_full_first") & (last_day < length_last)
    weight_last = (
        pl.when(by_days).then(last_day * length_first).when(by_halves).then(1).when(dropped).then(0).otherwise(1)
    )
    served = day_of_month - pl.when(in_first).then(first_day - 1).otherwise(0)
    split = pl.when(in_first).then(served_first).when(in_last).then(last_day).otherwise(periods.days_in_month(day))
    before = pl.when(in_first).then(0).otherwise(weight_first + (month - first_month - 1) * unit)
    this_month = pl.when(in_first).then(weight_first).when(in_last).then(weight_last).otherwise(unit)
    return Weight((before * split + this_month * served).cast(pl.Int64), split.cast(pl.Int64), unit.cast(pl.Int64))

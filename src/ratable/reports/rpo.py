"""Remaining performance obligations in time bands.

Worked example: 400.00 a month for 24 months from July 2027, at the end of 2027: total 7,200.00, of which 4,800.00
within 12 months (January to December 2028) and 2,400.00 in months 13 to 24.
"""

from collections.abc import Sequence

import polars as pl

from ratable.engine.outcome import Outcome
from ratable.reports import grouping, identities, remaining

BANDS = ("within_12_months", "13_to_24_months", "later")


def table(outcome: Outcome, *, by: str | Sequence[str] = ()) -> pl.DataFrame:
    """Fixed consideration of signed contracts still to be recognized, by how far off it is.

    Source: 606-10-50-13.

    Args:
        outcome: the books of one bundle through the day asked.
        by: dimensions; the currency always is one.

    Returns:
        as_of, currency, total, within_12_months, 13_to_24_months, later (minor units) and one column per dimension.
        Bands end with months: what remains of the month of `as_of` itself is within 12 months.

    Raises:
        names.Refused: a dimension that there is not.
        identities.DoesNotFoot: a figure that does not foot.
    """
    groups = grouping.of(outcome.lines, by)
    ahead = pl.col("month") - grouping.period_of(outcome.through, "month")
    left = remaining.of(outcome, "rpo").join(groups.of_line, on="line_no")
    within, next_year = ahead <= 12, (ahead > 12) & (ahead <= 24)
    sums = left.group_by("group").agg(
        pl.col("amount").sum().alias("total"),
        pl.col("amount").filter(within).sum().alias(BANDS[0]),
        pl.col("amount").filter(next_year).sum().alias(BANDS[1]),
        pl.col("amount").filter(ahead > 24).sum().alias(BANDS[2]),
    )
    rows = groups.keys.join(sums, on="group", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("total", *BANDS).fill_null(0))
    report = rows.select(pl.lit(outcome.through).alias("as_of"), "currency", "total", *BANDS, *groups.dimensions)
    identities.same("rpo", report, ("total", pl.col("total")), ("the bands together", pl.sum_horizontal(*BANDS)))
    return report

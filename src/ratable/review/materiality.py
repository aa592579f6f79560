"""What is material: a part of a year's revenue of each book and currency, and below it what is trivial.

Worked example: the main book has 1,000,000.00 USD of revenue in the three months since it began, so 4,000,000.00 in a
year. Material is 0.5% of it, 20,000.00; trivial is what does not pass 5% of that, 1,000.00. A currency in which there
is no revenue yet has nothing trivial.
"""

import polars as pl

from ratable.core import money, periods
from ratable.review.snapshot import Snapshot

LEVELS: dict[str, pl.DataType] = {
    "book": pl.String(),
    "currency": pl.String(),
    "material": pl.Int64(),  # minor units
    "trivial": pl.Int64(),
}
"""Grain: one book and currency."""

_WHOLE = 10_000


def levels(snapshot: Snapshot) -> pl.DataFrame:
    """What is material and trivial in each book and currency that has entries (LEVELS).

    Revenue is that of the last twelve months through the one under review, and a shorter history is stretched to a
    year; entries written by hand count neither way, so that nobody moves the level that they are judged by.
    """
    settings = snapshot.settings
    first = periods.shifted(snapshot.period, 1 - settings.history_months)
    sign = (pl.col("credit_role") == "revenue").cast(pl.Int64) - (pl.col("debit_role") == "revenue").cast(pl.Int64)
    by_hand = pl.col("kind").is_in(["manual", "reversal"])
    recent = pl.col("period").is_between(pl.lit(first), pl.lit(snapshot.period)) & ~by_hand
    earned = pl.when(recent).then(sign * pl.col("amount")).otherwise(0)
    began = pl.when(recent & (sign != 0)).then("period").min()
    sums = snapshot.entries.group_by("book", "currency").agg(revenue=earned.sum(), began=began)
    number = pl.col("began").str.slice(0, 4).cast(pl.Int64) * 12 + pl.col("began").str.slice(5, 2).cast(pl.Int64)
    last = int(snapshot.period[:4]) * 12 + int(snapshot.period[5:])
    months = (last - number + 1).fill_null(settings.history_months)
    whole = pl.max_horizontal("revenue", 0).cast(pl.Int128)
    material = money.round_half_even(whole * 12 * settings.material_basis_points, months.cast(pl.Int128) * _WHOLE)
    found = sums.with_columns(material=material.cast(pl.Int64))
    trivial = money.round_half_even(pl.col("material") * settings.trivial_basis_points, pl.lit(_WHOLE))
    return found.with_columns(trivial=trivial).select(*LEVELS).sort("book", "currency")

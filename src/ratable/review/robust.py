"""What is usual and how far from it is odd: medians and distances from them, and how likely a spread of digits is.

Worked example: of 100, 102, 98, 101 and 900 the median is 101 and the usual distance from it (the median of 1, 1, 3, 0
and 799) is 1; a limit of 35 tenths allows 35 x 1.4826 / 10 = 5.1891 from 101, so that 900 alone is odd. A mean and a
standard deviation, which 900 itself moves, would have let it pass.

Amounts stay whole numbers: a median of two is kept as twice the median, and limits are compared after multiplying
out. Digits are counts and no money; their probabilities are floats. numpy has no distribution function of chi-square,
so that the closed form for whole degrees of freedom stands here (Abramowitz and Stegun, 26.4.4 and 26.4.5).
"""

import math
from collections.abc import Sequence
from fractions import Fraction

import polars as pl

SPREAD = Fraction(14_826, 10_000)
"""The median distance times this is the standard deviation, where values are normal; 1 / 0.6745, as it is written."""

_SPREAD_TIMES = 14_826
_SPREAD_OF = 10_000


def median(values: Sequence[int]) -> Fraction:
    """The median of at least one value, exactly."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return Fraction(ordered[middle] + ordered[~middle], 2)


def usual_distance(values: Sequence[int]) -> Fraction:
    """The median of the distances from the median (MAD), exactly."""
    twice = int(2 * median(values))
    return median([abs(2 * value - twice) for value in values]) / 2


def limit(values: Sequence[int], tenths: int) -> Fraction:
    """How far from the median is still usual, exactly: tenths / 10 x 1.4826 x MAD."""
    return Fraction(tenths, 10) * SPREAD * usual_distance(values)


def twice_median(value: pl.Expr) -> pl.Expr:
    """Twice the median of whole numbers, so that it is whole; an aggregation."""
    ordered = value.drop_nulls().sort()
    count = ordered.len().cast(pl.Int64)
    return ordered.get((count - 1) // 2, null_on_oob=True) + ordered.get(count // 2, null_on_oob=True)


def limits(rows: pl.DataFrame, by: Sequence[str], value: str, *, tenths: int) -> pl.DataFrame:
    """What is usual in each group of rows.

    Args:
        rows: the columns of `by`, and `value`: minor units.
        by: what makes a group.
        value: the column that is measured.
        tenths: how far from the median is still usual, in tenths of the usual distance.

    Returns:
        one row per group: `by`, `count`, `twice` (twice the median) and `most` (the largest whole distance from the
        median that is still usual: tenths / 10 x 1.4826 x MAD, rounded down).
    """
    centers = rows.group_by(by).agg(count=pl.len().cast(pl.Int64), twice=twice_median(pl.col(value)))
    apart = rows.join(centers, on=by, nulls_equal=True).with_columns(apart=(2 * pl.col(value) - pl.col("twice")).abs())
    spread = apart.group_by(by).agg(fourfold=twice_median(pl.col("apart")))
    most = pl.col("fourfold") * (tenths * _SPREAD_TIMES) // (4 * 10 * _SPREAD_OF)
    found = centers.join(spread, on=by, nulls_equal=True).with_columns(most=most)
    return found.select(*by, "count", "twice", "most")


def chance_of(chi_square: float, freedom: int) -> float:
    """How likely a chi-square of at least this size is by chance alone.

    Args:
        chi_square: at least zero.
        freedom: degrees of freedom, at least 1.
    """
    half = chi_square / 2
    if half <= 0:
        return 1.0
    odd = freedom % 2 == 1
    chance = math.erfc(math.sqrt(half)) if odd else math.exp(-half)
    first = 0.5 if odd else 1.0
    for step in range((freedom - 1) // 2):
        power = first + step
        chance += math.exp(power * math.log(half) - half - math.lgamma(power + 1))
    return min(chance, 1.0)


def chi_square(counts: Sequence[int]) -> float:
    """How far counts are from all being alike; zero where they are."""
    expected = sum(counts) / len(counts)
    return sum((count - expected) ** 2 for count in counts) / expected

"""Division and rounding of money: the one module where an amount is ever divided.

Worked example: 100.00 over three months is 10000 minor units; through month one `prorate(10000, 1, 3)` is 3333,
through month two 6667, through month three 10000, so the months are 3333, 3334 and 3333 and no cent is lost.
`share` splits 80.00 by 20, 30 and 40: floors 17.77, 26.66 and 35.55 leave two cents, which go to the remainders
.777 and .666, giving 17.78, 26.67 and 35.55.

Amounts are Int64 minor units. A product of two of them passes 64 bits, so both functions widen where they must.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

_NARROW_PRODUCT = float(2**62)  # Products below it fit 64 bits, twice over; wider ones take 128.


def round_half_even(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """The integer nearest to numerator / denominator, ties to the even one; exact for any sign of the numerator."""
    whole = numerator // denominator
    twice_rest = 2 * (numerator - whole * denominator)
    up = (twice_rest > denominator) | ((twice_rest == denominator) & (whole % 2 != 0))
    return whole + up.cast(pl.Int64)


def prorate(amount: pl.Series, numerator: pl.Series, denominator: pl.Series) -> pl.Series:
    """Round half even of amount x numerator / denominator, exactly.

    Args:
        amount: Int64 minor units, any sign.
        numerator: integers, 0 <= numerator <= denominator.
        denominator: integers above zero.

    Returns:
        Int64 minor units; the whole amount where numerator = denominator; a negative amount mirrors the positive one.
    """
    if amount.is_empty():
        return amount.cast(pl.Int64)
    rows = pl.DataFrame({"a": amount, "n": numerator, "d": denominator})
    a, n, d = pl.col("a"), pl.col("n"), pl.col("d")
    if _largest(amount) * _largest(numerator) < _NARROW_PRODUCT:
        return rows.select(amount=round_half_even(a * n, d)).to_series()
    wide = round_half_even(a.cast(pl.Int128) * n.cast(pl.Int128), d.cast(pl.Int128))
    return rows.select(amount=wide.cast(pl.Int64)).to_series()


def _largest(numbers: pl.Series) -> float:
    """The largest absolute value, as a bound."""
    low, high = numbers.min(), numbers.max()
    return float(max(abs(low), abs(high))) if isinstance(low, int) and isinstance(high, int) else 0.0


Integers = npt.NDArray[np.int64] | npt.NDArray[np.object_]


def share(
    amount: pl.Series, weight: Integers, *, among: pl.Series, tie: pl.Series, per: Integers | None = None
) -> pl.Series:
    """Share one amount among the rows of each group by weight, to the unit: floors, then largest remainders.

    Source: 606-10-32-31 and 32-36 for the use with standalone selling prices.

    Args:
        amount: Int64 minor units, the group's amount on each of its rows; may be negative.
        weight: integers of at least zero, one a row; Python integers where they pass 64 bits.
        among: the group of each row.
        tie: among equal remainders the smaller value is served first.
        per: denominators of the weights, above zero; default: weights are whole.

    Returns:
        Int64 minor units in the order of the rows; sums to the group's amount exactly, and a negative amount mirrors
        the positive one. Where every weight of a group is zero its rows weigh alike.
    """
    if amount.is_empty():
        return pl.Series("share", [], dtype=pl.Int64)
    order = pl.DataFrame({"g": among, "t": tie}).with_row_index("i").sort("g", "t")
    position = order["i"].to_numpy()
    group = order["g"].rle_id().to_numpy().astype(np.int64)
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    weights = _whole_weights(weight[position], None if per is None else per[position], group, starts)
    signed = amount.to_numpy()[position]
    amounts: Integers = np.abs(signed)
    largest = float(amounts.max()) * float(np.add.reduceat(weights.astype(np.float64), starts).max())
    if largest >= _NARROW_PRODUCT:
        amounts, weights = amounts.astype(object), weights.astype(object)
    totals = np.add.reduceat(weights, starts)[group]
    products = amounts * weights
    floors = products // totals
    missing = amounts[starts] - np.add.reduceat(floors, starts)
    turn = _descending_rank(products - floors * totals, group, starts)
    shares = floors.astype(np.int64) + (turn < missing.astype(np.int64)[group])
    result = np.empty(len(shares), dtype=np.int64)
    result[position] = np.where(signed < 0, -shares, shares)
    return pl.Series("share", result)


def _whole_weights(
    weight: Integers, per: Integers | None, group: npt.NDArray[np.int64], starts: npt.NDArray[np.intp]
) -> Integers:
    """Weights over a common denominator in each group, divided by what they have in common, never all zero."""
    if per is not None:
        weight, per = weight.astype(object), per.astype(object)
        weight = weight * (np.lcm.reduceat(per, starts)[group] // per)
    idle = (np.add.reduceat(weight.astype(np.float64), starts) == 0)[group]
    weight = np.where(idle, 1, weight)
    weight = weight // np.gcd.reduceat(weight, starts)[group]
    small: Integers = (
        weight.astype(np.int64) if float(np.abs(weight.astype(np.float64)).max()) < _NARROW_PRODUCT else weight
    )
    return small


def _descending_rank(
    remainder: Integers, group: npt.NDArray[np.int64], starts: npt.NDArray[np.intp]
) -> npt.NDArray[np.int64]:
    """Place of each row in its group by remainder, largest first, equal ones in the order given."""
    by_remainder = np.argsort(-remainder, kind="stable")
    order = by_remainder[np.argsort(group[by_remainder], kind="stable")]
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - starts[group]
    return rank

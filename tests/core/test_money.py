"""Division of money: round half even, exactly, for any sign and any size; shares that lose no unit."""

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratable.core import money

AMOUNTS = st.integers(-(10**15), 10**15)


def prorated(amount: int, numerator: int, denominator: int) -> int:
    parts = [pl.Series([part], dtype=pl.Int64) for part in (amount, numerator, denominator)]
    found: int = money.prorate(*parts).item()
    return found


def shared(amount: int, *weights: int, ties: str = "abcdef", per: list[int] | None = None) -> list[int]:
    count = len(weights)
    denominators = None if per is None else np.array(per, dtype=object)
    return money.share(
        pl.Series([amount] * count), np.array(weights, dtype=object if per or max(weights) >= 2**63 else np.int64),
        among=pl.Series(["one"] * count), tie=pl.Series(list(ties[:count])), per=denominators,
    ).to_list()  # fmt: skip


def test_a_third_of_a_hundred_keeps_every_cent() -> None:
    through = [prorated(100_00, month, 3) for month in range(4)]

    assert through == [0, 33_33, 66_67, 100_00]


@pytest.mark.parametrize(
    ("amount", "numerator", "denominator", "nearest"),
    [
        (1, 1, 2, 0), (3, 1, 2, 2), (5, 1, 2, 2), (7, 1, 2, 4),  # Halves go to the even neighbor.
        (-1, 1, 2, 0), (-3, 1, 2, -2), (-5, 1, 2, -2),  # A negative amount mirrors the positive one.
        (1, 2, 3, 1), (1, 1, 3, 0), (-1, 2, 3, -1), (0, 3, 7, 0), (7, 0, 9, 0), (7, 9, 9, 7),
        (10**15, 2**40 - 1, 2**40, 999_999_999_999_091),  # The product passes 64 bits.
        (-(10**15), 2**40 - 1, 2**40, -999_999_999_999_091),
    ],
)  # fmt: skip
def test_a_share_is_the_nearest_unit(amount: int, numerator: int, denominator: int, nearest: int) -> None:
    assert prorated(amount, numerator, denominator) == nearest


@settings(max_examples=30)
@given(amount=AMOUNTS, denominator=st.integers(1, 2**45), data=st.data())
def test_every_share_is_rounded_half_even(amount: int, denominator: int, data: st.DataObject) -> None:
    numerator = data.draw(st.integers(0, denominator))

    assert prorated(amount, numerator, denominator) == round(Fraction(amount * numerator, denominator))


def test_one_wide_row_leaves_its_neighbors_alone() -> None:
    columns = [pl.Series(values) for values in ([10**15, 5, -5], [2**40 - 1, 1, 1], [2**40, 2, 2])]

    assert money.prorate(*columns).to_list() == [999_999_999_999_091, 2, -2]


def test_no_rows_give_no_shares() -> None:
    none = pl.Series([], dtype=pl.Int64)

    assert money.prorate(none, none, none).to_list() == []
    assert money.share(none, none.to_numpy(), among=none, tie=none).to_list() == []


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        (80_00, (20, 30, 40), [17_78, 26_67, 35_55]),  # Remainders .777, .666 and .555: the first two get a cent.
        (100, (1, 1, 1), [34, 33, 33]),  # Equal remainders: by id.
        (-100, (1, 1, 1), [-34, -33, -33]),
        (7, (0, 1, 0), [0, 7, 0]),
        (5, (0, 0), [3, 2]),  # Nothing to weigh by: alike.
        (0, (3, 4), [0, 0]),
        (10**15, (10**15, 10**15 - 1), [500_000_000_000_000, 500_000_000_000_000]),
        (3, (10**30, 2 * 10**30), [1, 2]),
    ],
)
def test_a_total_is_shared_to_the_unit(amount: int, weights: tuple[int, ...], shares: list[int]) -> None:
    assert shared(amount, *weights) == shares


def test_the_smaller_id_is_served_first_wherever_it_stands() -> None:
    assert shared(100, 1, 1, 1, ties="cab") == [33, 34, 33]


def test_weights_may_be_fractions() -> None:
    assert shared(60, 1, 1, 1, per=[1, 2, 3]) == [33, 16, 11]  # 6/11, 3/11 and 2/11 of 60: .727, .363, .909.


def test_groups_are_shared_apart() -> None:
    shares = money.share(
        pl.Series([10, 7, 10, 7]),
        np.array([1, 2, 1, 5]),
        among=pl.Series(["x", "y", "x", "y"]),
        tie=pl.Series([1, 2, 3, 4]),
    )

    assert shares.to_list() == [5, 2, 5, 5]


def test_each_group_serves_its_own_remainders() -> None:
    groups, ties = pl.Series([1, 1, 1, 2, 2, 2]), pl.Series([1, 2, 3, 3, 2, 1])
    shares = money.share(pl.Series([100] * 6), np.array([1] * 6), among=groups, tie=ties)

    assert shares.to_list() == [34, 33, 33, 33, 33, 34]


def test_of_many_equal_remainders_the_first_are_served() -> None:
    count = 400
    places = pl.Series(range(count))
    shares = money.share(pl.Series([100] * count), np.array([1] * count), among=places // count, tie=places)

    assert shares.to_list() == [1] * 100 + [0] * 300


def by_largest_remainder(amount: int, weights: list[Fraction]) -> list[int]:
    """The same by fractions: floors, then a unit each to the largest remainders, the first of equal ones first."""
    whole = weights if any(weights) else [Fraction(1)] * len(weights)
    exact = [abs(amount) * weight / sum(whole) for weight in whole]
    floors = [int(share) for share in exact]
    missing = abs(amount) - sum(floors)
    served = sorted(range(len(exact)), key=lambda place: (floors[place] - exact[place], place))[:missing]
    sign = -1 if amount < 0 else 1
    return [sign * (floor + (place in served)) for place, floor in enumerate(floors)]


@settings(max_examples=30)
@given(amount=AMOUNTS, weights=st.lists(st.one_of(st.integers(0, 9), st.integers(0, 2**62)), min_size=1, max_size=6))
def test_shares_are_floors_and_largest_remainders(amount: int, weights: list[int]) -> None:
    shares = shared(amount, *weights)

    assert sum(shares) == amount
    assert shares == by_largest_remainder(amount, [Fraction(weight) for weight in weights])


@pytest.mark.parametrize("amount", [10**15 - 1, 10**15 - 3, -(10**15 - 7)])
@pytest.mark.parametrize(
    "weights", [[2**61 + 1, 2**61 + 3, 2**60 + 7], [3**38, 5**26, 7**22, 11**17, 1], [10**30, 10**30 + 1, 7]]
)
def test_wide_products_are_shared_exactly(amount: int, weights: list[int]) -> None:
    assert shared(amount, *weights) == by_largest_remainder(amount, [Fraction(weight) for weight in weights])
    assert shared(amount, *weights, per=[3, 7, 11, 13, 17][: len(weights)]) == by_largest_remainder(
        amount, [Fraction(weight, per) for weight, per in zip(weights, [3, 7, 11, 13, 17], strict=False)]
    )


@settings(max_examples=30)
@given(amount=AMOUNTS, data=st.data())
def test_fractional_weights_are_shared_exactly(amount: int, data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.tuples(st.integers(0, 2**62), st.integers(1, 10**9)), min_size=1, max_size=4))
    weights, per = [weight for weight, _ in parts], [denominator for _, denominator in parts]

    assert shared(amount, *weights, per=per) == by_largest_remainder(amount, [Fraction(*part) for part in parts])


def test_shares_are_named_integers_even_of_nothing() -> None:
    none = pl.Series([], dtype=pl.Int64)
    one = pl.Series([1])

    for amount in (none, one):
        shares = money.share(amount, amount.to_numpy(), among=amount, tie=amount)
        assert (shares.name, str(shares.dtype)) == ("share", "Int64")
        assert str(money.prorate(amount, amount, amount).dtype) == "Int64"


@pytest.mark.parametrize(("numerator", "nearest"), [(5, 2), (-5, -2), (7, 4), (-7, -4), (8, 4), (-8, -4), (-1, 0)])
def test_an_expression_rounds_alike(numerator: int, nearest: int) -> None:
    frame = pl.DataFrame({"n": [numerator], "d": [2]})

    assert frame.select(money.round_half_even(pl.col("n"), pl.col("d"))).item() == nearest

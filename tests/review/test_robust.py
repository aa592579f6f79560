from fractions import Fraction

import polars as pl
import pytest

from ratable.review import robust


def test_one_that_is_far_moves_neither_median_nor_distance() -> None:
    values = [100, 102, 98, 101, 900]
    assert [robust.median(values), robust.usual_distance(values)] == [Fraction(101), Fraction(1)]
    assert robust.limit(values, 35) == Fraction(51_891, 10_000)


def test_an_even_number_of_values_has_a_median_between_them() -> None:
    assert robust.median([1, 2]) == Fraction(3, 2)
    assert robust.usual_distance([1, 2, 3, 4]) == 1


def test_limits_by_group_are_those_of_each_group() -> None:
    rows = pl.DataFrame({"group": ["a"] * 5 + ["b"] * 4, "value": [100, 102, 98, 101, 900, 1, 2, 3, 4]})
    found = robust.limits(rows, ["group"], "value", tenths=35).sort("group")
    assert found.rows() == [("a", 5, 202, 5), ("b", 4, 5, 5)]


@pytest.mark.parametrize(
    ("chi_square", "freedom"), [(3.8415, 1), (5.9915, 2), (7.8147, 3), (18.3070, 10), (123.2252, 99)]
)
def test_one_in_twenty_is_where_the_printed_tables_have_it(chi_square: float, freedom: int) -> None:
    assert robust.chance_of(chi_square, freedom) == pytest.approx(0.05, abs=0.00001)


def test_nothing_apart_is_certain() -> None:
    assert robust.chi_square([3, 3, 3]) == 0
    assert robust.chance_of(0, 99) == 1
    assert robust.chi_square([4, 2, 3]) == pytest.approx(2 / 3)

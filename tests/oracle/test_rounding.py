from fractions import Fraction

from ratable.oracle import rounding


def test_a_half_goes_to_the_even_neighbor() -> None:
    assert [rounding.half_even(Fraction(n, 2)) for n in (1, 3, 5, -1, -3)] == [0, 2, 2, 0, -2]


def test_the_missing_cents_go_to_the_largest_remainders() -> None:
    weights = {"phone": Fraction(20), "internet": Fraction(30), "tv": Fraction(40)}

    assert rounding.share(8000, weights) == {"phone": 1778, "internet": 2667, "tv": 3555}


def test_ties_go_to_the_smaller_id_whatever_the_order() -> None:
    assert rounding.share(100, {"c": Fraction(1), "b": Fraction(1), "a": Fraction(1)}) == {"a": 34, "b": 33, "c": 33}


def test_a_negative_total_mirrors_the_positive_one() -> None:
    assert rounding.share(-100, {"a": Fraction(1), "b": Fraction(2)}) == {"a": -33, "b": -67}


def test_lines_without_weight_weigh_alike() -> None:
    assert rounding.share(5, {"a": Fraction(0), "b": Fraction(0)}) == {"a": 3, "b": 2}

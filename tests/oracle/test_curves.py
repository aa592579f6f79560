from datetime import date
from fractions import Fraction

import pytest

from ratable.oracle import curves

START, END = date(2026, 1, 15), date(2026, 3, 10)


@pytest.mark.parametrize(
    ("proration", "january", "february", "whole"),
    [
        ("daily", 17, 45, 55),
        ("monthly_prorated", Fraction(17, 31), Fraction(48, 31), Fraction(58, 31)),
        ("monthly_full_first", 1, 2, 2),
        ("mid_month", Fraction(1, 2), Fraction(3, 2), 2),
    ],
)
def test_weights_of_each_convention(proration: str, january: Fraction, february: Fraction, whole: Fraction) -> None:
    progress = curves.by_time(START, END, proration)

    assert progress.through(date(2026, 1, 14)) == 0
    assert progress.through(date(2026, 1, 31)) == january
    assert progress.through(date(2026, 2, 28)) == february
    assert (progress.through(END), progress.through(date(2027, 1, 1)), progress.whole) == (whole, whole, whole)


@pytest.mark.parametrize("proration", ["monthly_full_first", "mid_month"])
def test_a_single_month_is_whole(proration: str) -> None:
    assert curves.by_time(date(2026, 2, 10), date(2026, 2, 19), proration).whole == 1


def test_a_path_runs_from_where_it_stands_to_the_end() -> None:
    curve = curves.path(
        600, 900, curves.by_time(date(2026, 1, 1), date(2026, 12, 31), "mid_month"), after=date(2026, 6, 30)
    )

    assert [curve(date(2026, month, 30)) for month in (6, 9, 11)] == [600, 1091, 1418]
    assert curve(date(2026, 12, 31)) == 1500


def test_what_has_nothing_left_comes_at_once() -> None:
    curve = curves.path(5, 7, curves.at_once(date(2026, 1, 1)), after=date(2026, 1, 1))

    assert curve(date(2026, 1, 2)) == 12


def test_the_latest_row_of_a_milestone_wins() -> None:
    shares = {"design": Fraction(1, 4), "build": Fraction(3, 4)}
    reached = [
        (date(2026, 1, 5), "design", Fraction(1)),
        (date(2026, 2, 5), "build", Fraction(1, 3)),
        (date(2026, 3, 5), "build", Fraction(1)),
    ]
    progress = curves.by_milestones(reached, shares)

    assert [progress.through(date(2026, month, 9)) for month in (1, 2, 3)] == [Fraction(1, 4), Fraction(1, 2), 1]

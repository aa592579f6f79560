"""Calendar steps: a clipped day comes back, a month is a number, both ends of a stretch of days count."""

from datetime import date

import polars as pl
import pytest

from ratable.core import periods
from tests import frames


def asked(expression: pl.Expr, **days: str) -> object:
    """What an expression gives on one row of days."""
    return pl.DataFrame({name: [frames.day(text)] for name, text in days.items()}).select(expression).item()


@pytest.mark.parametrize(
    ("anchor", "months", "found"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-01-31", 2, "2026-03-31"),  # Counted from the anchor, so the 31st comes back.
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-05-31", 0, "2026-05-31"),
    ],
)
def test_months_are_counted_from_the_anchor(anchor: str, months: int, found: str) -> None:
    assert asked(periods.add_months(pl.col("anchor"), pl.lit(months)), anchor=anchor) == frames.day(found)


def test_another_day_of_the_month_may_be_wished_for() -> None:
    assert asked(periods.add_months(pl.col("a"), pl.lit(1), day=pl.lit(31)), a="2026-03-02") == date(2026, 4, 30)


def test_months_are_numbers_whose_difference_counts_them() -> None:
    gap = periods.month_number(pl.col("to")) - periods.month_number(pl.col("since"))

    assert asked(gap, since="2025-11-30", to="2027-01-01") == 14


@pytest.mark.parametrize("day", ["2026-01-01", "2026-12-31", "2028-02-29"])
def test_a_month_number_leads_back_to_its_first_day(day: str) -> None:
    first = periods.first_of_month(periods.month_number(pl.col("day")))

    assert asked(first, day=day) == frames.day(day).replace(day=1)


@pytest.mark.parametrize(
    ("day", "length"), [("2026-02-10", 28), ("2028-02-10", 29), ("2026-04-30", 30), ("2026-12-01", 31)]
)
def test_the_length_and_the_end_of_a_month(day: str, length: int) -> None:
    assert asked(periods.days_in_month(pl.col("day")), day=day) == length
    assert asked(periods.end_of_month(pl.col("day")), day=day) == frames.day(day).replace(day=length)


def test_both_ends_count() -> None:
    days = periods.days_between(pl.col("start"), pl.col("end"))

    assert asked(days, start="2026-01-01", end="2026-01-31") == 31
    assert asked(days, start="2026-01-01", end="2026-01-01") == 1
    assert asked(days, start="2026-01-01", end="2025-12-31") == 0


def test_the_days_around() -> None:
    assert asked(periods.day_before(pl.col("day")), day="2028-03-01") == date(2028, 2, 29)
    assert asked(periods.day_after(pl.col("day")), day="2026-12-31") == date(2027, 1, 1)


def test_a_month_is_written_in_one_way() -> None:
    assert periods.last_day("2028-02") == date(2028, 2, 29)
    for typed in ("2026-2", "2026-13", "202602", "2026-02-01", ""):
        with pytest.raises(ValueError):  # noqa: PT011  what people are told is said by who asked
            periods.last_day(typed)


@pytest.mark.parametrize(
    ("period", "by", "found"), [("2026-01", -1, "2025-12"), ("2025-11", 14, "2027-01"), ("2026-12", 0, "2026-12")]
)
def test_a_written_month_is_shifted_and_counted_back(period: str, by: int, found: str) -> None:
    assert periods.shifted(period, by) == found
    assert periods.months_between(period, found) == by

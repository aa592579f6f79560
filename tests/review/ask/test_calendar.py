"""What people say for months."""

import pytest

from ratable.review.ask import calendar

MARCH = calendar.Today("2026-03")
APRIL_YEAR = calendar.Today("2026-03", year_begins=4)
AHEAD = calendar.Today("2026-03", ahead=True)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("this month", ("2026-03", "2026-03")),
        ("last month", ("2026-02", "2026-02")),
        ("last quarter", ("2025-10", "2025-12")),
        ("this quarter", ("2026-01", "2026-03")),
        ("last year", ("2025-01", "2025-12")),
        ("this year", ("2026-01", "2026-12")),
        ("year to date", ("2026-01", "2026-03")),
        ("quarter to date", ("2026-01", "2026-03")),
        ("YTD", ("2026-01", "2026-03")),
        ("in March", ("2026-03", "2026-03")),
        ("October", ("2025-10", "2025-10")),
        ("Feb 2026", ("2026-02", "2026-02")),
        ("Sept. 2025", ("2025-09", "2025-09")),
        ("in May", ("2025-05", "2025-05")),
        ("Q1 2026", ("2026-01", "2026-03")),
        ("Q4", ("2025-10", "2025-12")),
        ("the fourth quarter of 2025", ("2025-10", "2025-12")),
        ("H2 2025", ("2025-07", "2025-12")),
        ("2026-02", ("2026-02", "2026-02")),
        ("02/2026", ("2026-02", "2026-02")),
        ("on 2026-02-17", ("2026-02", "2026-02")),
        ("as of 31 January 2026", ("2026-01", "2026-01")),
        ("January 31, 2026", ("2026-01", "2026-01")),
        ("2025", ("2025-01", "2025-12")),
        ("FY2025", ("2025-01", "2025-12")),
        ("from November to February 2026", ("2025-11", "2026-02")),
        ("between January and March", ("2026-01", "2026-03")),
        ("2025-11 to 2026-01", ("2025-11", "2026-01")),
        ("over the last three months", ("2026-01", "2026-03")),
        ("last 6 months", ("2025-10", "2026-03")),
        ("two months ago", ("2026-01", "2026-01")),
        ("now", ("2026-03", "2026-03")),
    ],
)
def test_months_that_are_said(text: str, months: tuple[str, str]) -> None:
    found = calendar.found(text, MARCH)
    assert [(one.first, one.last) for one in found] == [months]


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("Q1 2026", ("2026-04", "2026-06")),
        ("last quarter", ("2025-10", "2025-12")),
        ("Q4", ("2026-01", "2026-03")),
        ("year to date", ("2025-04", "2026-03")),
        ("this fiscal year", ("2025-04", "2026-03")),
        ("FY2025", ("2025-04", "2026-03")),
        ("2025", ("2025-01", "2025-12")),
    ],
)
def test_a_year_that_begins_in_april(text: str, months: tuple[str, str]) -> None:
    found = calendar.found(text, APRIL_YEAR)
    assert [(one.first, one.last) for one in found] == [months]


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("next quarter", ("2026-04", "2026-06")),
        ("next 12 months", ("2026-04", "2027-03")),
        ("will be in February", ("2027-02", "2027-02")),
        ("expected in June", ("2026-06", "2026-06")),
    ],
)
def test_what_is_to_come(text: str, months: tuple[str, str]) -> None:
    found = calendar.found(text, AHEAD)
    assert [(one.first, one.last) for one in found] == [months]


@pytest.mark.parametrize(
    "text", ["what may be wrong", "C-2026-01-x", "$2,026", "order SO-2025", "", "2026-13", "1.2026"]
)
def test_what_is_no_month(text: str) -> None:
    assert calendar.found(text, MARCH) == []


def test_two_stretches_stay_two() -> None:
    found = calendar.found("revenue of March against Q4 2025", MARCH)
    assert [(one.first, one.last) for one in found] == [("2026-03", "2026-03"), ("2025-10", "2025-12")]


def test_steps_over_years() -> None:
    assert calendar.plus("2026-03", -15) == "2024-12"
    assert calendar.months_between("2025-11", "2026-02") == 4

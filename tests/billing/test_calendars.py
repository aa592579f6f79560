"""Billing dates: periods from the line's start, stubs by days, one bill, dates of one's own, bills on milestones."""

from typing import Any

import polars as pl
import pytest

from ratable.billing import calendars
from ratable.core import periods, tables
from ratable.engine import milestones
from tests import frames

TERMS = {name: dtype for name, dtype in tables.TABLES["contract_lines"].schema.items() if name.startswith("billing.")}
SCHEMA: dict[str, Any] = {"line_no": pl.UInt32(), "start": pl.Date(), "end": pl.Date(), "available_from": pl.Date()}
SCHEMA |= {"fixed": pl.Boolean()} | TERMS
LINE: dict[str, Any] = {
    "line_no": 0,
    "start": "2026-01-16",
    "end": "2026-04-30",
    "available_from": "2026-01-01",
    "fixed": True,
}


def calendar(*reached: dict[str, Any], **terms: Any) -> pl.DataFrame:
    return calendars.build(frames.of(SCHEMA, LINE | terms), frames.of(milestones.REACHED, *reached))


def dues(found: pl.DataFrame) -> list[str]:
    return [str(day) for day in found["due"]]


def test_a_stub_comes_first_where_bills_have_a_day_of_their_own() -> None:
    found = calendar(**{"billing.frequency": "monthly", "billing.timing": "advance", "billing.day": 1})

    assert dues(found) == ["2026-01-16", "2026-02-01", "2026-03-01", "2026-04-01"]
    assert frames.column(found, "weight") == [16, 31, 31, 31]
    assert frames.column(found, "days") == [16, 28, 31, 30]
    assert frames.column(found, "whole_days") == [31, 28, 31, 30]


def test_periods_count_from_the_start_and_the_last_may_be_a_stub() -> None:
    found = calendar(**{"billing.frequency": "monthly"})

    assert dues(found) == ["2026-01-16", "2026-02-16", "2026-03-16", "2026-04-16"]
    assert frames.column(found, "weight") == [30, 30, 30, 15]  # The last period would run to 15 May: 15 of 30 days.


def test_two_stubs_weigh_over_one_denominator() -> None:
    found = calendar(**{"billing.frequency": "monthly", "billing.day": 1, "end": "2026-04-10"})

    assert frames.column(found, "weight") == [16 * 30, 31 * 30, 31 * 30, 10 * 31]


def test_a_bill_in_arrears_is_dated_on_the_last_day_of_its_period() -> None:
    found = calendar(**{"billing.frequency": "quarterly", "billing.timing": "arrears"})

    assert dues(found) == ["2026-04-15", "2026-04-30"]
    assert [str(day) for day in found["service_start"]] == ["2026-01-16", "2026-04-16"]


def test_a_day_that_a_short_month_lacks_is_clipped_in_that_month_only() -> None:
    found = calendar(**{"billing.frequency": "monthly", "start": "2026-01-31", "end": "2026-05-30"})

    assert dues(found) == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert frames.column(found, "weight") == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("frequency", "count"), [("monthly", 24), ("quarterly", 8), ("semiannual", 4), ("annual", 2), ("once", 1)]
)
def test_two_years_have_so_many_bills(frequency: str, count: int) -> None:
    found = calendar(**{"billing.frequency": frequency, "start": "2026-01-01", "end": "2027-12-31"})

    assert len(found) == count
    assert set(frames.column(found, "weight")) == {1}


@pytest.mark.parametrize(
    ("timing", "due"), [("advance", "2026-01-16"), ("arrears", "2026-04-30"), (None, "2026-01-16")]
)
def test_a_line_billed_once_is_billed_at_an_end_of_its_life(timing: str | None, due: str) -> None:
    found = calendar(**{"billing.frequency": "once", "billing.timing": timing})

    assert dues(found) == [due]
    assert frames.column(found, "days") == frames.column(found, "whole_days") == [105]


def test_without_terms_a_fixed_line_is_billed_once_and_usage_monthly_in_arrears() -> None:
    assert dues(calendar()) == ["2026-01-16"]
    assert dues(calendar(fixed=False)) == ["2026-02-15", "2026-03-15", "2026-04-15", "2026-04-30"]


def test_usage_is_billed_in_arrears_whatever_was_said() -> None:
    assert dues(calendar(**{"fixed": False, "billing.frequency": "once", "billing.timing": "advance"})) == [
        "2026-04-30"
    ]


def test_no_bill_is_dated_before_the_signature() -> None:
    found = calendar(**{"billing.frequency": "monthly", "available_from": "2026-03-01"})

    assert dues(found) == ["2026-03-01", "2026-03-01", "2026-03-16", "2026-04-16"]
    assert [str(day) for day in found["service_start"]][:2] == ["2026-01-16", "2026-02-16"]


def test_dates_of_ones_own_are_equal_parts_for_no_period() -> None:
    dates = [frames.day("2026-03-01"), frames.day("2026-02-01")]
    found = calendar(**{"billing.frequency": "custom", "billing.dates": dates})

    assert dues(found) == ["2026-02-01", "2026-03-01"]
    assert frames.column(found, "weight") == [1, 1]
    assert frames.column(found, "days") == frames.column(found, "whole_days") == [0, 0]
    assert set(frames.column(found, "service_end")) == {frames.day("2026-04-30")}


def test_milestone_bills_follow_what_is_reached_and_the_rest_has_no_date() -> None:
    steps = [
        {"line_no": 0, "day": "2026-02-01", "part": 3, "split": 10},
        {"line_no": 0, "day": "2026-05-05", "part": 8, "split": 10},
    ]
    found = calendar(*steps, **{"billing.frequency": "milestone"})

    assert dues(found) == ["2026-02-01", "2026-05-05", str(periods.OPEN)]
    assert frames.column(found, "weight") == [3, 5, 2]
    assert [str(day) for day in found["service_end"]] == ["2026-04-30", "2026-05-05", str(periods.OPEN)]


def test_a_milestone_line_with_nothing_reached_has_one_bill_without_a_date() -> None:
    found = calendar(**{"billing.frequency": "milestone"})

    assert dues(found) == [str(periods.OPEN)]
    assert frames.column(found, "weight") == [1]

"""What spans earn: in closed form on any day, and as the months and days whose sum that is."""

from typing import Any

import polars as pl
import pytest

from ratable.core import periods
from ratable.engine import milestones, recognition
from tests import frames

SPAN: dict[str, Any] = {
    "line_no": 0,
    "first": "2026-01-01",
    "last": periods.OPEN,
    "opening": 0,
    "constant": 0,
    "amount": 12_000_00,
}
SPAN |= {
    "since": "2025-12-31",
    "until": "2026-12-31",
    "start": "2026-01-01",
    "end": "2026-12-31",
    "proration": "monthly_prorated",
}
CREDITED = SPAN | {
    "first": "2026-10-01",
    "opening": 9_000_00,
    "constant": 9_000_00,
    "amount": 1_500_00,
    "since": "2026-09-30",
}
STEPS = (
    {"line_no": 0, "day": "2026-02-17", "part": 3, "split": 10},
    {"line_no": 0, "day": "2026-05-05", "part": 8, "split": 10},
)


def spans(*rows: dict[str, Any]) -> pl.DataFrame:
    return frames.of(recognition.SPANS, *rows)


def reached(*rows: dict[str, Any]) -> pl.DataFrame:
    return frames.of(milestones.REACHED, *rows)


def earned(day: str, *steps: dict[str, Any], **terms: Any) -> int:
    rows = spans(SPAN | terms).with_columns(day=pl.lit(frames.day(day)))
    found: int = recognition.earned(rows, reached(*steps)).item()
    return found


@pytest.mark.parametrize(
    ("day", "terms", "amount"),
    [
        ("2026-09-30", {}, 9_000_00),
        ("2026-10-31", CREDITED, 9_500_00),
        ("2026-12-31", CREDITED, 10_500_00),
        ("2026-01-31", {"proration": "daily"}, 1_019_18),  # 12,000.00 x 31/365.
        ("2027-06-30", {"proration": "daily"}, 12_000_00),
        ("2025-06-30", {}, 0),
        ("2026-01-31", {"amount": -12_000_00}, -1_000_00),
        ("2026-06-30", {"until": "2025-12-31"}, 12_000_00),  # Nothing is left to measure: at once.
        ("2026-06-30", {"until": "2025-12-31", "constant": 5}, 12_000_05),
    ],
)
def test_earned_over_time(day: str, terms: dict[str, Any], amount: int) -> None:
    assert earned(day, **terms) == amount


@pytest.mark.parametrize(
    ("day", "terms", "amount"),
    [
        ("2026-02-16", {}, 0),
        ("2026-02-17", {}, 3_600_00),
        ("2026-05-05", {}, 9_600_00),
        ("2026-12-31", {}, 9_600_00),
        ("2026-05-05", {"since": "2026-03-01", "constant": 100}, 8_572_43),  # 100 and 5/7 of 12,000.00.
    ],
)
def test_earned_in_steps(day: str, terms: dict[str, Any], amount: int) -> None:
    assert earned(day, *STEPS, proration=None, **terms) == amount


def test_lines_of_both_sorts_keep_their_order() -> None:
    rows = spans(SPAN | {"proration": None}, SPAN | {"line_no": 1}, SPAN | {"line_no": 2, "proration": None})
    found = recognition.earned(rows.with_columns(day=pl.lit(frames.day("2026-06-30"))), reached(*STEPS))

    assert found.to_list() == [9_600_00, 6_000_00, 0]


def test_months_and_days_sum_to_what_is_earned() -> None:
    two = spans(SPAN | {"last": "2026-09-30"}, CREDITED)
    through = frames.day("2026-10-15")
    by_month = recognition.by_month(two, reached(), through).sort("date")
    by_day = recognition.by_day(two, reached(), through)

    assert frames.column(by_month, "amount") == [1_000_00] * 9 + [241_94]  # October: 500.00 x 15/31.
    assert str(by_month["date"][-1]) == "2026-10-15"
    assert str(by_month["origin"][-1]) == "2026-10-01"
    assert len(by_day) == 288
    assert by_day["amount"].sum() == 9_241_94


def test_a_span_that_opens_with_more_than_it_gave_before_shows_the_difference_on_its_first_cut() -> None:
    found = recognition.by_month(spans(CREDITED | {"opening": 8_000_00}), reached(), frames.day("2026-11-30")).sort(
        "date"
    )

    assert frames.column(found, "amount") == [1_500_00, 500_00]


def test_steps_show_on_their_days() -> None:
    stepped = spans(SPAN | {"proration": None})
    found = recognition.by_day(stepped, reached(*STEPS), frames.day("2026-05-05")).sort("date")

    assert [str(day) for day in found["date"]] == ["2026-02-17", "2026-05-05"]
    assert frames.column(found, "amount") == [3_600_00, 6_000_00]
    assert frames.column(recognition.by_month(stepped, reached(*STEPS), frames.day("2026-05-04")), "amount") == [
        3_600_00
    ]


def test_a_single_unit_is_a_row_and_nothing_is_none() -> None:
    found = recognition.by_month(spans(SPAN | {"amount": 6}), reached(), frames.day("2026-12-31"))

    assert frames.column(found, "amount") == [1] * 6


def test_two_lines_of_one_window_earn_their_own() -> None:
    found = recognition.by_month(spans(SPAN, SPAN | {"line_no": 1, "amount": 120}), reached(), frames.day("2026-01-31"))

    assert sorted(found.select("line_no", "amount").rows()) == [(0, 1_000_00), (1, 10)]


def test_steps_of_two_lines_do_not_mix() -> None:
    stepped = spans(SPAN | {"proration": None, "line_no": 1}, SPAN | {"proration": None})
    steps = [*STEPS, STEPS[0] | {"line_no": 1, "part": 9}]
    found = recognition.by_day(stepped, reached(*steps), frames.day("2026-12-31")).sort("line_no", "date")

    assert found.select("line_no", "amount").rows() == [(0, 3_600_00), (0, 6_000_00), (1, 10_800_00)]


def test_a_span_still_ahead_has_no_rows() -> None:
    assert recognition.by_month(spans(SPAN), reached(), frames.day("2025-12-31")).is_empty()


@pytest.mark.parametrize(
    ("day", "amount"), [("2026-10-01", 9_000_00), ("2026-11-01", 9_500_00), ("2026-01-01", 0), ("2026-02-01", 1_000_00)]
)
def test_revenue_to_date_as_an_event_finds_it(day: str, amount: int) -> None:
    two = spans(SPAN | {"last": "2026-09-30"}, CREDITED)
    days = frames.of({"line_no": pl.UInt32(), "day": pl.Date()}, {"line_no": 0, "day": day}, {"line_no": 7, "day": day})

    assert frames.column(recognition.through_day(two, reached(), days).sort("line_no"), "recognized") == [amount, 0]


def test_the_share_reached_before_the_first_step_is_nothing() -> None:
    rows = frames.of(
        {"line_no": pl.UInt32(), "day": pl.Date()},
        {"line_no": 0, "day": "2026-05-04"},
        {"line_no": 0, "day": "2026-01-01"},
    )

    assert recognition.share_reached(rows, reached(*STEPS)).to_list() == [3, 0]

from datetime import date

import pytest

from ratable.cli import days, refusals


def test_days_and_months() -> None:
    assert days.day("2028-02-29", "--through") == date(2028, 2, 29)
    assert days.last_day("2028-02", "--period") == date(2028, 2, 29)


@pytest.mark.parametrize("typed", ["2026-02-30", "20260101", "2026-1-1", "tomorrow", "2026-W01-1", ""])
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(refusals.Refusal, match=r"--through: saw .* expected a day as YYYY-MM-DD"):
        days.day(typed, "--through")


@pytest.mark.parametrize("typed", ["2026-13", "2026-00", "2026", "2026-01-01", "0000-01"])
def test_what_is_no_month_is_refused(typed: str) -> None:
    with pytest.raises(refusals.Refusal, match=r"--period: saw .* expected a month as YYYY-MM"):
        days.last_day(typed, "--period")

"""The daily journal in parts holds the same rows as recognition by day, however its spans are split."""

from datetime import date, timedelta

import polars as pl
import pytest

from ratable.engine import days, recognition
from ratable.engine.milestones import REACHED

THROUGH = date(2027, 2, 3)
NO_STEPS = pl.DataFrame(schema=REACHED)


def spans(count: int, *, alike: bool, proration: str = "daily", largest: int = 10**6) -> pl.DataFrame:
    """Annual spans with odd amounts, all of one window or each of its own."""
    starts = [date(2026, 1, 31) + timedelta(days=0 if alike else n) for n in range(count)]
    rows = {
        "span": range(count),
        "line_no": range(count),
        "first": starts,
        "last": [date(9999, 12, 31)] * count,
        "opening": [0] * count,
        "constant": [0] * count,
        "amount": [(-1) ** n * (largest - 7 * n) for n in range(count)],
        "since": [start - timedelta(days=1) for start in starts],
        "until": [start + timedelta(days=365) for start in starts],
        "start": starts,
        "end": [start + timedelta(days=365) for start in starts],
        "proration": [proration] * count,
    }
    return pl.DataFrame(rows, schema={"span": pl.UInt32(), **recognition.SPANS})


def in_parts(given: pl.DataFrame) -> pl.DataFrame:
    """Signed amounts of all parts, sorted."""
    rows = pl.concat([part.rows() for part in days.parts(given, THROUGH)])
    sign = pl.when(pl.col("credit_role") == "revenue").then(1).otherwise(-1)
    return rows.select("span", "date", amount=pl.col("amount") * sign).sort("span", "date")


@pytest.mark.parametrize("alike", [True, False])
@pytest.mark.parametrize("proration", ["daily", "monthly_prorated", "mid_month"])
@pytest.mark.parametrize("largest", [1, 10**6, 10**15])
def test_parts_hold_recognition_by_day(*, alike: bool, proration: str, largest: int) -> None:
    given = spans(40, alike=alike, proration=proration, largest=largest)

    by_day = recognition.by_day(given, NO_STEPS, THROUGH).select("date", "amount", span="line_no")

    assert in_parts(given).equals(by_day.select("span", "date", "amount").sort("span", "date"))


def test_366_a_leap_year_is_one_a_day() -> None:
    given = spans(1, alike=True).with_columns(
        amount=pl.lit(36600, dtype=pl.Int64), until="end", end=pl.col("start") + pl.duration(days=365)
    )

    assert set(in_parts(given)["amount"]) == {100}

"""The daily journal in parts holds the same rows as recognition by day, however its spans are split."""

from datetime import date, timedelta

import polars as pl
import pytest

from ratable.engine import days, outcome, recognition
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


def test_a_part_is_of_one_window_or_of_few_spans_each() -> None:
    given = pl.concat([spans(40, alike=True), spans(40, alike=False).with_columns(span=pl.col("span") + 40)])
    found = list(days.parts(given, THROUGH))

    assert sorted(len(part.spans) for part in found if part.alike) == [41]  # One of the others has the same window.
    assert sum(len(part.spans) for part in found) == 80


def test_parts_are_of_few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "_ROWS", 1_000)
    for alike in (True, False):
        found = list(days.parts(spans(40, alike=alike), THROUGH))

        assert all(part.rows().height <= 1_000 + 366 for part in found)
        assert len(found) in range(14, 17)


def test_a_part_is_written_with_the_words_of_the_journal() -> None:
    (part,) = days.parts(spans(2, alike=True), THROUGH)
    rows = part.rows()

    assert rows.schema["debit_role"] == rows.schema["credit_role"] == outcome.ROLES
    assert {row[:2] for row in rows.select("debit_role", "credit_role", "span").rows()} == {
        ("deferred_revenue", "revenue"), ("revenue", "deferred_revenue"),
    }  # fmt: skip

"""Bills are differences of totals: no cent is lost, and what is left starts anew at an event."""

from typing import Any

import polars as pl
import pytest

from ratable.billing import calendars, schedules
from tests import frames

SCHEMA = calendars.SCHEMA | {"used": pl.Int64()}
STANDING = {"line_no": pl.UInt32(), "billed": pl.Int64(), "left": pl.Int64()}


def amounts(weights: list[int], *, billed: int = 0, left: int = 0, used: list[int] | None = None) -> list[int]:
    rows = [
        {"line_no": 0, "due": f"2026-0{number}-01", "service_start": f"2026-0{number}-01", "weight": weight}
        | ({} if used is None else {"used": used[number - 1]})
        for number, weight in enumerate(weights, start=1)
    ]
    standing = frames.of(STANDING, {"line_no": 0, "billed": billed, "left": left})
    return frames.column(schedules.bills(frames.of(SCHEMA, *rows), standing), "amount")


@pytest.mark.parametrize(
    ("weights", "terms", "bills"),
    [
        ([1] * 6, {"left": 100_00}, [16_67, 16_66, 16_67, 16_67, 16_66, 16_67]),
        ([1] * 4, {"billed": 33_33, "left": 106_67}, [26_67, 26_67, 26_66, 26_67]),
        ([16, 31, 31, 31], {"left": 109_00}, [16_00, 31_00, 31_00, 31_00]),
        ([1, 1], {"billed": 500, "left": 0}, [0, 0]),
        ([0, 0], {"left": 70}, [70, 0]),  # Nothing to weigh by: all on the first date.
    ],
)
def test_what_is_left_is_spread_by_weight(weights: list[int], terms: dict[str, Any], bills: list[int]) -> None:
    assert amounts(weights, **terms) == bills


@pytest.mark.parametrize(
    ("used", "terms", "bills"),
    [
        ([100, 250, 250], {}, [100, 150, 0]),
        ([100, 80, 120], {}, [100, 0, 20]),  # A volume price re-rated downwards never bills less than nothing.
        ([100, 250, 300], {"billed": 150}, [0, 100, 50]),
        ([100, 250, 300], {"left": 40}, [140, 150, 50]),  # What a credit of a wrong bill gave back is billed again.
    ],
)
def test_usage_bills_what_was_used_since(used: list[int], terms: dict[str, Any], bills: list[int]) -> None:
    assert amounts([1, 1, 1], used=used, **terms) == bills


def test_each_line_has_its_own_totals() -> None:
    rows = [{"line_no": no, "due": "2026-01-01", "service_start": "2026-01-01", "weight": 1} for no in (0, 0, 1)]
    standing = [{"line_no": 0, "billed": 10, "left": 10}, {"line_no": 1, "billed": 0, "left": 7}]

    found = schedules.bills(frames.of(SCHEMA, *rows), frames.of(STANDING, *standing))

    assert frames.column(found, "amount") == [5, 5, 7]

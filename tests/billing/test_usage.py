"""Rating: each model on one sheet of use, pricing periods from the line's start, and totals rounded once."""

from typing import Any

import polars as pl
import pytest

from ratable.billing import usage
from ratable.core import tables
from tests import frames

PRICING = {name: dtype for name, dtype in tables.TABLES["contract_lines"].schema.items() if name.startswith("pricing.")}
LINES: dict[str, Any] = {"line_no": pl.UInt32(), "start": pl.Date(), "exponent": pl.Int64(), "unit_price": pl.Int64()}
LINES |= {"discount.percent": pl.Int64()} | PRICING
USE = {"line_no": pl.UInt32(), "day": pl.Date(), "quantity": pl.Int64(), "amount": pl.Int64()}
TIERS = {"line_no": pl.UInt32(), "up_to": pl.Int64(), "unit_price": pl.Int64(), "flat": pl.Int64()}
UNIT, PRICE = 10**6, 10**8
SHEET = (("2026-01-05", 60), ("2026-01-20", 60), ("2026-02-01", 10))
STEPS = ((100, 100, None), (500, 80, None), (None, 50, None))  # Up to, cents a unit, flat cents.


def rated(*used: tuple[str, int], tiers: Any = (), **terms: Any) -> list[int]:
    """Amount of each day, in cents."""
    line = {"line_no": 0, "start": "2026-01-01", "exponent": 2, "unit_price": PRICE} | terms
    rows = [{"line_no": 0, "day": day, "quantity": quantity * UNIT} for day, quantity in used]
    steps = [
        {
            "line_no": 0,
            "up_to": None if up_to is None else up_to * UNIT,
            "unit_price": cents * PRICE // 100,
            "flat": flat,
        }
        for up_to, cents, flat in tiers
    ]
    found = usage.rate(frames.of(USE, *rows), frames.of(LINES, line), frames.of(TIERS, *steps))
    assert frames.column(found, "through")[-1:] == [sum(frames.column(found, "amount"))][: len(found)]
    return frames.column(found, "amount")


@pytest.mark.parametrize(
    ("terms", "amounts"),
    [
        ({}, [60_00, 60_00, 10_00]),
        ({"pricing.unit_price": PRICE // 2}, [30_00, 30_00, 5_00]),  # The pricing's own price goes before the line's.
        ({"pricing.model": "graduated", "tiers": STEPS}, [60_00, 56_00, 10_00]),
        ({"pricing.model": "volume", "tiers": STEPS}, [60_00, 36_00, 10_00]),  # 120 x 0.80 - 60.00.
        ({"pricing.model": "volume", "tiers": ((100, 100, None), (None, 20, None))}, [60_00, -36_00, 10_00]),
        ({"pricing.model": "graduated", "tiers": ((100, 100, 500), (None, 80, 700))}, [65_00, 63_00, 15_00]),
        ({"pricing.model": "volume", "tiers": ((100, 100, 500), (None, 80, 700))}, [65_00, 38_00, 15_00]),
        ({"pricing.model": "package", "pricing.package_size": 50 * UNIT}, [2_00, 1_00, 1_00]),
        ({"pricing.included": 70 * UNIT}, [0, 50_00, 0]),
        ({"pricing.cap": 100_00}, [60_00, 40_00, 10_00]),
        ({"pricing.period": "quarter", "pricing.cap": 100_00}, [60_00, 40_00, 0]),
        ({"pricing.period": "term", "pricing.included": 125 * UNIT}, [0, 0, 5_00]),
        ({"discount.percent": 10 * 10_000}, [54_00, 54_00, 9_00]),
        ({"exponent": 0, "unit_price": PRICE // 40}, [2, 1, 0]),  # 1.5, 3.0 and 3.25 yen in all: half even.
    ],
)
def test_a_sheet_of_use_costs_so_much(terms: dict[str, Any], amounts: list[int]) -> None:
    assert rated(*SHEET, **terms) == amounts


def test_a_tier_includes_its_last_unit() -> None:
    flat = ((100, 100, 0), (None, 80, 700))

    assert rated(("2026-01-05", 100), tiers=flat, **{"pricing.model": "volume"}) == [100_00]
    assert rated(("2026-01-05", 101), tiers=flat, **{"pricing.model": "graduated"}) == [100_00 + 80 + 700]


def test_pricing_periods_count_from_the_start_of_the_line() -> None:
    included = {"start": "2026-01-31", "pricing.included": 10 * UNIT}

    assert rated(("2026-02-27", 10), ("2026-02-28", 10), ("2026-03-30", 1), ("2026-03-31", 1), **included) == [
        0,
        0,
        1_00,
        0,
    ]


def test_use_of_one_day_is_one_row_and_rated_use_is_added_as_it_stands() -> None:
    rows = [
        {"line_no": 0, "day": "2026-01-05", "quantity": UNIT // 3},
        {"line_no": 0, "day": "2026-01-05", "amount": 40},
        {"line_no": 0, "day": "2026-01-06", "quantity": UNIT // 3},
        {"line_no": 0, "day": "2026-01-07", "quantity": UNIT // 3},
    ]
    line = {"line_no": 0, "start": "2026-01-01", "exponent": 2, "unit_price": PRICE}
    found = usage.rate(frames.of(USE, *rows), frames.of(LINES, line), frames.of(TIERS))

    assert frames.column(found, "amount") == [73, 34, 33]  # 33.33, 66.67 and 100.00 cents in all.
    assert frames.column(found, "through") == [73, 107, 140]

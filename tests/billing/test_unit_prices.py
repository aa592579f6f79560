"""Quantity times unit price: whole periods, stubs by days, and a quantity that changes within a period."""

from typing import Any

import polars as pl
import pytest

from ratable.billing import calendars, unit_prices
from tests import frames

LINES = {"line_no": pl.UInt32(), "unit_price": pl.Int64(), "exponent": pl.Int64(), "discount.percent": pl.Int64()}
QUANTITIES = {"line_no": pl.UInt32(), "day": pl.Date(), "quantity": pl.Int64()}
MONTHS = (("2026-01-15", "2026-02-14", 31), ("2026-02-15", "2026-03-14", 28), ("2026-03-15", "2026-03-31", 31))


def bills(*held: tuple[str, str], price: str = "25.5", exponent: int = 2, percent: int | None = None) -> list[int]:
    """Bills of three months, the last a stub of 17 days, for quantities held from a day on."""
    dates = [
        {"line_no": 0, "due": first, "service_start": first, "service_end": last, "weight": 1, "whole_days": whole}
        | {"days": (frames.day(last) - frames.day(first)).days + 1}
        for first, last, whole in MONTHS
    ]
    terms = {"line_no": 0, "unit_price": round(float(price) * 10**8), "exponent": exponent, "discount.percent": percent}
    quantities = [{"line_no": 0, "day": day, "quantity": round(float(quantity) * 10**6)} for day, quantity in held]
    calendar = frames.of(calendars.SCHEMA, *dates)
    found = unit_prices.price_periods(calendar, frames.of(LINES, terms), frames.of(QUANTITIES, *quantities))
    return frames.column(found, "weight")


@pytest.mark.parametrize(
    ("held", "terms", "expected"),
    [
        ([("2026-01-15", "10")], {}, [255_00, 255_00, 139_84]),  # The stub: 255.00 x 17/31.
        ([("2026-01-15", "10"), ("2026-02-01", "20")], {}, [370_16, 510_00, 279_68]),  # 255.00 + 255.00 x 14/31.
        ([("2026-01-15", "3.5")], {"price": "0.3333"}, [1_17, 1_17, 64]),
        ([("2026-01-15", "10")], {"exponent": 0}, [255, 255, 140]),
        ([("2026-01-15", "10")], {"percent": 10 * 10_000}, [229_50, 229_50, 125_85]),
        ([("2026-06-01", "10")], {}, [255_00, 255_00, 139_84]),  # The first quantity holds from the beginning.
    ],
)
def test_a_period_costs_what_was_held_in_it(
    held: list[tuple[str, str]], terms: dict[str, Any], expected: list[int]
) -> None:
    assert bills(*held, **terms) == expected


def test_an_installment_bills_what_is_held_on_its_day() -> None:
    date = {"line_no": 0, "due": "2026-02-01", "service_start": "2026-02-01", "service_end": "2026-12-31", "weight": 1}
    calendar = frames.of(calendars.SCHEMA, date | {"days": 0, "whole_days": 0})
    lines = frames.of(LINES, {"line_no": 0, "unit_price": 10**8, "exponent": 2})
    held = [
        {"line_no": 0, "day": "2026-01-01", "quantity": 5 * 10**6},
        {"line_no": 0, "day": "2026-02-01", "quantity": 8 * 10**6},
    ]

    assert frames.column(unit_prices.price_periods(calendar, lines, frames.of(QUANTITIES, *held)), "weight") == [8_00]

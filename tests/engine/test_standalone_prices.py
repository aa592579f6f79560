"""Where a standalone selling price comes from, and what the book's price is for."""

from typing import Any

import polars as pl
import pytest

from ratable.engine import standalone_prices
from tests import frames

SCHEMA: dict[str, Any] = {
    "product": pl.String(), "currency": pl.String(), "price_day": pl.Date(), "start": pl.Date(), "end": pl.Date(),
    "ssp": pl.Int64(), "price": pl.Int64(), "list_price": pl.Int64(), "quantity": pl.Int64(), "exponent": pl.Int64(),
}  # fmt: skip
LINE: dict[str, Any] = {
    "product": "platform",
    "currency": "USD",
    "price_day": "2026-01-01",
    "exponent": 2,
    "price": 11_000_00,
}
LINE |= {"start": "2026-01-01", "end": "2027-12-31"}
BOOK: dict[str, Any] = {
    "product": "platform",
    "currency": "USD",
    "amount": 6_000_00,
    "from": "2025-01-01",
    "per": "year",
}


def found(*book: dict[str, Any], **terms: Any) -> tuple[int, str]:
    rows = standalone_prices.find(frames.of(SCHEMA, LINE | terms), frames.table("ssps", *book))
    ssp, basis = rows.select("ssp", "ssp_basis").row(0)
    return ssp, basis


@pytest.mark.parametrize(
    ("book", "terms", "expected"),
    [
        ([BOOK], {}, (12_000_00, "book")),
        ([BOOK], {"ssp": 5}, (5, "line")),
        ([BOOK | {"low": 5_000_00, "high": 7_000_00}], {}, (11_000_00, "book")),  # Inside the range: its own price.
        ([BOOK | {"low": 5_000_00, "high": 7_000_00}], {"price": 9_999_99}, (12_000_00, "book")),
        ([BOOK | {"low": 5_000_00, "high": 7_000_00}], {"price": 10_000_00}, (10_000_00, "book")),
        ([BOOK | {"low": 5_000_00, "high": 7_000_00}], {"price": 14_000_01}, (12_000_00, "book")),
        ([BOOK | {"per": "month"}], {"end": "2026-01-15"}, (2_903_23, "book")),  # 15 of 31 days.
        ([BOOK | {"per": "unit"}], {"quantity": 2_500_000}, (15_000_00, "book")),
        ([BOOK | {"per": "unit"}], {}, (6_000_00, "book")),
        ([BOOK | {"per": "term"}], {}, (6_000_00, "book")),
        ([BOOK | {"per": None}], {}, (6_000_00, "book")),
        ([BOOK | {"from": "2026-01-02"}], {}, (11_000_00, "own_price")),
        ([BOOK | {"from": "2026-01-01", "per": "term"}, BOOK], {}, (6_000_00, "book")),  # The later row of the book.
        ([BOOK | {"currency": "EUR"}], {}, (11_000_00, "own_price")),
        ([BOOK | {"product": "setup"}], {"list_price": 100 * 10**8}, (100_00, "list_price")),
        ([], {"list_price": 125 * 10**5, "exponent": 0}, (0, "list_price")),
        ([], {"price": None}, (0, "own_price")),
    ],
)
def test_the_best_evidence_wins(book: list[dict[str, Any]], terms: dict[str, Any], expected: tuple[int, str]) -> None:
    assert found(*book, **terms) == expected

"""Amounts as people write them."""

from decimal import Decimal

import pytest

from ratable.review.ask import sums


@pytest.mark.parametrize(
    ("text", "values", "currency"),
    [
        ("$4,200", ("4200",), "USD"),
        ("4,200.00 USD", ("4200.00",), "USD"),
        ("4.2k", ("4200",), ""),
        ("USD 1.25m", ("1250000",), "USD"),
        ("3 million dollars", ("3000000",), "USD"),
        ("EUR 1.200,50", ("1200.50",), "EUR"),
        ("\N{EURO SIGN}1.234.567", ("1234567",), "EUR"),
        ("1,234,567.89", ("1234567.89",), ""),
        ("\N{POUND SIGN}99.5", ("99.5",), "GBP"),
        ("420000 JPY", ("420000",), "JPY"),
        ("$1.200", ("1.200", "1200"), "USD"),
        ("375", ("375",), ""),
        ("CHF 1'200.50", ("1200.50",), "CHF"),
        ("12,5 EUR", ("12.5",), "EUR"),
    ],
)
def test_amounts_that_are_said(text: str, values: tuple[str, ...], currency: str) -> None:
    found = sums.found(f"Why was {text} deferred?")

    assert [one.values for one in found] == [tuple(map(Decimal, values))]
    assert found[0].currencies[:1] == ((currency,) if currency else ())


@pytest.mark.parametrize(
    "text",
    ["in 2026", "C-001-1", "Q1", "2026-03-31", "version 1.2", "12 entries", "A-020", "1,23,456.00", "Top 5", "5f1c2a"],
)
def test_what_is_no_amount(text: str) -> None:
    assert sums.found(text) == []


def test_a_dollar_can_be_many() -> None:
    assert "CAD" in sums.found("$5,000")[0].currencies

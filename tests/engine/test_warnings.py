"""Assumptions said aloud, and only where they are made."""

from typing import Any

import pytest

from tests.engine import examples

SETUP: dict[str, Any] = {"product": "setup", "price": "100", "ssp": "100"}


def warned(*lines: dict[str, Any], through: str = "2027-01-31", **tables: Any) -> list[tuple[str, str]]:
    contracts = [examples.contract(*lines)] if lines else []
    found = examples.books(through, contracts=contracts, **tables).findings
    return list(found.select("code", "id").iter_rows())


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([SETUP], [("delivery_assumed", "C-1")]),
        ([SETUP | {"delivered_on": "2026-01-01"}], []),
        ([{"price": "5"}, {"price": "7", "ssp": "7"}], [("ssp_missing", "C-1")]),
        ([{"price": "5"}], []),  # One fixed line alone needs no sharing.
        ([{"price": "5"}, {"product": "calls", "pricing": {"unit_price": "1"}}], []),
    ],
)
def test_assumptions_about_contract_lines(lines: list[dict[str, Any]], expected: list[tuple[str, str]]) -> None:
    assert warned(*lines) == expected


def test_an_invoice_line_without_dates_is_recognized_when_issued() -> None:
    bare = examples.invoice({"amount": "50", "product": "platform"}, issued_on="2026-05-07")

    assert warned(invoices=[bare]) == [("service_period_missing", "I-1")]
    assert examples.revenue(examples.books("2026-12-31", invoices=[bare]), "I-1") == {"2026-05-31": 50_00}


@pytest.mark.parametrize(
    ("amount", "through", "expected"),
    [
        ("90", "2027-01-31", [("ended_unlike_billed", "C-1")]),
        ("100", "2027-01-31", []),
        ("90", "2026-12-31", []),  # It has not ended before the day of the books.
    ],
)
def test_a_line_that_ends_unlike_its_bills(amount: str, through: str, expected: list[tuple[str, str]]) -> None:
    bill = examples.invoice({"amount": amount, "contract_line": "C-1"}, contract="C")

    assert warned({"price": "100"}, through=through, invoices=[bill]) == expected


def test_an_assumption_about_a_line_not_signed_yet_is_not_made() -> None:
    assert warned(SETUP, through="2025-12-31") == []

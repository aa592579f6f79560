"""Every amount has the decimals of its own contract or invoice, however far away that is named."""

from pathlib import Path

import pytest

from ratable.bundle import exponents
from tests.bundle import samples

YEN_AND_DOLLARS = """\
products: [{id: plan, name: Plan, method: straight_line}, {id: calls, name: Calls, method: usage}]
customers: [{id: acme, name: Acme}]
ssps: [{product: plan, currency: BHD, amount: "1.500", from: 2025-01-01}]
contracts:
  - id: C-1
    customer: acme
    currency: JPY
    signed_on: 2026-01-01
    start: 2026-01-01
    end: 2026-12-31
    lines: [{id: C-1-1, product: plan, price: "1200"}]
amendments:
  - id: A-1
    contract: C-1
    effective_on: 2026-03-01
    approved_on: 2026-03-01
    changes: [{op: add, line: {id: C-1-2, product: calls, unit_price: "0.5"}}]
usage: [{id: U-1, contract_line: C-1-2, on: 2026-04-01, amount: "500"}]
minimums: [{id: M-1, contract: C-1, amount: "700", every: month, lines: [C-1-2]}]
invoices:
  - id: I-1
    customer: acme
    currency: USD
    issued_on: 2026-01-01
    lines: [{id: I-1-1, amount: "31.00", product: plan}]
credit_notes:
  - {id: CN-1, invoice: I-1, issued_on: 2026-05-01, lines: [{invoice_line: I-1-1, amount: "1.00"}]}
  - {id: CN-2, invoice: C-1/2026-01-01, issued_on: 2026-05-01, lines: [{invoice_line: C-1-1/2026-01-01, amount: "9"}]}
payments:
  - {id: P-1, invoice: I-1, amount: "31.00", received_on: 2026-02-01}
  - {id: P-2, invoice: nowhere, amount: "31.00", received_on: 2026-02-01}
"""

DECIMALS = {
    "ssps": [3],
    "contracts": [0],
    "contract_lines": [0],
    "amendment_changes": [0],
    "usage": [0],
    "minimums": [0],
    "invoices": [2],
    "invoice_lines": [2],
    "credit_note_lines": [2, 0],
    "payments": [2],
}


@pytest.mark.parametrize(("table", "decimals"), DECIMALS.items())
def test_a_row_has_the_decimals_of_its_currency(table: str, decimals: list[int], tmp_path: Path) -> None:
    found = samples.read_yaml(YEN_AND_DOLLARS, tmp_path)

    assert samples.codes(found) == ["payment_without_invoice"]
    assert exponents.of_rows(found.tables, table).to_list() == decimals


def test_amounts_are_in_the_minor_units_of_their_row(tmp_path: Path) -> None:
    found = samples.read_yaml(YEN_AND_DOLLARS, tmp_path)

    assert found["ssps"]["amount"].to_list() == [1500]
    assert found["usage"]["amount"].to_list() == [500]
    assert found["credit_note_lines"]["amount"].to_list() == [100, 9]
    assert found["payments"]["amount"].to_list() == [3100]


def test_one_number_answers_for_all_rows_where_all_currencies_agree(tmp_path: Path) -> None:
    found = samples.read_yaml(samples.CONTRACT, tmp_path)

    assert exponents.of_rows(found.tables, "usage").to_list() == [2]

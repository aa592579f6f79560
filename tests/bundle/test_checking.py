"""What a fault takes out, and what it leaves: contracts, lone invoices, credit notes, and rows that stand alone."""

from datetime import date
from pathlib import Path

import pytest

from ratable.bundle import reading
from ratable.core import bundles
from tests.bundle import samples

TWO = """\
products: [{id: plan, name: Plan, method: straight_line}, {id: calls, name: Calls, method: usage}]
customers: [{id: acme, name: Acme}, {id: zenith, name: Zenith}]
contracts:
  - id: C-1
    customer: acme
    currency: USD
    signed_on: 2026-01-01
    start: 2026-01-01
    end: 2026-12-31
    lines: [{id: C-1-1, product: plan, price: "1200.00"}, {id: C-1-2, product: calls, unit_price: "2.00"}]
  - id: C-2
    customer: zenith
    currency: USD
    signed_on: 2026-01-01
    start: 2026-01-01
    end: 2026-12-31
    lines: [{id: C-2-1, product: plan, price: "1200.00"}]
amendments:
  - id: A-1
    contract: C-1
    effective_on: 2026-03-01
    approved_on: 2026-03-01
    changes: [{op: add, line: {id: C-1-3, product: calls, unit_price: "3.00"}}]
usage:
  - {id: U-1, contract_line: C-1-3, on: 2026-04-01, quantity: "5"}
invoices:
  - id: I-1
    customer: acme
    currency: USD
    issued_on: 2026-01-01
    lines: [{id: I-1-1, amount: "1200.00", contract_line: C-1-1}]
  - id: I-2
    customer: zenith
    currency: USD
    issued_on: 2026-01-01
    lines: [{id: I-2-1, amount: "31.00", product: plan}]
credit_notes:
  - {id: CN-1, invoice: I-1, issued_on: 2026-05-01, lines: [{invoice_line: I-1-1, amount: "100.00"}]}
  - {id: CN-2, invoice: I-2, issued_on: 2026-05-01, lines: [{invoice_line: I-2-1, amount: "1.00"}]}
"""


def kept(bundle: bundles.Bundle) -> dict[str, list[str]]:
    """The ids of every table that has them and has rows."""
    return {
        name: frame["id"].to_list() for name, frame in bundle.tables.items() if "id" in frame.columns and len(frame)
    }


def left_out(bundle: bundles.Bundle) -> list[tuple[str, str, str]]:
    return [(row[0], row[1], row[2]) for row in bundle.left_out.rows()]


def test_the_sample_is_sound(tmp_path: Path) -> None:
    found = samples.read_yaml(TWO, tmp_path)

    assert found.findings.is_empty()
    assert left_out(found) == []


C2_ALONE = {
    "customers": ["acme", "zenith"],
    "products": ["plan", "calls"],
    "contracts": ["C-2"],
    "contract_lines": ["C-2-1"],
    "invoices": ["I-2"],
    "invoice_lines": ["I-2-1"],
    "credit_notes": ["CN-2"],
}
FAULTS_OF_C1 = {
    "its own row": ("customer: acme\n    currency: USD", "customer: nobody\n    currency: USD", "unknown_id"),
    "a line": (
        'product: plan, price: "1200.00"}, {id: C-1-2',
        "product: plan, price: 12.5}, {id: C-1-2",
        "float_amount",
    ),
    "use of a line that an amendment adds": ('quantity: "5"', 'quantity: "5,5"', "decimal_comma"),
    "an amendment": ("effective_on: 2026-03-01", "effective_on: 01.03.2026", "malformed_date"),
    "an added line": ('unit_price: "3.00"', 'unit_price: "-3.00"', "negative_price"),
    "an invoice that bills it": ("USD\n    issued_on", "EUR\n    issued_on", "currency_mismatch"),
}


@pytest.mark.parametrize(("sound", "faulty", "code"), FAULTS_OF_C1.values(), ids=FAULTS_OF_C1)
def test_a_fault_takes_its_contract_with_all_that_belongs_to_it(
    sound: str, faulty: str, code: str, tmp_path: Path
) -> None:
    assert sound in TWO
    found = samples.read_yaml(TWO.replace(sound, faulty, 1), tmp_path)

    assert set(samples.codes(found)) == {code}
    assert left_out(found) == [("contracts", "C-1", code)]
    assert kept(found) == C2_ALONE


def test_a_fault_takes_a_lone_invoice_and_its_credit_note(tmp_path: Path) -> None:
    found = samples.read_yaml(TWO.replace('amount: "31.00"', "amount: 31.5"), tmp_path)

    assert left_out(found) == [("invoices", "I-2", "float_amount")]
    assert kept(found)["contracts"] == ["C-1", "C-2"]
    assert kept(found)["credit_notes"] == ["CN-1"]


def test_a_credit_note_at_fault_goes_alone(tmp_path: Path) -> None:
    found = samples.read_yaml(TWO.replace('amount: "100.00"', 'amount: "1,000.00"'), tmp_path)

    assert left_out(found) == [("credit_notes", "CN-1", "thousands_mark")]
    assert kept(found)["invoices"] == ["I-1", "I-2"]
    assert kept(found)["credit_notes"] == ["CN-2"]


def test_a_customer_at_fault_takes_what_names_it(tmp_path: Path) -> None:
    found = samples.read_yaml(TWO.replace("{id: zenith, name: Zenith}", "{id: zenith}"), tmp_path)

    assert samples.codes(found) == ["unknown_id", "missing_value", "unknown_id"]
    assert left_out(found) == [("contracts", "C-2", "unknown_id"), ("invoices", "I-2", "unknown_id")]


def test_two_contracts_of_one_id_are_both_out(tmp_path: Path) -> None:
    found = samples.read_yaml(TWO.replace("id: C-2\n", "id: C-1\n"), tmp_path)

    assert left_out(found) == [("contracts", "C-1", "duplicate_id")]
    assert "contracts" not in kept(found)


def test_an_invoice_of_two_contracts_ties_them(tmp_path: Path) -> None:
    both = TWO.replace(
        "contract_line: C-1-1}]", 'contract_line: C-1-1}, {id: I-1-2, amount: "1.00", contract_line: C-2-1}]'
    )
    found = samples.read_yaml(both.replace('price: "1200.00"}]', 'price: "1200.005"}]'), tmp_path)

    assert [(table, name) for table, name, _ in left_out(found)] == [("contracts", "C-1"), ("contracts", "C-2")]
    assert kept(found)["invoices"] == ["I-2"]


def test_a_standalone_selling_price_at_fault_takes_the_contracts_that_need_it(tmp_path: Path) -> None:
    prices = "ssps: [{product: calls, currency: USD, amount: 5.5, from: 2025-01-01}]\n"
    found = samples.read_yaml(TWO + prices, tmp_path)

    assert left_out(found) == [("contracts", "C-1", "float_amount")]
    assert found["ssps"].is_empty()


def test_a_row_that_belongs_to_nothing_goes_alone(tmp_path: Path) -> None:
    found = samples.read_yaml(TWO + 'fx_rates: [{from: EUR, to: USD, on: 2026-01-01, rate: "0"}]\n', tmp_path)

    assert samples.codes(found) == ["rate_not_positive"]
    assert left_out(found) == []
    assert found["fx_rates"].is_empty()


def test_an_unknown_currency_is_said_once(tmp_path: Path) -> None:
    found = samples.read_yaml(TWO.replace("currency: USD\n", "currency: US\n", 1), tmp_path)

    assert samples.codes(found) == ["unknown_currency"]


@pytest.mark.parametrize("price", ['"abc"', "1.5", '"1,200.00"'])
def test_a_price_that_cannot_be_read_is_not_also_missing(price: str, tmp_path: Path) -> None:
    found = samples.read_yaml(samples.CONTRACT.replace('"1200.00"', price), tmp_path)

    assert len(found.findings) == 1


def test_decimals_follow_the_currency_of_each_row(tmp_path: Path) -> None:
    yen = TWO.replace("customer: zenith\n    currency: USD", "customer: zenith\n    currency: JPY", 1)
    yen = yen.replace('product: plan, price: "1200.00"}]', 'product: plan, price: "1200"}]')
    found = samples.read_yaml(yen, tmp_path)

    assert found.findings.is_empty()
    assert dict(found["contract_lines"].select("id", "price").rows()) == {"C-1-1": 120000, "C-1-2": None, "C-2-1": 1200}
    assert samples.codes(samples.read_yaml(yen.replace('"1200"', '"1200.5"'), tmp_path)) == ["too_many_decimals"]


def test_days_that_are_not_said_are_filled(tmp_path: Path) -> None:
    found = samples.read_yaml(TWO, tmp_path)

    assert found["contract_lines"]["end"].unique().to_list() == [date(2026, 12, 31)]
    assert found["amendments"]["known_on"].to_list() == [date(2026, 3, 1)]
    assert found["usage"]["known_on"].to_list() == [date(2026, 4, 1)]
    assert found["amendment_changes"].select("start", "end").rows() == [(date(2026, 3, 1), date(2026, 12, 31))]


@pytest.mark.parametrize("invoice", ["C-1/2026-04-01", "C-9/2026-04-01"], ids=["ours", "of no contract"])
def test_a_credit_of_our_own_bill_is_left_to_the_engine(invoice: str, tmp_path: Path) -> None:
    note = f"""\
credit_notes:
  - id: CN
    invoice: {invoice}
    issued_on: 2026-05-01
    lines: [{{invoice_line: C-1-1/2026-04-01, amount: "1.00"}}]
"""
    found = samples.read_yaml(samples.CONTRACT + note, tmp_path)

    assert samples.codes(found) == ([] if invoice.startswith("C-1/") else ["unknown_id"])


def test_many_faults_are_told_at_once(tmp_path: Path) -> None:
    home = samples.write_flat(
        tmp_path, {"invoice_lines.csv": 'id,invoice,amount\nI-1-1,I-7,"1,00"\nI-1-2,I-1,\nI-1-2,I-1,5.001\n'}
    )
    found = reading.read(home)

    assert found.findings.select("id", "column", "code").rows() == [
        ("I-1-1", "amount", "decimal_comma"),
        ("I-1-1", "invoice", "unknown_id"),
        ("I-1-2", "amount", "missing_value"),
        ("I-1-2", "amount", "too_many_decimals"),
        ("I-1-2", "id", "duplicate_id"),
        ("I-1-2", "id", "duplicate_id"),
    ]

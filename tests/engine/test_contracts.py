"""Which facts count: what was known, what was agreed, and that nothing counts without what it names."""

from typing import Any

import polars as pl
import pytest

from ratable.engine import contracts
from tests import frames
from tests.engine import examples

FACTS: dict[str, Any] = {
    "contracts": [
        examples.contract({"price": "1200"}, known_on="2026-03-10"),
        examples.contract({"price": "600"}, name="D"),
    ],
    "amendments": [
        examples.amendment(
            "2026-02-01", {"op": "add", "line": {"id": "X", "product": "platform", "price": "60"}}, of="D"
        )
    ],
    "invoices": [examples.invoice({"amount": "50", "product": "platform"})],
}


def ids(facts: dict[str, pl.DataFrame], table: str, column: str = "id") -> list[str]:
    return sorted(facts[table][column])


@pytest.mark.parametrize(("day", "known"), [("2026-03-09", ["D"]), ("2026-03-10", ["C", "D"]), ("2025-12-31", [])])
def test_a_contract_counts_from_the_day_it_was_known(day: str, known: list[str]) -> None:
    facts = contracts.known(examples.bundle(**FACTS).tables, frames.day(day))

    assert ids(facts, "contracts") == known
    assert ids(facts, "contract_lines") == [f"{name}-1" for name in known]


def test_what_names_a_contract_that_is_not_there_goes_with_it() -> None:
    bill = examples.invoice({"amount": "50", "contract_line": "C-1"}, name="J", contract="C")
    note = examples.credit("2026-02-01", ("J-1", "5"), of="J")
    bundle = examples.bundle(**FACTS | {"invoices": [*FACTS["invoices"], bill], "credit_notes": [note]})
    facts = contracts.known(bundle.tables, frames.day("2026-03-09"))

    assert ids(facts, "invoices") == ["I"]
    assert ids(facts, "invoice_lines") == ["I-1"]


@pytest.mark.parametrize(("through", "agreed"), [("2026-01-31", []), ("2026-02-01", ["D"])])
def test_an_amendment_counts_from_its_approval(through: str, agreed: list[str]) -> None:
    facts = contracts.agreed(examples.bundle(**FACTS).tables, frames.day(through))

    assert ids(facts, "amendments", "contract") == agreed
    assert len(facts["amendment_changes"]) == len(agreed)


def test_an_invoice_issued_later_may_bill_service_of_today() -> None:
    later = examples.invoice({"amount": "50", "product": "platform"}, issued_on="2026-06-01")
    facts = contracts.agreed(examples.bundle(invoices=[later]).tables, frames.day("2026-01-31"))

    assert ids(facts, "invoices") == ["I"]


@pytest.mark.parametrize(
    ("terms", "bill", "generate"),
    [
        ({}, None, True),
        ({}, {"contract": "C"}, False),
        ({}, {"line": "C-1"}, False),
        ({"invoicing": "import"}, None, False),
        ({"invoicing": "generate"}, None, True),
    ],
)
def test_who_makes_the_bills(terms: dict[str, str], bill: dict[str, str] | None, generate: bool) -> None:
    line = {"amount": "5"} | ({"contract_line": "C-1"} if bill else {})
    invoices = [] if bill is None else [examples.invoice(line, contract="C")]
    tables = examples.bundle(contracts=[examples.contract({"price": "1200"}, **terms)], invoices=invoices).tables
    if bill and "line" in bill:
        tables = tables | {"invoices": tables["invoices"].with_columns(contract=pl.lit(None, pl.String))}

    assert contracts.invoicing(tables).rows() == [("C", generate)]


@pytest.mark.parametrize(
    ("effective_on", "approved_on", "day"),
    [
        ("2026-02-01", "2026-01-15", "2026-02-01"),
        ("2026-02-01", "2026-03-15", "2026-03-15"),
        ("2025-02-01", "2025-02-01", "2026-01-01"),
    ],
)
def test_an_amendment_takes_effect_on_the_later_day_and_never_before_signature(
    effective_on: str, approved_on: str, day: str
) -> None:
    facts = {
        "contracts": frames.table("contracts", {"id": "C", "signed_on": "2026-01-01"}),
        "amendments": frames.table(
            "amendments", {"id": "A", "contract": "C", "effective_on": effective_on, "approved_on": approved_on}
        ),
    }
    found = contracts.amendments(facts).to_dicts()

    assert [(str(row["day"]), row["treatment"]) for row in found] == [(day, "auto")]


def test_the_only_entity_sells_everything() -> None:
    entity = {"id": "us", "name": "Us", "currency": "USD"}
    one = examples.books("2026-01-31", entities=[entity], contracts=[examples.contract({"price": "1"})])
    two = examples.books(
        "2026-01-31", entities=[entity, entity | {"id": "uk"}], contracts=[examples.contract({"price": "1"})]
    )

    assert one.lines["entity"].to_list() == ["us"]
    assert two.lines["entity"].to_list() == [None]

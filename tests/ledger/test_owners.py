"""Whose books something is in: what it names itself, its contract, its customer, the only entity; in that order."""

import polars as pl
import pytest

from ratable.ledger import owners

TEXT = pl.String()


def stated(
    *, contract: str | None = None, invoice: str | None = None, seller: str | None = None, entities: str = "us eu"
) -> owners.Tables:
    """Contract C-1 and its invoice I-1, the lone invoice I-2, all of Acme; each names the entity that is given."""
    return {
        "entities": pl.DataFrame({"id": entities.split()}, schema={"id": TEXT}),
        "customers": pl.DataFrame([("acme", seller)], schema={"id": TEXT, "entity": TEXT}, orient="row"),
        "contracts": pl.DataFrame(
            [("C-1", "acme", contract)], schema={"id": TEXT, "customer": TEXT, "entity": TEXT}, orient="row"
        ),
        "invoices": pl.DataFrame(
            [("I-1", "acme", invoice, "C-1"), ("I-2", "acme", None, None)],
            schema={"id": TEXT, "customer": TEXT, "entity": TEXT, "contract": TEXT}, orient="row",
        ),
    }  # fmt: skip


def test_what_names_an_entity_is_in_its_books() -> None:
    named = stated(contract="eu", invoice="us", seller="uk")

    assert owners.of_contract("C-1", named) == "eu"
    assert owners.of_invoice("I-1", named) == "us"
    assert owners.of_invoice("I-2", named) == "uk"


def test_an_invoice_and_a_bill_follow_their_contract() -> None:
    named = stated(contract="eu", seller="uk")

    assert owners.of_invoice("I-1", named) == "eu"
    assert owners.of_invoice("C-1/2026-01-31", named) == "eu"


@pytest.mark.parametrize(("entities", "found"), [("us", "us"), ("us eu", ""), ("", "")])
def test_where_nobody_names_one_it_is_the_only_one(entities: str, found: str) -> None:
    assert owners.of_contract("C-1", stated(entities=entities)) == found
    assert owners.of_invoice("I-2", stated(entities=entities)) == found


def test_what_is_not_there_is_in_no_books() -> None:
    assert owners.of_invoice("I-9", stated()) == ""

"""Rows of a file are told from those of the store by key and content."""

import polars as pl
import pytest

from ratable.core import tables
from ratable.ledger import versions
from tests import frames

CONTRACT = {
    "id": "C-1", "customer": "acme", "currency": "USD", "signed_on": "2026-01-01", "start": "2026-01-01",
    "end": "2026-12-31", "discount.amount": 500, "discount.lines": ["L-1", "L-2"], "row": 1,
}  # fmt: skip
LINE = {"id": "L-1", "contract": "C-1", "product": "plan", "price": 100000, "row": 1}

Row = dict[str, object]


def whole(**given: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {name: given.get(name, tables.empty(name)) for name in tables.TABLES}


KEPT = whole(contracts=frames.table("contracts", CONTRACT | {"known_on": "2026-01-01"}))


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "known"),
        ({"row": 7, "known_on": "2026-05-01"}, "known"),
        ({"id": "C-2"}, "added"),
        ({"end": "2027-03-31"}, "changed"),
        ({"discount.lines": ["L-1"]}, "changed"),
        ({"document": "order.pdf"}, "changed"),
    ],
)
def test_a_row_is_what_its_content_says(change: Row, state: str) -> None:
    found = versions.states(whole(contracts=frames.table("contracts", CONTRACT | change)), KEPT)

    assert found["state"].to_list() == [state]


@pytest.mark.parametrize(("contract", "state"), [("C-1", "extended"), ("C-2", "added")])
def test_a_new_child_changes_a_parent_that_is_kept(contract: str, state: str) -> None:
    found = versions.states(whole(contract_lines=frames.table("contract_lines", LINE | {"contract": contract})), KEPT)

    assert found["state"].to_list() == [state]


def test_differences_are_told_in_the_words_of_a_file() -> None:
    change = {"discount.amount": None, "discount.lines": ["L-1"], "end": "2027-03-31"}
    stated = whole(contracts=frames.table("contracts", CONTRACT | change))

    assert versions.told(versions.differences("contracts", stated, KEPT, pl.Series([1]))) == [
        "contracts C-1, end: before 2026-12-31, now 2027-03-31",
        "contracts C-1, discount.amount: before 5.00, now nothing",
        "contracts C-1, discount.lines: before L-1;L-2, now L-1",
    ]


def test_a_key_is_a_list_of_texts() -> None:
    price = {"product": 'pl"an', "currency": "USD", "amount": 1, "from": "2026-01-01"}
    account = {"code": "4000", "name": "Revenue", "type": "income"}

    assert versions.keys("ssps", frames.table("ssps", price)).to_list() == ['["pl\\"an","USD","2026-01-01"]']
    assert versions.keys("accounts", frames.table("accounts", account)).to_list() == ['["4000",null]']

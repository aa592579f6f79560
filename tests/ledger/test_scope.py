import copy
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from ratable.bundle import reading
from ratable.ledger import entries, models, scope
from ratable.operations import propose
from tests.ledger import closing
from tests.stores import Store

YEAR = {"customer": "acme", "currency": "USD", "signed_on": "2026-01-01", "start": "2026-01-01", "end": "2026-12-31"}
LINE = {"product": "seats", "price": "1200.00"}


def contract(name: str) -> dict[str, Any]:
    return {"id": name, **YEAR, "lines": [{"id": f"{name}-1", **LINE}]}


def invoice(name: str, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = [{"id": f"{name}-{place}", "amount": "60.00", **line} for place, line in enumerate(lines, 1)]
    return {"id": name, "customer": "acme", "currency": "USD", "issued_on": "2026-01-05", "lines": given} | more


ALONE = {"product": "seats", "service_start": "2026-01-01", "service_end": "2026-02-28"}
BUNDLE: dict[str, Any] = {
    "customers": [{"id": "acme", "name": "Acme"}],
    "products": [{"id": "seats", "name": "Seats", "method": "straight_line"},
                 {"id": "calls", "name": "Calls", "method": "usage"}],
    "contracts": [
        contract("C-1"), contract("C-2"), contract("C-3"),
        {"id": "C-4", **YEAR, "lines": [
            {"id": "C-4-1", "product": "calls", "pricing": {"model": "per_unit", "unit_price": "0.10"}, "ssp": "10.00"},
        ]},
        contract("C-5"),
    ],
    "invoices": [
        invoice("I-1", {"contract_line": "C-1-1"}, contract="C-1"),
        invoice("I-2", {"contract_line": "C-1-1"}, {"contract_line": "C-2-1"}),
        invoice("I-3", ALONE),
        invoice("I-4", ALONE, ALONE),
    ],
    "credit_notes": [
        {"id": "N-1", "issued_on": "2026-01-20", "cause": "price_reduction", "invoice": "I-3",
         "lines": [{"invoice_line": "I-3-1", "amount": "10.00"}]},
    ],
}  # fmt: skip
JANUARY = date(2026, 1, 31)


@pytest.fixture
def books(store: Store, tmp_path: Path) -> Store:
    """Five contracts, of which an invoice ties the first two together, and two invoices without a contract."""
    closing.posted(store, tmp_path, BUNDLE, JANUARY)
    return store


def note(name: str, line: str) -> dict[str, Any]:
    row = {
        "id": name,
        "issued_on": "2026-01-25",
        "cause": "price_reduction",
        "lines": [{"invoice_line": line, "amount": "5.00"}],
    }
    return {"credit_notes": [row | {"invoice": line.rpartition("-")[0]}]}


OURS = {"credit_notes": [
    {"id": "N-9", "invoice": "C-5/2026-01-01", "issued_on": "2026-01-20", "cause": "service_credit",
     "lines": [{"invoice_line": "C-5-1/2026-01-01", "amount": "100.00"}]},
]}  # fmt: skip
TIED = (("C-1", "C-2"), ("I-1", "I-2"))
LATE: dict[str, tuple[dict[str, Any], tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "a new contract": ({"contracts": [contract("C-9")]}, (("C-9",), ())),
    "a new invoice alone": ({"invoices": [invoice("I-9", ALONE)]}, ((), ("I-9",))),
    "an invoice of a contract": (
        {"invoices": [invoice("I-9", {"contract_line": "C-3-1"}, contract="C-3")]}, (("C-3",), ("I-9",)),
    ),
    "a credit note": (note("N-9", "I-3-1"), ((), ("I-3",))),
    "a credit note on an invoice of two contracts": (note("N-9", "I-2-2"), TIED),
    "a credit note on a bill of our own": (OURS, (("C-5",), ("C-5/2026-01-01",))),
    "an amendment": (
        {"amendments": [{"id": "A-9", "contract": "C-2", "effective_on": "2026-01-15", "approved_on": "2026-01-15",
                         "treatment": "catch_up",
                         "changes": [{"op": "change", "line": "C-2-1", "price": "1500.00"}]}]},
        TIED,
    ),
    "a use": (
        {"usage": [{"id": "U-9", "contract_line": "C-4-1", "on": "2026-01-09", "quantity": "40"}]}, (("C-4",), ()),
    ),
    "a customer whom nobody names yet": ({"customers": [{"id": "brix", "name": "Brix"}]}, ((), ())),
}  # fmt: skip


def named(found: scope.Scope | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    assert found is not None
    return found.contracts, found.invoices


def last_import() -> int:
    return int(models.Import.objects.order_by("-no")[0].no)


def given(late: dict[str, Any], tmp_path: Path) -> dict[str, pl.DataFrame]:
    return reading.opened(closing.written(tmp_path, late)).source.tables


@pytest.mark.parametrize("name", LATE)
def test_what_comes_late_touches_what_it_names_and_all_that_nets_with_it(
    name: str, books: Store, tmp_path: Path
) -> None:
    late, expected = LATE[name]
    before = last_import()
    assert named(scope.of_tables(given(late, tmp_path))) == expected

    imported = closing.bring(books, closing.written(tmp_path, late))
    assert imported.left_out == 0
    assert named(scope.of_imports(before)) == expected

    rows = propose.unposted(JANUARY)
    assert rows.equals(propose.missing(JANUARY))
    assert set(rows["account"]) <= set(scope.Scope(expected[0], (), expected[1], ()).accounts())


def test_an_invoice_that_goes_to_another_contract_touches_both(books: Store, tmp_path: Path) -> None:
    before = last_import()
    moved = {"invoices": [invoice("I-1", {"contract_line": "C-3-1"}, contract="C-3")]}

    closing.bring(books, closing.written(tmp_path, moved), correction=True, reason="it billed C-3")

    assert named(scope.of_imports(before)) == (("C-1", "C-2", "C-3"), ("I-1", "I-2"))
    assert propose.unposted(JANUARY).equals(propose.missing(JANUARY))


@pytest.mark.parametrize(
    "late",
    [
        {"products": [BUNDLE["products"][0] | {"method": "point_in_time"}]},
        {"policies": [{"name": "proration", "value": "monthly_prorated", "from": "2026-01-01"}]},
        {"ssps": [{"product": "seats", "currency": "USD", "amount": "10.00", "from": "2026-01-01"}]},
    ],
    ids=["a product that changed", "a policy", "a price"],
)
def test_what_all_share_touches_everything(late: dict[str, Any], books: Store, tmp_path: Path) -> None:
    before = last_import()
    closing.bring(books, closing.written(tmp_path, late), correction=True, reason="as agreed")

    assert scope.of_imports(before) is None
    assert propose.unposted(JANUARY).equals(propose.missing(JANUARY))


def test_more_names_than_can_be_told_apart_are_everything(
    books: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = last_import()
    late = {"invoices": [invoice(f"I-{n}", ALONE) for n in range(10, 14)]}
    monkeypatch.setattr(scope, "_MOST", 3)

    assert scope.of_tables(given(late, tmp_path)) is None
    closing.bring(books, closing.written(tmp_path, late))
    assert scope.of_imports(before) is None


def test_a_file_is_understood_alike_beside_all_of_the_store_and_beside_what_it_names(
    books: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixed = copy.deepcopy(BUNDLE)
    mixed["contracts"] = [contract("C-1"), contract("C-9"), contract("C-2") | {"customer": "nobody"}]
    mixed["invoices"] = [invoice("I-4", ALONE, ALONE), invoice("I-8", {"contract_line": "C-7-1"})]
    mixed["credit_notes"] = [*note("N-8", "I-3-1")["credit_notes"], *note("N-9", "I-3-1")["credit_notes"]]
    mixed["credit_notes"][0]["lines"][0]["amount"] = "49.00"
    path = closing.written(tmp_path, yaml.safe_dump(mixed))

    told = closing.bring(books, path)
    monkeypatch.setattr(scope, "of_tables", lambda _: None)
    again = closing.bring(books, path)

    assert told.findings["code"].to_list() == again.findings["code"].to_list() != []
    assert told.totals.equals(again.totals)
    assert (told.added, again.added) == (4, 0)


def test_an_account_is_found_by_the_words_of_an_entry(books: Store) -> None:
    assert set(entries.posted(within=scope.of_account("contract C-1"))["account"]) <= {
        "contract C-1", "contract C-2", "invoice I-1", "invoice I-2",
    }  # fmt: skip
    assert set(entries.posted(within=scope.of_account("invoice I-3"))["account"]) == {"invoice I-3"}

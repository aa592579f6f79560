"""A snapshot of one entity shows nothing of another (IT-10, GR-16)."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import ratable
from ratable.core import tables
from ratable.review import computed, narrowed
from ratable.review.ask import asking
from ratable.review.snapshot import Snapshot

COMPANY = Path(__file__).parents[2] / "examples" / "company"
_OF_CONTRACTS = ("contract_lines", "amendments", "minimums")


@pytest.fixture(scope="module")
def whole() -> Snapshot:
    """The example company, all three entities."""
    return computed.of_bundle(ratable.read_bundle(COMPANY), date(2026, 3, 31), name="company")


@pytest.mark.parametrize("entity", ["us", "uk", "jp"])
def test_what_is_left_is_of_the_entity_alone(whole: Snapshot, entity: str) -> None:
    own = narrowed.of(whole, entity)
    customers = whole.bundle["customers"].filter(pl.col("entity") == entity)["id"]
    assert set(own.bundle["customers"]["id"]) <= set(customers)
    assert set(own.entries["customer"]) == set(own.bundle["customers"]["id"])
    assert set(own.lines["entity"]) == {entity}
    assert set(own.bundle["contracts"]["customer"]) <= set(customers)
    for name in _OF_CONTRACTS:
        assert set(own.bundle[name]["contract"]) <= set(own.bundle["contracts"]["id"]), name
    for bundle in (own.bundle, own.close.bundle if own.close else own.bundle):
        contracts, invoices = set(bundle["contracts"]["id"]), set(bundle["invoices"]["id"])
        billed = bundle["credit_notes"]["invoice"]
        assert all(name in invoices or name[: -len("/2026-01-31")] in contracts for name in billed)
        assert set(bundle["credit_note_lines"]["credit_note"]) <= set(bundle["credit_notes"]["id"])


def test_the_parts_are_the_whole(whole: Snapshot) -> None:
    parts = [narrowed.of(whole, entity) for entity in ("us", "uk", "jp")]
    assert sum(part.entries.height for part in parts) == whole.entries.height
    assert sum(part.lines.height for part in parts) == whole.lines.height
    for name in ("contracts", "invoices", "credit_notes", "usage", "payments"):
        assert sum(part.bundle[name].height for part in parts) == whole.bundle[name].height, name


def test_findings_are_those_of_its_rows_and_of_what_all_share(whole: Snapshot) -> None:
    """IT-10: a finding names customers, contracts and amounts."""
    for entity in ("us", "uk", "jp"):
        own = narrowed.of(whole, entity)
        told = own.books.findings.filter(~pl.col("table").is_in(narrowed._SHARED))
        for table, id_ in told.select("table", "id").iter_rows():
            names = tables.TABLES[table].key
            key = pl.concat_str(names, separator="/", ignore_nulls=True)
            assert own.bundle[table].select(key=key).filter(key=id_).height == 1, (table, id_)
        assert own.bundle.findings.height < whole.bundle.findings.height
        (last,) = [said.text for said in asking.run("findings", {}, own).told if "left out here" in said.text]
        assert last.startswith("Findings about rows that never came into the books")
    assert not any("left out here" in said.text for said in asking.run("findings", {}, whole).told)


def test_an_entity_that_nothing_belongs_to_is_empty(whole: Snapshot) -> None:
    assert narrowed.of(whole, "nowhere").entries.is_empty()

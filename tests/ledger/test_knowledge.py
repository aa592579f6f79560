"""What is imported is read back as `run` would have read it.

The conformance cases are imported and read back where they are posted: operations/test_law_8.py and test_books.py.
"""

from pathlib import Path

import polars as pl

import ratable
from ratable.core import bundles, tables
from ratable.ledger import knowledge
from ratable.operations import import_bundle
from tests.ledger import closing
from tests.stores import Store

ROOT = Path(__file__).parents[2]


def contents(bundle: bundles.Bundle) -> dict[str, list[str]]:
    """The rows of each table, whatever their order."""
    return {name: sorted(str(row) for row in frame.rows()) for name, frame in bundle.tables.items()}


def assert_same(found: bundles.Bundle, wanted: bundles.Bundle) -> None:
    """The same rows, types and findings."""
    rows, others = contents(found), contents(wanted)
    assert {name for name in tables.TABLES if rows[name] != others[name]} == set()
    assert {name: frame.schema for name, frame in found.tables.items()} == {
        name: frame.schema for name, frame in wanted.tables.items()
    }
    assert found.findings.equals(wanted.findings)


def test_the_example_company_is_read_back(store: Store) -> None:
    company = ROOT / "examples" / "company"

    import_bundle.import_bundle(store.actor("ben"), company)

    assert_same(knowledge.bundle(), ratable.read_bundle(company))
    assert knowledge.entities() == sorted(pl.read_csv(company / "entities.csv")["id"])


def test_a_row_is_read_in_every_version_and_by_the_import_that_brought_it(store: Store, tmp_path: Path) -> None:
    for name, correction in (("Plan", False), ("Plan B", True)):
        path = closing.written(tmp_path, f"products: [{{id: plan, name: {name}, method: usage}}]")
        closing.bring(store, path, correction=correction, reason="renamed")

    found = knowledge.history("products", '["plan"]')

    assert found.select("name", "version", "import_no").rows() == [("Plan", 1, 1), ("Plan B", 2, 2)]
    assert knowledge.brought("products", 1)["name"].to_list() == ["Plan"]
    assert knowledge.brought("customers", 1).is_empty()

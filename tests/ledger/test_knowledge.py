"""What is imported is read back as `run` would have read it.

The conformance cases are imported and read back where they are posted: operations/test_law_8.py and test_books.py.
"""

from pathlib import Path

import polars as pl

import ratable
from ratable.core import bundles, tables
from ratable.ledger import knowledge
from ratable.operations import import_bundle
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

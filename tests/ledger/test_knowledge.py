"""What is imported is read back as `run` would have read it."""

from pathlib import Path

import polars as pl
import pytest
import yaml

import ratable
from ratable.core import bundles, tables
from ratable.ledger import knowledge
from ratable.operations import import_bundle
from tests.stores import Store

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "tests/conformance/cases").rglob("*.yaml"))


def written(case: Path, folder: Path) -> Path:
    """The bundle of a conformance case as a file of its own."""
    given = yaml.safe_load(case.read_text())["given"]
    path = folder / "bundle.yaml"
    path.write_text(given if isinstance(given, str) else yaml.safe_dump(given, sort_keys=False))
    return path


def contents(bundle: bundles.Bundle) -> dict[str, list[str]]:
    """The rows of each table, whatever their order."""
    return {name: sorted(str(row) for row in frame.rows()) for name, frame in bundle.tables.items()}


def assert_same(found: bundles.Bundle, wanted: bundles.Bundle) -> None:
    rows, others = contents(found), contents(wanted)
    assert {name for name in tables.TABLES if rows[name] != others[name]} == set()
    assert {name: frame.schema for name, frame in found.tables.items()} == {
        name: frame.schema for name, frame in wanted.tables.items()
    }
    assert found.findings.equals(wanted.findings)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_conformance_bundle_is_read_back(case: Path, store: Store, tmp_path: Path) -> None:
    path = written(case, tmp_path)

    import_bundle.import_bundle(store.actor("ben"), path)

    assert_same(knowledge.bundle(), ratable.read_bundle(path))


def test_the_example_company_is_read_back(store: Store) -> None:
    company = ROOT / "examples" / "company"

    import_bundle.import_bundle(store.actor("ben"), company)

    assert_same(knowledge.bundle(), ratable.read_bundle(company))
    assert knowledge.entities() == sorted(pl.read_csv(company / "entities.csv")["id"])

"""What happened to a contract: both days of each event, where it came from, and what came late."""

from pathlib import Path

import polars as pl
import pytest

from ratable.ledger import lineage, timeline
from ratable.operations import periods
from tests.ledger import closing
from tests.ledger.test_whatif import CONTRACT
from tests.stores import Store, day

pytestmark = pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def locked(store: Store, tmp_path: Path) -> Store:
    """January is locked; then an invoice of January comes."""
    closing.posted(store, tmp_path, CONTRACT, "2026-01-31")
    periods.lock(store.actor("cora"), "2026-01")
    line = {"id": "I-1-1", "product": "platform", "amount": "31.00"}
    own = {"id": "I-1", "customer": "acme", "currency": "USD", "issued_on": "2026-01-20", "contract": "C-1"}
    whole = CONTRACT["contracts"][0] | {"invoicing": "import"}
    path = closing.written(tmp_path, {"invoices": [own | {"lines": [line]}], "contracts": [whole]})
    closing.bring(store, path, reason="they bill it themselves", correction=True)
    return store


def test_what_comes_after_a_lock_is_late(locked: Store) -> None:
    told = timeline.of_contract("C-1").rows_by_key("what", named=True, unique=True)

    assert told["invoiced"]["late"]
    assert told["invoiced"]["amount"] == 31_00
    assert not told["signed"]["late"]
    assert told["locked"]["effective"] == day("2026-01-31")
    assert told["locked"]["origin"] == "by cora"


def test_every_event_names_its_row(locked: Store) -> None:
    told = timeline.of_contract("C-1").filter(pl.col("import_no").is_not_null())

    assert told.filter(pl.col("what") == "signed")["origin"].item() == "import 1 (bundle-0.yaml), bundle-0.yaml, row 1"
    assert (told["known"].is_not_null()).all()


def test_what_was_not_known_yet_is_left_out(locked: Store) -> None:
    then = timeline.of_contract("C-1", known_on=day("2026-04-01"))

    assert "invoiced" not in then["what"]
    assert "signed" in then["what"]


def test_a_correction_says_what_it_changed_and_why(locked: Store) -> None:
    changed = lineage.changes("C-1")

    assert changed.select("table", "id", "version", "column", "before", "now", "reason").rows() == [
        ("contracts", "C-1", 2, "invoicing", None, "import", "they bill it themselves")
    ]

"""A store with January posted, by the clock of the test, for programs to call."""

from pathlib import Path

import pytest

from ratable.operations import clock
from tests.ledger import closing, test_books
from tests.stores import Store


@pytest.fixture(autouse=True)
def signing_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock signs by a key of its own."""
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(tmp_path / "signing.key"))


@pytest.fixture
def books(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """January is posted, and what falls due in February is not."""
    monkeypatch.setattr(clock, "now", store.clock)
    closing.posted(store, tmp_path, test_books.ORDER, "2026-01-31")
    return store

"""Books that somebody may do anything to: each test has them untouched, and without what guards them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from tests import stores
from tests.ledger import histories
from tests.stores import Store


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def unguarded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Books with rows in every table, from which somebody has taken the guards away."""
    if request.param == "sqlite":
        made = stores.sqlite(request.getfixturevalue("sqlite_template"), tmp_path_factory.mktemp("books"))
    else:
        made = stores.postgresql(request.getfixturevalue("server"))
    with made as url:
        begun = stores.founded(url)
        histories.small(begun)
        with histories.unguarded():
            yield begun


@pytest.fixture
def books(unguarded: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Store]:
    """The same, untouched at the start of each test, on a machine other than the one that signs."""
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(tmp_path / "none.key"))
    with transaction.atomic():
        yield unguarded
        transaction.set_rollback(True)

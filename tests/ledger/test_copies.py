"""Copies of books that nobody has touched: as a backup makes them, or a template of a database; no false alarm."""

from pathlib import Path

import pytest
from django.db import connection

from ratable.ledger import stored, verification
from tests import stores
from tests.ledger import histories
from tests.stores import Store


def test_an_untouched_copy_gives_no_alarm(store: Store, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    histories.small(store)

    stores.use(copied(store.url, request, tmp_path))

    assert verification.verify() == []
    assert stored.span("checkpoints") == (1, 2)


def copied(url: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """A copy of books, as a backup makes one."""
    if url.startswith("sqlite"):
        file = folder / "copy.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(file)])
        return f"sqlite:///{file}"
    stores.close()
    server: stores.Server = request.getfixturevalue("server")
    name = f"copy_{next(stores.NUMBERS)}"
    return server.create(name, url.rpartition("/")[2].partition("?")[0])

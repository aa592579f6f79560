from pathlib import Path

import pytest
from django.core import management

from ratable.ledger import store
from tests import stores


def test_where_there_are_no_books_nothing_is_made(tmp_path: Path) -> None:
    stores.use(f"sqlite:///{tmp_path}/books.sqlite3")

    with pytest.raises(store.NoStore, match=r"no books at .*books.sqlite3; `ratable import BUNDLE` makes them"):
        store.open_()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("store")
def test_books_of_an_older_version_are_upgraded_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[str] = []
    monkeypatch.setattr(store, "_pending", lambda: True)
    monkeypatch.setattr(management, "call_command", lambda *asked, **_: commands.append(" ".join(asked)))

    for create in (True, False):
        with pytest.raises(store.NoStore, match="of an older version; make a backup, then `ratable upgrade`"):
            store.open_(create=create)
    assert commands == []
    store.open_(upgrade=True)
    assert commands == ["migrate ledger"]


@pytest.mark.usefixtures("store")
def test_the_migrations_make_just_what_the_models_say() -> None:
    # Ends the process where one is missing.
    management.call_command("makemigrations", check=True, dry_run=True, verbosity=0)

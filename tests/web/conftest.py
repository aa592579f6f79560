"""People who are signed in, for the tests of the screens."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from ratable.access import models
from tests.stores import Store

SignedIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def clock(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The application goes by the clock of the test, and signs by a key of its own."""
    monkeypatch.setattr("ratable.operations.clock.now", store.clock)
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(tmp_path / "signing.key"))


@pytest.fixture
def signed_in(store: Store) -> SignedIn:
    """Gives a browser in which a person of the store is signed in, as if by a password a moment ago."""

    def sign_in(person: str) -> Client:
        # Without a password, as by another provider, who is not asked again before a lock of the next minutes.
        known = models.Account.objects.filter(username=person).first()
        account = known or models.Account.objects.create_user(person)
        client = Client(headers={"host": "localhost"})
        client.force_login(account)
        session = client.session
        session["signed_in_at"] = session["seen_at"] = store.clock().isoformat()
        session.save()
        return client

    return sign_in

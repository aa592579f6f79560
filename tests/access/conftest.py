"""The clock of the application is that of the test; nothing is counted from test to test, and hashing is quick."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import override_settings

from tests.stores import Store


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    cache.clear()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
    cache.clear()


@pytest.fixture(autouse=True)
def clock(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ratable.operations.clock.now", store.clock)

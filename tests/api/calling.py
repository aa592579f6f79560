"""Programs that call the interface, each with a key of its own, for tests.

Worked example: `calling.program(store, "ben").post("/runs", {"through": "2026-01-31"})` proposes as Ben; the header
Idempotency-Key is new for each call unless the test says otherwise.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from django.test import Client

from ratable.access import keys
from ratable.operations import people, service_keys
from tests.stores import Store

ROOT = "/api/v1"
_NUMBERS = count(1)


@dataclass(frozen=True)
class Program:
    """A caller with a token; none: a stranger."""

    token: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False, HTTP_HOST="127.0.0.1"))

    def headers(self, **more: str) -> dict[str, str]:
        return ({"Authorization": f"Bearer {self.token}"} if self.token else {}) | more

    def get(self, path: str, *, headers: dict[str, str] | None = None, **query: Any) -> Any:
        return self.client.get(ROOT + path, query, headers=self.headers() | (headers or {}))

    def post(
        self,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        content_type: str = "application/json",
        **more: Any,
    ) -> Any:
        content = body if isinstance(body, bytes | str) else json.dumps({} if body is None else body)
        named = {"Idempotency-Key": f"key-{next(_NUMBERS)}"} if key is None else {"Idempotency-Key": key} if key else {}
        return self.client.generic(
            "POST", ROOT + path, content, content_type=content_type, headers=self.headers(**named), **more
        )


def opened(person: str) -> list[str]:
    """The scopes that a key of a person can have."""
    return [
        scope
        for scope, verbs in service_keys.SCOPES.items()
        if not verbs or not all(people.denial(person, verb) for verb in verbs)
    ]


def program(store: Store, person: str, *scopes: str, days: int = 30) -> Program:
    """A program with a key of a person; without scopes, with all that it can have."""
    name = f"test {next(_NUMBERS)}"
    last = (store.clock.now + timedelta(days=days)).date()
    return Program(keys.make(store.actor(person), person, name, scopes or opened(person), last))

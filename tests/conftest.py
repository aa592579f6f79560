"""What holds for every test: Hypothesis repeats itself, nothing reaches a network, and a store is a real one."""

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import django
import pytest
from hypothesis import settings

import ratable

os.environ |= {
    "DJANGO_SETTINGS_MODULE": "ratable.server.settings",
    "RATABLE_SECRET_KEY": "known to whoever reads this",
    "RATABLE_DATABASE_URL": "sqlite:////nowhere/books.sqlite3",  # Until a test takes a store of its own.
}
django.setup()
for name in ("DJANGO_SETTINGS_MODULE", "RATABLE_SECRET_KEY", "RATABLE_DATABASE_URL"):
    del os.environ[name]  # What a test starts in a process of its own begins like anybody's.

# Hypothesis tries the constants that it finds in whatever is loaded. All is loaded first, so that what it tries does
# not hang on which tests share a process.
for module in pkgutil.walk_packages(ratable.__path__, "ratable."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)

settings.register_profile("check", derandomize=True, deadline=None, max_examples=40)
settings.register_profile("fuzz", deadline=None, print_blob=True)
settings.load_profile("check")


def refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: this machine's own file system and loopback are allowed, every other connection is refused."""
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in LOOPBACK:
        raise RuntimeError(f"a test tried to reach {arguments[1]}; tests read recorded data and no network")


LOOPBACK = ("127.0.0.1", "::1")
sys.addaudithook(refuse_network)

from tests import stores  # noqa: E402  it needs the settings above


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables of a store and no rows."""
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    stores.make_template(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def server() -> Iterator[stores.Server]:
    """A PostgreSQL server with a database `books` that has the tables of a store and no rows."""
    running = stores.Server()
    try:
        stores.make_template(running.create("books"))
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def founded_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """A SQLite file with books just begun, and what their clock shows."""
    folder = tmp_path_factory.mktemp("founded")
    with stores.sqlite(sqlite_template, folder) as url:
        made = stores.founded(url)
    return folder / "books.sqlite3", made.clock.now


@pytest.fixture(scope="session")
def founded_database(server: stores.Server) -> tuple[str, datetime]:
    """The name of a PostgreSQL database with books just begun, and what their clock shows."""
    made = stores.founded(server.create("founded", "books"))
    stores.close()
    return "founded", made.clock.now


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[stores.Store]:
    """Books just begun, with their people; each test that takes them runs on both databases."""
    if request.param == "sqlite":
        file, at = request.getfixturevalue("founded_file")
        made = stores.sqlite(file, tmp_path)
    else:
        name, at = request.getfixturevalue("founded_database")
        made = stores.postgresql(request.getfixturevalue("server"), name)
    with made as url:
        yield stores.taken_up(url, at)

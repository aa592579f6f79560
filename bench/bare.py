"""The bare load: the very fact and entry rows of a store, put into tables that nothing guards, and nothing else.

Worked example: a store holds 1,000,000 invoice lines and the 2,000,000 entries that came of them. Where its URL is that
of RATABLE_DATABASE_URL, `python -m bench.bare TARGET keyed` brings those rows, the invoices and the customers into an
empty database at the URL TARGET. Its tables have the same columns, primary keys, unique and foreign keys, checks and
indexes, and no trigger.

The clock runs while rows are sent and while the one transaction commits. Reading them from the store, and writing them
as CSV (PostgreSQL, which takes them by COPY) or as tuples (SQLite, by executemany), is done before, 100,000 rows at a
time, and is not counted. With `plain` in place of `keyed` the tables have the columns alone.
"""

import argparse
import io
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
import psycopg

from bench import configured, measures  # noqa: F401  the one makes the ledger ready to be imported
from ratable import settings
from ratable.ledger import facts, rows, store, stored

PARENTS = ("events", "imports", "runs")  # That facts and entries refer to; they are there before the clock runs.
PLAIN = "plain_"


@dataclass(frozen=True)
class Target:
    """A database that rows are sent to.

    Attributes:
        run: runs a statement, and gives its rows.
        ready: writes rows as the database takes them.
        send: adds rows of a frame, made ready, to a table.
        commit: ends the transaction.
        close: ends the connection.
        triggers: the query for the statements that drop every trigger.
    """

    run: Callable[[str], Any]
    ready: Callable[[pl.DataFrame], Any]
    send: Callable[[str, pl.DataFrame, Any], None]
    commit: Callable[[], None]
    close: Callable[[], None]
    triggers: str


def load(target: Target, *, keyed: bool) -> float:
    """Bring the rows of the open store to a database.

    Args:
        target: a database with the tables of a store, all empty.
        keyed: whether its tables keep their keys and indexes.

    Returns:
        the seconds of sending and committing.
    """
    for drop in [text for (text,) in target.run(target.triggers)]:
        target.run(drop)
    for table in PARENTS:
        for frame in _chunks(table):
            target.send(table, frame, target.ready(frame))
    names = [name for name in (*(facts.PREFIX + table for table in facts.MODELS), "entries") if rows.count(name)]
    prefix = "" if keyed else PLAIN
    for name in names if prefix else ():
        target.run(f"CREATE TABLE {prefix}{name} AS SELECT * FROM {name} LIMIT 0")
    target.commit()
    seconds = 0.0
    for name in names:
        for frame in _chunks(name):
            held = target.ready(frame)
            began = time.perf_counter()
            target.send(prefix + name, frame, held)
            seconds += time.perf_counter() - began
    began = time.perf_counter()
    target.commit()
    return seconds + time.perf_counter() - began


def sqlite(file: str) -> Target:
    """A SQLite file, opened as the store opens its own."""
    connection = sqlite3.connect(file, isolation_level="IMMEDIATE")
    options: Any = settings.database(f"sqlite:///{file}")["OPTIONS"]
    connection.executescript(options["init_command"])

    def ready(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
        return frame.with_columns(pl.col(pl.Date).dt.to_string("%Y-%m-%d")).rows()

    def send(table: str, frame: pl.DataFrame, held: list[tuple[Any, ...]]) -> None:
        columns, places = ", ".join(f'"{name}"' for name in frame.columns), ", ".join("?" * frame.width)
        connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", held)

    triggers = "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'"
    return Target(
        lambda text: connection.execute(text).fetchall(), ready, send, connection.commit, connection.close, triggers
    )


def postgresql(url: str) -> Target:
    """A PostgreSQL database."""
    connection = psycopg.connect(url)

    def run(text: str) -> list[Any]:
        cursor = connection.execute(text.encode())
        return cursor.fetchall() if cursor.description else []

    def ready(frame: pl.DataFrame) -> bytes:
        text = io.BytesIO()
        frame.write_csv(text, include_header=False, null_value=rows.MISSING)
        return text.getvalue()

    def send(table: str, frame: pl.DataFrame, held: bytes) -> None:
        columns = ", ".join(f'"{name}"' for name in frame.columns)
        copy = f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv, NULL '{rows.MISSING}')"
        with connection.cursor() as cursor, cursor.copy(copy.encode()) as writer:
            writer.write(held)

    triggers = (
        "SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass) FROM pg_trigger WHERE NOT tgisinternal"
    )
    return Target(run, ready, send, connection.commit, connection.close, triggers)


def main() -> None:
    """Load the rows of one store into an empty database, and print the seconds."""
    parser = argparse.ArgumentParser(prog="python -m bench.bare", description="Load the rows of a store, barely.")
    parser.add_argument("target", help="URL of an empty database, of the kind that the store is in")
    parser.add_argument("tables", choices=("keyed", "plain"))
    asked = parser.parse_args()
    empty = (sys.executable, "-c", "from ratable.ledger import store; store.open_(create=True)")
    measures.measure(empty, {"RATABLE_DATABASE_URL": asked.target})
    store.open_()
    file = asked.target.removeprefix("sqlite:///")
    target = postgresql(asked.target) if file == asked.target else sqlite(file)
    sys.stdout.write(json.dumps({"seconds": load(target, keyed=asked.tables == "keyed")}) + "\n")


def _chunks(table: str) -> Iterator[pl.DataFrame]:
    for first in range(1, rows.count(table) + 1, stored.CHUNK):
        yield stored.read(table, first, first + stored.CHUNK - 1)


if __name__ == "__main__":
    main()

"""Rows of the store as they stand, read for `verify` and for proofs: nothing about them is taken for granted.

Worked example: `read("entries", 1, 100)` gives the first hundred entries with all columns typed. Where somebody wrote
the text "many" into a column of numbers, which SQLite allows, `misfit("entries")` names the row and the column.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from django.apps import apps
from django.db import connection, transaction
from django.db import models as fields

from ratable.ledger import rows
from ratable.ledger.faults import Fault

EVENTS = "events"
# Each table by why no event covers its rows: `Draft` rows are replaced, the rest is tied to the log in another way.
NOT_COVERED = {
    "events": "the log itself, chained by hash",
    "company": "its id is inside every hash; name and moment are those of the first event",
    "files": "each is kept by its SHA-256, which its import or run names",
    "drafts": "replaced by the next run; the hash of their run holds them",
}
CHUNK = 100_000

_TYPES: tuple[tuple[type[fields.Field], pl.DataType], ...] = (
    (fields.BooleanField, pl.Boolean()),
    (fields.DateField, pl.Date()),
    (fields.BinaryField, pl.Binary()),
    (fields.TextField, pl.String()),
)
# What a column of a type may hold. SQLite takes anything anywhere; PostgreSQL also takes days beyond any calendar, and
# the text that stands for what is missing.
_FITS: dict[str, dict[pl.DataType, str]] = {
    "sqlite": {
        pl.Boolean(): "typeof({c}) = 'integer' AND {c} IN (0, 1)",
        pl.Date(): "typeof({c}) = 'text' AND date({c}) IS {c}",
        pl.Binary(): "typeof({c}) = 'blob'",
        pl.String(): "typeof({c}) = 'text'",
        pl.Int64(): "typeof({c}) = 'integer'",
    },
    "postgresql": {
        pl.Date(): "{c} BETWEEN '0001-01-01' AND '9999-12-31'",
        pl.String(): f"{{c}} <> '{rows.MISSING}'",
    },
}


@contextmanager
def snapshot() -> Iterator[None]:
    """The store as it is at one moment, whatever others add meanwhile; inside an act, as the act sees it."""
    if connection.in_atomic_block:
        yield
        return
    with only_reading(), transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


@contextmanager
def only_reading() -> Iterator[None]:
    """In SQLite, transactions that do not keep others from writing."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()  # Which sets the mode.
    before, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        connection.transaction_mode = before


def covered() -> list[str]:
    """The tables whose rows an event has to cover."""
    every = (model._meta.db_table for model in apps.get_app_config("ledger").get_models())
    return [table for table in every if table not in NOT_COVERED]


def schema(table: str) -> dict[str, pl.DataType]:
    """Column to type, in the order of the model."""
    return {field.column: _type(field) for field in _model(table)._meta.concrete_fields}


def key(table: str) -> str:
    """The column that tells the rows of a table apart."""
    return str(_model(table)._meta.pk.column)


def read(table: str, first: int, last: int) -> pl.DataFrame:
    """Rows by their numbers, from first to last, in order."""
    kinds = schema(table)
    names = ", ".join(f'"{name}"' for name in kinds)
    query = f'SELECT {names} FROM "{table}" WHERE no BETWEEN %s AND %s ORDER BY no'  # noqa: S608  names of our own schema
    return rows.select(query, [first, last], kinds)


def parts(table: str, first: int | None = None) -> Iterator[pl.DataFrame]:
    """All rows in the order of their numbers, some at a time.

    From one row to the next, never from one number to the next: somebody may have written a number far from all others.

    Args:
        table: a numbered table of the store.
        first: only rows with this number or a higher one; None: all.
    """
    kinds = schema(table)
    names = ", ".join(f'"{name}"' for name in kinds)
    start = "" if first is None else f"WHERE no >= {first}"
    while True:
        query = f'SELECT {names} FROM "{table}" {start} ORDER BY no LIMIT {CHUNK}'  # noqa: S608  names of our own schema
        part = rows.select(query, [], kinds)
        if part.is_empty():
            return
        yield part
        start = f"WHERE no > {part['no'][-1]}"


def span(table: str) -> tuple[int, int]:
    """The lowest and the highest number of a table; (1, 0) where it is empty."""
    query = f'SELECT coalesce(min(no), 1), coalesce(max(no), 0) FROM "{table}"'  # noqa: S608  a table of our own
    with connection.cursor() as cursor:
        cursor.execute(query)
        first, last = cursor.fetchone()
    return int(first), int(last)


def misfit(table: str, above: int | None = None) -> Fault | None:
    """The first row with a value that its column should never hold.

    Args:
        table: a table of the store.
        above: only rows with a higher number are looked at; None: all.
    """
    own = key(table)
    fits = _FITS[connection.vendor]
    held = {name: fits[kind].format(c=f'"{name}"') for name, kind in schema(table).items() if kind in fits}
    wrong = " ".join(f"WHEN \"{name}\" IS NOT NULL AND NOT ({holds}) THEN '{name}'" for name, holds in held.items())
    asked = "" if above is None else f"WHERE no > {above}"
    query = f"""SELECT {own}, wrong FROM (SELECT {own}, CASE {wrong} END AS wrong FROM "{table}" {asked}) t
        WHERE wrong IS NOT NULL ORDER BY {own} LIMIT 1"""  # noqa: S608  names of our own schema
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = cursor.fetchone()
    return Fault(table, found[0], f"its {found[1]} holds what that column never does") if found else None


def begun(since: datetime.date) -> int:
    """The number of the first event on or after a day, or the one that the next event will have."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT min(no) FROM "events" WHERE at >= %s', [since.isoformat()])
        found = cursor.fetchone()[0]
    return int(found) if found else span(EVENTS)[1] + 1


def _model(table: str) -> type[fields.Model]:
    found: type[fields.Model] = next(
        model for model in apps.get_app_config("ledger").get_models() if model._meta.db_table == table
    )
    return found


def _type(field: fields.Field) -> pl.DataType:
    target = field.target_field if field.is_relation else field
    return next((kind for of, kind in _TYPES if isinstance(target, of)), pl.Int64())

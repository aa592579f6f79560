"""Many rows at a time between Polars and the database, on Django's own connection and inside its transaction.

Worked example: `add("entries", frame)` brings a million entries into PostgreSQL by one COPY, into SQLite by one
`executemany`; `select("SELECT line, amount FROM entries WHERE period = %s", ["2026-01"], schema)` gives them back as a
typed frame.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection

MISSING = "\N{SYMBOL FOR NULL}"  # Marks what is missing in a CSV, where an empty text is a value of its own.
_HEXADECIMAL = "\\x"  # Begins what PostgreSQL reads and writes for bytes.

_SQLITE_HOLDS: dict[pl.DataType, pl.DataType] = {pl.Date(): pl.String(), pl.Boolean(): pl.Int64()}


def add(table: str, frame: pl.DataFrame) -> None:
    """Add rows to a table; the columns of the frame are columns of the table."""
    if frame.is_empty():
        return
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            copy = f"COPY \"{table}\" ({columns}) FROM STDIN WITH (FORMAT csv, NULL '{MISSING}')"
            readable = frame.with_columns((_HEXADECIMAL + pl.col(pl.Binary).bin.encode("hex")).name.keep())
            text = readable.write_csv(include_header=False, null_value=MISSING)
            with cursor.copy(copy) as writer:
                writer.write(text)
        else:
            places = ", ".join("?" * frame.width)
            days = frame.with_columns(pl.col(pl.Date).dt.to_string("%Y-%m-%d"))
            # Past Django's cursor, which would rewrite the statement for every row.
            cursor.connection.executemany(
                f'INSERT INTO "{table}" ({columns}) VALUES ({places})',  # noqa: S608  names of our own schema
                days.iter_rows(),
            )


def select(query: str, given: Sequence[Any], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The rows of a query as a frame of the given columns and types, in their order.

    Args:
        query: SQL with %s for each value.
        given: the values.
        schema: name and type of each column of the result; days come as Date from either database.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _copied(cursor, query, given, schema)
        cursor.execute(query, given)
        held = {name: _SQLITE_HOLDS.get(kind, kind) for name, kind in schema.items()}
        frame = pl.DataFrame(cursor.fetchall(), schema=held, orient="row")
    days = [pl.col(name).str.to_date() for name, kind in schema.items() if kind == pl.Date()]
    return frame.with_columns(*days, *(pl.col(name) == 1 for name, kind in schema.items() if kind == pl.Boolean()))


def _copied(cursor: Any, query: str, given: Sequence[Any], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    text = io.BytesIO()
    # Quoted, an empty text comes back as one, and not as missing.
    copy = f"COPY ({query}) TO STDOUT WITH (FORMAT csv, NULL '{MISSING}', FORCE_QUOTE *)"
    with cursor.copy(copy, given) as reader:
        for part in reader:
            text.write(part)
    if not text.tell():
        return pl.DataFrame(schema=dict(schema))
    held = {name: pl.String() if kind in (pl.Boolean(), pl.Binary()) else kind for name, kind in schema.items()}
    frame = pl.read_csv(
        text.getvalue(), has_header=False, new_columns=list(held), schema_overrides=held, null_values=MISSING
    )  # fmt: skip
    truths = [pl.col(name) == "t" for name, kind in schema.items() if kind == pl.Boolean()]
    contents = [
        pl.col(name).str.strip_prefix(_HEXADECIMAL).str.decode("hex")
        for name, kind in schema.items()
        if kind == pl.Binary()
    ]
    return frame.with_columns(*truths, *contents)


def count(table: str) -> int:
    """The number of rows of a numbered table, which is its highest number: numbers have no gaps."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT coalesce(max(no), 0) FROM "{table}"')  # noqa: S608  a table of our own
        return int(cursor.fetchone()[0])

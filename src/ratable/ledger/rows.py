"""Many rows at a time between Polars and the database, on Django's own connection and inside its transaction.

Worked example: `add("entries", frame)` brings a million entries into PostgreSQL by one COPY, into SQLite by one
`executemany`; `select("SELECT line, amount FROM entries WHERE period = %s", ["2026-01"], schema)` gives them back as a
typed frame.
"""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection

MISSING = "\N{SYMBOL FOR NULL}"  # Marks what is missing in a CSV, where an empty text is a value of its own.
_AT_A_TIME = 100_000  # Rows of which the text is held at once.
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
            with cursor.copy(copy) as writer:
                for part in frame.iter_slices(_AT_A_TIME):
                    readable = part.with_columns((_HEXADECIMAL + pl.col(pl.Binary).bin.encode("hex")).name.keep())
                    writer.write(readable.write_csv(include_header=False, null_value=MISSING))
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
        parts = _copied if connection.vendor == "postgresql" else _fetched
        return pl.concat([pl.DataFrame(schema=dict(schema)), *parts(cursor, query, given, schema)])


def _fetched(
    cursor: Any, query: str, given: Sequence[Any], schema: Mapping[str, pl.DataType]
) -> Iterator[pl.DataFrame]:
    cursor.execute(query, given)
    held = {name: _SQLITE_HOLDS.get(kind, kind) for name, kind in schema.items()}
    days = [pl.col(name).str.to_date() for name, kind in schema.items() if kind == pl.Date()]
    truths = [pl.col(name) == 1 for name, kind in schema.items() if kind == pl.Boolean()]
    while some := cursor.fetchmany(_AT_A_TIME):
        # Column by column, which is quicker than Polars' own way through rows.
        columns = zip(held.items(), zip(*some, strict=True), strict=True)
        yield pl.DataFrame([pl.Series(name, cells, kind) for (name, kind), cells in columns]).with_columns(
            *days, *truths
        )


def _copied(cursor: Any, query: str, given: Sequence[Any], schema: Mapping[str, pl.DataType]) -> Iterator[pl.DataFrame]:
    # Quoted, an empty text comes back as one, and not as missing.
    copy = f"COPY ({query}) TO STDOUT WITH (FORMAT csv, NULL '{MISSING}', FORCE_QUOTE *)"
    with cursor.copy(copy, given) as reader:
        # One part for each row.
        for some in iter(lambda: b"".join(itertools.islice(reader, _AT_A_TIME)), b""):
            yield _parsed(some, schema)


def _parsed(text: bytes, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    held = {name: pl.String() if kind in (pl.Boolean(), pl.Binary()) else kind for name, kind in schema.items()}
    frame = pl.read_csv(
        text, has_header=False, new_columns=list(held), schema_overrides=held, null_values=MISSING
    )  # fmt: skip
    truths = [pl.col(name) == "t" for name, kind in schema.items() if kind == pl.Boolean()]
    contents = [
        pl.col(name).str.strip_prefix(_HEXADECIMAL).str.decode("hex")
        for name, kind in schema.items()
        if kind == pl.Binary()
    ]
    return frame.with_columns(*truths, *contents)


def among(column: str, values: Sequence[str]) -> tuple[str, object]:
    """SQL that asks for rows with one of some values, however many, and what it takes in the place of its one %s."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", list(values)
    return f"{column} IN (SELECT value FROM json_each(%s))", json.dumps(values)  # noqa: S608  a column of our own


def count(table: str) -> int:
    """The number of rows of a numbered table, which is its highest number: numbers have no gaps."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT coalesce(max(no), 0) FROM "{table}"')  # noqa: S608  a table of our own
        return int(cursor.fetchone()[0])

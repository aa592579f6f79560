"""Small tables written out in a test: rows of the columns that matter, every other column empty."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from ratable.core import tables

Row = Mapping[str, Any]


def day(text: str) -> date:
    """A day as YYYY-MM-DD."""
    return date.fromisoformat(text)


def of(schema: Mapping[str, Any], *rows: Row) -> pl.DataFrame:
    """Rows as a frame of a schema; days may be written as text."""
    dated = [
        {name: day(cell) if schema[name] == pl.Date and isinstance(cell, str) else cell for name, cell in row.items()}
        for row in rows
    ]
    return pl.DataFrame([dict.fromkeys(schema) | row for row in dated], schema=dict(schema))


def table(name: str, *rows: Row) -> pl.DataFrame:
    """Rows as a table of a bundle, in minor units."""
    return of(tables.TABLES[name].schema, *rows)


def column(frame: pl.DataFrame, name: str) -> list[Any]:
    """The cells of a column."""
    return frame[name].to_list()

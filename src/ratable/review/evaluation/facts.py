"""Facts of an invented company while they are written: plain rows by table, edits of them, and the bundle they make.

Worked example: the edit Edit("set", "contract_lines", {"id": "C-12-1"}, {"start": 2026-01-01}) on tables where the line
begins on 15 January gives new tables where it begins on the 1st; the tables that were given stay as they are.

Amounts are minor units, unit prices 1/100,000,000, quantities millionths, percents 1/10,000, as in `core.tables`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ratable.bundle import defaults
from ratable.core import bundles, tables

Row = dict[str, Any]
Tables = dict[str, list[Row]]

SET, DROP, ADD = "set", "drop", "add"


@dataclass(frozen=True)
class Edit:
    """One change of the facts: `op` on the rows of `table` that have the values of `key`; `values` are set or added."""

    op: str
    table: str
    key: Row = field(default_factory=dict)
    values: Row = field(default_factory=dict)


def none() -> Tables:
    """Every table, empty."""
    return {name: [] for name in tables.TABLES}


def edited(given: Tables, edits: Iterable[Edit]) -> Tables:
    """The tables with edits made in order, as new rows.

    Raises:
        LookupError: an edit names a row that is not there.
    """
    made = {name: [dict(row) for row in rows] for name, rows in given.items()}
    for edit in edits:
        if edit.op == ADD:
            made[edit.table].append(dict(edit.values))
            continue
        meant = [row for row in made[edit.table] if edit.key.items() <= row.items()]
        if not meant:
            raise LookupError(f"no row of {edit.table} has {edit.key}")
        for row in meant:
            if edit.op == DROP:
                made[edit.table].remove(row)
            else:
                row.update(edit.values)
    return made


def bundle(given: Tables) -> bundles.Bundle:
    """The tables as a bundle, with the days filled in that a row may leave unsaid."""
    return bundles.of(defaults.fill({name: _frame(name, rows) for name, rows in given.items()}))


def _frame(name: str, rows: list[Row]) -> pl.DataFrame:
    schema = tables.TABLES[name].schema
    columns = {column: [row.get(column) for row in rows] for column in schema if column != "row"}
    return pl.DataFrame(columns | {"row": list(range(1, len(rows) + 1))}, schema=schema)

"""Turns the nested rows of a document into flat raw tables, and flat tables back into nested rows.

Worked example: `contracts: [{id: C-1, discount: {percent: "10"}, lines: [{id: C-1-1, product: platform}]}]` becomes one
row of `contracts` (id C-1, discount.percent 10) and one row of `contract_lines` (id C-1-1, contract C-1, product
platform); written again, the line is back under its contract.

Refuses a document that is not a mapping of tables to lists of rows. A mapping or a list of mappings where a table
declares a plain cell is marked `wrong_shape`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ratable.bundle import documents, sources
from ratable.core import tables

CHILDREN: dict[tuple[str, str], tuple[str, str]] = {
    (table.parent[0], table.parent[2]): (table.name, table.parent[1])
    for table in tables.TABLES.values()
    if table.parent
}
# An added line is a whole contract line, so it nests the same children.
CHILDREN |= {
    ("amendment_changes", key): child for (parent, key), child in CHILDREN.items() if parent == "contract_lines"
}


@dataclass(frozen=True)
class _Row:
    """One flat row: its cells, the codes of cells at fault, and the lists nested in it by child table."""

    table: str
    cells: dict[str, str | None]
    faults: dict[str, str] = field(default_factory=dict)
    nested: list[tuple[str, documents.Tree]] = field(default_factory=list)


def parent_key(table: str) -> str:
    """The column of a parent table that its nested children refer to."""
    return "line" if table == "amendment_changes" else "id"


def flatten(tree: documents.Tree, name: str) -> sources.Source:
    """The raw tables of a document, child rows in the order of their parents.

    Raises:
        Unreadable: the document is no mapping, or a table in it is no list of mappings.
    """
    if not isinstance(tree, dict):
        raise sources.Unreadable(
            f"{name}: expected a mapping of tables, such as `contracts:`, each with a list of rows."
        )
    rows: dict[str, list[_Row]] = {table: [] for table in tree}
    for table, items in tree.items():
        if table in tables.TABLES:
            for row in _rows(table, items, {}, name):
                rows.setdefault(row.table, []).append(row)
    faults = [
        (table, place, column, code)
        for table, flat in rows.items()
        for place, row in enumerate(flat, 1)
        for column, code in row.faults.items()
    ]
    return sources.Source({table: _frame(flat) for table, flat in rows.items()}, sources.marks(faults))


def _frame(rows: list[_Row]) -> pl.DataFrame:
    columns = dict.fromkeys(column for row in rows for column in row.cells)
    return sources.frame({c: [row.cells.get(c) for row in rows] for c in columns})


def _rows(table: str, items: documents.Tree, link: dict[str, str | None], name: str) -> Iterator[_Row]:
    if items is None:
        return
    if not isinstance(items, list):
        raise sources.Unreadable(f"{name}: `{table}` must be a list of rows.")
    for place, given in enumerate(items, 1):
        # The lines of a minimum are a list of ids.
        item = {"contract_line": given} if table == "minimum_lines" and isinstance(given, str) else given
        if not isinstance(item, dict):
            raise sources.Unreadable(f"{name}: row {place} of `{table}` must be a mapping of columns.")
        row = _Row(table, dict(link))
        _spread(item, row, "")
        yield row
        for child, nested in row.nested:
            yield from _rows(child, nested, {_link_column(table, child): row.cells.get(parent_key(table))}, name)


def _link_column(table: str, child: str) -> str:
    return next(column for (parent, _), (name, column) in CHILDREN.items() if parent == table and name == child)


def _spread(mapping: dict[str, Any], row: _Row, prefix: str) -> None:
    """Adds the cells of a mapping to the row, nested ones under dotted names."""
    for key, value in mapping.items():
        # A YAML 1.1 writer that read a bare `on` as true writes it back as `true`.
        column = prefix + ("on" if key.lower() == "true" else key)
        if (row.table, column) in CHILDREN:
            row.nested.append((CHILDREN[row.table, column][0], value))
        elif isinstance(value, dict) and (row.table, column) == ("amendment_changes", "line"):
            _spread({"line" if k == "id" else k: v for k, v in value.items()}, row, "")
        elif isinstance(value, dict) and tables.TABLES[row.table].column(column) is None:
            _spread(value, row, column + ".")
        else:
            row.cells[column], fault = _cell(value)
            if fault:
                row.faults[column] = fault


def _cell(value: documents.Tree) -> tuple[str | None, str | None]:
    """The text of a cell, with the code of its fault if it has one."""
    if isinstance(value, documents.Inexact):
        return str(value), "float_amount"
    if isinstance(value, bool):
        return str(value).lower(), None
    if value is None or isinstance(value, str):
        return value, None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ";".join(value), None
    return str(value), "wrong_shape"


def nest(rows: dict[str, list[dict[str, str | None]]]) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table as a document has them: children under their parents, dotted columns as mappings.

    Args:
        rows: flat rows of texts by table, the tables in any order.

    Returns:
        rows of the tables that are no children, and of children whose parent is not among the rows.
    """
    nested = {table: [_unfold(table, row) for row in flat] for table, flat in rows.items()}
    for (parent, key), (child, column) in CHILDREN.items():
        homes = {row[parent_key(parent)]: row for row in nested.get(parent, ()) if row.get("op", "add") == "add"}
        kept = []
        for row in nested.get(child, ()):
            home = homes.get(row.get(column))
            if home is None:
                kept.append(row)
                continue
            group, _, last = key.rpartition(".")
            place = home.setdefault(group, {}) if group else home
            bare = {name: value for name, value in row.items() if name != column}
            place.setdefault(last, []).append(bare["contract_line"] if child == "minimum_lines" else bare)
        if child in nested:
            nested[child] = kept
    return {table: mappings for table, mappings in nested.items() if mappings}


def _unfold(table: str, row: dict[str, str | None]) -> dict[str, Any]:
    """One row with its dotted columns as mappings and its lists as lists, without empty cells."""
    unfolded: dict[str, Any] = {}
    for name, text in row.items():
        if text is None:
            continue
        column = tables.TABLES[table].column(name)
        group, _, last = name.rpartition(".")
        place = unfolded.setdefault(group, {}) if group else unfolded
        place[last] = text.split(";") if column and column.kind in ("texts", "days") else text
    return unfolded

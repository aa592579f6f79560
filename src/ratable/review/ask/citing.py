"""Where a citation leads: the row of the snapshot that it names, and the words of it.

Worked example: `contract_lines/C-001-2#clause:0-18` leads to the row of the line and to the words "page 2: annual fee";
`entries/5f1c...` to the entry; `snapshot/NAME` to the whole, for what no single row says.
"""

from typing import Any

import polars as pl

from ratable.review.ask import answers
from ratable.review.ask.queries import definitions
from ratable.review.snapshot import Snapshot


def resolve(citation: answers.Citation, snapshot: Snapshot) -> dict[str, Any] | None:
    """The row that a citation names, with its `words` where it names characters; None where there is no such row."""
    row = _row(citation, snapshot)
    if row is None or not citation.column:
        return row
    text = str(row.get(citation.column) or "")
    inside = 0 <= citation.start < citation.end <= len(text)
    return row | {"words": text[citation.start : citation.end]} if inside else None


def _row(citation: answers.Citation, snapshot: Snapshot) -> dict[str, Any] | None:
    if citation.table == "snapshot":
        return {"name": snapshot.name} if citation.id == snapshot.name else None
    if citation.table == "terms":
        return {"term": citation.id} if citation.id in definitions.TERMS else None
    row = _first(_rows(citation, snapshot))
    if row is None and citation.table == "contract_lines":
        # A line that an amendment adds, or of a lone invoice, is no row of that table.
        return _first(snapshot.lines.filter(pl.col("line") == citation.id))
    return row


def _rows(citation: answers.Citation, snapshot: Snapshot) -> pl.DataFrame:
    if citation.table == "findings":
        code, _, key = citation.id.partition(":")
        return snapshot.books.findings.filter((pl.col("code") == code) & (pl.col("id").fill_null("") == key))
    if citation.table == "entries":
        return snapshot.entries.filter(pl.col("entry") == citation.id)
    if citation.table == "runs":
        return snapshot.runs.filter(pl.col("run").cast(pl.String) == citation.id)
    key = "name" if citation.table == "policies" else "id"
    return snapshot.bundle[citation.table].filter(pl.col(key) == citation.id)


def _first(rows: pl.DataFrame) -> dict[str, Any] | None:
    return rows.row(0, named=True) if rows.height else None

"""Findings as a table for people: where, what was seen, what was expected, what to do.

Worked example: "invoice_lines I-1 (row 3), amount: saw 10,1; expected a point before the decimals. Write ..." becomes
the row invoice_lines, 3, I-1, amount, "10,1", "a point before the decimals", "Write 1200.50 for 1200,50."
"""

import polars as pl

from ratable.core import findings
from ratable.web import tables

_EXPECTED = "; expected "
COLUMNS = (
    tables.Column("severity", "Effect", "status"),
    tables.Column("table", "Table", "id"),
    tables.Column("at", "Row", "text"),
    tables.Column("id", "Id", "id"),
    tables.Column("column", "Column", "id"),
    tables.Column("value", "Saw", "text"),
    tables.Column("expected", "Expected", "text"),
    tables.Column("remedy", "What to do", "text"),
)
_SIGNS = {"blocks": ("bad", "left out"), "warns": ("warn", "assumed")}


def by_row(found: pl.DataFrame) -> pl.DataFrame:
    """Findings (core.findings) with place, value, expectation and remedy in columns of their own, all of them text."""
    remedies = {code: said.remedy for code, said in findings.CODES.items()}
    remedy = pl.col("code").replace_strict(remedies, default="", return_dtype=pl.String)
    rule = pl.col("message").str.split(_EXPECTED).list.slice(1).list.join(_EXPECTED)
    return found.select(
        "code", "severity", "table", pl.col("row").cast(pl.String).alias("row"), "id", "column", "value",
        expected=rule.str.strip_suffix(remedy).str.strip_chars(" .").replace("", None), remedy=remedy,
    )  # fmt: skip


def table(name: str, told: pl.DataFrame, *, most: int, link: tables.Link | None = None) -> tables.Table:
    """The first of some findings (by_row) as a table.

    Args:
        name: of the table within its page.
        told: what `by_row` gives.
        most: how many are shown.
        link: where a row leads.
    """
    shown = told.head(most).with_columns(
        at="row",
        severity=pl.col("severity").map_elements(lambda said: list(_SIGNS[said]), return_dtype=pl.List(pl.String)),
    )
    first = tables.Column("severity", "Effect", "status", link)
    return tables.Table(name, "Findings by row", (first, *COLUMNS[1:]), shown, count=told.height)

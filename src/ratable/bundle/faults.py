"""Findings for rows of a bundle, told in the characters of the source.

Worked example: row 3 of `credit_note_lines` at fault in `amount` gives the finding's id "CN-1/I-9-1" (its key) and the
value "40.00" (as it was written), whatever was made of the cell since.
"""

import polars as pl

from ratable.core import findings, tables

LONGEST_VALUE = 80

FORMULA = r"^=|^#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)$"
"""A formula, or the error that a spreadsheet shows for one."""


def label(table: str) -> pl.Expr:
    """How a finding names a row: its id, or the parts of its key joined by "/"."""
    key = tables.TABLES[table].key or ("role", "account")
    return pl.concat_str([pl.col(c).cast(pl.String) for c in key], separator="/", ignore_nulls=True).replace("", None)


def text(frame: pl.DataFrame, column: str) -> pl.Expr:
    """A cell as it was written; lists separated by ";"."""
    cell = pl.col(column)
    if isinstance(frame.schema[column], pl.List):
        return cell.cast(pl.List(pl.String)).list.join(";")
    return cell.cast(pl.String)


def distinct(parts: list[pl.Series]) -> pl.Series:
    """The values that occur in these columns; at once where each has but one, as a currency often has."""
    some = [
        part.head(1) if part.first() is not None and (part == part.first()).all() else part.unique()
        for part in parts
        if len(part)
    ]
    return pl.concat(some).unique() if some else pl.Series(dtype=pl.String)


def text_fault(text: pl.Expr) -> pl.Expr:
    """The code for a word that is a formula or has a space around it; null for any other."""
    formula = pl.when(text.str.contains(FORMULA)).then(pl.lit("formula_cell"))
    return formula.when(text.str.contains(r"^\s|\s$")).then(pl.lit("stray_spaces")).otherwise(None)


def report(
    raw: dict[str, pl.DataFrame], code: str, table: str, column: str, *, rows: pl.Series, expected: str | None = None
) -> pl.DataFrame:
    """One finding for each of the rows.

    Args:
        raw: the tables as they came.
        code: a key of `findings.CODES`.
        table: the table at fault.
        column: the column at fault.
        rows: values of `row`, Int64.
        expected: what was expected, where the words of the code do not say enough.
    """
    if rows.is_empty():
        return findings.none()
    frame = raw[table].filter(pl.col("row").is_in(rows.implode()))
    value = text(frame, column).str.slice(0, LONGEST_VALUE)
    return findings.report(code, table, column, frame.select("row", id=label(table), value=value), expected=expected)

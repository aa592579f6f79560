"""A report as a workbook: one sheet with the report, one with the findings and one with notes where there are any.

Worked example: the amount 120000 in USD is the number 1200.00, shown as 1,200.00; 100000 in JPY on the same sheet is
shown as 100,000. Text that begins like a formula is a cell of text with a quote prefix, as if an apostrophe had been
typed: it keeps its letters, and is not run even when somebody edits the cell. No text becomes a link.

Refuses more rows than a worksheet has, and amounts of more digits than a cell keeps.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]  # It ships no types.
from xlsxwriter import utility

from ratable.core import amounts
from ratable.reports import names, rendering

_MOST_ROWS = 1_048_576 - 1  # Of a worksheet, less the header.
_TOO_LARGE = 10**15  # A cell keeps fifteen digits.


def write(out: IO[bytes], parts: Iterable[pl.DataFrame], heading: rendering.Heading) -> None:
    """A workbook with the report on one sheet and, where there are any, the findings on another.

    Raises:
        names.Refused: more rows or larger amounts than a worksheet can hold exactly.
    """
    frame = pl.concat(list(parts))
    _refuse_what_excel_cannot_hold(frame)
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, safe) as book:
        # The day of the figures, so that the same figures make the same file.
        book.set_properties({"created": datetime.fromisoformat(heading.parameters["through"])})
        _fill_sheet(book, heading.report, frame)
        if heading.report != "findings" and not heading.findings.is_empty():
            _fill_sheet(book, "findings", heading.findings)
        if heading.notes:
            _fill_sheet(book, "notes", pl.DataFrame({"note": heading.notes}))


def _refuse_what_excel_cannot_hold(frame: pl.DataFrame) -> None:
    if frame.height > _MOST_ROWS:
        raise names.Refused(
            f"xlsx: the report has {frame.height:,} rows, a worksheet holds {_MOST_ROWS:,}; write csv or parquet."
        )
    for name in amounts.columns(frame):
        if (frame[name].abs() >= _TOO_LARGE).any():
            raise names.Refused(f"xlsx: an amount in {name} has more than fifteen digits; write csv or parquet.")


def _fill_sheet(book: Any, name: str, frame: pl.DataFrame) -> None:
    """One frame on a sheet of its own: header, columns, number formats, and filters that scroll with it."""
    sheet = book.add_worksheet(name)
    sheet.write_row(0, 0, frame.columns, book.add_format({"bold": True}))
    sheet.freeze_panes(1, 0)
    if frame.is_empty():
        return
    money = amounts.columns(frame)
    shapes = {
        pl.Date: book.add_format({"num_format": "yyyy-mm-dd"}),
        pl.String: book.add_format({"quote_prefix": True}),
    }
    for place, column in enumerate(rendering.exact(frame).iter_columns()):
        sheet.write_column(1, place, column.to_list(), shapes.get(type(column.dtype)))
        sheet.set_column(place, place, 16 if column.name in money else 12)
    if money:
        _format_amounts(book, sheet, frame)
    sheet.autofilter(0, 0, frame.height, frame.width - 1)


def _format_amounts(book: Any, sheet: Any, frame: pl.DataFrame) -> None:
    """Each amount with the decimals of the currency in its row."""
    currency = utility.xl_col_to_name(frame.columns.index("currency"))
    for decimals, codes in amounts.decimals_present(frame).items():
        shown = book.add_format({"num_format": "#,##0." + "0" * decimals if decimals else "#,##0"})
        rule = "OR(" + ",".join(f'${currency}2="{code}"' for code in codes) + ")"
        for name in amounts.columns(frame):
            place = frame.columns.index(name)
            sheet.conditional_format(
                1, place, frame.height, place, {"type": "formula", "criteria": "=" + rule, "format": shown}
            )

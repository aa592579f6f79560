"""Reads an Excel workbook with one sheet per table, the header in the first row from cell A1.

Worked example: the sheet `invoice_lines` with the cells I-1-1 and 31.00 (a number) becomes a raw row "I-1-1", "31". A
number is the shortest text that Excel would show for it, so 0.1 is "0.1", and a number with more decimals than its
currency is a finding like any other.

Refuses what is no workbook, a sheet whose header is not in the first row, and a column that comes twice. A formula is
read as its own text, "=B2*2", whatever value was saved beside it, and an Excel error as its name, "#REF!"; both are
findings later on.
"""

import functools
import html
import re

import fastexcel
import polars as pl

from ratable.bundle import archives, sources

_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_LINK = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>(?:<(?:\w+:)?f(?:\s[^>]*)?>([^<]*)(?:</[^>]*>)?)?(?:<(?:\w+:)?v>([^<]*))?")
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')


def read(data: bytes, name: str) -> sources.Source:
    """The raw tables of a workbook.

    Raises:
        Unreadable: it is no workbook, or a sheet has no proper header.
    """
    parts = archives.members(data, name)
    try:
        workbook = fastexcel.read_excel(data)
        sheets = {sheet: _sheet(workbook, sheet) for sheet in workbook.sheet_names}
    except fastexcel.FastExcelError as error:
        raise sources.Unreadable(f"{name}: not an Excel workbook, or damaged; save it again as .xlsx.") from error
    files = _files(parts)
    frames = {}
    for sheet, values in sheets.items():
        cells = _with_formulas(values, _formulas(parts.get(files.get(sheet, ""), b"")))
        header = _header(cells, f"{name}, sheet {sheet}")
        frames[sheet] = sources.numbered(cells.slice(1).select(cells.columns[: len(header)]).rename(header))
    return sources.Source(frames)


def _sheet(workbook: fastexcel.ExcelReader, sheet: str) -> pl.DataFrame:
    """Every cell of a sheet as text, a day as YYYY-MM-DD, the header among them."""
    # Skipping no row keeps each row in its place even where the first ones are blank.
    cells = workbook.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    return cells.with_columns(pl.all().str.strip_suffix(" 00:00:00"))


def _with_formulas(cells: pl.DataFrame, formulas: dict[int, dict[int, str]]) -> pl.DataFrame:
    """The cells with the formulas in their places, also in rows and columns that hold nothing else."""
    width = max([cells.width, *(column + 1 for column in formulas)])
    height = max([cells.height, *(row + 1 for texts in formulas.values() for row in texts)])
    names = [*cells.columns, *(f"formulas {place}" for place in range(cells.width, width))]
    blank = pl.DataFrame(
        {name: [None] * (height - cells.height) for name in names}, schema=dict.fromkeys(names, pl.String())
    )
    whole = pl.concat([cells, blank], how="diagonal") if (height, width) != cells.shape else cells
    return whole.with_columns(
        whole.to_series(column).scatter(list(texts), list(texts.values())) for column, texts in formulas.items()
    )


def _header(cells: pl.DataFrame, place: str) -> dict[str, str]:
    """The name of each column by the one it has without a header; columns that are blank to the end are left out."""
    if cells.is_empty():
        return {}
    named = {given: name for given, name in zip(cells.columns, cells.row(0), strict=True) if name is not None}
    unnamed = [given for given in cells.columns if given not in named and cells[given].null_count() < cells.height]
    if unnamed:
        raise sources.Unreadable(f"{place}: a column has no name; the header must be the first row, from cell A1.")
    names = list(named.values())
    for name in names:
        if names.count(name) > 1:
            raise sources.Unreadable(f"{place}: the column {name} comes twice; keep one of them.")
    return named


def _files(parts: dict[str, bytes]) -> dict[str, str]:
    """The part of the archive that holds each sheet, by the sheet's name."""
    links = {}
    for match in _LINK.finditer(parts.get("xl/_rels/workbook.xml.rels", b"")):
        link = _attributes(match[1])
        target = link.get("Target", "")
        links[link.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    named = [_attributes(match[1]) for match in _SHEET.finditer(parts.get("xl/workbook.xml", b""))]
    return {sheet.get("name", ""): links.get(sheet.get("r:id", ""), "") for sheet in named}


def _attributes(tag: bytes) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in _ATTRIBUTE.findall(tag)}


def _formulas(sheet: bytes) -> dict[int, dict[int, str]]:
    """The text of each cell that holds a formula or an error, by column and row, both from 0."""
    if not re.search(rb'<(?:\w+:)?f[\s>/]|t="e"', sheet):
        return {}
    found: dict[int, dict[int, str]] = {}
    for match in _CELL.finditer(sheet):
        attributes, formula, value = match.groups()
        place = _PLACE.search(attributes)
        if place and (formula is not None or b't="e"' in attributes):
            text = value if formula is None else b"=" + formula
            column = functools.reduce(lambda number, letter: number * 26 + letter - 64, place[1], 0) - 1
            found.setdefault(column, {})[int(place[2]) - 1] = html.unescape((text or b"#N/A").decode())
    return found

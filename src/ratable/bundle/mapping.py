"""Reads the CSV of another system as a table of a bundle, by a mapping that a person has made for that source.

Worked example: a file with the header `Rechnung;Datum;Netto` and the row `R-7;05.01.2026;1.200,50 €`, mapped to
`invoice_lines` with id from Rechnung, service_start from Datum, amount from Netto, days in the order day, month, year
and a comma before decimals, becomes the row `R-7, 2026-01-05, 1200.50`, all of it text.

A cell that does not fit what was said of it stays as it is, so that the checks of every bundle name its place, what was
seen and what was expected: `03/14/2026` where days come first is `malformed_date`. A sign or code of another currency
than the row's is left where it is and told as well. Refused: what is no text of cells under a header.
"""

import csv
import difflib
import io
import re
from collections.abc import Mapping as Named
from dataclasses import dataclass, field

import polars as pl

from ratable.bundle import decimals, sources
from ratable.core import findings, tables

ORDERS = {
    "year": r"(?P<y>[0-9]{4})[./ -]?(?P<m>[0-9]{1,2})[./ -]?(?P<d>[0-9]{1,2})",
    "day": r"(?P<d>[0-9]{1,2})[./ -](?P<m>[0-9]{1,2})[./ -](?P<y>[0-9]{4})",
    "month": r"(?P<m>[0-9]{1,2})[./ -](?P<d>[0-9]{1,2})[./ -](?P<y>[0-9]{4})",
}
"""What comes first in a day, and the form of such days."""

MARKS = {".": ",", ",": "."}
"""What stands before the decimals, and what may then stand between thousands."""

_TIME = r"([T ][0-9:.]+ ?(Z|[AaPp][Mm]|[+-][0-9:]{2,5})?)?"
_SEPARATORS = (",", ";", "\t", "|")
_NUMBERS = ("amount", "unit_price", "quantity", "percent", "integer")
_SIGNS = {"€": "EUR", "£": "GBP"}
_LIKE = 0.8
# What other systems call a column, beside its own name.
_ALSO = {
    "issued_on": ("invoice date", "issue date", "credit note date", "date"),
    "due_on": ("due date",), "signed_on": ("signature date", "signed", "order date"),
    "start": ("start date", "term start", "from"), "end": ("end date", "term end", "until", "to"),
    "service_start": ("period start", "service from", "service start date"),
    "service_end": ("period end", "service to", "service end date"),
    "amount": ("net amount", "net", "subtotal", "amount excl tax"), "tax": ("vat", "tax amount", "sales tax"),
    "customer": ("customer id", "client", "account"), "product": ("item", "sku", "product code", "product id"),
    "quantity": ("qty", "units"), "currency": ("currency code", "ccy"), "contract": ("contract id", "order"),
    "invoice": ("invoice id", "invoice number", "invoice no"), "name": ("customer name", "product name"),
    "on": ("usage date", "date"), "received_on": ("payment date", "paid on"),
}  # fmt: skip


@dataclass(frozen=True)
class Mapping:
    """How a source's file becomes one table.

    `columns` gives a column of the table the column of the file that it is read from, `fixed` the text that is the same
    in every row. `order` is one of ORDERS, `mark` one of MARKS.
    """

    table: str
    columns: Named[str, str] = field(default_factory=dict)
    fixed: Named[str, str] = field(default_factory=dict)
    order: str = "year"
    mark: str = "."

    def document(self) -> dict[str, object]:
        """The mapping as it is kept, in names and texts."""
        return {
            "table": self.table, "columns": dict(sorted(self.columns.items())),
            "fixed": dict(sorted(self.fixed.items())), "order": self.order, "mark": self.mark,
        }  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """A file of cells: the columns by name, each name once, with `row` from 1; and the rows of uneven length."""

    file: str
    cells: pl.DataFrame
    ragged: tuple[int, ...]

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return [name for name in self.cells.columns if name != "row"]


@dataclass(frozen=True)
class Mapped:
    """A file as a table of a bundle; `missing` are findings for columns that the mapping reads and the file lacks.

    `repeated` counts rows that say word for word what another one says, as where an invoice stands once for each of its
    lines; they count once.
    """

    source: sources.Source
    missing: pl.DataFrame
    repeated: int


def read(data: bytes, file: str) -> Sheet:
    """The cells of a CSV, whatever separates them; a name that comes twice is numbered, a column without one too.

    Raises:
        Unreadable: it is not UTF-8, or has no header.
    """
    text = sources.decode(data, file).replace("\r\n", "\n").replace("\r", "\n")
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header, *rows = list(reader) or [[]]
    except csv.Error as error:
        raise sources.Unreadable(f"{file}, line {reader.line_num}: not well-formed CSV ({error}).") from error
    if not any(name.strip() for name in header):
        raise sources.Unreadable(f"{file}: is empty; the first row must name the columns.")
    ragged = [place for place, cells in enumerate(rows, 1) if cells and len(cells) != len(header)]
    columns: dict[str, list[str | None]] = {
        name: [cells[place].strip() if place < len(cells) else None for cells in rows]
        for place, name in enumerate(_names(header))
    }
    return Sheet(file, sources.frame(columns), tuple(ragged))


def _names(header: list[str]) -> list[str]:
    named: list[str] = []
    for place, said in enumerate(header, 1):
        name = said.strip() or f"Column {place}"
        again = 1
        while name in named or name == "row":
            again += 1
            name = f"{said.strip() or f'Column {place}'} ({again})"
        named.append(name)
    return named


def likely(sheet: Sheet) -> str:
    """The table whose columns the names of a file are most like."""
    return max(tables.TABLES, key=lambda name: len(_alike(sheet.columns, name)))


def guess(sheet: Sheet, table: str) -> Mapping:
    """A mapping by the likeness of names, and by how the cells are written; for a person to put right."""
    columns = _alike(sheet.columns, table)
    kinds = {c.name: c.kind for c in tables.TABLES[table].columns}
    days = [sheet.cells[theirs] for ours, theirs in columns.items() if kinds[ours] == "day"]
    numbers = [sheet.cells[theirs] for ours, theirs in columns.items() if kinds[ours] in _NUMBERS]
    return Mapping(table, columns, {}, _order(days), _mark(numbers))


def _alike(theirs: list[str], table: str) -> dict[str, str]:
    """For each column of a table the file's column that is most like it; none twice."""
    pairs = [
        (max(_likeness(name, said) for said in _said(c, table)), -place, c.name, name)
        for place, c in enumerate(tables.TABLES[table].columns)
        for name in theirs
    ]
    found: dict[str, str] = {}
    for likeness, _, ours, name in sorted(pairs, reverse=True):
        if likeness >= _LIKE and ours not in found and name not in found.values():
            found[ours] = name
    return {c.name: found[c.name] for c in tables.TABLES[table].columns if c.name in found}


def _said(column: tables.Column, table: str) -> tuple[str, ...]:
    own = table.removesuffix("s")
    keyed = (f"{own} id", f"{own} number", f"{own} no", own, "number", "no") if column.name == "id" else ()
    return (column.name, *_ALSO.get(column.name, ()), *keyed)


def _likeness(one: str, other: str) -> float:
    plain, said = (re.sub(r"[^a-z0-9]", "", name.lower()) for name in (one, other))
    return difflib.SequenceMatcher(None, plain, said).ratio() if plain else 0.0


def _order(days: list[pl.Series]) -> str:
    cells = pl.concat(days).drop_nulls() if days else pl.Series(dtype=pl.String)
    first, second = (cells.str.extract(r"^([0-9]{1,2})[./ -]([0-9]{1,2})[./ -]", n).cast(pl.Int64) for n in (1, 2))
    if (second > 12).sum() > (first > 12).sum():
        return "month"
    return "day" if first.is_not_null().any() else "year"


def _mark(numbers: list[pl.Series]) -> str:
    cells = pl.concat(numbers).drop_nulls() if numbers else pl.Series(dtype=pl.String)
    comma, point = (cells.str.contains(rf"{mark}[0-9]{{1,2}}\D*$").sum() for mark in (",", r"\."))
    return "," if comma > point else "."


def mapped(sheet: Sheet, mapping: Mapping) -> Mapped:
    """A file as the table that its mapping says.

    Args:
        sheet: the cells.
        mapping: for a table of the bundle.

    Returns:
        a source with that one table, its cells as texts, `row` the place in the file; and what the file lacks.
    """
    declared = tables.TABLES[mapping.table]
    known = {ours: theirs for ours, theirs in mapping.columns.items() if declared.column(ours)}
    there = {ours: theirs for ours, theirs in known.items() if theirs in sheet.cells.columns}
    fixed = {ours: said for ours, said in mapping.fixed.items() if said.strip() and declared.column(ours)}
    said = sheet.cells.select(
        *(pl.col(theirs).alias(ours) for ours, theirs in there.items() if ours not in fixed),
        *(pl.lit(text.strip(), pl.String).alias(ours) for ours, text in fixed.items()),
        "row",
    )
    written = said.with_columns(
        _written(column, mapping, has_currency="currency" in said.columns)
        for column in declared.columns
        if column.name in said.columns
    )
    once = written.unique([c for c in written.columns if c != "row"], keep="first", maintain_order=True)
    first = next((c for c in once.columns if c != "row"), "")
    marks = [(mapping.table, row, first, "ragged_row") for row in sheet.ragged if first]
    lacking = [_missing(sheet, mapping.table, ours, known[ours]) for ours in known.keys() - there.keys()]
    source = sources.Source({mapping.table: once}, sources.marks(marks))
    return Mapped(source, findings.combine(lacking), written.height - once.height)


def _missing(sheet: Sheet, table: str, ours: str, theirs: str) -> pl.DataFrame:
    place = pl.DataFrame({"id": [None], "value": [theirs], "row": [None]}, schema_overrides={"id": pl.String})
    return findings.report("unknown_column", table, ours, place, expected=f"a column of {sheet.file}")


def _written(column: tables.Column, mapping: Mapping, *, has_currency: bool) -> pl.Expr:
    """A cell in the form of a bundle; as it is where it has none."""
    cell = pl.col(column.name)
    if column.kind == "day":
        said = _day(cell, mapping.order)
    elif column.kind in _NUMBERS:
        said = _number(cell, mapping.mark, percent=column.kind == "percent", has_currency=has_currency)
    elif column.kind == "choice":
        word = cell.str.to_lowercase().str.replace_all(r"[\s-]+", "_")
        said = pl.when(word.is_in(list(column.choices))).then(word)
    elif column.name == "currency":
        said = cell.str.to_uppercase()
    else:
        said = pl.lit(None, pl.String)
    return pl.coalesce(said, cell).alias(column.name)


def _day(cell: pl.Expr, order: str) -> pl.Expr:
    """YYYY-MM-DD; null where it is no day in that order. The time of day is left away: a fact has a day."""
    parts = cell.str.extract_groups(rf"^{ORDERS[order]}{_TIME}$").struct
    pieces = [parts.field("y"), *(parts.field(name).str.zfill(2) for name in ("m", "d"))]
    return pl.concat_str(pieces, separator="-").str.to_date("%Y-%m-%d", strict=False).cast(pl.String)


def _number(cell: pl.Expr, mark: str, *, percent: bool, has_currency: bool) -> pl.Expr:
    """A decimal text; null where it is no number so marked, or in another currency than its row."""
    codes = r"^\(?-?\s*([A-Z]{3})\b|\b([A-Z]{3})\)?$"
    code = pl.coalesce(
        cell.str.extract(codes, 1), cell.str.extract(codes, 2),
        *(pl.when(cell.str.contains(sign, literal=True)).then(pl.lit(name)) for sign, name in _SIGNS.items()),
    )  # fmt: skip
    bare = cell.str.replace_all(r"[A-Z]{3}|\p{Sc}" + ("|%" if percent else ""), "").str.replace_all(r"[\s'\u2019_]", "")
    below = bare.str.contains(r"^\(.*\)$|-$|^-")
    size = bare.str.replace_all(r"^[(+-]|[)-]$", "").str.replace_all(r"^-", "")
    between, before = re.escape(MARKS[mark]), re.escape(mark)
    form = rf"^([0-9]{{1,3}}({between}[0-9]{{3}})+|[0-9]+)({before}[0-9]+)?$"
    plain = size.str.replace_all(between, "").str.replace(before, ".")
    own = pl.col("currency").str.to_uppercase() if has_currency else code
    text = pl.when(below & plain.str.contains("[1-9]")).then(pl.concat_str(pl.lit("-"), plain)).otherwise(plain)
    sound = size.str.contains(form) & (code.is_null() | code.eq_missing(own))
    return pl.when(sound & text.str.contains(decimals.pattern(18))).then(text)


def of(document: Named[str, object]) -> Mapping:
    """The mapping that `Mapping.document` wrote."""
    columns, fixed = document["columns"], document["fixed"]
    if not isinstance(columns, dict) or not isinstance(fixed, dict):
        raise TypeError(f"columns and fixed of a mapping: saw {columns!r} and {fixed!r}")
    return Mapping(str(document["table"]), columns, fixed, str(document["order"]), str(document["mark"]))

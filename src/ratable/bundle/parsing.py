"""From cells to types: the one place where a text becomes a day, an amount or a choice.

Worked example: in a bundle in USD the cells `amount: "31.00"`, `service_start: 2026-01-01` of an invoice line become
3100 and the date; `amount: "31,00"` becomes null with a finding `decimal_comma`.

Refuses nothing by exception: a cell that cannot be read is null here and has a finding that blocks its row.
"""

import difflib
from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from ratable.bundle import decimals, exponents, faults, sources
from ratable.core import currencies, findings, tables

LONGEST_CELL = 10_000
FIRST_DAY, LAST_DAY = pl.date(1970, 1, 1), pl.date(2199, 12, 31)

_PLACES = {
    "unit_price": tables.UNIT_PRICE_DECIMALS,
    "quantity": tables.QUANTITY_DECIMALS,
    "percent": tables.PERCENT_DECIMALS,
    "integer": 0,
}
_TEXT_KINDS = ("text", "reference", "choice")
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_CURRENCIES = ("currency", "from", "to")
_WORDS = {
    "amount": "a decimal text such as 1200.00",
    "unit_price": "a decimal text with at most 8 decimals",
    "quantity": "a decimal text with at most 6 decimals",
    "percent": "a decimal text with at most 4 decimals, such as 12.5",
    "integer": "a whole number",
    "day": "a day as YYYY-MM-DD",
    "days": "days as YYYY-MM-DD, separated by ;",
}


def declared(source: sources.Source) -> tuple[dict[str, pl.DataFrame], list[pl.DataFrame]]:
    """The declared tables with their declared columns, as they came, and findings for names that no table declares."""
    found = [
        _stray("unknown_table", name, "", list(tables.TABLES)) for name in source.tables if name not in tables.TABLES
    ]
    raw: dict[str, pl.DataFrame] = {}
    for name, table in tables.TABLES.items():
        frame = source.tables.get(name, pl.DataFrame(schema={"row": pl.Int64}))
        names = [column.name for column in table.columns]
        found += [_stray("unknown_column", name, c, names) for c in frame.columns if c not in names and c != "row"]
        missing = [pl.lit(None, pl.String).alias(c) for c in names if c not in frame.columns]
        raw[name] = frame.with_columns(missing).select(*names, "row")
    return raw, found


def _stray(code: str, table: str, column: str, known: list[str]) -> pl.DataFrame:
    name = column or table
    near = difflib.get_close_matches(name, known, n=1)
    expected = f"a declared name, such as {near[0]}" if near else None
    rows = pl.DataFrame({"id": [None], "value": [name], "row": [None]}, schema_overrides={"id": pl.String})
    return findings.report(code, table, column, rows, expected=expected)


@dataclass(frozen=True)
class Parsed:
    """Typed tables, raw ones beside them for the words of findings, and what was found on the way."""

    tables: dict[str, pl.DataFrame]
    raw: dict[str, pl.DataFrame]
    findings: list[pl.DataFrame]


def parse(source: sources.Source, kept: dict[str, pl.DataFrame] | None = None) -> Parsed:
    """Every declared table in its declared types.

    Args:
        source: raw tables, one row per row of the input.
        kept: typed tables that rows of the input may name for their currency.

    Returns:
        typed tables with the same rows; a cell at fault is null and has a finding, and so has a required cell that is
        missing. Nothing is filled in.
    """
    raw, found = declared(source)
    typed, named = {}, _named(raw, kept) if kept else raw
    for name, table in tables.TABLES.items():
        if raw[name].is_empty():
            typed[name] = tables.empty(name)
            continue
        typed[name], table_found = _table(raw[name], table, named)
        found += table_found
    return Parsed(typed, raw, found + _marked(raw, source.marks))


def _named(raw: dict[str, pl.DataFrame], kept: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The words of both, those of the input first: all that the way from a row to its currency reads."""
    words = {
        name: [pl.col(c.name).cast(pl.String) for c in table.columns if c.kind in _TEXT_KINDS]
        for name, table in tables.TABLES.items()
    }
    return {name: pl.concat([raw[name].select(words[name]), kept[name].select(words[name])]) for name in raw}


def _marked(raw: dict[str, pl.DataFrame], marks: pl.DataFrame) -> list[pl.DataFrame]:
    """Findings for cells whose form is at fault; a float in a text column is a text like any other."""
    found = []
    for (table, column, code), rows in marks.group_by("table", "column", "code"):
        declared_table = tables.TABLES.get(str(table))
        kind = declared_table.column(str(column)) if declared_table else None
        if kind is None or (code == "float_amount" and kind.kind in (*_TEXT_KINDS, "day", "texts", "days")):
            continue
        found.append(faults.report(raw, str(code), str(table), str(column), rows=rows["row"]))
    return found


def _table(
    frame: pl.DataFrame, table: tables.Table, named: dict[str, pl.DataFrame]
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    places = pl.Series([None], dtype=pl.Int64)
    if any(column.kind == "amount" for column in table.columns):
        places = exponents.of_rows(named, table.name).head(frame.height)
    given = frame.with_columns(_places=places if len(places) == frame.height else pl.lit(places[0], pl.Int64))
    distinct = sorted(places.unique().drop_nulls())
    typed = given.select(*(_typed(given, column, distinct) for column in table.columns), "row")
    found = []
    for column in table.columns:
        for rows, code, expected in _faults(table, column, given, typed):
            found.append(
                faults.report({table.name: frame}, code, table.name, column.name, rows=rows, expected=expected)
            )
    return typed, found


def _typed(frame: pl.DataFrame, column: tables.Column, places: list[int]) -> pl.Expr:
    """The column in its declared type; null where a cell cannot be read."""
    if frame[column.name].null_count() == frame.height:
        return pl.lit(None, column.dtype).alias(column.name)
    cell, dtype = pl.col(column.name), frame.schema[column.name]
    if column.kind in _TEXT_KINDS:
        value = cell.cast(pl.String)
    elif column.kind == "day":
        value = _day(cell, dtype)
    elif column.kind == "amount":
        value = pl.lit(None, pl.Int64)
        for exponent in places:
            exact = decimals.parse(cell, dtype, exponent, decimals.LARGEST)
            value = exact if len(places) == 1 else pl.when(pl.col("_places") == exponent).then(exact).otherwise(value)
    elif column.kind in _PLACES:
        value = decimals.parse(cell, dtype, _PLACES[column.kind])
    else:
        value = _list(cell, dtype, column.kind)
    return value.alias(column.name)


def _day(cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    day: pl.Expr
    if isinstance(dtype, pl.Datetime):
        day = pl.when(cell.dt.time() == pl.time(0)).then(cell.dt.date())
    elif dtype == pl.Date:
        day = cell
    else:
        text = cell.cast(pl.String)
        day = pl.when(text.str.contains(_DAY)).then(text.str.to_date("%Y-%m-%d", strict=False))
    return pl.when(day.is_between(FIRST_DAY, LAST_DAY)).then(day)


def _list(cell: pl.Expr, dtype: pl.DataType, kind: str) -> pl.Expr:
    items = cell if isinstance(dtype, pl.List) else cell.cast(pl.String).str.split(";")
    items = items.cast(pl.List(pl.String)).list.eval(pl.element().str.strip_chars())
    if kind == "texts":
        return items
    days = items.list.eval(_day(pl.element(), pl.String()))
    return pl.when(~days.list.eval(pl.element().is_null()).list.any()).then(days)


_Fault = tuple[pl.Series, str, str | None]


def _faults(table: tables.Table, column: tables.Column, given: pl.DataFrame, typed: pl.DataFrame) -> list[_Fault]:
    """Rows at fault in one column, with the code and what was expected."""
    cells = given[column.name]
    found: list[_Fault] = []
    if column.required and cells.null_count():
        found.append((given.filter(cells.is_null())["row"], "missing_value", column.says))
    if column.kind == "reference" or cells.null_count() == given.height:
        # Where a reference leads nowhere, the check of references says why.
        return found
    if column.kind in _TEXT_KINDS:
        wrong = _wrong_texts(column, typed, is_key=column.name in table.key)
    elif typed[column.name].null_count() == cells.null_count():
        return found
    else:
        unread = given.filter(cells.is_not_null() & typed[column.name].is_null())
        wrong = unread.select("row", code=_unread_fault(column, unread)).drop_nulls("code")
    for (code,), rows in wrong.group_by("code", maintain_order=True) if len(wrong) else ():
        found.append((rows["row"], str(code), _expected(column, str(code))))
    return found


def _wrong_texts(column: tables.Column, typed: pl.DataFrame, *, is_key: bool) -> pl.DataFrame:
    """Rows of texts at fault: row, code."""
    text, listed = pl.col(column.name), _listed(column)
    if listed is not None:
        unlisted = set(faults.distinct([typed[column.name]])) - {*listed, None}
        wrong = typed.filter(text.is_in(list(unlisted))) if unlisted else typed.clear()
    else:
        suspect = text.str.contains(r"^[=#\s]") | (text.str.len_bytes() > LONGEST_CELL)
        wrong = typed.filter(suspect | text.str.contains(r"\s$") if is_key else suspect)
    fault = faults.text_fault(text)
    if column.kind == "text" and not is_key and listed is None:
        fault = pl.when(fault == "formula_cell").then(fault)
    too_long = pl.when(text.str.len_bytes() > LONGEST_CELL).then(pl.lit("cell_too_long"))
    unknown = "unknown_currency" if column.name in _CURRENCIES else "unknown_choice"
    code = pl.coalesce(too_long, fault, pl.lit(None if listed is None else unknown, pl.String))
    return wrong.select("row", code=code).drop_nulls("code")


def _listed(column: tables.Column) -> Collection[str] | None:
    """The words that a column may hold, where it may not hold any."""
    if column.name in _CURRENCIES:
        return currencies.EXPONENTS
    return column.choices or None


def _unread_fault(column: tables.Column, unread: pl.DataFrame) -> pl.Expr:
    """The code for a cell that gave no value; null where only its currency is not known."""
    if unread.schema[column.name].is_float():
        return pl.lit("float_amount")
    text = faults.text(unread, column.name)
    if column.kind in ("day", "days"):
        real = text.str.to_date("%Y-%m-%d", strict=False).is_not_null() & text.str.contains(_DAY)
        reason = pl.when(real).then(pl.lit("out_of_range")).otherwise(pl.lit("malformed_date"))
    else:
        places = pl.col("_places") if column.kind == "amount" else pl.lit(_PLACES[column.kind])
        reason = pl.when(places.is_not_null()).then(decimals.fault(text, places))
    too_long = pl.when(text.str.len_bytes() > LONGEST_CELL).then(pl.lit("cell_too_long"))
    return pl.coalesce(too_long, faults.text_fault(text), reason)


def _expected(column: tables.Column, code: str) -> str | None:
    if code == "unknown_choice":
        return "one of " + ", ".join(column.choices)
    if code == "out_of_range":
        return "a day from 1970 to 2199" if column.kind in ("day", "days") else "at most 10^15 minor units"
    if code in ("malformed_number", "malformed_date", "formula_cell") or (
        code == "too_many_decimals" and column.kind != "amount"
    ):
        return _WORDS.get(column.kind)
    return None

"""Writes a bundle in any form that can be read: what is read back is the same bundle.

Worked example: the amount 120050 of a contract in USD is written "1200.50", in JPY "120050"; a day as YYYY-MM-DD; the
list of a discount's lines as "C-1-1;C-1-2". A YAML or JSON document nests lines under their contract or invoice.

Refuses a path whose form it does not know, before anything is written.
"""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]  # It ships no types.
import yaml

from ratable.bundle import decimals, exponents, nesting, sources
from ratable.core import bundles, tables

_PLACES = {
    "unit_price": tables.UNIT_PRICE_DECIMALS,
    "quantity": tables.QUANTITY_DECIMALS,
    "percent": tables.PERCENT_DECIMALS,
}


def write(bundle: bundles.Bundle, path: str | Path, *, form: str = "csv") -> None:
    """Writes the tables of a bundle that have rows.

    Args:
        bundle: a sound bundle; its findings are not written.
        path: a `.yaml`, `.yml`, `.json`, `.xlsx` or `.zip` file, or a folder, made if need be.
        form: of the tables in a folder or zip, "csv" or "parquet".

    Raises:
        Unreadable: the form is none of these.
    """
    path = Path(path)
    kind = path.suffix.lower() or "folder"
    if kind not in (".yaml", ".yml", ".json", ".xlsx", ".zip", "folder") or form not in ("csv", "parquet"):
        raise sources.Unreadable(f"{path}: no form of a bundle; give a folder, .zip, .yaml, .json or .xlsx.")
    texts = cells(bundle)
    if kind == "folder":
        path.mkdir(parents=True, exist_ok=True)
        for name, frame in texts.items():
            (path / f"{name}.{form}").write_bytes(_file(frame, form))
    elif kind == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, frame in texts.items():
                archive.writestr(zipfile.ZipInfo(f"{name}.{form}"), _file(frame, form), zipfile.ZIP_DEFLATED)
    elif kind == ".xlsx":
        _workbook(texts, path)
    else:
        path.write_bytes(_document(texts, kind))


def cells(bundle: bundles.Bundle) -> dict[str, pl.DataFrame]:
    """The tables that have rows as texts, without columns that are empty."""
    written = {}
    for name, frame in bundle.tables.items():
        if frame.is_empty():
            continue
        cells_of_all = texts(bundle.tables, name)
        written[name] = cells_of_all.select(s for s in cells_of_all if s.null_count() < len(s))
    return written


def texts(typed: dict[str, pl.DataFrame], name: str) -> pl.DataFrame:
    """One table as texts: every declared column, the same rows in the same order.

    Args:
        typed: every declared table; the amounts of one have the decimals of what they hang on in the others.
        name: the table to write.
    """
    frame = typed[name]
    places = exponents.of_rows(typed, name)
    given = frame.with_columns(_places=places if len(places) == frame.height else pl.lit(places[0], pl.Int64))
    return given.select(_text(column) for column in tables.TABLES[name].columns)


def _text(column: tables.Column) -> pl.Expr:
    cell = pl.col(column.name)
    if column.kind == "amount":
        return decimals.texts(cell, pl.col("_places")).alias(column.name)
    if column.kind in _PLACES:
        exact = decimals.texts(cell, _PLACES[column.kind])
        return exact.str.strip_chars_end("0").str.strip_suffix(".").alias(column.name)
    if column.kind in ("texts", "days"):
        return cell.cast(pl.List(pl.String)).list.join(";")
    return cell.cast(pl.String)


def _file(frame: pl.DataFrame, form: str) -> bytes:
    buffer = io.BytesIO()
    if form == "parquet":
        frame.write_parquet(buffer)
    else:
        frame.write_csv(buffer)
    return buffer.getvalue()


def _document(texts: dict[str, pl.DataFrame], kind: str) -> bytes:
    rows = {name: frame.rows(named=True) for name, frame in texts.items()}
    nested: dict[str, list[dict[str, Any]]] = nesting.nest(rows)
    if kind == ".json":
        return (json.dumps(nested, ensure_ascii=False, indent=2) + "\n").encode()
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return yaml.dump(nested, Dumper=dumper, sort_keys=False, allow_unicode=True, width=120).encode()


def _workbook(texts: dict[str, pl.DataFrame], path: Path) -> None:
    # A cell that begins with "=" or looks like a link stays the text that it is.
    plain = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }
    with xlsxwriter.Workbook(path, plain) as workbook:
        for name, frame in texts.items():
            sheet = workbook.add_worksheet(name)
            sheet.write_row(0, 0, frame.columns)
            for place, row in enumerate(frame.iter_rows(), 1):
                sheet.write_row(place, 0, row)

"""Reports as files: JSON, CSV and Parquet, written part by part to a stream that the caller opened.

Worked example: the row period 2026-01, currency USD, opening 0, closing 110000 is written to JSON as
{"period":"2026-01","currency":"USD","opening":"0.00","closing":"1100.00"}, to CSV as 2026-01,USD,0.00,1100.00, and to
Parquet with the exact decimals 0.00 and 1100.00. Workbooks are in `workbook`.

A text cell that a spreadsheet would run as a formula gets a leading apostrophe in CSV; numbers stay numbers.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Any

import polars as pl

from ratable.core import amounts, formulas

_DECIMAL = pl.Decimal(38, amounts.MOST_DECIMALS)


@dataclass(frozen=True)
class Heading:
    """What stands around the rows: the report's name, what it was asked for, the findings beside it, notes under it."""

    report: str
    parameters: dict[str, Any]
    findings: pl.DataFrame
    notes: tuple[str, ...] = ()


def write_json(out: IO[bytes], parts: Iterable[pl.DataFrame], heading: Heading) -> None:
    """One object {"report", "parameters", "rows", "findings"}, and "notes" if any; amounts are text, a row a line."""
    opening = json.dumps({"report": heading.report, "parameters": heading.parameters}, ensure_ascii=False)
    out.write(opening[:-1].encode() + b', "rows": [')
    _write_rows(out, parts)
    out.write(b'], "findings": [')
    _write_rows(out, [heading.findings])
    notes = f', "notes": {json.dumps(heading.notes, ensure_ascii=False)}' if heading.notes else ""
    out.write(f"]{notes}}}\n".encode())


def write_csv(out: IO[bytes], parts: Iterable[pl.DataFrame], _: Heading) -> None:
    """A header and one line for each row; amounts as in JSON, text cells safe to open in a spreadsheet."""
    for place, part in enumerate(parts):
        texts = [name for name, dtype in part.schema.items() if dtype == pl.String]
        harmless = part.with_columns(formulas.disarmed(pl.col(name)).alias(name) for name in texts)
        # By way of Python, since Polars would write past the buffer of a stream that has a file behind it.
        out.write(amounts.written(harmless).write_csv(include_header=place == 0).encode())


def write_parquet(out: IO[bytes], parts: Iterable[pl.DataFrame], _: Heading) -> None:
    """Typed columns; amounts are decimals in major units."""
    pl.concat([exact(part) for part in parts]).write_parquet(out)


WRITERS = {"json": write_json, "csv": write_csv, "parquet": write_parquet}


def _write_rows(out: IO[bytes], parts: Iterable[pl.DataFrame]) -> None:
    separator = b"\n"
    for part in parts:
        if not part.is_empty():
            # Text in JSON never holds a bare line feed, so each one ends a row.
            lines = amounts.written(part).write_ndjson().rstrip("\n").replace("\n", ",\n")
            out.write(separator + lines.encode())
            separator = b",\n"
    if separator != b"\n":
        out.write(b"\n")


def exact(part: pl.DataFrame) -> pl.DataFrame:
    """The frame with amounts as decimals in major units."""
    return amounts.written(part).with_columns(pl.col(name).cast(_DECIMAL) for name in amounts.columns(part))

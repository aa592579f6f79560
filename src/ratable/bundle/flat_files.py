"""Reads one TABLE.csv or TABLE.parquet per table, from a folder or from the members of a zip.

Worked example: `invoices.csv` with the header `id,customer,currency,issued_on` and one row becomes the raw table
`invoices` of one row of texts; `invoices.parquet` keeps the types of its columns, so that a decimal stays exact and a
float is seen to be one.

Refuses a file that is no CSV in UTF-8 with commas, has a column twice, or is no Parquet. A row with too few or too
many cells is marked `ragged_row`.
"""

import csv
import io
from pathlib import Path

import numpy as np
import polars as pl

from ratable.bundle import sources

_Marks = list[tuple[str, int, str, str]]
_COMMA, _NEWLINE, _QUOTE = ord(","), ord("\n"), ord('"')


def read(files: dict[str, bytes | Path], name: str) -> sources.Source:
    """The raw tables of a set of files.

    Args:
        files: content, or the place of it, by file name such as `invoices.csv`.
        name: what to call the set in a message.

    Raises:
        Unreadable: a file cannot be read, a table comes twice, or there is none.
    """
    frames: dict[str, pl.DataFrame] = {}
    marks: _Marks = []
    for file, content in sorted(files.items()):
        table, _, extension = file.rsplit("/", 1)[-1].rpartition(".")
        if extension.lower() not in ("csv", "parquet"):
            continue
        if table in frames:
            raise sources.Unreadable(
                f"{name}: the table {table} comes twice, as CSV and Parquet or in two folders; keep one."
            )
        if extension.lower() == "parquet":
            frames[table] = read_parquet(content, file)
        else:
            data = content.read_bytes() if isinstance(content, Path) else content
            frames[table], ragged = read_csv(data, file)
            marks += [(table, row, frames[table].columns[0], "ragged_row") for row in ragged]
    if not frames:
        raise sources.Unreadable(f"{name}: holds no TABLE.csv or TABLE.parquet, such as invoices.csv.")
    return sources.Source(frames, sources.marks(marks))


def read_parquet(content: bytes | Path, file: str) -> pl.DataFrame:
    """A raw table of typed cells.

    Raises:
        Unreadable: it is no Parquet file, or a column of it is of a type that no cell of a bundle has.
    """
    try:
        frame = pl.read_parquet(io.BytesIO(content) if isinstance(content, bytes) else content)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise sources.Unreadable(f"{file}: not a Parquet file, or damaged; write it again.") from error
    for column, dtype in frame.schema.items():
        if isinstance(dtype, pl.Struct | pl.Object | pl.Binary | pl.Array) or dtype == pl.Duration:
            raise sources.Unreadable(f"{file}: the column {column} is of type {dtype}; write it as text.")
    return sources.numbered(frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String)))


def read_csv(data: bytes, file: str) -> tuple[pl.DataFrame, list[int]]:
    """A raw table of texts, and the places of its rows that have too few or too many cells.

    Raises:
        Unreadable: it is not UTF-8, has no header, has a column twice or without a name, or is separated otherwise.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:1000]:
        sources.decode(data, file)
    if data.count(b"\r") != data.count(b"\r\n"):
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    header = _header(data, file)
    if _even(data, len(header)):
        try:
            texts = dict.fromkeys(header, pl.String())
            return sources.numbered(pl.read_csv(data, schema=texts, eol_char="\n")), []
        except pl.exceptions.PolarsError:
            # What Polars refuses is read again by the patient reader below, which knows the line.
            pass
    return _read_unevenly(sources.decode(data, file), len(header), file)


def _header(data: bytes, file: str) -> list[str]:
    first = data[:100_000].decode("utf-8-sig", errors="ignore")
    header = next(csv.reader(io.StringIO(first)), [])
    if not header:
        raise sources.Unreadable(f"{file}: is empty; the first row must name the columns.")
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        raise sources.Unreadable(f"{file}: the columns are not separated by commas; save it as comma-separated values.")
    for place, column in enumerate(header, 1):
        if not column.strip():
            raise sources.Unreadable(f"{file}: column {place} has no name; name it, or remove it.")
        if header.count(column) > 1:
            raise sources.Unreadable(f"{file}: the column {column} comes twice; keep one of them.")
    return header


def _even(data: bytes, width: int) -> bool:
    """Whether every row that is not blank has that many cells, and every quote is closed."""
    content = np.frombuffer(data if data.endswith(b"\n") else data + b"\n", dtype=np.uint8)
    ends, commas = content == _NEWLINE, content == _COMMA
    if b'"' in data:
        quoted = np.bitwise_xor.accumulate((content == _QUOTE).astype(np.uint8)).astype(bool)
        ends, commas = ends & ~quoted, commas & ~quoted
        if quoted[-1]:
            return False
    stops = np.flatnonzero(ends)
    cells = np.diff(np.searchsorted(np.flatnonzero(commas), stops), prepend=0) + 1
    blank = np.diff(stops, prepend=-1) <= 2
    return bool(((cells == width) | (blank & (cells == 1))).all())


def _read_unevenly(text: str, width: int, file: str) -> tuple[pl.DataFrame, list[int]]:
    """Row by row: missing cells stay empty, cells too many are cut, and both are told."""
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header, *rows = list(reader)
    except csv.Error as error:
        raise sources.Unreadable(f"{file}, line {reader.line_num}: not well-formed CSV ({error}).") from error
    ragged = [place for place, cells in enumerate(rows, 1) if cells and len(cells) != width]
    columns: dict[str, list[str | None]] = {
        column: [cells[place] if place < len(cells) else None for cells in rows] for place, column in enumerate(header)
    }
    return sources.frame(columns), ragged

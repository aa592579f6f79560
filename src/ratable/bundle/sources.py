"""What a file gives before anything is understood: tables of cells, and marks on cells that came in a wrong form.

Worked example: the YAML row `{id: I-1-1, amount: 10.1}` becomes a row of the raw table `invoice_lines` with the texts
"I-1-1" and "10.1", and one mark `invoice_lines, 1, amount, float_amount`, since a YAML number with a point is a float.

Every reader (documents, flat files, workbooks) ends here, so that one parser and one set of checks serve them all.
"""

from dataclasses import dataclass, field, replace

import polars as pl

MARKS_SCHEMA: dict[str, pl.DataType] = {
    "table": pl.String(),
    "row": pl.Int64(),
    "column": pl.String(),
    "code": pl.String(),
}


class Unreadable(Exception):
    """The input is no bundle at all: one sentence with the place, what was seen and what to do."""


@dataclass(frozen=True)
class Source:
    """Raw tables by name, whether declared or not.

    Each frame has the columns that came, as text (or, from Parquet, in their own type), and `row` (Int64), the place in
    the source from 1. `marks` follows MARKS_SCHEMA: one row per cell whose form is at fault, with the finding's code.
    """

    tables: dict[str, pl.DataFrame]
    marks: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MARKS_SCHEMA))


def in_normal_form(source: Source) -> Source:
    """The same tables with every text in Unicode normal form C, so that one name is one text however it was typed."""
    return replace(source, tables={
        name: rows.with_columns(pl.col(pl.String).str.normalize("NFC")) for name, rows in source.tables.items()
    })  # fmt: skip


def frame(columns: dict[str, list[str | None]]) -> pl.DataFrame:
    """A raw table of texts, its rows numbered from 1."""
    return numbered(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String())))


def numbered(cells: pl.DataFrame) -> pl.DataFrame:
    """The frame with `row`, the place of each row from 1; an empty text is no cell, and an empty row is no row."""
    texts = [c for c in cells.columns if cells.schema[c] == pl.String and cells[c].str.len_bytes().min() == 0]
    cells = cells.with_columns(pl.col(texts).replace("", None)).rename({"row": "row (yours)"}, strict=False)
    frame = cells.with_columns(row=pl.int_range(1, cells.height + 1, dtype=pl.Int64))
    if not cells.width or any(cells[c].null_count() == 0 for c in cells.columns):
        return frame
    return frame.filter(~pl.all_horizontal(pl.exclude("row").is_null()))


def marks(found: list[tuple[str, int, str, str]]) -> pl.DataFrame:
    """Marks as a frame, from tuples of table, row, column and code."""
    return pl.DataFrame(found, schema=MARKS_SCHEMA, orient="row")


def decode(data: bytes, name: str) -> str:
    """The text of a UTF-8 file, with or without a byte order mark.

    Raises:
        Unreadable: the bytes are UTF-16 or another encoding.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:1000]:
        raise Unreadable(f"{name}: the text is UTF-16, or no text; save it as UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"{name}, line {line}: the byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8."
        ) from error

"""One way to write a row or an act as bytes, and its SHA-256: what the event log and every proof rest on.

Worked example: the row (line "L-1", amount 1200, source missing) is `{"amount":"1200","line":"L-1","source":null}`:
RFC 8785 JSON with sorted names, every number and day as text, texts in Unicode normal form C. Nothing can be written in
two ways, so equal hashes mean equal rows, on every machine and in every database.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import polars as pl

_AT_A_TIME = 100_000  # Rows whose JSON is held at once.


def text(value: Any) -> str:
    """A value as canonical JSON; dictionaries hold text, lists, dictionaries, booleans and null alone."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(content: str | bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def normal(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with every text in Unicode normal form C."""
    return frame.with_columns(pl.col(_beyond_ascii(frame)).str.normalize("NFC"))


def is_normal(frame: pl.DataFrame) -> pl.Series:
    """Whether all texts of a row are in Unicode normal form C, row by row."""
    texts = (pl.col(name) for name in _beyond_ascii(frame))
    held = pl.all_horizontal(pl.repeat(value=True, n=pl.len()), *(c.str.normalize("NFC").eq_missing(c) for c in texts))
    return frame.select(held).to_series()


def _beyond_ascii(frame: pl.DataFrame) -> list[str]:
    """The columns with a text that can have more than one form; to bring all others into normal form is slow."""
    texts = frame.select(pl.col(pl.String))
    other = texts.select((pl.all().str.len_bytes() != pl.all().str.len_chars()).any())
    return [name for name in texts.columns if other[name].item()]


def rows(frame: pl.DataFrame) -> pl.Series:
    """Each row as canonical JSON, by the names of its columns."""
    columns = [
        pl.col(name).cast(pl.String) if kind != pl.Boolean else _truth(name)
        for name, kind in sorted(frame.schema.items())
    ]
    return normal(frame).select(row=pl.struct(columns).struct.json_encode())["row"]


def _truth(name: str) -> pl.Expr:
    return pl.when(name).then(pl.lit("true")).otherwise(pl.lit("false")).alias(name)


def digests(frame: pl.DataFrame) -> pl.Series:
    """SHA-256 of each row of a frame."""
    found: list[str] = []
    for part in frame.iter_slices(_AT_A_TIME):
        # The one loop over rows: no library of columns here hashes by SHA-256.
        found += [hashlib.sha256(row).hexdigest() for row in rows(part).cast(pl.Binary).to_list()]
    return pl.Series("digest", found, pl.String)


def of_all(parts: Iterable[str]) -> str:
    """SHA-256 over digests in their order."""
    return sha256(bytes.fromhex("".join(parts)))

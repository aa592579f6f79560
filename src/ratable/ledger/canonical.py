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


def text(value: Any) -> str:
    """A value as canonical JSON; dictionaries hold text, lists, dictionaries, booleans and null alone."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(content: str | bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def rows(frame: pl.DataFrame) -> pl.Series:
    """Each row as canonical JSON, by the names of its columns."""
    columns = [
        pl.col(name).cast(pl.String).str.normalize("NFC").alias(name) if kind != pl.Boolean else _truth(name)
        for name, kind in sorted(frame.schema.items())
    ]
    return frame.select(row=pl.struct(columns).struct.json_encode())["row"]


def _truth(name: str) -> pl.Expr:
    return pl.when(name).then(pl.lit("true")).otherwise(pl.lit("false")).alias(name)


def digests(frame: pl.DataFrame) -> pl.Series:
    """SHA-256 of each row of a frame."""
    # The one loop over rows: no library of columns here hashes by SHA-256.
    return pl.Series("digest", [hashlib.sha256(row.encode()).hexdigest() for row in rows(frame)], dtype=pl.String)


def of_all(parts: Iterable[str]) -> str:
    """SHA-256 over digests in their order."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(bytes.fromhex(part))
    return whole.hexdigest()

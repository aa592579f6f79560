"""Ids that come from content alone: the same row has the same id in every run, order, batch and machine.

Worked example: the row (contract C-1, line C-1-1, 2026-01-31, recognition, deferred_revenue, revenue, 100000) always
has the id that `tests/core/test_identifiers.py` writes down. Change one cent and the id is another.

How it is made. Each different text is hashed once by BLAKE2b to 128 bits, held as two lanes of 64; dates and integers
enter as they are; the columns of a row are folded into both lanes, in order, by the finalizer of SplitMix64. Rows
that are equal in every column are told apart by counting them: the second gets the id of "this content, second time".
As equal rows lie in one partition, neither their order nor the split into batches can show. An id is printed as 32
lowercase hexadecimal digits.

The ids name rows; they do not prove that nobody altered them.
"""

import hashlib

import numpy as np
import numpy.typing as npt
import polars as pl

Lane = npt.NDArray[np.uint64]

_START = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MISSING = b"\x00missing"  # No text of a bundle begins with this character.
_LANES = ("high", "low")


def of(content: pl.DataFrame) -> pl.Series:
    """The id of each row, in the order of the rows; see `numbers` and `text`."""
    return text(numbers(content))


def numbers(content: pl.DataFrame) -> pl.DataFrame:
    """128 bits for each row, made of the values of its columns in the order of the columns.

    Args:
        content: columns of String, Enum, Date, Boolean or integers; missing values are values like any other.

    Returns:
        `high` and `low`, UInt64, in the order of the rows; rows of equal content have different numbers.
    """
    lanes = [np.full(content.height, start) for start in _START]
    for column in content.iter_columns():
        for lane, part in zip(lanes, _parts(column), strict=True):
            _fold(lane, part)
    return _told_apart(pl.DataFrame(dict(zip(_LANES, lanes, strict=True))))


def text(numbered: pl.DataFrame) -> pl.Series:
    """Numbers of 128 bits as 32 lowercase hexadecimal digits.

    Args:
        numbered: `high` and `low`, UInt64.
    """
    words = np.stack([numbered[name].to_numpy() for name in _LANES], axis=1).astype(">u8")
    octets = pl.Series("entry", words.view(np.uint8).reshape(-1, 16))
    return octets.cast(pl.List(pl.UInt8)).cast(pl.Binary).bin.encode("hex")


def _parts(column: pl.Series) -> tuple[Lane, Lane]:
    """What a column brings to each of the two lanes."""
    if isinstance(column.dtype, pl.Enum):
        # By the words, whose order may change, and not by their numbers.
        table = np.stack(_hashed(pl.concat([column.dtype.categories, pl.Series([None], dtype=pl.String)])))
        high, low = table[:, column.to_physical().fill_null(len(column.dtype.categories)).to_numpy()]
        return high, low
    if column.dtype == pl.String:
        return _hashed(column)
    whole = column.to_physical().cast(pl.Int64) if column.dtype != pl.UInt64 else column
    missing = column.is_null().to_numpy()
    values = whole.fill_null(0).to_numpy().astype(np.int64, copy=False).view(np.uint64)
    if column.dtype == pl.UInt64:
        values = whole.fill_null(0).to_numpy()
    if missing.any():
        marked = np.where(missing, _START[1], values)
        return marked, marked
    return values, values


def _hashed(column: pl.Series) -> tuple[Lane, Lane]:
    """Two lanes of each text, every different text hashed once."""
    different = column.unique()
    digests = b"".join(
        hashlib.blake2b(_MISSING if value is None else value.encode(), digest_size=16).digest() for value in different
    )
    table = np.frombuffer(digests, dtype=">u8").astype(np.uint64).reshape(-1, 2)
    key = pl.DataFrame({"value": different}).with_row_index("place")
    rows = pl.DataFrame({"value": column})
    place = rows.join(key, on="value", how="left", nulls_equal=True, maintain_order="left")["place"].to_numpy()
    return table[place, 0], table[place, 1]


def _fold(lane: Lane, part: Lane) -> None:
    """Fold one column into a lane, in place: the finalizer of SplitMix64, wrapping at 64 bits as it is meant to."""
    lane ^= part
    lane += _STEP
    lane ^= lane >> np.uint64(30)
    lane *= np.uint64(0xBF58476D1CE4E5B9)
    lane ^= lane >> np.uint64(27)
    lane *= np.uint64(0x94D049BB133111EB)
    lane ^= lane >> np.uint64(31)


def _told_apart(numbered: pl.DataFrame) -> pl.DataFrame:
    """Rows of equal content, which agree in every bit, are numbered on: the first keeps its number."""
    if numbered["low"].n_unique() == numbered.height:
        return numbered
    again = numbered.select(pl.int_range(pl.len(), dtype=pl.UInt64).over(_LANES)).to_series().to_numpy()
    folded = []
    for name in _LANES:
        lane = numbered[name].to_numpy().copy()
        _fold(lane, again)
        folded.append(pl.Series(name, np.where(again > 0, lane, numbered[name].to_numpy())))
    return pl.DataFrame(folded)

"""The rank of what people wrote by hand: how easily chance alone sets an entry apart from the others.

Worked example: of 200 manual entries one is 900,000.00 on a Sunday night where all others are below 5,000.00 in the
afternoon. In trees that split at random it stands alone after 3 cuts where others take 8: rank 81 of 100, theirs 45.

An isolation forest (Liu, Ting and Zhou, 2008), seeded, over entries in the order of their ids, so that the same
population has the same ranks for ever. It only orders what is read first (JC-64); it raises nothing that blocks, and
no amount comes out of it, so that it may use floats.
"""

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from ratable.review.snapshot import Snapshot

LEAST = 100
"""Entries by hand from which a rank says something."""

TREES = 100
SAMPLE = 256
_SEED = 606
_EULER = 0.5772156649
Table = npt.NDArray[np.float64]

RANKS: dict[str, pl.DataType] = {"entry": pl.String(), "rank": pl.Int64()}
"""Grain: one entry by hand. `rank` is 0 to 100, above 50 what stands apart more than by chance."""


def ranks(snapshot: Snapshot, *, least: int = 2) -> pl.DataFrame:
    """The rank of every entry by hand (RANKS), by entry; none where there are fewer than `least`."""
    population = _features(snapshot)
    if population.height < least:
        return pl.DataFrame(schema=RANKS)
    table = population.drop("entry").to_numpy().astype(np.float64)
    depths = np.mean(list(_depths(table)), axis=0)
    usual = _unsuccessful(min(SAMPLE, len(table)))
    scored = np.floor(100 * np.exp2(-depths / usual) + 0.5).astype(np.int64)
    return population.select("entry", rank=pl.Series(scored)).sort("entry")


def _features(snapshot: Snapshot) -> pl.DataFrame:
    """What tells entries by hand apart: size, hour and day, days from date to act, how usual accounts and people."""
    own = snapshot.entries.filter(pl.col("kind").is_in(["manual", "reversal"])).sort("entry", "book")
    runs = snapshot.runs.select("run", "prepared_by", "prepared_at", "memo")
    told = own.join(runs, on="run", how="left", maintain_order="left")
    day = (pl.col("prepared_at").dt.date() - pl.col("date")).dt.total_days()
    return told.select(
        "entry",
        size=(pl.col("amount").abs() + 1).log(),
        round=pl.sum_horizontal(pl.col("amount") % 10**power == 0 for power in range(2, 8)),
        hour=pl.col("prepared_at").dt.hour().fill_null(12),
        weekday=pl.col("prepared_at").dt.weekday().fill_null(3),
        day=day.fill_null(0),
        of_month=pl.col("date").dt.day(),
        pair=pl.len().over("debit", "credit").log(),
        person=pl.len().over("prepared_by").log(),
        words=pl.col("memo").fill_null("").str.len_chars(),
        line=pl.col("line").is_null(),
    )


def _depths(table: Table) -> Iterator[Table]:
    """How deep each row lies in each tree."""
    chance = np.random.default_rng(_SEED)
    size = min(SAMPLE, len(table))
    deepest = max(1, math.ceil(math.log2(size)))
    for _ in range(TREES):
        sample = table[chance.choice(len(table), size, replace=False)]
        depth = np.zeros(len(table))
        _descend(sample, table, np.arange(len(table)), depth, (chance, 0, deepest))
        yield depth


def _descend(
    sample: Table, table: Table, rows: npt.NDArray[np.intp], depth: Table, at: tuple[np.random.Generator, int, int]
) -> None:
    """Cut the sample at random until a row stands alone; `depth` of each row becomes where it came to lie."""
    chance, level, deepest = at
    low, high = sample.min(axis=0), sample.max(axis=0)
    varied = np.flatnonzero(high > low)
    if level >= deepest or len(sample) <= 1 or not len(varied):
        depth[rows] = level + _unsuccessful(len(sample))
        return
    column = varied[chance.integers(len(varied))]
    cut = chance.uniform(low[column], high[column])
    left, mine = sample[:, column] < cut, table[rows, column] < cut
    for side, own in ((left, mine), (~left, ~mine)):
        if len(sample[side]):
            _descend(sample[side], table, rows[own], depth, (chance, level + 1, deepest))
        else:
            depth[rows[own]] = level + 1


def _unsuccessful(count: int) -> float:
    """The mean depth at which a search in a tree of so many rows ends without finding."""
    if count <= 1:
        return 0.0
    if count == 2:
        return 1.0
    return 2 * (math.log(count - 1) + _EULER) - 2 * (count - 1) / count

"""What others would flag on the same worlds (EV-07): a textbook battery, an isolation forest, recomputation alone.

Worked example: of 2,400 clean entries of a revenue ledger the battery flags nearly all, because amounts repeat at month
ends by design; recomputation alone is silent on them, and on every error whose journal follows wrong facts.

Floats rank here and decide nothing about money.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl

from ratable.core import currencies
from ratable.review import checks, flags, running, snapshot, words

Table = npt.NDArray[np.float64]

_TREES, _SAMPLE, _SEED = 100, 256, 606
_DIGITS = 300  # Entries from which first digits say something.
_TOP = 100  # The forest flags one entry in so many.


def textbook(seen: snapshot.Snapshot) -> pl.DataFrame:
    """Round amounts, month ends, weekends, duplicates, leading digits out of line, beyond three deviations."""
    rows = seen.reviewed
    decimals = {code: currencies.EXPONENTS[code] for code in rows["currency"].unique()}
    unit = pl.lit(10, pl.Int64).pow(pl.col("currency").replace_strict(decimals, return_dtype=pl.Int64))
    tests = rows.with_columns(
        round=(pl.col("amount") % (unit * 1_000) == 0),
        month_end=pl.col("date") >= pl.col("date").dt.month_end().dt.offset_by("-1d"),
        weekend=pl.col("date").dt.weekday() > 5,
        duplicate=pl.len().over("date", "debit", "credit", "currency", "amount") > 1,
        benford=_out_of_line(rows),
        far=(pl.col("amount") - pl.col("amount").mean()).abs() > 3 * pl.col("amount").std(),
    )
    names = ("round", "month_end", "weekend", "duplicate", "benford", "far")
    told = tests.with_columns(score=pl.sum_horizontal(pl.col(name).cast(pl.Int64) for name in names))
    return _raised(told.filter(pl.col("score") > 0), "textbook battery")


def _out_of_line(rows: pl.DataFrame) -> pl.Series:
    """Entries whose first two digits come far more often than Benford says; of few entries it says nothing."""
    first = rows["amount"].abs().cast(pl.String).str.pad_end(2, "0").str.slice(0, 2).cast(pl.Int64)
    share = pl.DataFrame({"first": first}).with_columns(seen=pl.len().over("first") / max(rows.height, 1))
    enough = pl.lit(rows.height >= _DIGITS)
    return share.select(enough & (pl.col("seen") > 2 * (1 + 1 / pl.col("first").clip(10, 99)).log(10))).to_series()


def forest(seen: snapshot.Snapshot) -> pl.DataFrame:
    """The one entry in a hundred that random cuts set apart soonest."""
    rows = seen.reviewed.sort("entry")
    table = rows.select(
        size=(pl.col("amount").abs() + 1).log(),
        day=pl.col("date").dt.day(),
        weekday=pl.col("date").dt.weekday(),
        pair=pl.len().over("debit", "credit").log(),
        kind=pl.len().over("kind").log(),
        customer=pl.len().over("customer").log(),
        currency=pl.len().over("currency").log(),
    ).to_numpy().astype(np.float64)  # fmt: skip
    depth = _depths(table)
    told = rows.with_columns(score=pl.Series(-depth)).sort("score", "entry", descending=[True, False])
    return _raised(told.head(max(1, rows.height // _TOP)), "isolation forest")


def _depths(table: Table) -> Table:
    """How many random cuts it takes on average to set each row apart (Liu, Ting and Zhou, 2008)."""
    chance = np.random.default_rng(_SEED)
    depths = np.zeros(len(table))
    for _ in range(_TREES):
        sample = chance.choice(len(table), size=min(_SAMPLE, len(table)), replace=False)
        _cut(table, np.arange(len(table)), sample, (depths, chance, 0))
    return depths / _TREES


def _cut(
    table: Table,
    rows: npt.NDArray[np.intp],
    sample: npt.NDArray[np.intp],
    grown: tuple[Table, np.random.Generator, int],
) -> None:
    depths, chance, depth = grown
    spread = np.ptp(table[sample], axis=0) if len(sample) > 1 else np.zeros(table.shape[1])
    if depth >= 8 or len(sample) <= 1 or not spread.any():
        depths[rows] += depth + np.log2(max(len(sample), 1))
        return
    column = chance.choice(np.flatnonzero(spread))
    low = table[sample, column].min()
    at = low + chance.random() * spread[column]
    for side in (np.less, np.greater_equal):
        _cut(
            table,
            rows[side(table[rows, column], at)],
            sample[side(table[sample, column], at)],
            (depths, chance, depth + 1),
        )


def recompute(seen: snapshot.Snapshot) -> pl.DataFrame:
    """What the second engine alone disagrees with (JC-05)."""
    return running.review(seen, tuple(check for check in checks.CHECKS if check.id == "JC-05")).flags


def _raised(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """One flag for each entry, in the order of `score`."""
    order = {row["entry"]: (-row["score"], row["entry"]) for row in rows.iter_rows(named=True)}
    found = [
        words.of_entry(
            row, says=name, expected="an entry like the others", actual=name, formula=name, next="Look at it."
        )
        for row in rows.iter_rows(named=True)
    ]
    told = flags.raised(found, check=name, version=1, kind=flags.FLAGS, title=name)
    places = {entry: place for place, entry in enumerate(sorted(order, key=order.__getitem__))}
    return told.sort(pl.col("subject").replace_strict(places, return_dtype=pl.Int64))


BASELINES: dict[str, Callable[[snapshot.Snapshot], pl.DataFrame]] = {
    "textbook battery": textbook,
    "isolation forest": forest,
    "recompute only": recompute,
}
"""What is scored beside the review, by its name in the table."""

"""Daily journal of millions of spans: exact rows, part by part, never all of them in memory.

Worked example: 366.00 over 2028 is one span; its part of the daily journal has 366 rows of 1.00. A million annual spans
make 365 million rows, in some hundred parts that are computed and written side by side.

What share is earned by a day depends on the window of a span alone. The spans of one window are therefore one matrix,
amounts down and days across, of the same closed form that every other report differences.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from ratable.engine import outcome, recognition

Numbers = npt.NDArray[np.int64]

DAYS: dict[str, pl.DataType] = {
    "span": pl.UInt32(),  # row of outcome.spans, which names the line
    "date": pl.Date(),
    "amount": pl.Int64(),  # minor units, above zero
    "debit_role": outcome.ROLES,
    "credit_role": outcome.ROLES,
}
_ROWS = 3_000_000  # Rows of a part: large enough to write well, small enough to hold several.
_CACHED = 40_000  # Numbers of a block, so that the steps of the arithmetic find them in the processor's cache.
_NARROW = 2**61  # Twice a product below it fits 64 bits; wider ones are left to the path that widens.
_FEW = 32  # Windows of fewer spans are cut by a join, many at a time.


@dataclass(frozen=True)
class Part:
    """Some spans, whose days are computed when they are asked for."""

    spans: pl.DataFrame
    through: date
    alike: bool

    def rows(self) -> pl.DataFrame:
        """The days of the spans (DAYS); zero days are left out."""
        signed = _of_one_window(self.spans, self.through) if self.alike else _of_many(self.spans, self.through)
        back = pl.col("amount") < 0
        deferred, revenue = (pl.lit(role, dtype=outcome.ROLES) for role in ("deferred_revenue", "revenue"))
        return signed.filter(pl.col("amount") != 0).select(
            "span",
            "date",
            pl.col("amount").abs(),
            debit_role=pl.when(back).then(revenue).otherwise(deferred),
            credit_role=pl.when(back).then(deferred).otherwise(revenue),
        )


def parts(spans: pl.DataFrame, through: date) -> Iterator[Part]:
    """Split spans into parts of a few million days.

    Args:
        spans: recognition.SPANS and `span`, served over time.
        through: the last day.

    Returns:
        parts that together hold every span once; the union of their rows is recognition by day.
    """
    days = (pl.min_horizontal("last", "end", pl.lit(through)) - pl.col("first")).dt.total_days() + 1
    numbered = spans.with_columns(
        window=pl.struct(recognition.WINDOW).rank("dense"), days=pl.max_horizontal(days, 1)
    ).sort("window", "span")
    numbered = numbered.with_columns(alike=pl.len().over("window") >= _FEW)
    running = pl.col("days").cum_sum() // _ROWS
    many = numbered.filter(~pl.col("alike")).with_columns(part=running)
    same = numbered.filter("alike").with_columns(part=running.over("window"))
    for alike, rows, keys in ((False, many, ["part"]), (True, same, ["window", "part"])):
        for some in rows.partition_by(keys, maintain_order=True):
            yield Part(some.select("span", *recognition.SPANS), through, alike)


def _of_many(spans: pl.DataFrame, through: date) -> pl.DataFrame:
    """Days of spans with windows of their own."""
    as_lines = spans.with_columns(line_no="span")
    none = pl.DataFrame(schema={"line_no": pl.UInt32, "day": pl.Date, "part": pl.Int64, "split": pl.Int64})
    return recognition.by_day(as_lines, none, through).select("date", "amount", span="line_no")


def _of_one_window(spans: pl.DataFrame, through: date) -> pl.DataFrame:
    """Days of spans that share a window, as one matrix."""
    cuts = recognition.cuts(spans.select(recognition.WINDOW).head(1).with_row_index("window"), through, "day")
    share, whole = cuts["n"].to_numpy(), cuts["d"].to_numpy()
    amounts = spans["amount"].to_numpy()
    if int(np.abs(amounts).max()) * int(share.max()) >= _NARROW:
        return _of_many(spans, through)
    opening = (spans["opening"] - spans["constant"]).to_numpy()
    moved = np.empty((len(spans), len(cuts)), dtype=np.int64)
    step = max(1, _CACHED // len(cuts))
    for top in range(0, len(spans), step):
        block = slice(top, top + step)
        _difference(amounts[block], opening[block], share, whole, into=moved[block])
    return pl.DataFrame(
        {
            "span": np.repeat(spans["span"].to_numpy(), len(cuts)),
            "date": pl.Series(np.tile(cuts["day"].to_physical().to_numpy(), len(spans))).cast(pl.Date),
            "amount": moved.ravel(),
        }
    )


def _difference(amounts: Numbers, opening: Numbers, share: Numbers, whole: Numbers, *, into: Numbers) -> None:
    """Earned through each day, half even, less earned through the day before; the first day less the opening."""
    # Division by one number is several times as fast as by a row of them.
    divisor = whole[0] if (whole == whole[0]).all() else whole
    products = amounts[:, None] * share
    earned = products // divisor
    products -= earned * divisor
    products *= 2
    earned += (products > divisor) | ((products == divisor) & ((earned & 1) == 1))
    np.subtract(earned[:, 0], opening, out=into[:, 0])
    np.subtract(earned[:, 1:], earned[:, :-1], out=into[:, 1:])

"""Groups of lines for `--by`, and periods as numbers with their labels.

Worked example: lines 0 (customer acme, USD), 1 (acme, USD) and 2 (bolt, EUR) by customer make two groups, 0 = (EUR,
bolt) and 1 = (USD, acme); 13 million movements are then summed by a group number and a month number, and the names
come back at the end. March 2026 is month number 24314, in quarter 8104, which is labelled 2026-Q1.

The currency is part of every group, so no sum ever mixes two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from ratable.core import periods
from ratable.reports import names

_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Groups:
    """`of_line` is line_no and group; `keys` is group, currency and the dimensions, sorted by them, groups from 0."""

    of_line: pl.DataFrame
    keys: pl.DataFrame
    dimensions: tuple[str, ...]

    def number(self, line_no: pl.Expr) -> pl.Expr:
        """The group of each line number, by position: over millions of movements a join costs more than the sum."""
        last = self.of_line["line_no"].max()
        if not isinstance(last, int):
            return pl.lit(None, dtype=pl.UInt32)
        every = pl.DataFrame({"line_no": pl.arange(last + 1, dtype=pl.UInt32, eager=True)})
        placed = every.join(self.of_line, on="line_no", how="left", maintain_order="left")["group"]
        return pl.lit(placed).gather(line_no, null_on_oob=True)


def of(lines: pl.DataFrame, by: str | Sequence[str]) -> Groups:
    """The groups that lines fall into by currency and dimensions; a dimension that is not known is empty text.

    Raises:
        names.Refused: `by` names something that is no dimension.
    """
    wanted = tuple(name for name in names.dimensions(by) if name != "currency")
    columns = ["currency", *wanted]
    named = lines.select("line_no", pl.col(columns).fill_null(""))
    keys = named.select(columns).unique().sort(columns).with_row_index("group")
    return Groups(named.join(keys, on=columns).select("line_no", "group"), keys, wanted)


def period(day: pl.Expr, grain: str) -> pl.Expr:
    """The number of the month, quarter or year that a day lies in."""
    return periods.month_number(day) // _MONTHS_IN[grain]


def period_of(day: date, grain: str) -> int:
    """The number of the month, quarter or year that one day lies in."""
    return (day.year * 12 + day.month - 1) // _MONTHS_IN[grain]


def label(number: pl.Expr, grain: str) -> pl.Expr:
    """2026-03, 2026-Q1 or 2026 for the number of a month, quarter or year."""
    if grain == "year":
        return number.cast(pl.String)
    parts = 12 // _MONTHS_IN[grain]
    year, part = (number // parts).cast(pl.String).str.zfill(4), (number % parts + 1).cast(pl.String)
    return pl.format("{}-Q{}", year, part) if grain == "quarter" else pl.format("{}-{}", year, part.str.zfill(2))


def labelled(frame: pl.DataFrame, column: str, grain: str) -> pl.DataFrame:
    """The frame with a column of period numbers turned into labels; each label is written once."""
    labels = frame.select(pl.col(column).unique()).with_columns(label(pl.col(column), grain).alias("label"))
    known = labels.drop_nulls()
    if known.is_empty():  # Polars would replace nothing and keep the type of the numbers.
        return frame.with_columns(pl.col(column).cast(pl.String))
    return frame.with_columns(pl.col(column).replace_strict(known[column], known["label"], return_dtype=pl.String))


def dense(spans: pl.DataFrame, last: int) -> pl.DataFrame:
    """One row for each period from `first` of a row through `last`, sorted by the other columns and `period`."""
    others = [name for name in spans.columns if name != "first"]
    run = spans.sort(others).with_columns(period=pl.int_ranges(pl.col("first"), last + 1, dtype=pl.Int32))
    return run.drop("first").explode("period", empty_as_null=False)

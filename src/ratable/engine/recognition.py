"""Step 5b: recognize revenue over spans: what a line has earned through any day, in closed form.

Worked example: 12,000.00 for 2026 by the month is one span with amount 1200000, measured from the end of 31 December 2025
until 31 December 2026. Through 30 September nine twelfths, 9,000.00, are earned. A credit of 1,500.00 on 1 October ends
that span and opens another: constant 900000, amount 150000, measured from the end of 30 September until the end; through
31 October it gives 9,500.00.

Earned through a day = constant + round half even(amount x progress since `since` / progress from `since` to `until`).
Nothing is stored by the day: months, days and balances are differences of this one expression.
"""

from datetime import date

import polars as pl

from ratable.core import money, periods
from ratable.engine import progress

SPANS: dict[str, pl.DataType] = {
    "line_no": pl.UInt32(),
    "first": pl.Date(),  # first day on which the span says what is earned
    "last": pl.Date(),  # last such day; OPEN where no later event is known
    "opening": pl.Int64(),  # earned through the day before `first`, with what events of `first` itself moved at once
    "constant": pl.Int64(),
    "amount": pl.Int64(),
    "since": pl.Date(),  # progress is measured from the end of this day ...
    "until": pl.Date(),  # ... to the end of this one
    "start": pl.Date(),  # life of the line, which fixes its weights
    "end": pl.Date(),
    "proration": pl.String(),  # null where progress comes in steps (point in time, milestone)
}


def earned(rows: pl.DataFrame, reached: pl.DataFrame) -> pl.Series:
    """What each span says is earned through a day.

    Source: 606-10-25-31, 606-10-55-17.

    Args:
        rows: columns of SPANS and `day`.
        reached: line_no, day, part, split: cumulative share part/split of the lines whose progress comes in steps.

    Returns:
        Int64 minor units in the order of the rows. Where no progress is left to measure, the amount is earned at once.
    """
    in_steps = rows["proration"].is_null()
    if not in_steps.any():
        return _earned_over_time(rows)
    placed = rows.with_row_index("place")
    over_time = placed.filter(~in_steps)
    stepped = placed.filter(in_steps)
    parts = [over_time.select("place").hstack([_earned_over_time(over_time)])] if len(over_time) else []
    parts.append(stepped.select("place").hstack([_earned_in_steps(stepped, reached)]))
    return pl.concat(parts).sort("place")["earned"]


def _earned_over_time(rows: pl.DataFrame) -> pl.Series:
    by_days = bool((rows["proration"] == "daily").all())
    named = None if by_days else "proration"
    through, since, until = (
        progress.calendar_weight(pl.col(day), proration=named) for day in ("day", "since", "until")
    )
    if by_days:
        measured = rows.select(n=through.part - since.part, d=until.part - since.part)
    else:
        weights = rows.select(
            p=through.part, s=through.split, p0=since.part, s0=since.split, p1=until.part, s1=until.split
        )
        p, s, p0, s0, p1, s1 = (pl.col(c) for c in ("p", "s", "p0", "s0", "p1", "s1"))
        measured = weights.select(n=(p * s0 - p0 * s) * s1, d=(p1 * s0 - p0 * s1) * s)
    return _constant_plus_share(rows, measured)


def _earned_in_steps(rows: pl.DataFrame, reached: pl.DataFrame) -> pl.Series:
    whole = pl.coalesce(pl.col("whole"), 1)
    shares = rows.select("line_no", "day", "since").join(
        reached.group_by("line_no").agg(whole=pl.col("split").first()), on="line_no", how="left", maintain_order="left"
    )
    through = share_reached(shares.select("line_no", "day"), reached)
    before = share_reached(shares.select("line_no", day="since"), reached)
    measured = shares.with_columns(through, before.alias("before")).select(
        n=pl.col("part") - pl.col("before"), d=whole - pl.col("before")
    )
    return _constant_plus_share(rows, measured)


def _constant_plus_share(rows: pl.DataFrame, measured: pl.DataFrame) -> pl.Series:
    nothing_left = pl.col("d") <= 0
    measured = measured.select(
        n=pl.when(nothing_left).then(1).otherwise(pl.max_horizontal("n", 0)),
        d=pl.when(nothing_left).then(1).otherwise("d"),
    )
    share = money.prorate(rows["amount"], measured["n"], measured["d"])
    return (rows["constant"] + share).alias("earned")


def share_reached(rows: pl.DataFrame, reached: pl.DataFrame) -> pl.Series:
    """Cumulative share through a day of lines whose progress comes in steps, as the part of their common split.

    Args:
        rows: line_no, day.
        reached: line_no, day, part, split.

    Returns:
        Int64 in the order of the rows; 0 before the first step.
    """
    steps = reached.select("line_no", "day", "part").sort("day")
    found = rows.with_row_index("place").sort("day").join_asof(steps, on="day", by="line_no", check_sortedness=False)
    return found.sort("place")["part"].fill_null(0)


def by_month(spans: pl.DataFrame, reached: pl.DataFrame, through: date) -> pl.DataFrame:
    """Revenue of each span and month through a day.

    Returns:
        one row per span and month with a revenue other than zero: line_no, day (last day of the month, of the span or
        of the run, whichever comes first), amount. Per span they sum to what it earned after its opening.
    """
    return _rows(spans, reached, through, "month")


def by_day(spans: pl.DataFrame, reached: pl.DataFrame, through: date) -> pl.DataFrame:
    """Revenue of each span and day through a day; same columns as by_month, which sums it."""
    return _rows(spans, reached, through, "day")


def _rows(spans: pl.DataFrame, reached: pl.DataFrame, through: date, grain: str) -> pl.DataFrame:
    over_time = spans.filter(pl.col("proration").is_not_null() & (pl.col("first") <= through))
    parts = [_over_time_rows(over_time, through, grain)] if len(over_time) else []
    stepped = spans.filter(pl.col("proration").is_null() & (pl.col("first") <= through))
    if len(stepped):
        parts.append(_stepped_rows(stepped, reached, through))
    if not parts:
        return pl.DataFrame(schema={"line_no": pl.UInt32, "day": pl.Date, "amount": pl.Int64})
    return pl.concat(parts)


def _over_time_rows(spans: pl.DataFrame, through: date, grain: str) -> pl.DataFrame:
    """Cut each span at the ends of its months (or days) and take differences."""
    stop = pl.min_horizontal("last", pl.max_horizontal("end", "first"), pl.lit(through))
    spans = spans.with_columns(stop=stop)
    if grain == "month":
        count = periods.month_number(pl.col("stop")) - periods.month_number(pl.col("first")) + 1
    else:
        count = periods.days_between(pl.col("first"), pl.col("stop"))
    rows = (
        spans.with_row_index("span")
        .with_columns(n=pl.int_ranges(0, count.cast(pl.Int64), dtype=pl.Int32))
        .explode("n")
    )
    if grain == "month":
        cut = periods.first_of_month(periods.month_number(pl.col("first")) + pl.col("n")).dt.month_end()
        rows = rows.with_columns(day=pl.min_horizontal(cut, "stop"))
    else:
        rows = rows.with_columns(day=pl.col("first") + pl.duration(days=pl.col("n")))
    rows = rows.with_columns(_earned_over_time(rows))
    before = pl.when(pl.col("n") == 0).then("opening").otherwise(pl.col("earned").shift(1))
    return rows.select("line_no", "day", amount=pl.col("earned") - before).filter(pl.col("amount") != 0)


def _stepped_rows(spans: pl.DataFrame, reached: pl.DataFrame, through: date) -> pl.DataFrame:
    """Take differences at the days on which a step was reached, and at the first day of the span."""
    numbered = spans.with_row_index("span")
    steps = numbered.join(reached.select("line_no", "day"), on="line_no")
    inside = pl.col("day").is_between(pl.col("first"), pl.min_horizontal("last", pl.lit(through)))
    opening = numbered.with_columns(day="first")
    rows = pl.concat([opening, steps.filter(inside).select(opening.columns)]).unique(["span", "day"]).sort("span", "day")
    rows = rows.with_columns(_earned_in_steps(rows, reached))
    before = pl.col("earned").shift(1).over("span").fill_null(pl.col("opening"))
    return rows.select("line_no", "day", amount=pl.col("earned") - before).filter(pl.col("amount") != 0)


def through_day(spans: pl.DataFrame, reached: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Revenue to date of lines on a day each, as events of that day find it: through the day before, and moves of it.

    Args:
        spans: SPANS of the lines.
        reached: line_no, day, part, split.
        days: line_no, day: one row per line.

    Returns:
        line_no, recognized: zero for a line that has no span yet.
    """
    rows = days.rename({"day": "event"}).join(spans, on="line_no", how="left")
    opens = rows.filter(pl.col("first") == pl.col("event")).select("line_no", recognized="opening")
    eve = periods.day_before(pl.col("event"))
    inside = rows.filter((pl.col("first") < pl.col("event")) & (pl.col("last") >= eve)).with_columns(day=eve)
    inside = inside.join(opens, on="line_no", how="anti")
    found = pl.concat([opens, inside.select("line_no").hstack([earned(inside, reached).alias("recognized")])])
    return days.select("line_no").join(found, on="line_no", how="left").with_columns(pl.col("recognized").fill_null(0))

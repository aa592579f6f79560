"""Step 5b: recognize revenue over spans: what a line has earned through any day, in closed form.

Worked example: 12,000.00 for 2026 by the month is one span with amount 1200000, measured from the end of 31 December
2025 until 31 December 2026. Through 30 September nine twelfths, 9,000.00, are earned. A credit of 1,500.00 on 1
October ends that span and opens another: constant 900000, amount 150000, measured from the end of 30 September until
the end; through 31 October it gives 9,500.00.

Earned through a day = constant + round half even(amount x progress since `since` / progress from `since` to `until`).
Nothing is stored by the day: months, days and balances are differences of this one expression.
"""

from datetime import date

import polars as pl

from ratable.core import money, periods
from ratable.engine import outcome, progress

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
    share = _share_over_time(rows)
    return (rows["constant"] + money.prorate(rows["amount"], share["n"], share["d"])).alias("earned")


_MEASURED = ["day", "since", "until", "start", "end", "proration"]


def _share_over_time(rows: pl.DataFrame) -> pl.DataFrame:
    """Progress since `since` over progress from `since` to `until`, as n/d; 1/1 where nothing is left to measure.

    Rows with the same days have the same share, which is measured once.
    """
    alike = rows.select(_MEASURED).unique()
    named = None if bool((alike["proration"] == "daily").all()) else "proration"
    through, since, until = (
        progress.calendar_weight(pl.col(day), proration=named) for day in ("day", "since", "until")
    )
    # Lazily, so that what the three weights have in common is computed once.
    weights = alike.lazy().with_columns(
        p=through.part, s=through.split, p0=since.part, s0=since.split, p1=until.part, s1=until.split
    )
    p, s, p0, s0, p1, s1 = (pl.col(c) for c in ("p", "s", "p0", "s0", "p1", "s1"))
    measured = weights.with_columns(n=(p * s0 - p0 * s) * s1, d=(p1 * s0 - p0 * s1) * s).collect()
    shares = alike.hstack(_or_whole(measured))
    return rows.select(_MEASURED).join(shares, on=_MEASURED, how="left", maintain_order="left").select("n", "d")


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
    share = _or_whole(measured)
    return (rows["constant"] + money.prorate(rows["amount"], share["n"], share["d"])).alias("earned")


def _or_whole(measured: pl.DataFrame) -> pl.DataFrame:
    nothing_left = pl.col("d") <= 0
    return measured.select(
        n=pl.when(nothing_left).then(1).otherwise(pl.max_horizontal("n", 0)),
        d=pl.when(nothing_left).then(1).otherwise("d"),
    )


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
        one row per span and month with a revenue other than zero, as outcome.REVENUE: date is the last day of the
        month or of the run, whichever comes first. Per span they sum to what it earned after its opening.
    """
    return _rows(spans, reached, through, grain="month")


def by_day(spans: pl.DataFrame, reached: pl.DataFrame, through: date) -> pl.DataFrame:
    """Revenue of each span and day through a day; same columns as by_month, which sums it by month."""
    return _rows(spans, reached, through, grain="day")


def _rows(spans: pl.DataFrame, reached: pl.DataFrame, through: date, *, grain: str) -> pl.DataFrame:
    begun = spans.filter(pl.col("first") <= through)
    over_time = begun.filter(pl.col("proration").is_not_null())
    stepped = begun.filter(pl.col("proration").is_null())
    parts = [_over_time_rows(over_time, through, grain)] if len(over_time) else [pl.DataFrame(schema=outcome.REVENUE)]
    if len(stepped):
        parts.append(dated(_stepped_rows(stepped, reached, through), through, grain))
    return pl.concat(parts)


def dated(rows: pl.DataFrame, through: date, grain: str) -> pl.DataFrame:
    """Rows of line_no, day and amount as outcome.REVENUE: posted on their day, or at the end of their month or run."""
    month_end = pl.min_horizontal(pl.col("day").dt.month_end(), pl.lit(through))
    return rows.select(
        "line_no", date="day" if grain == "day" else month_end, origin=pl.col("day").dt.month_start(), amount="amount"
    )


WINDOW = ["first", "last", "since", "until", "start", "end", "proration"]


def _over_time_rows(spans: pl.DataFrame, through: date, grain: str) -> pl.DataFrame:
    """Cut each span at the ends of its months (or days) and take differences.

    What share is earned by a cut depends on the window of the span alone, and many spans have the same one: shares are
    measured once per window and cut.
    """
    windows = spans.select(WINDOW).unique().with_row_index("window")
    cut = cuts(windows, through, grain).with_columns(begins=pl.col("cut") == 0, line_no=0, amount=0)
    cut = cut.select("window", "n", "d", "begins").hstack(dated(cut, through, grain).select("date", "origin"))
    numbered = spans.select("line_no", "opening", "constant", "amount", *WINDOW).join(
        windows, on=WINDOW, nulls_equal=True
    )
    rows = numbered.select("line_no", "opening", "constant", "amount", "window").join(
        cut, on="window", maintain_order="left_right"
    )
    earned = rows["constant"] + money.prorate(rows["amount"], rows["n"], rows["d"])
    before = pl.when("begins").then("opening").otherwise(pl.col("earned").shift(1))
    rows = rows.select("line_no", "date", "origin", "begins", "opening", earned.alias("earned"))
    return rows.select("line_no", "date", "origin", amount=pl.col("earned") - before).filter(pl.col("amount") != 0)


def cuts(windows: pl.DataFrame, through: date, grain: str) -> pl.DataFrame:
    """The days at which each window is cut, in order, and the share n/d that is earned through each."""
    stop = pl.min_horizontal("last", pl.max_horizontal("end", "first"), pl.lit(through))
    windows = windows.with_columns(stop=stop)
    if grain == "month":
        count = periods.month_number(pl.col("stop")) - periods.month_number(pl.col("first")) + 1
    else:
        count = periods.days_between(pl.col("first"), pl.col("stop"))
    rows = windows.with_columns(cut=pl.int_ranges(0, count.cast(pl.Int64), dtype=pl.Int32)).explode("cut")
    if grain == "month":
        end = periods.first_of_month(periods.month_number(pl.col("first")) + pl.col("cut")).dt.month_end()
        rows = rows.with_columns(day=pl.min_horizontal(end, "stop"))
    else:
        rows = rows.with_columns(day=pl.col("first") + pl.duration(days=pl.col("cut")))
    return rows.hstack(_share_over_time(rows))


def _stepped_rows(spans: pl.DataFrame, reached: pl.DataFrame, through: date) -> pl.DataFrame:
    """Take differences at the days on which a step was reached, and at the first day of the span."""
    numbered = spans.with_row_index("span")
    steps = numbered.join(reached.select("line_no", "day"), on="line_no")
    inside = pl.col("day").is_between(pl.col("first"), pl.min_horizontal("last", pl.lit(through)))
    opening = numbered.with_columns(day="first")
    rows = (
        pl.concat([opening, steps.filter(inside).select(opening.columns)]).unique(["span", "day"]).sort("span", "day")
    )
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

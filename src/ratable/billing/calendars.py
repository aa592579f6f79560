"""Billing calendars: on which dates a line is billed, for which days of service, and what each date weighs.

Worked example: 310.00 a month from 16 January to 30 April 2026, billed in advance on day 1: a first stub from 16 to
31 January (16 of 31 days), then three whole months; dates 16 January, 1 February, 1 March and 1 April; weights
16/31, 1, 1, 1, written as the integers 16, 31, 31, 31. A bill in arrears is dated on the last day of its period.

Periods are counted from the line's start (or from its billing day), never from the calendar, and a day that a short
month lacks is clipped in that month only. Equal weights for whole periods, days for a stub, equal parts for custom
dates, the milestone's share for bills on milestones.
"""

import polars as pl

from ratable.core import periods

_MONTHS = {"monthly": 1, "quarterly": 3, "semiannual": 6, "annual": 12}

SCHEMA: dict[str, pl.DataType] = {
    "line_no": pl.UInt32(),
    "due": pl.Date(),  # date of the bill; OPEN: no date yet (a milestone that is not reached)
    "service_start": pl.Date(),
    "service_end": pl.Date(),
    "weight": pl.Int64(),  # comparable within one line only
    "days": pl.Int64(),  # days of service in the period; 0 for an installment, which is for no period of its own
    "whole_days": pl.Int64(),  # days of the whole period that a stub is part of
}


def build(lines: pl.DataFrame, reached: pl.DataFrame) -> pl.DataFrame:
    """The bills that each line will have if nothing changes.

    Args:
        lines: one row per line: line_no, start, end, available_from (no bill is dated before it), fixed, and
            billing.frequency, billing.timing, billing.day, billing.dates as in the bundle.
        reached: one row per milestone line and day of progress: line_no, day, part, split (cumulative share
            part/split).

    Returns:
        one row per bill, as SCHEMA, sorted by line_no, due and service_start. A fixed line without billing terms is
        billed once in advance, a usage line monthly; usage is always billed in arrears.
    """
    default = pl.when(pl.col("fixed")).then(pl.lit("once")).otherwise(pl.lit("monthly"))
    lines = lines.with_columns(
        frequency=pl.coalesce("billing.frequency", default),
        arrears=(pl.col("billing.timing") == "arrears").fill_null(value=False) | ~pl.col("fixed"),
    )
    rows = pl.concat([_periodic(lines), _once(lines), _custom(lines), _on_milestones(lines, reached)])
    due = pl.max_horizontal("due", "available_from")
    return rows.with_columns(due=due).select(*SCHEMA).sort("line_no", "due", "service_start")


def _once(lines: pl.DataFrame) -> pl.DataFrame:
    """One bill for the whole life."""
    days = periods.days_between(pl.col("start"), pl.col("end"))
    return lines.filter(pl.col("frequency") == "once").select(
        "line_no",
        "available_from",
        due=pl.when("arrears").then("end").otherwise("start"),
        service_start="start",
        service_end="end",
        weight=pl.lit(1, dtype=pl.Int64),
        days=days,
        whole_days=days,
    )


def _custom(lines: pl.DataFrame) -> pl.DataFrame:
    """Equal parts on the dates given; an installment is for the rest of the line's life."""
    dated = lines.filter(pl.col("frequency") == "custom").explode("billing.dates", empty_as_null=False)
    none = pl.lit(0, dtype=pl.Int64)
    return dated.select(
        "line_no",
        "available_from",
        due="billing.dates",
        service_start="billing.dates",
        service_end="end",
        weight=pl.lit(1, dtype=pl.Int64),
        days=none,
        whole_days=none,
    )


def _on_milestones(lines: pl.DataFrame, reached: pl.DataFrame) -> pl.DataFrame:
    """One bill a day of progress, and one without a date for the share that is not reached yet."""
    on_milestones = lines.filter(pl.col("frequency") == "milestone")
    steps = reached.join(on_milestones, on="line_no", how="semi")
    rest = on_milestones.select(
        "line_no", day=pl.lit(periods.OPEN), part=pl.lit(None, pl.Int64), split=pl.lit(None, pl.Int64)
    )
    rows = pl.concat([steps.select("line_no", "day", "part", "split"), rest]).sort("line_no", "day")
    whole = pl.coalesce(pl.col("split").max().over("line_no"), pl.lit(1))
    through = pl.coalesce("part", whole)
    none = pl.lit(0, dtype=pl.Int64)
    return (
        rows.with_columns(through=through)
        .with_columns(weight=pl.col("through") - pl.col("through").shift(1, fill_value=0).over("line_no"))
        .filter(pl.col("weight") != 0)
        .join(on_milestones.select("line_no", "end", "available_from"), on="line_no", how="left")
        .select(
            "line_no",
            "available_from",
            due="day",
            service_start="day",
            service_end=pl.max_horizontal("day", "end"),
            weight="weight",
            days=none,
            whole_days=none,
        )
    )


def _periodic(lines: pl.DataFrame) -> pl.DataFrame:
    """Whole periods counted from the anchor, a first stub before it, and a last stub where the life ends inside one."""
    step = pl.col("frequency").replace_strict(_MONTHS, default=None, return_dtype=pl.Int32)
    wished = pl.coalesce("billing.day", pl.col("start").dt.day().cast(pl.Int64))
    this_month = periods.add_months(pl.col("start"), pl.lit(0), day=wished)
    next_month = periods.add_months(pl.col("start"), pl.lit(1), day=wished)
    lines = lines.with_columns(step=step, wished=wished).filter(pl.col("step").is_not_null())
    lines = lines.with_columns(anchor=pl.when(this_month >= pl.col("start")).then(this_month).otherwise(next_month))
    span = periods.month_number(pl.col("end")) - periods.month_number(pl.col("anchor"))
    rows = lines.with_columns(n=pl.int_ranges(-1, pl.max_horizontal(span // pl.col("step") + 1, 0))).explode("n")
    rows = rows.with_columns(
        whole_start=periods.add_months(pl.col("anchor"), pl.col("n") * pl.col("step"), day=pl.col("wished")),
        whole_end=periods.day_before(
            periods.add_months(pl.col("anchor"), (pl.col("n") + 1) * pl.col("step"), day=pl.col("wished"))
        ),
    ).with_columns(
        service_start=pl.max_horizontal("whole_start", "start"), service_end=pl.min_horizontal("whole_end", "end")
    )
    rows = rows.filter(pl.col("service_start") <= pl.col("service_end")).with_columns(
        days=periods.days_between(pl.col("service_start"), pl.col("service_end")),
        whole_days=periods.days_between(pl.col("whole_start"), pl.col("whole_end")),
    )
    return rows.select(
        "line_no",
        "available_from",
        due=pl.when("arrears").then("service_end").otherwise("service_start"),
        service_start="service_start",
        service_end="service_end",
        weight=_stub_weight(),
        days="days",
        whole_days="whole_days",
    )


def _stub_weight() -> pl.Expr:
    """Days / whole_days of each period over the common denominator of its line; a line has at most two stubs."""
    stub = pl.col("days") < pl.col("whole_days")
    ends = pl.when(stub).then("whole_days").otherwise(1)
    first, last = ends.first().over("line_no", order_by="n"), ends.last().over("line_no", order_by="n")
    common = pl.when(pl.len().over("line_no") == 1).then(ends).otherwise(first * last)
    return pl.when(stub).then(pl.col("days") * (common // pl.col("whole_days"))).otherwise(common)

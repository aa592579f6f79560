"""Minimums: when the use of an interval costs less than agreed, the shortfall is a true-up.

Worked example: 6,000.00 a quarter over calls and storage, SSP 3 to 1; 2,000.00 are used by 31 March, so a true-up of
4,000.00 arises on that day, 3,000.00 on calls and 1,000.00 on storage. Intervals are counted from the contract's
start; the last one ends with the contract and carries the whole amount.
"""

import polars as pl

from ratable.core import money, periods

_MONTHS = {"month": 1, "quarter": 3, "year": 12}

SCHEMA: dict[str, pl.DataType] = {
    "line_no": pl.UInt32(),
    "day": pl.Date(),
    "amount": pl.Int64(),  # above zero
    "interval_start": pl.Date(),
    "minimum": pl.String(),
}


def true_ups(minimums: pl.DataFrame, members: pl.DataFrame, use: pl.DataFrame) -> pl.DataFrame:
    """The true-ups of every interval.

    Source: 606-10-32-40 for the interval they belong to; 606-10-32-31 for sharing by standalone selling price.

    Args:
        minimums: minimum, amount, every, allocation (ssp or usage), start and end of the contract, available_from.
        members: minimum, line_no, line, ssp: the lines that count towards it.
        use: rated usage (billing.usage.SCHEMA).

    Returns:
        one row per minimum, line and interval with a share above zero, as SCHEMA. Where nothing was used, sharing by
        usage falls back to SSP.
    """
    intervals = _intervals(minimums)
    rows = intervals.join(members, on="minimum").with_row_index("share_no")
    by_day = rows.select("share_no", "line_no", "interval_start", "interval_end").join(use, on="line_no")
    inside = by_day.filter(pl.col("day").is_between(pl.col("interval_start"), pl.col("interval_end")))
    used = inside.group_by("share_no").agg(used=pl.col("amount").sum())
    rows = rows.join(used, on="share_no", how="left").sort("share_no").with_columns(pl.col("used").fill_null(0))
    shortfall = pl.col("amount") - pl.col("used").sum().over("interval_no")
    rows = rows.with_columns(shortfall=shortfall).filter(pl.col("shortfall") > 0)
    used_weight = pl.max_horizontal("used", 0)
    by_usage = (pl.col("allocation") == "usage") & (used_weight.sum().over("interval_no") > 0)
    weight = rows.select(pl.when(by_usage).then(used_weight).otherwise(pl.coalesce("ssp", 0))).to_series()
    shares = money.share(rows["shortfall"], weight.to_numpy(), among=rows["interval_no"], tie=rows["line"])
    day = pl.max_horizontal("interval_end", "available_from")
    return rows.with_columns(shares.alias("amount"), day=day).filter(pl.col("amount") > 0).select(*SCHEMA)


def _intervals(minimums: pl.DataFrame) -> pl.DataFrame:
    """One row per interval of each minimum, first to last."""
    step = pl.col("every").replace_strict(_MONTHS, default=12_000, return_dtype=pl.Int32)
    months = periods.month_number(pl.col("end")) - periods.month_number(pl.col("start"))
    rows = minimums.with_columns(step=step, n=pl.int_ranges(0, months // step + 1)).explode("n")
    begin = periods.add_months(pl.col("start"), pl.col("n") * pl.col("step"))
    following = periods.add_months(pl.col("start"), (pl.col("n") + 1) * pl.col("step"))
    rows = rows.with_columns(
        interval_start=begin, interval_end=pl.min_horizontal(periods.day_before(following), "end")
    ).filter(pl.col("interval_start") <= pl.col("end"))
    return rows.with_row_index("interval_no")

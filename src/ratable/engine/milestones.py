"""Progress in steps: deliveries and milestones as cumulative shares of a line.

Worked example: milestones of 30, 50 and 20 percent; design is reached on 17 February, half of go-live on 5 May: the
line stands at 300,000/1,000,000 from the first day and at 550,000/1,000,000 from the second. A delivery is one step
of 1/1.
"""

import numpy as np
import polars as pl

from ratable.core import money, tables

REACHED: dict[str, pl.DataType] = {
    "line_no": pl.UInt32(),
    "day": pl.Date(),
    "part": pl.Int64(),  # cumulative share through that day is part / split
    "split": pl.Int64(),  # the same on every row of a line
}


def deliveries(lines: pl.DataFrame) -> pl.DataFrame:
    """One step per point-in-time line, on the day of delivery (default: its start), never before revenue is allowed."""
    one = pl.lit(1, dtype=pl.Int64)
    day = pl.max_horizontal(pl.coalesce("delivered_on", "start"), "available_from")
    return lines.filter(pl.col("method") == "point_in_time").select("line_no", day=day, part=one, split=one)


def shares(lines: pl.DataFrame, milestones: pl.DataFrame, reached: pl.DataFrame) -> pl.DataFrame:
    """Cumulative share of each milestone line on each day that a milestone is reached, whole or in part.

    Source: 606-10-25-31; 606-10-55-17 (output methods).

    Args:
        lines: line_no, line, method, price (before contract-level discounts), available_from.
        milestones: the bundle's table: a share of the line's price as an amount or a percent.
        reached: the bundle's table: percent is that milestone's cumulative share, the latest row wins.

    Returns:
        REACHED, one row per line and day.
    """
    of_lines = lines.filter(pl.col("method") == "milestone").select("line_no", "line", "price", "available_from")
    steps = (
        reached.join(of_lines, left_on="contract_line", right_on="line")
        .join(
            milestones.select("contract_line", "amount", milestone="id", worth="percent"),
            on=["contract_line", "milestone"],
        )
        .with_columns(day=pl.max_horizontal("on", "available_from"), done=pl.coalesce("percent", tables.WHOLE_PERCENT))
        .sort("line_no", "milestone", "on")
    )
    if steps.is_empty():
        return pl.DataFrame(schema=REACHED)
    gained = steps["done"] - steps.select(pl.col("done").shift(1).over("line_no", "milestone").fill_null(0)).to_series()
    # Python integers: a share is a product of three numbers before it is reduced.
    price = np.maximum(steps["price"].to_numpy(), 1).astype(object)
    amount = (steps["amount"].fill_null(0).to_numpy()).astype(object)
    worth = (steps["worth"].fill_null(0).to_numpy()).astype(object)
    whole = tables.WHOLE_PERCENT
    part = (amount * whole + worth * price) * gained.to_numpy().astype(object)
    return _reduced(steps, part, price * whole * whole)


def _reduced(steps: pl.DataFrame, part: money.Integers, split: money.Integers) -> pl.DataFrame:
    """Cumulative parts by line and day, over a split without common factors."""
    order = steps.with_row_index("place").sort("line_no", "day")
    place = order["place"].to_numpy()
    part, split = part[place], split[place]
    group = order["line_no"].rle_id().to_numpy()
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    common = np.gcd(np.gcd.reduceat(part, starts), split[starts])[group]
    rows = order.select("line_no", "day").with_columns(
        part=pl.Series((part // common).astype(np.int64)), split=pl.Series((split // common).astype(np.int64))
    )
    rows = rows.with_columns(part=pl.col("part").cum_sum().over("line_no"))
    return rows.group_by("line_no", "day", maintain_order=True).last().select(*REACHED)

"""Billing schedules: the amount of each bill on a line's billing calendar.

Worked example: 100.00 in six equal parts: 16.67, 33.33, 50.00, 66.67, 83.33 and 100.00 are billed through each date, so
the bills are 16.67, 16.66, 16.67, 16.67, 16.66 and 16.67. After 33.33 the price rises to 140.00: 106.67 are left for
four dates, 26.67 each but for a cent.

What is left to bill is spread over the dates left, and starts anew at the line's last event: start, change of price or
credit. A bill is the difference of two totals and never negative.
"""

import polars as pl

from ratable.core import money


def bills(calendar: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """Amounts of the bills on the dates left.

    Args:
        calendar: the dates left of each line (billing.calendars.SCHEMA) and `used`: for usage lines the rated amount
            through the date, null for fixed lines; sorted by line_no, due, service_start.
        standing: one row per line: line_no, billed (before those dates) and left (to bill; for usage lines what credits
            of wrong bills gave back to be billed again).

    Returns:
        the calendar rows with amount, at least zero. The amounts of a fixed line with dates for all of its weight sum
        to what is left.
    """
    rows = calendar.join(standing, on="line_no", how="inner", maintain_order="left")
    weight = rows.select(
        through=pl.col("weight").cum_sum().over("line_no"),
        whole=pl.col("weight").sum().over("line_no"),
    )
    weight = weight.with_columns(idle=pl.col("whole") <= 0).select(
        through=pl.when("idle").then(1).otherwise("through"), whole=pl.when("idle").then(1).otherwise("whole")
    )
    spread = money.prorate(rows["left"], weight["through"], weight["whole"]).alias("spread")
    fixed = pl.col("billed") + pl.col("spread")
    metered = pl.max_horizontal((pl.col("used") + pl.col("left")).cum_max().over("line_no"), "billed")
    rows = rows.hstack([spread]).with_columns(through=pl.when(pl.col("used").is_null()).then(fixed).otherwise(metered))
    before = pl.col("through").shift(1).over("line_no").fill_null(pl.col("billed"))
    return rows.with_columns(amount=pl.col("through") - before).select(*calendar.columns, "amount")

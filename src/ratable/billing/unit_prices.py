"""Quantity x unit price: what each billing period costs, and so what a line costs over its whole life.

Worked example: 10 seats at 25.50 from 15 January to 31 March 2026, billed monthly: two whole periods of 255.00 and a
stub of 17 of 31 days, 255.00 x 17/31 = 139.84, so the line's price is 649.84. Ten more seats from 1 February cost
255.00 x 14/31 more in the first period, for the 14 of its 31 days that they are there.
"""

import polars as pl

from ratable.core import money, periods, tables

_SCALE = 10 ** (tables.UNIT_PRICE_DECIMALS + tables.QUANTITY_DECIMALS)


def price_periods(calendar: pl.DataFrame, lines: pl.DataFrame, quantities: pl.DataFrame) -> pl.DataFrame:
    """Price each billing period of the lines that are priced by quantity.

    Args:
        calendar: one row per bill (billing.calendars.SCHEMA).
        lines: one row per line to price: line_no, unit_price (1e-8 major units), exponent (decimals of the currency),
            discount.percent (the line's own; null for none).
        quantities: line_no, day, quantity (millionths): the quantity from that day on, rows sorted by line_no, day.

    Returns:
        the calendar rows of those lines with weight = the bill in minor units, rounded half even once per period; a
        stub weighs its days over the days of the whole period, and a change of quantity counts from its day.
    """
    last = periods.day_before(pl.col("day").shift(-1).over("line_no", order_by="day")).fill_null(periods.OPEN)
    first = pl.when(pl.int_range(pl.len()).over("line_no", order_by="day") == 0).then(pl.date(1, 1, 1)).otherwise("day")
    held = quantities.with_columns(held_from=first, held_to=last)
    rows = calendar.join(lines, on="line_no").with_row_index("bill").join(held, on="line_no")
    from_day = pl.max_horizontal("held_from", "service_start")
    to_day = pl.min_horizontal("held_to", "service_end")
    days = pl.max_horizontal(periods.days_between(from_day, to_day), 0)
    # An installment is for no period of its own: it bills what is held on its day.
    installment = pl.col("service_start").is_between(pl.col("held_from"), pl.col("held_to"))
    held_days = pl.when(pl.col("whole_days") > 0).then(days).otherwise(installment.cast(pl.Int64))
    weighted = (pl.col("quantity").cast(pl.Int128) * held_days).sum()
    bills = rows.group_by("bill", maintain_order=True).agg(pl.all().exclude("quantity").first(), weighted=weighted)
    kept = tables.WHOLE_PERCENT - pl.coalesce("discount.percent", 0)
    numerator = pl.col("weighted") * pl.col("unit_price") * kept
    scale = pl.lit(10, dtype=pl.Int128).pow(pl.col("exponent"))
    whole = pl.lit(_SCALE, dtype=pl.Int128) * tables.WHOLE_PERCENT // scale * pl.max_horizontal("whole_days", 1)
    return bills.with_columns(weight=money.round_half_even(numerator, whole).cast(pl.Int64)).select(calendar.columns)

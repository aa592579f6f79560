"""Rate usage: quantities used become money, by the pricing model and the pricing period of the line.

Worked example (graduated by month: 1.00 to 100 units, 0.80 to 500, 0.50 above): 60 units on 5 January are 60.00;
60 more on the 20th reach 120 units, 100.00 + 16.00 = 116.00 in all, so that day is 56.00. A volume price re-rates all
units of the period on the day a tier is crossed, so a day may be negative.

Quantities start again from zero in each pricing period, counted from the line's start. Rating is exact; the line's
running total is rounded half even, and a day's amount is the difference of two of those totals.
"""

import polars as pl

from ratable.core import money, periods, tables

_DECIMALS = tables.UNIT_PRICE_DECIMALS + tables.QUANTITY_DECIMALS
_PERIOD_MONTHS = {"month": 1, "quarter": 3, "year": 12}

SCHEMA: dict[str, pl.DataType] = {
    "line_no": pl.UInt32(),
    "day": pl.Date(),
    "amount": pl.Int64(),  # rated on that day, minor units, may be negative
    "through": pl.Int64(),  # rated from the line's start through that day
}


def rate(usage: pl.DataFrame, lines: pl.DataFrame, tiers: pl.DataFrame) -> pl.DataFrame:
    """Rated usage by line and day.

    Source: 606-10-32-40 (variable amounts belong to the use itself).

    Args:
        usage: line_no, day, quantity (millionths, or null) or amount (minor units, or null); any number a day.
        lines: one row per usage line: line_no, start, exponent, unit_price, discount.percent and the pricing columns of
            the bundle.
        tiers: line_no, up_to (millionths, null in the last tier), unit_price, flat.

    Returns:
        one row per line and day of use, as SCHEMA, sorted; the last `through` is the sum of the amounts.
    """
    days = usage.group_by("line_no", "day").agg(
        quantity=pl.col("quantity").fill_null(0).sum(), given=pl.col("amount").fill_null(0).sum()
    )
    rows = days.join(lines, on="line_no").sort("line_no", "day").with_columns(period=_pricing_period())
    used = pl.col("quantity").cast(pl.Int128).cum_sum().over("line_no", "period")
    included = pl.coalesce("pricing.included", 0)
    rows = rows.with_columns(
        billable=pl.max_horizontal(used - included, 0).cast(pl.Int128),
        price=pl.coalesce("pricing.unit_price", "unit_price", 0).cast(pl.Int128),
        # One minor unit, in the exact unit that a price times a quantity comes in.
        minor=pl.lit(10, dtype=pl.Int128).pow(_DECIMALS - pl.col("exponent")),
    ).with_row_index("use")
    rows = rows.with_columns(exact=_rated(rows, tiers))
    capped = pl.min_horizontal("exact", pl.col("pricing.cap").cast(pl.Int128) * pl.col("minor"))
    rows = rows.with_columns(exact=pl.when(pl.col("pricing.cap").is_null()).then("exact").otherwise(capped))
    added = pl.col("exact") - pl.col("exact").shift(1).over("line_no", "period").fill_null(0)
    kept = tables.WHOLE_PERCENT - pl.coalesce("discount.percent", 0)
    whole = pl.col("minor") * tables.WHOLE_PERCENT
    total = added.cum_sum().over("line_no") * kept + pl.col("given").cum_sum().over("line_no") * whole
    rows = rows.with_columns(through=money.round_half_even(total, whole).cast(pl.Int64))
    amount = pl.col("through") - pl.col("through").shift(1).over("line_no").fill_null(0)
    return rows.with_columns(amount=amount).select(*SCHEMA)


def _pricing_period() -> pl.Expr:
    """Number of the pricing period that a day lies in, counted from the line's start."""
    step = pl.coalesce("pricing.period", pl.lit("month")).replace_strict(
        _PERIOD_MONTHS, default=None, return_dtype=pl.Int32
    )
    months = periods.month_number(pl.col("day")) - periods.month_number(pl.col("start"))
    begun = months - (periods.add_months(pl.col("start"), months) > pl.col("day")).cast(pl.Int32)
    return pl.coalesce(begun // step, 0)


def _rated(rows: pl.DataFrame, tiers: pl.DataFrame) -> pl.Series:
    """Exact price of the billable units so far in the period."""
    model = pl.coalesce("pricing.model", pl.lit("per_unit"))
    size = pl.coalesce("pricing.package_size", 10**tables.QUANTITY_DECIMALS).cast(pl.Int128)
    packages = (pl.col("billable") + size - 1) // size
    by_tier = rows.join(_tiered(rows, tiers), on="use", how="left").sort("use")
    return by_tier.select(
        pl.when(model == "graduated")
        .then("graduated")
        .when(model == "volume")
        .then("volume")
        .when(model == "package")
        .then(packages * 10**tables.QUANTITY_DECIMALS * pl.col("price"))
        .otherwise(pl.col("billable") * pl.col("price"))
        .fill_null(0)
        .alias("exact")
    ).to_series()


def _tiered(rows: pl.DataFrame, tiers: pl.DataFrame) -> pl.DataFrame:
    """Price of the billable units of each row by graduated and by volume tiers; a tier is entered by its first unit."""
    bounds = tiers.sort("line_no", "up_to", nulls_last=True).with_columns(
        above=pl.col("up_to").shift(1, fill_value=0).over("line_no")
    )
    steps = rows.select("use", "line_no", "billable", "minor").join(bounds, on="line_no")
    billable, price = pl.col("billable"), pl.col("unit_price").cast(pl.Int128)
    flat = pl.coalesce("flat", 0).cast(pl.Int128) * pl.col("minor")
    entered = billable > pl.col("above")
    inside = pl.min_horizontal(billable, pl.col("up_to").cast(pl.Int128)) - pl.col("above")
    reached = entered & ((billable <= pl.col("up_to")) | pl.col("up_to").is_null())
    return steps.group_by("use").agg(
        graduated=pl.when(entered).then(inside * price + flat).otherwise(0).sum(),
        volume=pl.when(reached).then(billable * price + flat).otherwise(0).sum(),
    )

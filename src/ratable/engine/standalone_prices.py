"""Step 4a: standalone selling prices: from the line, else the SSP book, else the list price, else the line's own price.

Worked example: the book says 6,000.00 a year for the platform; a line of two years without an SSP of its own takes
2 x 6,000.00 = 12,000.00. Where the book has a range of 5,000.00 to 7,000.00 a year and the line's price is 11,000.00,
that price lies inside 10,000.00 to 14,000.00 and is itself the SSP.
"""

import polars as pl

from ratable.core import money, tables
from ratable.engine import progress


def find(lines: pl.DataFrame, ssps: pl.DataFrame) -> pl.DataFrame:
    """The standalone selling price of each line and what it rests on.

    Source: 606-10-32-31 to 32-35.

    Args:
        lines: obligations of contracts with ssp as stated, price, list_price, start, end, quantity, and `price_day`,
            the day whose book applies: signature, or the day that the amendment which adds the line takes effect.
        ssps: the bundle's SSP book.

    Returns:
        the lines with ssp (minor units, whole line) and ssp_basis: line, book, list_price or own_price.
    """
    book = ssps.select("product", "currency", "from", "per", book="amount", low="low", high="high").sort("from")
    rows = lines.with_row_index("place").sort("price_day")
    rows = rows.join_asof(
        book, left_on="price_day", right_on="from", by=["product", "currency"], check_sortedness=False
    ).sort("place")
    scaled = {name: _for_whole_line(name) for name in ("book", "low", "high")}
    rows = rows.hstack(_months(rows).select("part", "whole")).with_columns(**scaled).drop("part", "whole")
    in_range = pl.col("price").is_between(pl.col("low"), pl.col("high")).fill_null(value=False)
    scale = pl.lit(10, dtype=pl.Int64).pow(pl.col("exponent"))
    listed = money.round_half_even(
        pl.col("list_price").cast(pl.Int128) * scale, pl.lit(10**tables.UNIT_PRICE_DECIMALS, dtype=pl.Int128)
    ).cast(pl.Int64)
    rows = rows.with_columns(book=pl.when(in_range).then("price").otherwise("book"), listed=listed)
    basis = (
        pl.when(pl.col("ssp").is_not_null())
        .then(pl.lit("line"))
        .when(pl.col("book").is_not_null())
        .then(pl.lit("book"))
        .when(pl.col("listed").is_not_null())
        .then(pl.lit("list_price"))
        .otherwise(pl.lit("own_price"))
    )
    return rows.with_columns(ssp=pl.coalesce("ssp", "book", "listed", "price", 0), ssp_basis=basis).drop(
        "place", "from", "per", "book", "low", "high", "listed"
    )


def ranged(sold: pl.DataFrame, ssps: pl.DataFrame) -> pl.DataFrame:
    """Lines beside the range that the book had observed when they were signed, in proportion to their own SSP.

    Source: 606-10-32-33.

    Args:
        sold: obligations (engine.outcome.LINES).
        ssps: the bundle's SSP book.

    Returns:
        the lines with a fixed price and an SSP, with `from` of the version in force, its low and high for the whole
        line (minor units, cut off) and `inside`: whether the price is in them; null where that version has no range.
    """
    priced = sold.filter(pl.col("fixed") & (pl.col("ssp") > 0) & pl.col("price").is_not_null()).sort("signed_on")
    book = ssps.select("product", "currency", "from", "low", "high", listed="amount").sort("from")
    rows = priced.join_asof(
        book, left_on="signed_on", right_on="from", by=["product", "currency"], check_sortedness=False
    )
    # Whole numbers wide enough for the product.
    price, ssp, listed, low, high = (pl.col(name).cast(pl.Int128) for name in ("price", "ssp", "listed", "low", "high"))
    inside = (price * listed >= ssp * low) & (price * listed <= ssp * high)
    bounds = {name: (ssp * pl.col(name).cast(pl.Int128) // listed).cast(pl.Int64) for name in ("low", "high")}
    return rows.with_columns(**bounds, inside=inside).drop("listed")


def _months(rows: pl.DataFrame) -> pl.DataFrame:
    """Length of each line in months, stub months by their days, as part/whole."""
    life = rows.select("start", "end").unique()
    weight = progress.calendar_weight(pl.col("end"))
    months = life.lazy().with_columns(proration=pl.lit("monthly_prorated"))
    months = months.select("start", "end", part=weight.part, whole=weight.split * weight.unit)
    return rows.select("start", "end").join(months.collect(), on=["start", "end"], how="left", maintain_order="left")


def _for_whole_line(name: str) -> pl.Expr:
    """An amount of the book, scaled from what it is for (a month, a year, a unit) to the whole line."""
    per, amount = pl.col("per"), pl.col(name).cast(pl.Int128)
    by_months = money.round_half_even(amount * pl.col("part"), pl.col("whole"))
    by_year = money.round_half_even(amount * pl.col("part"), pl.col("whole") * 12)
    by_unit = money.round_half_even(amount * pl.col("quantity"), pl.lit(10**tables.QUANTITY_DECIMALS, dtype=pl.Int128))
    return (
        pl.when(per == "month")
        .then(by_months)
        .when(per == "year")
        .then(by_year)
        .when((per == "unit") & pl.col("quantity").is_not_null())
        .then(by_unit)
        .otherwise(amount)
        .cast(pl.Int64)
    )

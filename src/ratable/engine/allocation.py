"""Step 4b: allocate the transaction price to the performance obligations by relative standalone selling price.

Worked example: prices 15.00, 25.00 and 40.00 with SSPs 20.00, 30.00 and 40.00: 80.00 x 20/90 = 17.777..., 26.666... and
35.555...; the floors leave two cents, which go to the largest remainders: 17.78, 26.67 and 35.55.
"""

import polars as pl

from ratable.core import money


def allocate(lines: pl.DataFrame, *, weight: money.Integers, per: money.Integers | None = None) -> pl.Series:
    """Share the consideration of each part of a contract among its lines.

    Source: 606-10-32-28 to 32-37.

    Args:
        lines: part (its id), line, total (consideration of the part before its discount, on each of its lines),
            discount (the line's share) and owned (true where the discount belongs to named lines alone).
        weight: standalone selling prices, as integers over `per`.
        per: denominators of the weights; default: whole.

    Returns:
        Int64 minor units in the order of the lines; per part they sum to total - discounts exactly. A discount that
        named lines own comes off those lines after sharing; any other lowers the total before it.
    """
    spread = pl.when(pl.col("owned")).then(0).otherwise(pl.col("discount"))
    rows = lines.select(
        "line",
        "part",
        total=pl.col("total") - spread.sum().over("part"),
        owned=pl.when(pl.col("owned")).then("discount").otherwise(0),
    )
    shares = money.share(rows["total"], weight, among=rows["part"], tie=rows["line"], per=per)
    return (shares - rows["owned"]).alias("allocated")

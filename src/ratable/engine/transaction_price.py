"""Step 3: determine the transaction price: what the lines cost, less the contract's discount.

Worked example: lines of 12,000.00 and 3,000.00 and a contract discount of 10 percent: the discount is 1,500.00, spread
by SSP 1,200.00 and 300.00; the transaction price is 13,500.00. An invoice-level discount is spread the same way.

A discount covers the lines it names, or all lines of the main part of the contract; never lines of a separate contract,
nor a line that was removed.
"""

import numpy as np
import polars as pl

from ratable.core import money, tables


def discounts(lines: pl.DataFrame, *, weight: money.Integers, per: money.Integers | None = None) -> pl.Series:
    """Each line's share of its contract's (or invoice's) discount.

    Source: 606-10-32-36 and 32-37.

    Args:
        lines: account, line, price, covered (Boolean), discount_percent and discount_amount of the account.
        weight: standalone selling prices of the lines, as integers over `per`.
        per: denominators of the weights; default: whole.

    Returns:
        Int64 minor units in the order of the lines; a percent is of the covered prices, rounded half even; zero where
        a line is not covered; per account the shares sum to its discount.
    """
    covered_price = pl.col("price").filter(pl.col("covered")).sum().over("account")
    by_percent = money.round_half_even(
        covered_price.cast(pl.Int128) * pl.coalesce("discount_percent", 0),
        pl.lit(tables.WHOLE_PERCENT, dtype=pl.Int128),
    ).cast(pl.Int64)
    totals = lines.select(
        "account",
        "line",
        place=pl.int_range(pl.len()),
        total=pl.when(pl.col("covered")).then(pl.coalesce("discount_amount", by_percent)).otherwise(0),
    )
    rows = totals.filter(pl.col("total") != 0)
    result = np.zeros(len(lines), dtype=np.int64)
    if len(rows):
        places = rows["place"].to_numpy()
        some = None if per is None else per[places]
        result[places] = money.share(
            rows["total"], weight[places], among=rows["account"], tie=rows["line"], per=some
        ).to_numpy()
    return pl.Series("discount", result)

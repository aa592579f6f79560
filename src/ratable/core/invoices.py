"""Imported invoices as bills: what each line bills net of the invoice's discount, and its tax apart.

Worked example: lines of 800.00 and 200.00 with an invoice discount of 100.00 bill 720.00 and 180.00; the tax stays as
stated. The discount is spread by the lines' SSP, or by their amounts where no SSP is given.
"""

import polars as pl

from ratable.core import money, tables


def net_lines(invoices: pl.DataFrame, invoice_lines: pl.DataFrame) -> pl.DataFrame:
    """Every invoice line with what it bills.

    Source: 606-10-32-36 for the discount; 606-10-32-2A for tax.

    Args:
        invoices: the bundle's table.
        invoice_lines: the bundle's table.

    Returns:
        one row per invoice line, same order: line (its id), invoice, discount and net (minor units); per invoice the
        discounts sum to the invoice's own, a percent being of the total, rounded half even.
    """
    lines = invoice_lines.select("invoice", "amount", line="id", weight=pl.coalesce("ssp", "amount").clip(0))
    none = pl.lit(0, dtype=pl.Int64)
    discounted = invoices.filter(pl.col("discount.percent").is_not_null() | pl.col("discount.amount").is_not_null())
    if discounted.is_empty():
        return lines.select("line", "invoice", discount=none, net="amount")
    terms = discounted.select("discount.percent", "discount.amount", invoice="id")
    rows = lines.with_row_index("place").join(terms, on="invoice").sort("place")
    total = pl.col("amount").sum().over("invoice").cast(pl.Int128)
    by_percent = money.round_half_even(
        total * pl.coalesce("discount.percent", 0), pl.lit(tables.WHOLE_PERCENT, dtype=pl.Int128)
    ).cast(pl.Int64)
    amount = rows.select(pl.coalesce("discount.amount", by_percent)).to_series()
    shares = money.share(amount, rows["weight"].to_numpy(), among=rows["invoice"], tie=rows["line"])
    found = rows.select("place", share=shares)
    placed = lines.with_row_index("place").join(found, on="place", how="left").sort("place")
    discount = pl.col("share").fill_null(0)
    return placed.select("line", "invoice", discount=discount, net=pl.col("amount") - discount)

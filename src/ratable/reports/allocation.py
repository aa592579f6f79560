"""Allocation: how the transaction price was shared by standalone selling price.

Worked example: A, B and C with SSPs of 50.00, 25.00 and 75.00 sold together for 100.00 are allocated 33.33, 16.67 and
50.00.
"""

import polars as pl

from ratable.engine.outcome import Outcome
from ratable.reports import schedule


def table(outcome: Outcome) -> pl.DataFrame:
    """The fixed lines with what they were sold for and what they were allocated.

    Source: 606-10-32-28 to 32-41.

    Returns:
        contract, line, ssp, price (before contract-level discounts), allocated (minor units), currency; one row per
        line with fixed consideration, sorted by contract and line.
    """
    ordered = outcome.lines.with_columns(place=schedule.place(outcome.lines)).sort("place")
    return ordered.filter(pl.col("fixed") & pl.col("allocated").is_not_null()).select(
        "contract", "line", "ssp", "price", "allocated", "currency"
    )

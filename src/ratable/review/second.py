"""The second engine's view of a journal, in the columns in which entries can be held against it.

Worked example: entry (2026-01-31, recognition, line C-1-1, Dr deferred_revenue, Cr revenue, 917.26) stands beside the
row of the second engine with the same day, month of origin, line, kind and pair; where that says 919.89, they differ
by 2.63. Where bills are undone and raised again by a late fact both engines may post either way round: what is
compared is signed, with the roles of a pair in the order of the alphabet.
"""

from datetime import date

import polars as pl

from ratable.core import bundles
from ratable.oracle import books

KEY = ("period", "origin_period", "line", "kind", "low", "high", "currency")
DUE: dict[str, pl.DataType] = dict.fromkeys(KEY, pl.String()) | {"amount": pl.Int64()}
"""Grain: one line, kind, pair of roles, month of posting and month of origin. `amount` (minor units) is above zero
where the debit role is the one that comes first in the alphabet (`low`), below zero where it is the credit role."""

_MOVEMENTS: dict[str, pl.DataType] = {
    "date": pl.Date(),
    **dict.fromkeys(("origin_period", "line", "kind", "debit_role", "credit_role", "currency"), pl.String()),
    "amount": pl.Int64(),
}


def due(bundle: bundles.Bundle, through: date) -> pl.DataFrame:
    """What the second engine posts for a bundle through a day, netted (DUE)."""
    moved = pl.DataFrame(books.run(bundle, through).movements(), schema=_MOVEMENTS)
    return netted(moved.with_columns(period=pl.col("date").dt.to_string("%Y-%m")))


def netted(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries summed to the grain of DUE.

    Args:
        entries: period, origin_period, line, kind, debit_role, credit_role, currency, amount (minor units, above zero).
    """
    straight = pl.col("debit_role") < pl.col("credit_role")
    signed = entries.with_columns(
        low=pl.min_horizontal("debit_role", "credit_role"),
        high=pl.max_horizontal("debit_role", "credit_role"),
        amount=pl.when(straight).then("amount").otherwise(-pl.col("amount")),
    )
    return signed.group_by(KEY).agg(pl.col("amount").sum()).filter(pl.col("amount") != 0).select(*DUE)

"""Policies: dated accounting choices, the most specific one that applies.

Worked example: `proration = monthly_prorated` from 2025-01-01, and `daily` for product api: a line of product api takes
daily, every other line signed in 2026 takes monthly_prorated, one signed in 2024 takes the default.
"""

import polars as pl


def choose(policies: pl.DataFrame, name: str, *, default: str | None, day: str = "signed_on") -> pl.Expr:
    """The value of a policy for rows that carry product, entity and a day.

    Args:
        policies: the bundle's table; few rows.
        name: the policy.
        default: the value where no row applies.
        day: column with the day that decides which policy is in force.

    Returns:
        a String expression. A policy for product and entity goes before one for the product, that before one for the
        entity, that before a general one; among equals the latest `from` wins.
    """
    named = policies.filter(pl.col("name") == name).with_columns(
        rank=pl.col("product").is_not_null().cast(pl.Int8) * 2 + pl.col("entity").is_not_null().cast(pl.Int8)
    )
    value = pl.lit(default, dtype=pl.String)
    for policy in named.sort("rank", "from", nulls_last=False).iter_rows(named=True):
        applies = pl.lit(value=True)
        for dimension in ("product", "entity"):
            if policy[dimension] is not None:
                applies &= pl.col(dimension).eq_missing(pl.lit(policy[dimension]))
        if policy["from"] is not None:
            applies &= pl.col(day) >= policy["from"]
        value = pl.when(applies).then(pl.lit(policy["value"])).otherwise(value)
    return value

"""Scheduled: what each line is still to recognize, month by month; the rows behind a waterfall's months to come.

Worked example: 12,000.00 for 2026, recognized through March: line C-1-1 has nine rows, 2026-04 to 2026-12, of 1,000.00
each. Their sum is `remaining` of the waterfall, and that of 2026-04 its column `2026-04`.
"""

import polars as pl

from ratable.engine.outcome import Outcome
from ratable.reports import grouping, schedule, waterfall


def table(outcome: Outcome, *, basis: str = "contracted", lines: pl.DataFrame | None = None) -> pl.DataFrame:
    """What is still to be recognized, by line and month.

    Source: 606-10-50-13 to 50-15.

    Args:
        outcome: the books of one bundle.
        basis: contracted (all that was signed, billed or not) or deferred (the deferred balance).
        lines: the lines that are asked for (rows of the outcome's); None: all.

    Returns:
        period (the month that earns it; null by `deferred` where no date is known), contract (null for a lone invoice
        line), line, customer, product, account (what nets, in words), currency, amount (minor units); sorted by month,
        contract and line.

    Raises:
        names.Refused: a basis that there is not.
        identities.DoesNotFoot: a figure that does not foot.
    """
    every = outcome.lines.with_columns(place=schedule.place(outcome.lines))
    asked = every if lines is None else every.join(lines.select("line_no"), on="line_no", how="semi")
    said = asked.select("line_no", "contract", "line", "customer", "product", "account", "currency", "place")
    rows = waterfall.to_come(outcome, basis).filter(pl.col("amount") != 0).join(said, on="line_no")
    ordered = grouping.labelled(rows.sort("month", "place", nulls_last=True), "month", "month")
    shown = ("contract", "line", "customer", "product", "account", "currency", "amount")
    return ordered.select(pl.col("month").alias("period"), *shown)

"""Schedule: the revenue of each line by the period that it was posted in.

Worked example: 12,000.00 for the calendar year 2026, of which 5,000.00 is credited on 1 October: 1,000.00 a month from
January to September, and -2,000.00 in October, when what had been recognized already is taken back.
"""

import polars as pl

from ratable.engine.outcome import Outcome
from ratable.reports import grouping, identities, names, postings


def table(outcome: Outcome, *, grain: str = "month") -> pl.DataFrame:
    """Revenue by line and posting period, net of what was taken back, through the date asked; no zero rows.

    Args:
        outcome: the books of one bundle.
        grain: month or day.

    Returns:
        contract, line, period (day grain: date), amount (minor units), currency; sorted by contract, line and period;
        contract is null for a lone invoice line.

    Raises:
        names.Refused: another grain.
        identities.DoesNotFoot: revenue of a line that is not there.
    """
    names.one_of(grain, names.POSTING_GRAINS, "grain")
    day = pl.col("date") if grain == "day" else grouping.period(pl.col("date"), "month")
    earned = postings.to(outcome.movements(grain), "revenue").group_by("line_no", day.alias("when"))
    nonzero = earned.agg(amount=pl.col("change").sum()).filter(pl.col("amount") != 0)
    named = outcome.lines.select("line_no", "contract", "line", "currency", place=place(outcome.lines))
    rows = nonzero.collect().join(named, on="line_no", how="left").sort("place", "when")
    identities.known_lines("schedule", rows)
    if grain == "month":
        rows = grouping.labelled(rows, "when", "month")
    when = "date" if grain == "day" else "period"
    return rows.select("contract", "line", pl.col("when").alias(when), "amount", "currency")


def place(lines: pl.DataFrame) -> pl.Series:
    """The place of each line when sorted by contract, then by what nets, then by id; lone invoice lines come last."""
    order = lines.select("contract", "account", "line").with_row_index("row")
    ordered = order.sort("contract", "account", "line", nulls_last=True).with_row_index("place")
    return ordered.sort("row")["place"]

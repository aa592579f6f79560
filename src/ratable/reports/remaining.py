"""What is still to be recognized of fixed consideration, checked: the source of waterfall and RPO.

Worked example: 9,600.00 allocated, 2,400.00 recognized to date and 18 months of 400.00 remaining: 2,400.00 + 7,200.00
is what was contracted. If a month were missing, nothing would be reported.
"""

import polars as pl

from ratable.engine.outcome import Outcome
from ratable.reports import grouping, identities, postings


def of(outcome: Outcome, report: str) -> pl.DataFrame:
    """Fixed consideration still to be recognized, by line and month.

    Source: 606-10-50-13.

    Args:
        outcome: the books of one bundle.
        report: the report that asks, for the message.

    Returns:
        line_no, month (month number), amount (minor units).

    Raises:
        identities.DoesNotFoot: recognized + remaining is not what was contracted on a line.
    """
    left = outcome.remaining()
    sums = left.group_by("line_no").agg(remaining=pl.col("amount").sum())
    fixed = outcome.lines.filter("fixed").select("line", "currency", "line_no", "contracted")
    lines = fixed.join(sums, on="line_no", how="left")
    lines = lines.join(postings.recognized(outcome.movements("month")), on="line_no", how="left")
    to_come = pl.col("recognized").fill_null(0) + pl.col("remaining").fill_null(0)
    identities.same(report, lines, ("recognized + remaining", to_come), ("contracted", pl.col("contracted")))
    return left.select("line_no", "amount", month=grouping.period(pl.col("month"), "month"))

"""Amendments: how each one was treated, and why.

Worked example: four users added at their standalone selling price are `separate`, "it only adds lines, each at its
standalone selling price (606-10-25-12)"; a price cut for the rest of a subscription is `prospective`.
"""

import polars as pl

from ratable.engine.outcome import Outcome


def table(outcome: Outcome) -> pl.DataFrame:
    """The amendments that count by the day of the books.

    Source: 606-10-25-12 and 25-13.

    Returns:
        amendment, contract, effective (the later of the day meant and the day approved), treatment (separate,
        prospective or catch_up) and why; one row per amendment, sorted by day, contract and amendment.
    """
    rows = outcome.treatments.sort("day", "contract", "amendment")
    return rows.select("amendment", "contract", pl.col("day").alias("effective"), "treatment", "why")

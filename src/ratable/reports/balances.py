"""Balances: what each line has billed and recognized, and on which side the difference stands.

Worked example: A (delivered, 400.00) and B (600.00, still to come) are billed together in March. At the end of
February A has recognized 400.00 and billed nothing, so its contract shows a contract asset of 400.00; a usage line
with 50.00 used and not yet billed shows an unbilled receivable of 50.00 beside whatever else its contract shows.
"""

import polars as pl

from ratable.engine.outcome import Outcome
from ratable.reports import identities, postings, schedule

_NET = pl.col("billed") - pl.col("recognized")


def table(outcome: Outcome) -> pl.DataFrame:
    """Billed, recognized and the sides of the difference, for every line, at the end of `through`.

    Source: 606-10-45-1 to 45-4.

    Returns:
        as_of, contract, line, customer, product, currency, billed (net of credits, without tax), recognized,
        deferred_revenue, unbilled_receivable, contract_asset (minor units), sorted by contract and line; on each row
        billed - recognized = deferred_revenue - unbilled_receivable - contract_asset.

    Raises:
        identities.DoesNotFoot: what was posted to the three accounts is not billed less recognized.
    """
    ordered = sides(outcome).with_columns(place=schedule.place(outcome.lines)).sort("place")
    return ordered.select(
        pl.lit(outcome.through).alias("as_of"),
        *("contract", "line", "customer", "product", "currency", "billed", "recognized"),
        *("deferred_revenue", "unbilled_receivable", "contract_asset"),
    )


def sides(outcome: Outcome) -> pl.DataFrame:
    """The lines of the outcome in their order, with billed, recognized and the three sides.

    What is earned and awaits only time is never netted; all else of a contract (or lone invoice) is: at or above
    zero each line shows deferred revenue, below zero each line shows a contract asset.
    """
    movements = outcome.movements("month")
    lines = outcome.lines
    for sums in (postings.billed(movements), postings.recognized(movements)):
        lines = lines.join(sums, on="line_no", how="left", maintain_order="left")
    lines = lines.with_columns(pl.col("billed", "recognized").fill_null(0))
    unbilled = pl.when(pl.col("awaits_time") & (_NET < 0)).then(-_NET).otherwise(0)
    lines = lines.with_columns(unbilled_receivable=unbilled)
    netted = _NET + pl.col("unbilled_receivable")
    lines = lines.with_columns(netted=netted, behind=netted.sum().over("account") < 0)
    lines = lines.with_columns(
        deferred_revenue=pl.when("behind").then(0).otherwise("netted"),
        contract_asset=pl.when("behind").then(-pl.col("netted")).otherwise(0),
    )
    _check(lines, movements)
    return lines


def _check(lines: pl.DataFrame, movements: pl.DataFrame) -> None:
    """The identity of sides on each line, and the same difference out of the accounts themselves."""
    shown = pl.col("deferred_revenue") - pl.col("unbilled_receivable") - pl.col("contract_asset")
    checked = lines.select("line", "currency", "line_no", net=_NET, shown=shown)
    for role in ("deferred_revenue", "unbilled_receivable", "contract_asset"):
        posted = postings.to(movements, role).group_by("line_no").agg(pl.col("change").sum().alias(role)).collect()
        checked = checked.join(posted, on="line_no", how="left").with_columns(pl.col(role).fill_null(0))
    net = ("billed - recognized", pl.col("net"))
    identities.same("balances", checked, net, ("deferred - unbilled - contract asset", pl.col("shown")))
    posted_sides = pl.col("deferred_revenue") - pl.col("unbilled_receivable") - pl.col("contract_asset")
    identities.same("balances", checked, net, ("posted to deferred revenue and contract assets", posted_sides))

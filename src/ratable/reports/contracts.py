"""Contracts: where each stands, in one row: its transaction price, what is recognized, what remains, and which side.

Worked example: contract C-1 of 12,000.00 for 2026, billed whole in January, at the end of March: transaction price
12,000.00, billed 12,000.00, recognized 3,000.00, remaining 9,000.00, deferred revenue 9,000.00.
"""

import polars as pl

from ratable.engine.outcome import Outcome
from ratable.reports import balances, identities, remaining

FIGURES = (
    "transaction_price", "billed", "recognized", "remaining", "deferred_revenue", "unbilled_receivable",
    "contract_asset",
)  # fmt: skip


def table(outcome: Outcome) -> pl.DataFrame:
    """The contracts signed by the end of the books, lone invoice lines left out.

    Source: 606-10-50-8 and 50-13.

    Returns:
        contract, customer, entity, region, signed, start, end, currency and FIGURES (minor units), one row for each
        contract, sorted by its id. The transaction price is fixed consideration as signed; what is recognized of use
        comes on top of it. Billed is net of credits and without tax.

    Raises:
        identities.DoesNotFoot: billed less recognized is not what stands on the balance sheet.
    """
    left = remaining.of(outcome, "contracts").group_by("line_no").agg(remaining=pl.col("amount").sum())
    lines = balances.sides(outcome).filter(pl.col("contract").is_not_null()).join(left, on="line_no", how="left")
    rows = lines.group_by("contract", "currency").agg(
        pl.col("customer", "entity", "region").first(),
        signed=pl.col("signed_on").min(),
        start=pl.col("start").min(),
        end=pl.col("end").max(),
        transaction_price=pl.col("contracted").filter("fixed").sum(),
        **{name: pl.col(name).sum() for name in FIGURES if name != "transaction_price"},
    )
    net = pl.col("billed") - pl.col("recognized")
    sides = pl.col("deferred_revenue") - pl.col("unbilled_receivable") - pl.col("contract_asset")
    identities.same("contracts", rows, ("billed - recognized", net), ("the sides together", sides))
    first = ("contract", "customer", "entity", "region", "signed", "start", "end", "currency")
    return rows.select(*first, *FIGURES).sort("contract", "currency")

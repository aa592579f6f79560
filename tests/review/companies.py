"""Companies of a few lines whose figures can be checked by hand."""

from functools import cache

import polars as pl

from ratable.review.snapshot import Snapshot
from tests.engine import examples
from tests.review import snapshots

ACME = {"line": "C-1", "contract": "C", "account": "contract C", "customer": "acme", "product": "platform"}
"""What an entry by hand says that belongs to the line C-1."""

RECOGNITION = pl.col("kind") == "recognition"


@cache
def year() -> Snapshot:
    """12,000.00 for 2026 in line C-1, billed on 1 January, 1,000.00 a month; April is under review."""
    return snapshots.of(examples.bundle(contracts=[examples.contract({"price": "12000.00"})]), "2026-04-30")


@cache
def two() -> Snapshot:
    """The same, and 24,000.00 for 2026 of another customer, bolt, of whom line D-1 bills and earns 2,000.00 a month."""
    other = examples.contract(
        {"price": "24000.00", "billing": {"frequency": "monthly", "timing": "advance"}}, name="D", customer="bolt"
    )
    customers = [{"id": "acme", "name": "Acme"}, {"id": "bolt", "name": "Bolt"}]
    one = examples.contract({"price": "12000.00"})
    return snapshots.of(examples.bundle(customers=customers, contracts=[one, other]), "2026-04-30")


@cache
def arrears() -> Snapshot:
    """1,200.00 for January to March, billed on 31 March: contract asset 400.00, then 800.00, then none."""
    terms = {"price": "1200.00", "end": "2026-03-31", "billing": {"frequency": "custom", "dates": ["2026-03-31"]}}
    return snapshots.of(examples.bundle(contracts=[examples.contract(terms, end="2026-03-31")]), "2026-03-31")


def whole_with_april_lost() -> Snapshot:
    """The year with another entry in April, so that April is under review, and without its recognition."""
    lost = snapshots.without(year(), RECOGNITION & (pl.col("period") == "2026-04"))
    return snapshots.by_hand(
        lost, {"debit_role": "cash", "credit_role": "receivable", "debit": "1000", "credit": "1100"}
    )

"""The true figures that questions are graded against: from plain entries and the second engine.

They share no code with the reports that answer the questions.

Worked example: what changed on a customer's schedule since the last close is what the second engine allocates and
bills by all facts less what it did by the facts of the close: 1,200.00 more to recognize, 300.00 more billed.
"""

from dataclasses import dataclass

import polars as pl

from ratable.core import bundles, currencies
from ratable.engine import contracts
from ratable.oracle import books
from ratable.review.evaluation.worlds import World
from ratable.review.snapshot import Snapshot

DEBIT_SIDED = ("receivable", "unbilled_receivable", "contract_asset", "cash")


@dataclass(frozen=True)
class Standing:
    """A balance of some entries: what stood before the months asked, and at their end; minor units."""

    opening: int
    closing: int


def text(amount: int, currency: str) -> str:
    """Minor units as plain decimal text."""
    decimals = currencies.EXPONENTS[currency]
    sign, (whole, rest) = "-" if amount < 0 else "", divmod(abs(amount), 10**decimals)
    return f"{sign}{whole}.{rest:0{decimals}}" if decimals else f"{sign}{whole}"


def change(entries: pl.DataFrame, role: str) -> int:
    """What entries add to a role on its own side."""
    debited = int(entries.filter(pl.col("debit_role") == role)["amount"].sum())
    credited = int(entries.filter(pl.col("credit_role") == role)["amount"].sum())
    return debited - credited if role in DEBIT_SIDED else credited - debited


def standing(entries: pl.DataFrame, role: str, month: str) -> Standing:
    """The balance of a role before a month and at its end."""
    return Standing(
        change(entries.filter(pl.col("period") < month), role), change(entries.filter(pl.col("period") <= month), role)
    )


def changed(world: World, seen: Snapshot, customer: str) -> tuple[int, int]:
    """What became of a customer's schedule since the last close: revenue of the whole life, bills to date."""
    if seen.close is None:
        raise LookupError("nothing is closed")
    then = _whole(of_customer(seen.close.bundle, customer), world)
    now = _whole(of_customer(seen.bundle, customer), world)
    return now[0] - then[0], now[1] - then[1]


def of_customer(bundle: bundles.Bundle, customer: str) -> bundles.Bundle:
    """The facts of one customer, without locks: they move the month of posting, never the sum."""
    given = dict(bundle.tables)
    own = pl.col("customer") == customer
    few = given | {
        "contracts": given["contracts"].filter(own),
        "invoices": given["invoices"].filter(own),
        "locks": given["locks"].clear(),
    }
    lines = few["invoice_lines"].filter(pl.col("invoice").is_in(few["invoices"]["id"].implode()))
    named = pl.col("invoice").str.replace(r"/\d{4}-\d{2}-\d{2}$", "")
    known = [*few["contracts"]["id"], *few["invoices"]["id"]]
    notes = few["credit_notes"].filter(named.is_in(known))
    return bundles.of(contracts.closed(few | {"invoice_lines": lines, "credit_notes": notes}, given))


def _whole(bundle: bundles.Bundle, world: World) -> tuple[int, int]:
    made = books.run(bundle, world.company.through)
    allocated = made.allocation()
    fixed = {row["line"] for row in allocated}
    revenue = sum(row["allocated"] for row in allocated)
    revenue += sum(row["amount"] for row in made.schedule() if row["line"] not in fixed)
    billed = 0
    for row in made.movements():
        if "tax_payable" not in (row["debit_role"], row["credit_role"]):
            side = (row["debit_role"] == "receivable") - (row["credit_role"] == "receivable")
            billed += side * row["amount"]
    return revenue, billed

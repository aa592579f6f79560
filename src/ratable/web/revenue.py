"""Whether the months of a triangle are the revenue of the trial balance, month by month.

Worked example: the bookings of all months recognized 41,200.00 in March, and the revenue accounts of the trial balance
moved by 41,200.00 in March: it ties. Had somebody posted 250.00 of revenue by hand, which belongs to no line, the
footer would show 41,450.00 and a difference of 250.00, with the way to those entries.
"""

from dataclasses import dataclass

import polars as pl

from ratable.ledger import books
from ratable.web import filters, state, tables

TRIAL_BALANCE, DIFFERENCE = "Trial balance", "Difference"


@dataclass(frozen=True)
class Ties:
    """Rows for the foot of the triangle, and whether all of its months agree with the trial balance."""

    rows: pl.DataFrame
    hold: bool


def accounts(ledger: books.Posted) -> list[str]:
    """The accounts that anything was posted to as revenue."""
    held = ledger.held()
    sides = [held.filter(pl.col(f"{side}_role") == "revenue")[side] for side in ("debit", "credit")]
    return pl.concat(sides).unique().sort().to_list()


def moved(ledger: books.Posted) -> pl.DataFrame:
    """What the revenue accounts of the trial balance moved by: period, currency, amount (credits positive)."""
    own = ledger.trial_balance().filter(pl.col("account").is_in(accounts(ledger)))
    amount = (pl.col("credit") - pl.col("debit")).sum()
    return own.group_by("period", "currency").agg(amount=amount).sort("period")


def ties(ledger: books.Posted, asked: state.State, triangle: pl.DataFrame) -> Ties:
    """The months of a triangle held against the trial balance of the same lines."""
    chosen = {name: value for name, value in filters.said(asked).items() if name != filters.BOOKED_IN}
    if filters.BOOKED_IN in filters.said(asked):  # The trial balance does not know when a line was booked.
        return Ties(pl.DataFrame(schema={filters.BOOKED_IN: pl.String(), "currency": pl.String()}), hold=True)
    posted = moved(ledger.of(**chosen) if chosen else ledger)
    months = [name for name in triangle.columns if name[:1].isdigit() and name <= asked.period]
    kept = ["currency", *months, "recognized"]
    sums = tables.sums(triangle, *kept[1:])
    wide = posted.pivot("period", index="currency", values="amount") if posted.height else posted.select("currency")
    known = [pl.col(name) if name in wide.columns else pl.lit(0, pl.Int64).alias(name) for name in months]
    whole = posted.group_by("currency").agg(recognized=pl.col("amount").sum())
    balance = sums.select("currency").join(wide.select("currency", *known), on="currency", how="left")
    balance = balance.join(whole, on="currency", how="left").select(kept).with_columns(pl.col(kept[1:]).fill_null(0))
    both = balance.join(sums, on="currency", suffix="_here")
    apart = both.select("currency", *(pl.col(name) - pl.col(f"{name}_here") for name in kept[1:]))
    apart = apart.filter(pl.any_horizontal(pl.col(kept[1:]) != 0))
    named = [
        frame.select(pl.lit(name).alias(filters.BOOKED_IN), pl.all())
        for name, frame in ((TRIAL_BALANCE, balance), (DIFFERENCE, apart))
    ]
    return Ties(pl.concat(named), apart.is_empty())


def leading(asked: state.State, total: tables.Link, name: str) -> tables.Link:
    """Where the foot of a column leads: the total to its own parts, the other rows to the trial balance."""
    period = name if name[:1].isdigit() else asked.period
    span = {} if name[:1].isdigit() else {"span": "all"}
    balance = filters.leading(asked, "/trial-balance", period=period, role="revenue", **span)
    return lambda row: total(row) if row[filters.BOOKED_IN] == "Total" else balance(row)

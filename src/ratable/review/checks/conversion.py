"""Checks of conversion: an amount in the currency of the entity's books is the amount times a rate that was in force.

Worked example: 1,000.00 GBP at 1.3515 is 1,351.50 USD, to the cent and half to even. The same entry of 31 March at
the rate of 31 January is stale where the bundle has one of 31 March: 1.3552 was in force, 3.70 USD apart.

What releases a bill keeps the rate of the bill (ASC 830-10-45-17: deferred revenue is not remeasured), so that a rate
is not stale where a bill of the same account was converted by it when it was in force.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import polars as pl

from ratable.core import currencies, money, tables
from ratable.review import catalogue, flags, words
from ratable.review.snapshot import Snapshot

_OWNER = "revenue accountant"
_DECIMALS = 10
_RATE_OF_BUNDLE = 10**tables.UNIT_PRICE_DECIMALS
_FINER = 10**_DECIMALS // _RATE_OF_BUNDLE


def _converted(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries in another than the functional currency, with the rate as a whole number of 10^-10, and what it gives.

    `due` is null where the rate is no decimal of at most ten places above zero.
    """
    foreign = entries.filter((pl.col("currency") != pl.col("functional_currency")) | (pl.col("rate") != "1"))
    plain = pl.col("rate").str.contains(rf"^\d{{1,8}}(\.\d{{1,{_DECIMALS}}})?$")
    whole = pl.col("rate").str.split(".").list.get(0)
    part = pl.col("rate").str.split(".").list.get(1, null_on_oob=True).fill_null("").str.pad_end(_DECIMALS, "0")
    units = pl.when(plain).then(whole + part).cast(pl.Int128, strict=False)
    ten = pl.lit(10, pl.Int128)
    apart = currencies.exponent(pl.col("functional_currency")) - currencies.exponent(pl.col("currency"))
    up, down = ten.pow(pl.max_horizontal(apart, 0)), ten.pow(pl.max_horizontal(-apart, 0) + _DECIMALS)
    exact = money.round_half_even(pl.col("amount").cast(pl.Int128) * units * up.cast(pl.Int128), down.cast(pl.Int128))
    return foreign.with_columns(units=pl.when(units > 0).then(units).cast(pl.Int64)).with_columns(
        due=pl.when(pl.col("units").is_not_null()).then(exact).cast(pl.Int64, strict=False)
    )


def _wrong(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A functional amount is amount x rate, rounded half even, and the rate one that was in force (JC-08)."""
    yield from _misconverted(snapshot)
    yield from _stale(snapshot)


def _misconverted(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A functional amount is amount x rate, rounded half even, to the minor unit."""
    same = (pl.col("functional_currency") == pl.col("currency")) & (pl.col("rate") == "1")
    plain = snapshot.reviewed.filter(same & pl.col("functional_amount").ne_missing(pl.col("amount")))
    plain = plain.with_columns(due=pl.col("amount"))
    other = _converted(snapshot.reviewed).filter(pl.col("functional_amount").ne_missing(pl.col("due"))).drop("units")
    for row in pl.concat([plain, other]).sort("entry").iter_rows(named=True):
        home = row["functional_currency"]
        has = "nothing" if row["functional_amount"] is None else words.money(row["functional_amount"], home)
        should = "no amount, for the rate is no decimal number" if row["due"] is None else words.money(row["due"], home)
        amount = words.money(row["amount"], row["currency"])
        yield words.of_entry(
            row,
            says=f"Entry {row['entry']} is {has} {home}; {amount} {row['currency']} at {row['rate']} makes {should}.",
            expected=should,
            actual=has,
            formula=f"{amount} {row['currency']} x {row['rate']} = {should} {home}",
            next="Reject the run and convert again.",
            amount=abs((row["due"] or 0) - (row["functional_amount"] or 0)),
            currency=home,
        )


def _stale(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """The rate of an entry is the newest by its day or its month end, and not old; or that of the bill it releases."""
    rates = snapshot.bundle["fx_rates"]
    used = _converted(snapshot.entries).filter(
        (pl.col("currency") != pl.col("functional_currency")) & pl.col("units").is_not_null()
    )
    by_day = _in_force(used, rates, pl.col("date"))
    by_month = _in_force(used, rates, pl.col("date").dt.month_end())
    dated = by_day.with_columns(of_month=by_month["in_force"]).filter(pl.col("in_force").is_not_null())
    right = (pl.col("units") == pl.col("in_force") * _FINER) | (pl.col("units") == pl.col("of_month") * _FINER)
    old = (pl.col("date") - pl.col("fresh_on")).dt.total_days() > snapshot.settings.stale_rate_days
    bills = dated.filter(right & (pl.col("kind") == "billing")).select("account", "units").unique()
    odd = dated.filter(pl.col("reviewed") & (~right | old))
    released = odd.filter(pl.col("kind") != "billing").join(bills, on=["account", "units"], how="semi")
    for row in odd.join(released, on=["book", "entry"], how="anti").sort("entry").iter_rows(named=True):
        yield _old_rate(row)


def _in_force(entries: pl.DataFrame, rates: pl.DataFrame, day: pl.Expr) -> pl.DataFrame:
    """Entries in the order of their ids with the newest rate by a day: in_force, and fresh_on, the day of that rate."""
    pair = ["currency", "functional_currency"]
    known = rates.select(currency="from", functional_currency="to", at="on", fresh_on="on", in_force="rate").sort("at")
    asked = entries.with_columns(at=day).sort("at")
    found = asked.join_asof(known, on="at", by=pair, check_sortedness=False)
    return found.drop("at").sort("book", "entry", "no", "state")


def _old_rate(row: dict[str, Any]) -> flags.Flag:
    rate, home = _decimal(row["in_force"]), row["functional_currency"]
    amount = words.money(row["amount"], row["currency"])
    apart = currencies.EXPONENTS.get(home, 0) - currencies.EXPONENTS.get(row["currency"], 0)
    due = round(row["amount"] * Fraction(row["in_force"], _RATE_OF_BUNDLE) * Fraction(10) ** apart)
    has, should = words.money(row["functional_amount"], home), words.money(due, home)
    return words.of_entry(
        row,
        part="rate",
        rows=(f"fx_rates/{row['currency']}/{home}/{row['fresh_on']}",),
        says=(
            f"Entry {row['entry']} of {row['date']} is converted at {row['rate']}; the newest rate from "
            f"{row['currency']} to {home} by then is {rate}, of {row['fresh_on']}."
        ),
        expected=rate,
        actual=row["rate"],
        formula=f"{amount} {row['currency']} x {rate} = {should} {home}; the entry has {has}",
        next="Import the rate of the day where it is missing; then reject the run and propose again.",
        amount=abs(due - row["functional_amount"]),
        currency=home,
    )


def _decimal(rate: int) -> str:
    whole, part = divmod(rate, _RATE_OF_BUNDLE)
    return f"{whole}.{part:0{tables.UNIT_PRICE_DECIMALS}}".rstrip("0").rstrip(".")


CHECKS: tuple[catalogue.Check, ...] = (
    catalogue.Check("JC-08", "Conversion is right", flags.BLOCKS, _OWNER, _wrong, weight=50),
)

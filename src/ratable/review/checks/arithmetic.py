"""Checks of arithmetic and origin: an entry is sound in itself, and comes out the same by the second engine.

Worked example: line C-1-1 recognizes 919.89 for January 2026 where the second engine makes 917.26: one flag of JC-05,
amount 2.63. An entry whose debit and credit account are one and the same is a flag of JC-02.
"""

from collections.abc import Iterator

import polars as pl

from ratable.core import currencies
from ratable.review import catalogue, flags, second, words
from ratable.review.snapshot import Snapshot

_OWNER = "revenue accountant"
_UNSAID = ("manual", "reversal", "fx")  # Written by people or by rates, not by the facts.


def _unsound(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Not above zero, both sides alike, or a currency that nobody knows (JC-02)."""
    known = list(currencies.EXPONENTS)
    wrong = snapshot.reviewed.filter(
        (pl.col("amount") <= 0).fill_null(value=True)
        | (pl.col("debit") == pl.col("credit"))
        | ~pl.col("currency").is_in(known)
    )
    for row in wrong.iter_rows(named=True):
        seen = f"Dr {row['debit']}, Cr {row['credit']}, {row['amount']} minor units of {row['currency']}"
        yield words.of_entry(
            row,
            says=f"Entry {row['entry']} is no journal entry: {seen}.",
            expected="two different accounts and one amount above zero",
            actual=seen,
            formula=seen,
            next="Reject the run, and write the entry again.",
            amount=abs(row["amount"] or 0),
        )


def _other_than_second(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Entries that the second engine does not make of the facts (JC-05)."""
    whole = snapshot.entries.filter(pl.col("line").is_not_null() & ~pl.col("kind").is_in(_UNSAID))
    booked = second.netted(whole).rename({"amount": "booked"})
    due = snapshot.due.rename({"amount": "due"})
    both = booked.join(due, on=second.KEY, how="full", coalesce=True, nulls_equal=True)
    both = both.with_columns(pl.col("booked", "due").fill_null(0)).filter(pl.col("booked") != pl.col("due"))
    months = snapshot.reviewed.select("period").unique()
    for row in both.join(months, on="period", how="semi").sort(second.KEY).iter_rows(named=True):
        yield _differs(row)


def _differs(row: dict[str, object]) -> flags.Flag:
    booked, due, currency = int(str(row["booked"])), int(str(row["due"])), str(row["currency"])
    has, should = words.money(booked, currency), words.money(due, currency)
    about = f"{row['kind']} of line {row['line']} for {row['origin_period']}, posted in {row['period']}"
    return flags.Flag(
        table="contract_lines",
        subject=str(row["line"]),
        part=f"{row['kind']} {row['origin_period']} {row['low']} {row['high']}",
        says=f"The journal has {has} {currency} as {about}; the second engine makes {should}.",
        expected=should,
        actual=has,
        formula=f"{has} - {should} = {words.money(booked - due, currency)}",
        next="Reject the run and propose again; if it comes back, the facts changed after it was made.",
        rows=(f"contract_lines/{row['line']}",),
        amount=abs(booked - due),
        currency=currency,
        period=str(row["period"]),
        line=str(row["line"]),
    )


CHECKS: tuple[catalogue.Check, ...] = (
    catalogue.Check("JC-02", "Entry is sound in itself", flags.BLOCKS, _OWNER, _unsound, weight=50),
    catalogue.Check("JC-05", "Second engine agrees", flags.BLOCKS, _OWNER, _other_than_second, weight=50),
)

"""Checks of arithmetic: entries are sound, stand once and come out the same again; imports hold what they state.

Worked example: line C-1-1 recognizes 919.89 for January 2026 where the second engine makes 917.26: one flag of JC-05
about that entry, amount 2.63. An entry whose debit and credit account are one and the same is a flag of JC-02.

Rows are found in whole tables; the only loops are over the few rows that become flags.
"""

from collections.abc import Iterator
from typing import Any

import polars as pl

from ratable.core import currencies
from ratable.review import catalogue, flags, second, words
from ratable.review.snapshot import Snapshot

_OWNER = "revenue accountant"
_UNSAID = ("manual", "reversal", "fx")  # Written by people or by rates, not by the facts.
_MOST_ROWS = 12  # Entries that one flag names.


def _unbalanced(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Debits and credits of an entity, book and currency come to the same sum (JC-01).

    An entry is one pair, so that only one with a missing side can break it.
    """
    sided = [pl.when(pl.col(side).is_not_null()).then("amount").otherwise(0).alias(side) for side in _SIDES]
    entry = pl.when(pl.any_horizontal(pl.col(side).is_null() for side in _SIDES)).then("entry")
    sums = snapshot.reviewed.select("book", "entity", "currency", *sided, entry=entry)
    sums = sums.group_by("book", "entity", "currency").agg(pl.col(_SIDES).sum(), pl.col("entry").drop_nulls().sort())
    for row in (
        sums.filter(pl.col("debit") != pl.col("credit")).sort("book", "entity", "currency").iter_rows(named=True)
    ):
        debit, credit = (words.money(row[side], row["currency"]) for side in _SIDES)
        difference = row["debit"] - row["credit"]
        yield flags.Flag(
            table="entries",
            subject=row["entry"][0],
            part=f"{row['book']} {row['entity']} {row['currency']}",
            says=f"Debits of {row['currency']} are {debit}, credits {credit}: {len(row['entry'])} with one side only.",
            expected=debit,
            actual=credit,
            formula=f"{debit} - {credit} = {words.money(difference, row['currency'])}",
            next="Reject the run; an entry names a debit and a credit account.",
            rows=tuple(f"entries/{entry}" for entry in row["entry"][:_MOST_ROWS]),
            amount=abs(difference),
            currency=row["currency"],
            entity=row["entity"],
        )


_SIDES = ["debit", "credit"]


def _unsound(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """An entry has an amount above zero, two different accounts, and a currency that ISO 4217 knows (JC-02)."""
    known = list(currencies.EXPONENTS)
    wrong = snapshot.reviewed.filter(
        (pl.col("amount") <= 0).fill_null(value=True)
        | (pl.col("debit") == pl.col("credit")).fill_null(value=True)
        | ~pl.col("currency").is_in(known).fill_null(value=False)
    )
    for row in wrong.sort("entry").iter_rows(named=True):
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
    """An entry comes out the same when the second engine makes it anew from the facts, to the cent (JC-05)."""
    whole = snapshot.entries.filter(pl.col("line").is_not_null() & ~pl.col("kind").is_in(_UNSAID))
    booked = second.netted(whole).rename({"amount": "booked"})
    due = snapshot.due.rename({"amount": "due"})
    both = booked.join(due, on=second.KEY, how="full", coalesce=True, nulls_equal=True)
    both = both.with_columns(pl.col("booked", "due").fill_null(0)).filter(pl.col("booked") != pl.col("due"))
    months = snapshot.reviewed.select("period").unique()
    differing = both.join(months, on="period", how="semi").sort(second.KEY)
    keyed = whole.with_columns(
        low=pl.min_horizontal("debit_role", "credit_role"), high=pl.max_horizontal("debit_role", "credit_role")
    )
    of_key = keyed.join(differing, on=second.KEY, how="semi", nulls_equal=True)
    behind = of_key.group_by(second.KEY).agg(pl.col("entry").sort(), pl.col("reviewed").any())
    lines = snapshot.lines.select("line", "entity", "contract", "customer").unique("line", keep="first")
    told = differing.join(behind, on=second.KEY, how="left", nulls_equal=True, maintain_order="left")
    told = told.join(lines, on="line", how="left", maintain_order="left")
    for row in told.iter_rows(named=True):
        yield _differs(row)


def _differs(row: dict[str, Any]) -> flags.Flag:
    currency, entries = row["currency"], row["entry"] or []
    has, should = words.money(row["booked"], currency), words.money(row["due"], currency)
    difference = row["booked"] - row["due"]
    about = f"{row['kind']} of line {row['line']} for {row['origin_period']}, posted in {row['period']}"
    alone = len(entries) == 1
    return flags.Flag(
        table="entries" if alone else "contract_lines",
        subject=entries[0] if alone else row["line"],
        part=f"{row['kind']} {row['origin_period']} {row['low']} {row['high']}",
        says=f"The journal has {has} {currency} as {about}; the second engine makes {should}.",
        expected=should,
        actual=has,
        formula=f"{has} - {should} = {words.money(difference, currency)}",
        next="Reject the run and propose again; if it comes back, the facts changed after it was made.",
        rows=(*(f"entries/{entry}" for entry in entries[:_MOST_ROWS]), f"contract_lines/{row['line']}"),
        amount=abs(difference),
        currency=currency,
        period=row["period"],
        entity=row["entity"],
        contract=row["contract"],
        line=row["line"],
        customer=row["customer"],
    )


def _twice(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """No two entries of a book have one id; the id is the key by which posting twice is prevented (JC-07)."""
    counted = snapshot.entries.with_columns(times=pl.len().over("book", "entry"))
    again = counted.filter(pl.col("reviewed") & (pl.col("times") > 1)).sort("book", "entry", "state", "no")
    for row in again.unique(["book", "entry"], keep="first", maintain_order=True).iter_rows(named=True):
        yield words.of_entry(
            row,
            says=f"Entry {row['entry']} stands {row['times']} times in book {row['book']}.",
            expected="1",
            actual=str(row["times"]),
            formula=f"count of entry {row['entry']} in book {row['book']} = {row['times']}",
            next="Reject the run; what is posted twice takes a reversal.",
            amount=row["amount"] * (row["times"] - 1),
        )


def _other_than_stated(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Rows and sums of each import are those of its control record (JC-09).

    Needs: an import that came with a control record.
    """
    totals = catalogue.need(snapshot.imports, "import with control totals")
    wrong = totals.filter(pl.col("stated").ne_missing(pl.col("held"))).sort("import", "table", "currency")
    for row in wrong.iter_rows(named=True):
        currency = row["currency"]
        stated, held = (_total(row[name], currency) for name in ("stated", "held"))
        what = "rows" if currency is None else currency
        difference = (row["held"] or 0) - (row["stated"] or 0)
        yield flags.Flag(
            table="imports",
            subject=str(row["import"]),
            part=f"{row['table']} {what}",
            says=f"Import {row['import']} holds {held} {what} of {row['table']}; its control record states {stated}.",
            expected=stated,
            actual=held,
            formula=f"{held} - {stated} = {_total(difference, currency)}",
            next="Ask for the file again, or for a control record that belongs to it.",
            rows=(f"imports/{row['import']}",),
            amount=None if currency is None else abs(difference),
            currency=currency,
        )


def _total(total: int | None, currency: str | None) -> str:
    if total is None:
        return "nothing"
    return f"{total:,}" if currency is None else words.money(total, currency)


CHECKS: tuple[catalogue.Check, ...] = (
    catalogue.Check("JC-01", "Debits equal credits", flags.BLOCKS, _OWNER, _unbalanced, weight=50),
    catalogue.Check("JC-02", "Entry is sound in itself", flags.BLOCKS, _OWNER, _unsound, weight=50),
    catalogue.Check("JC-05", "Second engine agrees", flags.BLOCKS, _OWNER, _other_than_second, version=2, weight=50),
    catalogue.Check("JC-07", "Entry stands once", flags.BLOCKS, _OWNER, _twice, weight=50),
    catalogue.Check("JC-09", "Import ties to its control record", flags.BLOCKS, _OWNER, _other_than_stated, weight=40),
)

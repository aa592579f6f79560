"""The books of a world as rows: journals of its facts, entries with numbers, runs; and the difference of two journals.

Worked example: a journal computed with a line that begins a month too early has one entry more than the one by the true
facts and eleven of another amount: `differing` gives the key of each, booked and due.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

import ratable
from ratable.core import bundles, currencies, tables
from ratable.oracle import rounding
from ratable.reports import books
from ratable.review import second, snapshot
from ratable.review.evaluation import acts
from ratable.review.evaluation.acts import Closing, Manual
from ratable.review.evaluation.companies import Company

BY_HAND = ("manual", "reversal")
_LINE = ("origin_period", "low", "high")


@dataclass(frozen=True)
class Records:
    """What acts made: ENTRIES, RUNS, PERIODS, IMPORTS and the run of each journal by hand, by its key."""

    company: Company
    closings: list[Closing]
    entries: pl.DataFrame
    runs: pl.DataFrame
    periods: pl.DataFrame
    imports: pl.DataFrame
    by_key: dict[str, int]


Change = Callable[[pl.DataFrame, random.Random], pl.DataFrame]
"""A change of a journal: entries in, entries out."""


def journal(made: books.Books) -> pl.DataFrame:
    """The journal of some facts in the columns of ENTRIES that facts decide."""
    accounts = made.outcome.lines.select("line", "account")
    rows = made.journal.join(accounts, on="line", how="left", maintain_order="left")
    return rows.with_columns(book=pl.lit("main"), entity=pl.col("entity").fill_null(""))


def recognized(bundle: bundles.Bundle, company: Company) -> books.Books:
    """The books of a bundle through the end of the window."""
    return ratable.recognize(bundle, company.through)


def in_function(rows: pl.DataFrame, bundle: bundles.Bundle) -> pl.DataFrame:
    """Entries with the amount in the currency of their entity, at the rate in force on their day."""
    functional = bundle["entities"].select(entity="id", functional_currency="currency")
    rates = bundle["fx_rates"].select("on", "rate", currency="from", functional_currency="to").sort("on")
    told = rows.join(functional, on="entity", how="left", maintain_order="left").with_row_index("place").sort("date")
    told = told.join_asof(
        rates, left_on="date", right_on="on", by=["currency", "functional_currency"], check_sortedness=False
    ).sort("place")
    same = pl.col("currency") == pl.col("functional_currency")
    told = told.with_columns(rate=pl.when(same).then(10**tables.UNIT_PRICE_DECIMALS).otherwise("rate"))
    # Few thousand rows, and exact: fractions do what no column can.
    amounts = [
        at_rate(amount, rate, came=came, to=to)
        for amount, rate, came, to in told.select("amount", "rate", "currency", "functional_currency").iter_rows()
    ]
    texts = [rate_text(rate) for rate in told["rate"]]
    return told.with_columns(functional_amount=pl.Series(amounts, dtype=pl.Int64), rate=pl.Series(texts)).drop(
        "place", "on"
    )


def at_rate(amount: int, rate: int, *, came: str, to: str) -> int:
    """An amount in another currency, half even."""
    scale = Fraction(10) ** (currencies.EXPONENTS[to] - currencies.EXPONENTS[came])
    return rounding.half_even(Fraction(amount * rate, 10**tables.UNIT_PRICE_DECIMALS) * scale)


def rate_text(rate: int) -> str:
    """A rate as decimal text, without zeros at its end."""
    whole, rest = divmod(rate, 10**tables.UNIT_PRICE_DECIMALS)
    return f"{whole}.{rest:08}".rstrip("0").rstrip(".")


def of_accounts(rows: pl.DataFrame, accounts: tuple[str, ...]) -> pl.DataFrame:
    """The entries that facts of some accounts lead to."""
    return rows.filter(pl.col("account").is_in(accounts) & ~pl.col("kind").is_in(BY_HAND))


def differing(booked: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    """Where two journals differ: the key of `second.DUE`, booked and due."""
    left = second.netted(booked).rename({"amount": "booked"})
    right = second.netted(due).rename({"amount": "due"})
    both = left.join(right, on=second.KEY, how="full", coalesce=True, nulls_equal=True)
    return both.with_columns(pl.col("booked", "due").fill_null(0)).filter(pl.col("booked") != pl.col("due"))


def touched(booked: pl.DataFrame, differences: pl.DataFrame) -> tuple[str, ...]:
    """The ids of entries that stand behind differences."""
    keyed = booked.with_columns(
        low=pl.min_horizontal("debit_role", "credit_role"), high=pl.max_horizontal("debit_role", "credit_role")
    )
    return tuple(keyed.join(differences, on=second.KEY, how="semi", nulls_equal=True)["entry"].sort())


def assembled(
    rows: pl.DataFrame, manuals: list[Manual], closings: list[Closing], company: Company
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int]]:
    """Entries with runs and numbers (without functional amounts), RUNS, and the run of each journal by hand.

    Args:
        rows: the journal as booked; `posted_in` says in which month's run an entry is, where not in that of its date.
        manuals: journals by hand.
        closings: one for each month.
        company: whose.
    """
    months = [closing.month.isoformat()[:7] for closing in closings]
    prepared = {month: closing.prepared_at for month, closing in zip(months, closings, strict=True)}
    moments = sorted([*prepared.values(), *(manual.prepared_at for manual in manuals)])
    free = {moment: [place for place, at in enumerate(moments, 1) if at == moment] for moment in moments}
    run_of = {month: free[moment].pop(0) for month, moment in prepared.items()}
    written = [(free[manual.prepared_at].pop(0), manual) for manual in manuals]
    plain = rows.with_columns(
        run=pl.col("period").replace_strict(run_of, return_dtype=pl.Int64),
        state=pl.when(pl.col("period") == months[-1]).then(pl.lit("draft")).otherwise(pl.lit("posted")),
    )
    hand = [_manual_rows(number, manual, plain.columns) for number, manual in written]
    every = pl.concat([plain, *[_typed_as(plain, frame) for frame in hand]])
    counts = dict(every.group_by("run").len().iter_rows())
    counts = {number: counts.get(number, 0) for number in {*counts, *run_of.values()}}
    runs = acts.runs(closings, written, counts)
    posted_at = runs.select("run", "posted_at")
    ordered = every.join(posted_at, on="run", how="left", maintain_order="left").sort(
        "state", "posted_at", "run", descending=[True, False, False], nulls_last=True, maintain_order=True
    )
    numbers = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("state")
    return ordered.with_columns(no=numbers).drop("posted_at"), runs, {manual.key: run for run, manual in written}


def _manual_rows(number: int, manual: Manual, columns: list[str]) -> pl.DataFrame:
    rows = []
    for place, entry in enumerate(manual.entries):
        name = acts.document(f"{manual.key} {place} {entry['amount']}")[:32]
        own = {"run": number, "state": "posted", "entry": name, "narrative": f"Entered by hand: {manual.memo}."}
        rows.append({column: (entry | own).get(column) for column in columns})
    return pl.DataFrame(rows, infer_schema_length=None)


def _typed_as(like: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(dtype) for name, dtype in like.schema.items())


def finished(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows as ENTRIES, all under review, in order."""
    told = rows.with_columns(reviewed=pl.lit(value=True)).select(
        pl.col(name).cast(dtype) for name, dtype in snapshot.ENTRIES.items()
    )
    return told.sort("state", "no", descending=[True, False])

"""Checks of populations: digits that chance would not give, and entries by hand that stand apart from all others.

Worked example: 300 amounts written by hand should end in each of the 100 pairs of digits three times. Where 90 of them
end in 00 chi-square is far above 148.2, which chance passes once in a thousand times: one flag of JC-59.

Amortization divides prices and repeats itself, so that its digits say nothing: digits are counted where people or
customers make the numbers, and only from enough of them on.
"""

import math
from collections.abc import Iterator
from typing import Any

import polars as pl

from ratable.review import catalogue, flags, ranking, robust, words
from ratable.review.checks import grounds
from ratable.review.snapshot import Snapshot

_OWNER = "controller"
_LEAST_ENDINGS = 300
_ENDINGS = 100
_UNLIKELY = 0.001
_LEAST_PRICES = 1_000
_MOST_APART = 0.0022  # Nigrini's line of nonconformity for the first two digits.
_TOP = 100  # One in so many.


def _endings(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """The last two digits of manual amounts are spread as chance spreads them (JC-59).

    Needs: 300 entries by hand.
    """
    own = snapshot.entries.filter(pl.col("kind") == "manual")
    if own.height < _LEAST_ENDINGS:
        raise catalogue.CannotRun(f"fewer than {_LEAST_ENDINGS} entries by hand")
    counted = own.group_by(ending=pl.col("amount") % _ENDINGS).agg(pl.len(), pl.col("entry").sort().head(12))
    times = dict(counted.select("ending", "len").iter_rows())
    apart = robust.chi_square([times.get(ending, 0) for ending in range(_ENDINGS)])
    chance = robust.chance_of(apart, _ENDINGS - 1)
    if chance < _UNLIKELY:
        most = counted.sort("len", "ending", descending=[True, False]).row(0, named=True)
        usual = own.height / _ENDINGS
        yield _of_population(
            snapshot, tuple(f"entries/{entry}" for entry in most["entry"]),
            says=f"{most['len']} of {own.height} manual amounts end in {most['ending']:02}; chance gives {usual:.1f}.",
            expected=f"p >= {_UNLIKELY}", actual=f"p = {chance:.2g}",
            formula=f"chi-square {apart:.1f} with {_ENDINGS - 1} degrees of freedom: p = {chance:.2g} < {_UNLIKELY}",
            next="Read the entries that end alike: rounded or made up amounts repeat their endings.",
        )  # fmt: skip


def _first_digits(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Prices and charges for use begin with the digits that growth gives them (Benford's law) (JC-60).

    Needs: 1,000 prices of contract lines or rows of use; recognized amounts are never counted.
    """
    bundle = snapshot.bundle
    prices = pl.concat([bundle["contract_lines"].select(amount="price"), bundle["usage"].select("amount")])
    first = prices.filter(pl.col("amount") >= 10).select(
        first=pl.col("amount").cast(pl.String).str.head(2).cast(pl.Int64)
    )
    if first.height < _LEAST_PRICES:
        raise catalogue.CannotRun(f"fewer than {_LEAST_PRICES} contract prices or charges for use")
    times = dict(first.group_by("first").len().iter_rows())
    off = {digits: times.get(digits, 0) / first.height - math.log10(1 + 1 / digits) for digits in range(10, 100)}
    apart = sum(abs(part) for part in off.values()) / len(off)
    if apart > _MOST_APART:
        most = max(off, key=lambda digits: (off[digits], -digits))
        yield _of_population(
            snapshot, (f"periods/{snapshot.period}",),
            says=f"The first two digits of {first.height:,} prices are {apart:.4f} from Benford's law on average.",
            expected=f"at most {_MOST_APART}", actual=f"{apart:.4f}",
            formula=f"mean |share - log10(1 + 1/d)| over d = 10 to 99 = {apart:.4f}; most at {most}: {off[most]:+.4f}",
            next=f"Read prices that begin with {most}; list prices and caps explain most of such spreads.",
        )  # fmt: skip


def _standing_apart(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """The one in a hundred entries by hand that chance sets apart soonest are read first (JC-64).

    Needs: 100 entries by hand.
    """
    ranked = ranking.ranks(snapshot, least=ranking.LEAST)
    if ranked.is_empty():
        raise catalogue.CannotRun(f"fewer than {ranking.LEAST} entries by hand")
    top = ranked.sort("rank", "entry", descending=[True, False]).head(-(-ranked.height // _TOP))
    own = snapshot.reviewed.filter(pl.col("kind").is_in(grounds.BY_HAND)).join(top, on="entry")
    for row in own.sort("entry").iter_rows(named=True):
        yield words.of_entry(
            row,
            says=f"Entry {row['entry']} stands apart from {ranked.height - 1} others: rank {row['rank']} of 100.",
            expected=f"not among the first of {_TOP}",
            actual=f"rank {row['rank']}",
            formula=f"100 x 2^(-mean depth / usual depth) over {ranking.TREES} trees = {row['rank']}",
            next="Read it first; the rank says nothing more.",
        )


def _of_population(snapshot: Snapshot, rows: tuple[str, ...], **said: Any) -> flags.Flag:
    return flags.Flag(table="periods", subject=snapshot.period, period=snapshot.period, rows=rows, **said)


CHECKS: tuple[catalogue.Check, ...] = (
    catalogue.Check("JC-59", "Ending digits", flags.INFORMS, _OWNER, _endings),
    catalogue.Check("JC-60", "First digits of prices", flags.INFORMS, _OWNER, _first_digits),
    catalogue.Check(
        "JC-64", "Stands apart from other manual entries", flags.INFORMS, _OWNER, _standing_apart, weight=1
    ),
)

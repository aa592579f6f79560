"""Checks of reversals: what was taken back once, whole, with its link, and what was promised to be taken back.

Worked example: run 11 books 4,000.00 on 31 March, "accrual, reverses on 1 April". The review is of April, and no run
takes run 11 back: one flag of JC-57 for each of its entries, with the reversal as a proposal to post.

Rows are found in whole tables; the only loops are over the few rows that become flags.
"""

from collections.abc import Iterator
from typing import Any

import polars as pl

from ratable.core import periods
from ratable.review import flags, proposals, words
from ratable.review.catalogue import Check
from ratable.review.checks import grounds
from ratable.review.snapshot import Snapshot

_OWNER = "controller"
_PROMISE = (
    r"(?i)\b(auto(matic(ally)?)?[- ]?revers\w*|revers(es|ing|ible)|to be reversed|will (be )?reverse\w*|will reverse)\b"
)
_KEPT = r"(?i)\b(no reversal|not (to )?(be )?revers\w*|non[- ]revers\w*|never revers\w*|revers(es|ing) (run|entry))\b"


def _faults(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """An entry is reversed once, by its mirror, with a link; one that says that it reverses is reversed (JC-57)."""
    written = grounds.by_hand(snapshot)
    linked = _linked(snapshot, written)
    yield from _again(linked)
    yield from _unlike(linked)
    yield from _missing(snapshot, written, linked)
    yield from _unlinked(snapshot, written, linked)


def _linked(snapshot: Snapshot, written: pl.DataFrame) -> pl.DataFrame:
    """Entries that take another back, with what they take back: its columns with `_of` behind their names.

    By the id of the entry in `source`, or where a run says that it reverses a run, by the mirror in that run.
    """
    of = snapshot.entries.select(pl.all().name.suffix("_of"))
    by_source = written.filter(pl.col("kind") == "reversal").join(
        of, left_on=["book", "source"], right_on=["book_of", "entry_of"], how="inner", coalesce=False
    )
    by_run = written.filter(pl.col("reverses").is_not_null()).join(
        by_source.select("book", "entry"), on=["book", "entry"], how="anti"
    )
    mirror = {
        "debit": "credit_of",
        "credit": "debit_of",
        "book": "book_of",
        "reverses": "run_of",
        "amount": "amount_of",
    }
    by_run = by_run.join(
        of, left_on=[*mirror, "line"], right_on=[*mirror.values(), "line_of"], how="inner", coalesce=False,
        nulls_equal=True,
    ).unique(["book", "entry"], keep="first", maintain_order=True)  # fmt: skip
    return pl.concat([by_source, by_run.select(by_source.columns)]).sort("book", "prepared_at", "run", "no", "entry")


def _again(linked: pl.DataFrame) -> Iterator[flags.Flag]:
    of = ["book", "entry_of"]
    nth = linked.with_columns(nth=pl.int_range(1, pl.len() + 1).over(of))
    for row in nth.filter(pl.col("reviewed") & (pl.col("nth") > 1)).iter_rows(named=True):
        amount = words.money(row["amount"], row["currency"])
        yield words.of_entry(
            row,
            part="twice",
            says=f"Entry {row['entry']} takes entry {row['entry_of']} back once more: {amount} {row['currency']}.",
            expected="1 reversal",
            actual=f"{row['nth']} reversals",
            formula=f"reversals of {row['entry_of']} = {row['nth']}",
            rows=(f"entries/{row['entry_of']}", f"runs/{row['run']}"),
            next="Reverse the second reversal.",
            fix=_reversal(row),
        )


def _unlike(linked: pl.DataFrame) -> Iterator[flags.Flag]:
    differs = pl.any_horizontal(
        pl.col("amount") != pl.col("amount_of"), pl.col("currency") != pl.col("currency_of"),
        pl.col("debit") != pl.col("credit_of"), pl.col("credit") != pl.col("debit_of"),
    )  # fmt: skip
    for row in linked.filter(pl.col("reviewed") & differs).iter_rows(named=True):
        has, should = (words.money(row[name], row["currency"]) for name in ("amount", "amount_of"))
        expected = f"Dr {row['credit_of']}, Cr {row['debit_of']} {should}"
        actual = f"Dr {row['debit']}, Cr {row['credit']} {has}"
        yield words.of_entry(
            row,
            part="unlike",
            says=f"Entry {row['entry']} takes back entry {row['entry_of']} by {actual}; its mirror is {expected}.",
            expected=expected,
            actual=actual,
            formula=f"{has} - {should} = {words.money(row['amount'] - row['amount_of'], row['currency'])}",
            rows=(f"entries/{row['entry_of']}", f"runs/{row['run']}"),
            next="Reverse it, and take the first entry back whole.",
            amount=abs(row["amount"] - row["amount_of"]) or row["amount"],
        )


def _missing(snapshot: Snapshot, written: pl.DataFrame, linked: pl.DataFrame) -> Iterator[flags.Flag]:
    """What was to reverse in the month after, where the journal has reached the end of that month."""
    said = pl.col("memo").str.contains(_PROMISE) | pl.col("narrative").fill_null("").str.contains(_PROMISE)
    kept = pl.col("memo").str.contains(_KEPT) | pl.col("narrative").fill_null("").str.contains(_KEPT)
    due = pl.col("date").dt.month_end().dt.offset_by("1d").dt.month_end()
    own = written.filter((pl.col("kind") == "manual") & said & ~kept & pl.col("reverses").is_null())
    open_ = own.filter(due <= snapshot.through).join(
        linked.select("book", entry="entry_of"), on=["book", "entry"], how="anti"
    )
    open_ = open_.join(_mirrored(written), on=["book", "entry"], how="anti")
    months = snapshot.reviewed["period"].unique().to_list()
    for row in open_.iter_rows(named=True):
        after = periods.shifted(row["period"], 1)
        if not row["reviewed"] and after not in months:
            continue
        amount = words.money(row["amount"], row["currency"])
        yield words.of_entry(
            row,
            part="missing",
            says=(
                f"Entry {row['entry']} of {row['date']} was to reverse ({row['memo'][:60]!r}); nothing took back its "
                f"{amount}."
            ),
            expected=f"its reversal in {after}",
            actual="none",
            formula=f"reversals of {row['entry']} through {snapshot.through} = 0",
            rows=(f"runs/{row['run']}",),
            next="Post the reversal, or say why the entry stays.",
            fix=_reversal(row),
        )


def _mirrored(written: pl.DataFrame) -> pl.DataFrame:
    """Entries whose mirror stands later, with or without a link: book, entry, mirror and its day."""
    same = ["book", "entity", "currency", "amount", "line", "customer"]
    later = written.select(
        *same, debit="credit", credit="debit", mirror="entry", mirrored_on="date", mirror_seen="reviewed",
        mirror_kind="kind", mirror_source="source",
    )  # fmt: skip
    pairs = written.filter(pl.col("kind") == "manual").join(later, on=[*same, "debit", "credit"], nulls_equal=True)
    found = pairs.filter((pl.col("mirrored_on") >= pl.col("date")) & (pl.col("mirror") != pl.col("entry")))
    return found.filter((pl.col("mirrored_on") - pl.col("date")).dt.total_days() <= _A_MONTH)


_A_MONTH = 62


def _unlinked(snapshot: Snapshot, written: pl.DataFrame, linked: pl.DataFrame) -> Iterator[flags.Flag]:
    """The mirror of an entry within days of a month end, on its other side, that does not say what it takes back."""
    days = snapshot.settings.grace_days
    pairs = _mirrored(written).filter(
        (pl.col("mirror_kind") == "manual") & (pl.col("reviewed") | pl.col("mirror_seen"))
    )
    across = pl.col("date").dt.month_end() < pl.col("mirrored_on")
    near = (pl.col("date").dt.month_end() - pl.col("date")).dt.total_days() <= days
    near &= (pl.col("mirrored_on") - pl.col("date").dt.month_end()).dt.total_days() <= days
    links = linked.select("book", mirror="entry")
    found = pairs.filter(across & near).join(links, on=["book", "mirror"], how="anti").sort("book", "mirror", "entry")
    for row in found.unique(["book", "mirror"], keep="first", maintain_order=True).iter_rows(named=True):
        amount = words.money(row["amount"], row["currency"])
        yield words.of_entry(
            row | {"entry": row["mirror"]},
            part="unlinked",
            period=f"{row['mirrored_on']:%Y-%m}",
            says=(
                f"Entry {row['mirror']} of {row['mirrored_on']} takes back entry {row['entry']} of {row['date']}, "
                f"{amount} {row['currency']}, and does not say so."
            ),
            expected="a reversal that names what it takes back",
            actual="an opposite entry without a link",
            formula=f"Dr {row['debit']}, Cr {row['credit']} {amount}, then the other way round",
            rows=(f"entries/{row['entry']}", f"runs/{row['run']}"),
            next="Ask what the first entry was for, which stood over a month end.",
        )


def _reversal(row: dict[str, Any]) -> str:
    values = {"reverses": str(row["entry"]), "amount": words.money(row["amount"], row["currency"]).replace(",", "")}
    return proposals.Fix("post", "entries", str(row["entry"]), values).text()


CHECKS: tuple[Check, ...] = (Check("JC-57", "Reversal faults", flags.FLAGS, _OWNER, _faults, weight=40),)

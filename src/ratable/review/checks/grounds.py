"""What people wrote by hand, and whether it has a ground: the line that it belongs to, and a document.

Worked example: run 9 moves 500.00 to the revenue of line C-1-1 with the customer's letter attached: it has its ground,
and checks of balances and movements take it as a change that is named. Run 10 moves 5,000.00 and attaches nothing: it
is bare, and counts against the facts like any other figure that they do not make.
"""

import polars as pl

from ratable.review.snapshot import Snapshot

BY_HAND = ("manual", "reversal")
"""Kinds of entries that a person wrote."""

_TAKEN = ["prepared_by", "prepared_at", "opened_at", "approved_by", "approved_at", "memo", "support", "reverses"]


def by_hand(snapshot: Snapshot) -> pl.DataFrame:
    """Entries that people wrote, of any time, with what is known of their run.

    Returns:
        ENTRIES and, of RUNS, prepared_by, prepared_at, opened_at, approved_by, approved_at, memo, support, reverses; by
        book and entry. memo is the narrative of the entry where the run has none. `bare`: it has no ground.
    """
    written = snapshot.entries.filter(pl.col("kind").is_in(BY_HAND))
    told = written.join(snapshot.runs.select("run", *_TAKEN), on="run", how="left")
    said = pl.when(pl.col("memo").fill_null("").str.strip_chars() == "").then("narrative").otherwise("memo")
    bare = pl.col("line").is_null() | (pl.col("support").fill_null("") == "")
    # A reversal takes its ground from what it takes back.
    bare &= pl.col("kind") == "manual"
    return told.with_columns(memo=said.fill_null(""), bare=bare).sort("book", "entry")


def without_grounded(snapshot: Snapshot) -> pl.DataFrame:
    """The entries without those by hand that have a ground, which their own checks look at (ENTRIES)."""
    grounded = by_hand(snapshot).filter(~pl.col("bare"))
    return snapshot.entries.join(grounded, on=["book", "entry", "no", "state"], how="anti")

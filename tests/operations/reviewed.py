"""Checks that flag what a test wants flagged, in place of those of the review."""

from collections.abc import Iterator

import pytest

from ratable.review import catalogue, checks, flags, words
from ratable.review.snapshot import Snapshot

BLOCKING, ODD, NOTED = "JC-91", "JC-92", "JC-93"


def _each_line(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """The first entry of each line under review."""
    for row in snapshot.reviewed.drop_nulls("line").unique("line", keep="first", maintain_order=True).to_dicts():
        yield words.of_entry(
            row, says=f"Entry {row['entry']} of {row['line']} looks odd.", expected="none", actual=str(row["amount"]),
            formula=f"{row['amount']} <> 0", next="Look at it.",
        )  # fmt: skip


def _each_contract(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Each contract, as a row without a month."""
    for row in snapshot.bundle["contracts"].to_dicts():
        yield flags.Flag(
            table="contracts", subject=row["id"], says=f"Contract {row['id']} looks odd.", expected="none",
            actual="one", formula="1 <> 0", next="Look at it.", rows=(f"contracts/{row['id']}",),
        )  # fmt: skip


def use_without_month(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one check flag each contract, which is a row without a month."""
    monkeypatch.setattr(checks, "CHECKS", (catalogue.Check(ODD, "Odd row", flags.FLAGS, "a test", _each_contract),))


def _nothing(_: Snapshot) -> Iterator[flags.Flag]:
    raise catalogue.CannotRun("fewer than 12 months of history")


def use(monkeypatch: pytest.MonkeyPatch, *kinds: str) -> None:
    """Let checks of these classes flag the first entry of each line, and one more have nothing to look at."""
    ids = {flags.BLOCKS: BLOCKING, flags.FLAGS: ODD, flags.INFORMS: NOTED}
    chosen = [catalogue.Check(ids[kind], "Odd entry", kind, "a test", _each_line) for kind in kinds]
    last = catalogue.Check("JC-99", "History", flags.INFORMS, "a test", _nothing)
    monkeypatch.setattr(checks, "CHECKS", (*chosen, last))

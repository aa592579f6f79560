"""Verifies the whole store: the event log, every row and file that it covers, and what gave each entry its right.

Worked example: with the triggers of the database removed, somebody changes the amount of entry 107 from 120000 to
120001. `verify()` answers with `Fault("entries", 107, "saw what hashes to 9b1c...; expected 5d0c...")`. What only
somebody outside can know, that the whole store was put back or written and signed anew, is found with the anchors of
`ratable checkpoint --out`.

The first bad row that each check finds is named, events first; what is wrong with one row makes others wrong too.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache

import polars as pl

from ratable.ledger import authority, chain, checkpoints, coverage, stored
from ratable.ledger.faults import Fault

__all__ = ["Fault", "verify"]


def verify(
    *,
    since: date | None = None,
    anchors: Sequence[checkpoints.Anchor] = (),
    step: Callable[[str], None] = lambda _: None,
) -> list[Fault]:
    """Everything that is not as it was written; nothing where all is well.

    Args:
        since: only acts from this day on and what they added, trusting what was verified before; None: all.
        anchors: checkpoints that were kept outside the store.
        step: is told what is being looked at.

    Returns:
        the first bad row of each check.

    Raises:
        signing.BadKey: the key file of this machine cannot be used.
    """
    with stored.snapshot():
        return list(_faults(1 if since is None else stored.begun(since), anchors, step))


def after(event: int) -> list[Fault]:
    """As `verify`, for acts later than an event and what they added, trusting what was verified before."""
    with stored.snapshot():
        return list(_faults(event + 1, (), lambda _: None))


def _faults(first: int, anchors: Sequence[checkpoints.Anchor], step: Callable[[str], None]) -> Iterator[Fault]:
    whole = first == 1
    step("Verifying the event log")
    log = chain.read(first)
    yield from log.faults
    yield from chain.company()
    yield from authority.agent(log)
    step("Verifying rows and files against the log")
    bad: list[Fault] = []
    runs = cache(lambda: authority.runs(log))
    drafts = [pl.Series(dtype=pl.String)]

    def seen(table: str, part: pl.DataFrame) -> None:
        # While they are there: to read all entries a second time takes as long as the first. Runs and decisions come
        # before entries, so that they are as they should be where nothing bad was found yet.
        if table == "entries" and not bad:
            drafts.append(authority.as_drafts(part, runs()))

    for fault in coverage.tables(log, whole=whole, seen=seen):
        bad.append(fault)  # One at a time: `seen` asks for those found so far.
    bad += coverage.drafts()
    yield from bad
    # What follows reads tables as they should be.
    if not any(fault.table == "checkpoints" for fault in bad):
        yield from chain.signatures(first, anchors)
    if bad:
        return
    yield from coverage.files(log, whole=whole)
    step("Verifying approvals, locks and totals")
    yield from authority.entries(log, runs(), pl.concat(drafts), whole=whole)

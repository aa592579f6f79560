"""Checks of changes: positive, near miss and boundary of each."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from ratable.review import snapshot
from ratable.review.snapshot import Snapshot
from tests import frames
from tests.engine import examples
from tests.review import snapshots

RAISED = {"op": "change", "line": "C-1", "price_change": "1200.00"}


def amended(*amendments: dict[str, Any]) -> Snapshot:
    """A year of 12,000.00 with these amendments, through September."""
    year = examples.contract({"price": "12000.00"})
    return snapshots.of(examples.bundle(contracts=[year], amendments=list(amendments)), "2026-09-30")


@pytest.mark.parametrize(
    ("reason", "again", "flags"),
    [("upgrade", "2026-06-06", 1), ("upgrade", "2026-06-07", 0), ("second step", "2026-06-01", 0)],
)
def test_an_amendment_that_came_twice(reason: str, again: str, flags: int) -> None:
    """JC-24: the same words and change, approved within five days; a second step has its own words."""
    first = examples.amendment("2026-06-01", RAISED, reason="upgrade")
    second = examples.amendment("2026-06-01", RAISED, name="B", reason=reason) | {"approved_on": again}
    found = snapshots.found(amended(first, second), "JC-24")
    assert ['"price_change": "0.00"' in fix for fix in found["fix"]] == [True] * flags


@pytest.mark.parametrize(
    ("reason", "fix"),
    [
        ("plus USD 1,200.00, effective 1 June 2026", None),
        ("plus USD 1,200.00, effective 2 June 2026", '"effective_on": "2026-06-02"'),
        ("requested on 1 May 2026, in force on 1 June 2026", None),
        ("fee reduced by USD 1,200.00", '"price_change": "-1200.00"'),
        ("the earlier reduction ends: plus USD 1,200.00", None),
        ("fee of USD 1,200.00 agreed", None),
    ],
)
def test_an_amendment_is_what_its_reason_says(reason: str, fix: str | None) -> None:
    """JC-24: day and sign; the word nearest to the amount counts, and words that say neither say nothing."""
    found = snapshots.found(amended(examples.amendment("2026-06-01", RAISED, reason=reason)), "JC-24")
    assert [fix in row for row in found["fix"]] == ([True] if fix else [])


@pytest.mark.parametrize(("day", "flags"), [("01.06.2026", 0), ("02.07.2026", 1)])
def test_an_amendment_on_a_day_of_two_ways(day: str, flags: int) -> None:
    """JC-24: flagged where it is on neither, and then nobody's to correct without reading the document."""
    reason = f"plus USD 1,200.00, effective {day}"
    found = snapshots.found(amended(examples.amendment("2026-06-01", RAISED, reason=reason)), "JC-24")
    assert found["fix"].to_list() == [None] * flags


def test_a_line_without_any_entry() -> None:
    """JC-62: a line that has begun; not one that has one entry."""
    made = amended()
    assert snapshots.subjects(made, "JC-62") == []
    bill = snapshots.without(made, pl.col("kind") == "recognition")
    assert snapshots.subjects(bill, "JC-62") == []
    assert snapshots.subjects(replace(made, entries=made.entries.head(0)), "JC-62") == ["contract_lines/C-1"]


def closed(now: Snapshot, then: Snapshot) -> Snapshot:
    """With the facts of another snapshot as those of the last close, at the end of August."""
    return replace(now, close=snapshot.Close(then.bundle, frames.day("2026-09-03"), frames.day("2026-08-31")))


def test_what_moved_has_its_cause() -> None:
    """JC-63: an amendment is one; a row that was corrected is told apart; nothing moved is nothing."""
    plain, raised = amended(), amended(examples.amendment("2026-06-01", RAISED))
    assert closed(plain, plain).moved.is_empty()
    moved = closed(raised, plain).moved
    assert moved.select("cause", "source").unique().rows() == [("amendment", "amendments/A")]
    assert (moved["now"] - moved["before"]).to_list() == [17143, 17143, 17143]
    dearer = snapshots.of(examples.bundle(contracts=[examples.contract({"price": "13200.00"})]), "2026-09-30")
    assert snapshots.subjects(closed(dearer, plain), "JC-63") == []
    assert snapshots.subjects(closed(dearer, plain), "JC-63A") == ["contract_lines/C-1"]

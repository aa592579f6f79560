"""Checks of schedules: positive, near miss and boundary of each."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from ratable.review.snapshot import Snapshot
from tests.engine import examples
from tests.review import snapshots


def of(line: dict[str, Any], **terms: Any) -> Snapshot:
    """A contract of 2026 with these lines, through April."""
    return snapshots.of(examples.bundle(contracts=[examples.contract(line, **terms)]), "2026-04-30")


@pytest.mark.parametrize(
    ("clause", "fix"),
    [
        ("service begins at go-live, 15 January 2026", '"start": "2026-01-15"'),
        ("service begins at go-live, 2 January 2026", '"start": "2026-01-02"'),  # One day is a day.
        ("service begins at go-live, 1 January 2026", None),
        ("invoiced on 15 January 2026", None),
        ("term from 1 January 2026 to 30 November 2026", '"end": "2026-11-30"'),
        ("an eleven-month term that ends on 31 December 2026", None),
        ("go-live on 15 January 2026; the term begins on 1 January 2026", None),
    ],
)
def test_a_window_is_that_of_the_clause(clause: str, fix: str | None) -> None:
    """JC-11: first and last day against the words; a bill or a second day that fits is no contradiction."""
    found = snapshots.found(of({"price": "12000.00", "clause": clause}), "JC-11")
    assert [fix in row for row in found["fix"]] == ([True] if fix else [])


@pytest.mark.parametrize(
    ("clause", "flags", "fix"),
    [
        ("service begins on 02.05.2026", 1, None),
        ("service from 02.01.2026 to 31.12.2026", 1, '"start": "2026-01-02"'),
        ("for eleven months as of 01.02.2026", 1, '"start": "2026-02-01"'),
        ("for twelve months as of 01.02.2026", 1, None),
    ],
)
def test_a_day_of_two_ways_that_is_neither(clause: str, flags: int, fix: str | None) -> None:
    """JC-11: a fix where the clause or its term tells the day from the month, else both are named."""
    found = snapshots.found(of({"price": "12000.00", "clause": clause}), "JC-11").to_dicts()
    assert len(found) == flags
    assert found[0]["fix"] is None if fix is None else fix in found[0]["fix"]


@pytest.mark.parametrize("day", ["2026-02-05", "2026-05-02"])
def test_a_day_of_two_ways_contradicts_neither(day: str) -> None:
    line = {"price": "12000.00", "start": day, "clause": "service begins on 02.05.2026"}
    assert snapshots.subjects(of(line), "JC-11") == []


@pytest.mark.parametrize(("day", "flags"), [("2026-02-16", 0), ("2026-02-15", 1), ("2026-01-05", 1)])
def test_a_delivery_is_that_of_its_acceptance(day: str, flags: int) -> None:
    """JC-16: delivered_on against the day of acceptance."""
    line = {"price": "900.00", "product": "setup", "delivered_on": day, "clause": "accepted on 16 February 2026"}
    assert len(snapshots.found(snapshots.whole(of(line)), "JC-16")) == flags


@pytest.mark.parametrize(
    ("cause", "reason", "flags"),
    [
        ("amendment", "contract terminated, last day of service 31 March 2026", 1),
        ("service_credit", "outage that ended on 31 March 2026; contract unchanged", 0),
        ("amendment", "last day of service 31 December 2026, unused seats", 0),
    ],
)
def test_a_contract_that_was_credited_and_runs_on(cause: str, reason: str, flags: int) -> None:
    """JC-17: the amendment that ends it is missing; compensation ends nothing."""
    made = examples.contract({"price": "12000.00"})
    note = examples.credit("2026-04-03", ("C-1/2026-01-01", "900.00"), of="C/2026-01-01", cause=cause, reason=reason)
    found = snapshots.found(snapshots.of(examples.bundle(contracts=[made], credit_notes=[note]), "2026-04-30"), "JC-17")
    assert ['"effective_on": "2026-04-01"' in fix for fix in found["fix"]] == [True] * flags


@pytest.mark.parametrize(
    ("clause", "flags"), [("a term of 11 months", 1), ("a term of 12 months", 0), ("as agreed", 0)]
)
def test_a_term_is_that_of_the_clause(clause: str, flags: int) -> None:
    """JC-18: twelve months where the words say eleven."""
    assert len(snapshots.found(of({"price": "12000.00", "clause": clause}), "JC-18")) == flags


@pytest.mark.parametrize(("end", "flags"), [("2030-12-31", 0), ("2031-01-31", 1)])
def test_a_term_beyond_the_longest(end: str, flags: int) -> None:
    """JC-18, at its boundary: 60 months are usual, 61 are not, unless a clause says so."""
    line = {"price": "12000.00", "end": end}
    assert len(snapshots.found(of(line, end=end), "JC-18")) == flags
    said = {"clause": f"term from 1 January 2026 to {end}"}
    assert snapshots.subjects(of(line | said, end=end), "JC-18") == []


@pytest.mark.parametrize(("clause", "flags"), [("set-up fee", 1), ("set-up, recognized ratably over the term", 0)])
def test_a_method_is_that_of_the_product(clause: str, flags: int) -> None:
    """JC-20: a set-up fee over the term, unless the words say why."""
    line = {"price": "900.00", "product": "setup", "method": "straight_line", "clause": clause}
    assert len(snapshots.found(of(line), "JC-20")) == flags


def test_another_proration_is_named_with_the_entries_to_post() -> None:
    """JC-15: what daily proration gives, where the product says months."""
    right = of({"price": "12000.00"})
    daily = of({"price": "12000.00", "proration": "daily"})
    wrong = replace(right, entries=daily.entries)
    (flag,) = snapshots.found(wrong, "JC-15").iter_rows(named=True)
    assert flag["fix"] is not None
    assert '"2026-01 deferred_revenue/revenue": "-19.18"' in flag["fix"]
    assert (flag["expected"], flag["subject"]) == ("monthly_prorated", "C-1")
    assert wrong.entries.filter(pl.col("entry").is_in([row.split("/")[1] for row in flag["rows"]])).height == 4


@pytest.mark.parametrize(
    ("steps", "actual"),
    [((1_700, 0, 500), "12,022.00"), ((1_000, -400, -600), None), ((0, 0, 0), None)],
)
def test_a_schedule_comes_to_what_is_allocated(steps: tuple[int, ...], actual: str | None) -> None:
    """JC-13: amounts that nothing known explains; what cancels over the months leaves the sum as it is."""
    made = of({"price": "12000.00"})
    for month, step in zip((2, 3, 4), steps, strict=True):
        own = (pl.col("kind") == "recognition") & (pl.col("origin_period") == f"2026-{month:02}")
        made = snapshots.altered(made, own, amount=pl.col("amount") + step)
    found = snapshots.found(made, "JC-13")
    assert found["actual"].to_list() == ([actual] if actual else [])
    assert found["expected"].to_list() == (["12,000.00"] if actual else [])

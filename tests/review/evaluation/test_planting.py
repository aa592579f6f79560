"""Planted errors and their twins: each kind is what it says, and is measured exactly (EV-02 to EV-04)."""

import random
from functools import cache

import polars as pl
import pytest

from ratable.review import second, snapshot
from ratable.review.evaluation import companies, facts, worlds
from ratable.review.evaluation.planting import kinds, registry
from ratable.review.evaluation.worlds import World

FAMILIES = (kinds.FACTS, kinds.JOURNAL, kinds.ACTS)
_SEED = 14  # Its window has a leap day, which one kind needs.


@cache
def world(family: str) -> World:
    """Every kind of a family in one company, each once, with its twin."""
    names = tuple(kind.name for kind in registry.KINDS if kind.family == family)
    return worlds.world(_SEED, kinds=names, size=1)


@cache
def apart(family: str) -> pl.DataFrame:
    """Where entries and second engine differ: line, booked and due."""
    made = world(family)
    entries = made.recorded.entries.filter(~pl.col("kind").is_in(["manual", "reversal"]))
    booked = second.netted(entries).rename({"amount": "booked"})
    both = booked.join(made.snapshot().due, on=second.KEY, how="full", coalesce=True, nulls_equal=True)
    return both.with_columns(pl.col("booked", "amount").fill_null(0)).filter(pl.col("booked") != pl.col("amount"))


def test_there_are_at_least_forty_kinds_of_every_tier_and_family() -> None:
    """EV-02, EV-04."""
    assert len(registry.KINDS) >= 40
    assert len(registry.BY_NAME) == len(registry.KINDS)
    assert {kind.tier for kind in registry.KINDS} == set(kinds.TIERS)
    assert {kind.family for kind in registry.KINDS} == set(FAMILIES)
    assert all(kind.checks for kind in registry.KINDS)


def test_at_least_one_in_ten_cancels_in_totals() -> None:
    """EV-04: of the kinds, and in every world."""
    company = companies.found(random.Random(1), facts.none())  # noqa: S311  the same company each time
    for seed in range(200):
        chosen = registry.chosen(random.Random(seed), company, None)  # noqa: S311  as above
        assert 6 <= len(chosen) <= 14
        assert len({kind.name for kind in chosen}) == len(chosen)
        assert 10 * sum(kind.cancels for kind in chosen) >= len(chosen)


@pytest.mark.parametrize("family", FAMILIES)
def test_each_error_has_a_twin_and_touches_nothing_else(family: str) -> None:
    """EV-03."""
    made = world(family)
    accounts = [account for one in (made.planted, made.twins) for item in one for account in item.accounts]

    assert made.planted
    assert sorted(item.kind for item in made.planted) == sorted(item.kind for item in made.twins)
    assert len(accounts) == len(set(accounts))


def test_where_facts_are_wrong_the_journal_follows_them() -> None:
    """EV-02: recomputing finds none of them; each misstates something."""
    made = world(kinds.FACTS)

    assert apart(kinds.FACTS).height == 0
    assert [item.kind for item in made.planted if not item.amount or not item.fixes] == []


def test_where_the_journal_is_wrong_it_is_wrong_there_alone() -> None:
    """EV-02: recomputing differs on every planted contract and on no other."""
    made = world(kinds.JOURNAL)
    lines = made.made.outcome.lines.select("line", "account")
    wrong = set(apart(kinds.JOURNAL).join(lines, on="line", how="left")["account"])
    planted = {account for item in made.planted if item.kind != "stale_rate" for account in item.accounts}

    assert wrong == planted
    assert [item.kind for item in made.planted if not item.amount or not item.fixes] == []


def test_what_is_to_post_brings_the_journal_to_what_is_due() -> None:
    """EV-05: the fix is exact: booked and fix come to what the second engine makes, by month of origin and pair."""
    made = world(kinds.JOURNAL)
    found = apart(kinds.JOURNAL).with_columns(step=pl.col("amount") - pl.col("booked"))
    sums = found.group_by("line", "origin_period", "low", "high", "currency").agg(pl.col("step").sum())
    due = {
        (row["line"], f"{row['origin_period']} {row['low']}/{row['high']}"): kinds.text(row["step"], row["currency"])
        for row in sums.filter(pl.col("step") != 0).iter_rows(named=True)
    }
    fixes = [fix for item in made.planted for fix in item.fixes if fix.table == "contract_lines"]

    assert {(fix.row, key): value for fix in fixes for key, value in fix.values.items()} == due


def test_acts_leave_facts_and_their_journal_alone() -> None:
    """EV-02."""
    made = world(kinds.ACTS)

    assert apart(kinds.ACTS).height == 0
    assert all(item.subject for item in made.planted)


def test_entries_named_by_a_truth_are_there() -> None:
    """EV-05: what is to be found can be found."""
    for family in FAMILIES:
        made = world(family)
        known = set(made.recorded.entries["entry"])
        assert all(set(item.entries) <= known for item in made.planted)


def test_acts_are_as_they_say() -> None:
    """EV-02: maker and checker, number gap, locked month, rubber stamp, short import."""
    seen = world(kinds.ACTS).snapshot()
    posted = seen.entries.filter(pl.col("state") == "posted")
    runs = {item.kind: int(item.subject) for item in world(kinds.ACTS).planted if item.table == "runs"}

    def run(kind: str) -> dict[str, object]:
        return seen.runs.row(by_predicate=pl.col("run") == runs[kind], named=True)

    assert run("maker_is_checker")["prepared_by"] == run("maker_is_checker")["approved_by"]
    assert posted["no"].max() == posted.height + 1
    assert (run("rubber_stamp")["approved_at"] - run("rubber_stamp")["opened_at"]).total_seconds() < 10  # type: ignore[operator]  # moments
    assert seen.imports.filter(pl.col("stated") != pl.col("held")).height == 1
    assert seen.runs.filter(pl.col("reverses") == runs["reversal_missing"]).height == 0
    twice = run("reversed_twice")["reverses"]
    assert seen.runs.filter(pl.col("reverses") == twice).height == 2
    locked = seen.periods.filter(pl.col("through") == run("in_closed_month")["through"])["locked_at"]
    assert (locked < run("in_closed_month")["posted_at"]).all()


def test_entries_keep_their_schema() -> None:
    for family in FAMILIES:
        assert world(family).recorded.entries.schema == pl.Schema(snapshot.ENTRIES)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError, match="no_such_kind"):
        worlds.world(1, kinds=("no_such_kind",), size=1)

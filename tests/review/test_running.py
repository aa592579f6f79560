from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest

import ratable
from ratable.review import checks, running
from ratable.review.snapshot import Snapshot
from tests.review import companies, snapshots
from tests.tidy import tree

_BUNDLES = tree.ROOT / "examples"
EXAMPLES = sorted([*_BUNDLES.glob("*/bundle.yaml"), *_BUNDLES.glob("*.yaml"), _BUNDLES / "company"])
ROOMS = {
    "acts", "arithmetic", "authority", "balances", "conversion", "journals", "movements", "populations", "reversals",
}  # fmt: skip
OWN = tuple(check for check in checks.CHECKS if check.find.__module__.rpartition(".")[2] in ROOMS)
"""Checks of arithmetic, balances and people; those of schedules and prices have tests of their own."""


@cache
def faulty() -> Snapshot:
    """Two customers, with a wrong amount, a journal without its ground, and a reversal that lacks."""
    april = (pl.col("line") == "D-1") & (pl.col("period") == "2026-04")
    wrong = snapshots.altered(companies.two(), april, amount=pl.col("amount") * 3)
    return snapshots.by_hand(wrong, {"date": "2026-03-31"}, companies.ACME, memo="plug, reverses in April")


@pytest.mark.parametrize("path", EXAMPLES, ids=tree.place)
def test_what_is_right_raises_nothing(path: Path) -> None:
    """JC-R3: every bundle of the examples, as the engine posts it, with all its entries under review."""
    made = snapshots.whole(snapshots.of(ratable.read_bundle(path), "2026-03-31"))
    flags = running.review(made, OWN).flags.filter(pl.col("class") != "informs")
    assert flags.select("check", "says").rows() == []


def test_a_second_review_says_the_same_in_the_same_order() -> None:
    """JC-R5: again, with the rows of every table in another order, and with the checks in another order."""
    first = running.review(faulty(), OWN)
    assert first.flags.height > 5
    for again in (
        running.review(replace(faulty()), OWN),
        running.review(snapshots.shuffled(faulty(), 7), OWN),
        running.review(faulty(), tuple(reversed(OWN))),
    ):
        assert again.flags.equals(first.flags)
        assert (again.digest, again.entries) == (first.digest, first.entries)
        assert again.ran.equals(first.ran)


def test_the_population_is_complete() -> None:
    """JC-R6: entries in the journal = entries reviewed = entries hashed; one that is taken away shows."""
    made = snapshots.whole(faulty())
    review = running.review(made, OWN)
    less = running.review(snapshots.without(made, pl.col("period") == "2026-01"), OWN)

    assert review.entries == made.entries.height == made.reviewed.height
    assert less.entries < review.entries
    assert less.digest != review.digest


def test_a_check_that_could_not_run_lowers_the_coverage() -> None:
    """JC-R2."""
    review = running.review(companies.year(), OWN)
    missing = dict(review.ran.drop_nulls("could_not").select("check", "could_not").iter_rows())
    assert missing["JC-09"] == "the snapshot has no import with control totals"
    assert review.covered == (len(OWN) - len(missing), len(OWN))


def test_every_flag_carries_its_proof() -> None:
    """JC-R4: expected and actual, a formula, rows that resolve, and what to do."""
    flags = running.review(faulty(), OWN).flags
    texts = ("says", "expected", "actual", "formula", "next")
    assert flags.filter(pl.any_horizontal(pl.col(name).fill_null("") == "" for name in texts)).is_empty()
    assert flags.filter(pl.col("rows").list.len() == 0)["check"].to_list() == []
    named = flags.select(pl.col("rows").explode())["rows"].to_list()
    entries = {row.partition("/")[2] for row in named if row.startswith("entries/")}
    assert entries <= set(faulty().entries["entry"])


def test_every_check_is_named_once_and_says_what_it_means() -> None:
    """JC-R1."""
    ids = [check.id for check in checks.CHECKS]
    assert sorted(set(ids)) == sorted(ids)
    assert [check.id for check in OWN if f"({check.id})" not in (check.find.__doc__ or "")] == []

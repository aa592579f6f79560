from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from ratable.review import catalogue
from ratable.review.snapshot import Snapshot
from tests.review import companies, snapshots

ACME = companies.ACME


def by_hand(*rows: dict[str, Any], **run: Any) -> Snapshot:
    """The company of one year with a journal by hand."""
    return snapshots.by_hand(companies.year(), *rows, **run)


@pytest.mark.parametrize(
    ("row", "support", "check"),
    [
        ({}, "ab12", "JC-45"),
        (ACME, "", "JC-45"),
        (ACME, "ab12", "JC-45A"),
        (ACME | {"debit_role": "receivable", "credit_role": "cash"}, "", None),
    ],
    ids=["no line", "no document", "both", "neither revenue nor deferred"],
)
def test_a_manual_entry_and_its_ground(row: dict[str, Any], support: str, check: str | None) -> None:
    """JC-45 and JC-45A."""
    made = by_hand(row, support=support)
    found = {name: snapshots.subjects(made, name) for name in ("JC-45", "JC-45A")}
    assert found == {name: ["entries/hand-5-1"] if name == check else [] for name in found}


def test_revenue_against_cash() -> None:
    """JC-46: however well it is grounded; against a receivable it is in order."""
    strange = {"debit": "1000", "debit_role": "cash"}
    usual = {"debit": "1100", "debit_role": "receivable"}
    assert snapshots.subjects(by_hand(ACME | strange), "JC-46") == ["entries/hand-5-1"]
    assert snapshots.subjects(by_hand(ACME | usual), "JC-46") == []


@pytest.mark.parametrize(("times", "flags"), [(2, 2), (3, 0)])
def test_a_pair_is_rare_below_three_times(times: int, flags: int) -> None:
    """JC-46, of entries without their ground."""
    row = {"debit": "2450", "debit_role": "refund_liability", "credit": "1000", "credit_role": "cash"}
    assert len(snapshots.subjects(by_hand(*[row] * times), "JC-46")) == flags


@pytest.mark.parametrize(("times", "flags"), [(4, 4), (5, 0)])
def test_an_account_is_seldom_used_below_five_times(times: int, flags: int) -> None:
    """JC-47: revenue has four postings from January to April, and those by hand."""
    row = {"debit": "2400", "credit": "7000", "credit_role": "fx_gain_loss"}
    assert len(snapshots.subjects(by_hand(*[row] * times), "JC-47")) == flags


@pytest.mark.parametrize(("amount", "flags"), [(500_000, 1), (500_001, 0), (100_000, 0), (1_200_000, 0)])
def test_a_round_sum_that_no_contract_has(amount: int, flags: int) -> None:
    """JC-48: 5,000.00; a cent more; and 1,000.00, which is no price, beside 12,000.00, which is one."""
    year = companies.year()
    made = snapshots.by_hand(year, {"amount": amount})
    expected = 1 if amount == 100_000 else flags
    assert len(snapshots.subjects(made, "JC-48")) == expected


def test_an_entry_that_the_facts_make_once() -> None:
    """JC-49: the copy of an entry; of another amount it is for the second engine alone."""
    year = companies.year()
    april = year.entries.filter((pl.col("kind") == "recognition") & (pl.col("period") == "2026-04"))
    copy = april.with_columns(entry=pl.lit("copy"), no=pl.col("no") + 1)

    assert snapshots.subjects(snapshots.beside(year, copy), "JC-49") == ["entries/copy"]
    assert snapshots.subjects(snapshots.beside(year, copy.with_columns(amount=pl.lit(1, pl.Int64))), "JC-49") == []
    assert snapshots.subjects(year, "JC-49") == []


@pytest.mark.parametrize(
    ("second", "flags"),
    [
        ({"amount": 100_500}, 1),
        ({"amount": 100_501}, 0),
        ({"date": "2026-04-25"}, 1),
        ({"date": "2026-04-24"}, 0),
        ({"customer": "bolt"}, 0),
        ({"line": "C-2"}, 0),
    ],
)
def test_an_entry_by_hand_that_comes_again(second: dict[str, Any], flags: int) -> None:
    """JC-49: within 0.5% and five days, for one customer and line, on one document."""
    first = ACME | {"amount": 100_000}
    again = snapshots.by_hand(by_hand(first), first | second)
    assert len(snapshots.subjects(again, "JC-49")) == flags


def test_two_documents_may_bring_one_amount_twice() -> None:
    """JC-49."""
    other = snapshots.by_hand(by_hand(ACME), ACME, support="cd34")
    assert snapshots.subjects(other, "JC-49") == []


@pytest.mark.parametrize(
    ("memo", "flags"),
    [("reasons, 1", 0), ("reasons 1", 1), ("Plug to agree with the bank", 1), ("Unplugged sockets returned", 0)],
)
def test_a_memo_says_why(memo: str, flags: int) -> None:
    """JC-56: ten characters are enough, nine are not; a word of the list is thin however long the memo is."""
    assert len(snapshots.subjects(by_hand({}, memo=memo), "JC-56")) == flags


def test_a_gap_in_the_numbers_of_posted_entries() -> None:
    """JC-58: one number, from the first on; drafts have no number yet, and another book has its own."""
    year = companies.year()
    posted = pl.col("state") == "posted"
    gap = snapshots.altered(year, posted & (pl.col("no") > 2), no=pl.col("no") + 1)
    first = snapshots.altered(year, posted, no=pl.col("no") + 2)

    assert snapshots.found(gap, "JC-58")["says"].to_list() == ["Book main has no entry 3."]
    assert snapshots.found(first, "JC-58")["says"].to_list() == ["Book main has no entry 1 to 2."]
    assert snapshots.subjects(year, "JC-58") == []
    drafts = snapshots.altered(year, pl.col("state") == "draft", no=pl.lit(90))
    assert snapshots.subjects(drafts, "JC-58") == []
    with pytest.raises(catalogue.CannotRun, match="some of the accounts"):
        snapshots.found(replace(year, whole=False), "JC-58")

from dataclasses import replace

import polars as pl
import pytest

from ratable.review import catalogue
from ratable.review import snapshot as kinds
from tests import frames
from tests.review import companies, snapshots

APRIL = (pl.col("kind") == "recognition") & (pl.col("period") == "2026-04")


def test_a_missing_side_is_out_of_balance() -> None:
    """JC-01: an entry without a credit account; with one, and where it is not under review, nothing."""
    year = companies.year()
    (april,) = year.entries.filter(APRIL)["entry"]
    torn = snapshots.altered(year, APRIL, credit=pl.lit(None, pl.String))

    flag = snapshots.found(torn, "JC-01").row(0, named=True)

    assert (flag["subject"], flag["expected"], flag["actual"], flag["amount"]) == (april, "1,000.00", "0.00", 100_000)
    assert snapshots.subjects(year, "JC-01") == []
    old = snapshots.altered(year, pl.col("period") == "2026-03", credit=pl.lit(None, pl.String))
    assert snapshots.subjects(old, "JC-01") == []


@pytest.mark.parametrize(("amount", "flagged"), [(0, True), (-1, True), (1, False)])
def test_an_amount_is_above_zero(amount: int, flagged: bool) -> None:
    """JC-02, at its boundary."""
    changed = snapshots.altered(companies.year(), APRIL, amount=amount)
    assert bool(snapshots.subjects(changed, "JC-02")) == flagged


def test_two_different_accounts_and_a_known_currency() -> None:
    """JC-02."""
    year = companies.year()
    assert snapshots.subjects(year, "JC-02") == []
    assert len(snapshots.subjects(snapshots.altered(year, APRIL, debit="4000"), "JC-02")) == 1
    assert len(snapshots.subjects(snapshots.altered(year, APRIL, currency="USX"), "JC-02")) == 1
    assert len(snapshots.subjects(snapshots.altered(year, APRIL, debit=pl.lit(None, pl.String)), "JC-02")) == 1


def test_a_cent_apart_from_the_second_engine_names_its_entry() -> None:
    """JC-05: one cent is flagged, none is not, and the flag points at the one entry."""
    year = companies.year()
    (april,) = year.entries.filter(APRIL)["entry"]

    flag = snapshots.found(snapshots.altered(year, APRIL, amount=100_001), "JC-05").row(0, named=True)

    assert (flag["table"], flag["subject"], flag["amount"], flag["line"]) == ("entries", april, 1, "C-1")
    assert flag["rows"] == [f"entries/{april}", "contract_lines/C-1"]
    assert flag["formula"] == "1,000.01 - 1,000.00 = 0.01"
    assert snapshots.subjects(year, "JC-05") == []


def test_an_entry_that_lacks_is_a_flag_on_its_line() -> None:
    """JC-05: there is no entry to point at; what lacks in a month that is not under review is not told."""
    year = companies.whole_with_april_lost()
    assert snapshots.subjects(year, "JC-05") == ["contract_lines/C-1"]
    assert snapshots.subjects(snapshots.without(companies.year(), pl.col("period") == "2026-02"), "JC-05") == []


def test_several_entries_behind_a_difference_are_all_named() -> None:
    """JC-05."""
    year = companies.year()
    april = year.entries.filter(APRIL)
    again = april.with_columns(entry=pl.lit("again"))

    flag = snapshots.found(replace(year, entries=pl.concat([year.entries, again])), "JC-05").row(0, named=True)

    assert (flag["subject"], flag["amount"]) == ("C-1", 100_000)
    assert {"entries/again", f"entries/{april['entry'][0]}"} < set(flag["rows"])


def test_an_id_stands_once_in_its_book() -> None:
    """JC-07: twice in one book; once in each of two books is right."""
    year = companies.year()
    april = year.entries.filter(APRIL)
    twice = replace(year, entries=pl.concat([year.entries, april]))
    beside = replace(year, entries=pl.concat([year.entries, april.with_columns(book=pl.lit("local"))]))

    assert snapshots.subjects(twice, "JC-07") == [f"entries/{april['entry'][0]}"]
    assert snapshots.subjects(beside, "JC-07") == []
    assert snapshots.subjects(year, "JC-07") == []


def test_an_import_holds_what_its_control_record_says() -> None:
    """JC-09: a cent less, and a row less; equal is right, and without a record the check cannot run."""
    year = companies.year()
    totals = frames.of(
        kinds.IMPORTS,
        {"import": 1, "table": "invoice_lines", "currency": "USD", "stated": 100_000, "held": 99_999},
        {"import": 1, "table": "invoices", "stated": 3, "held": 3},
        {"import": 2, "table": "invoices", "stated": 3, "held": 2},
    )

    found = snapshots.found(replace(year, imports=totals), "JC-09")

    assert found.select("subject", "expected", "actual", "amount").rows() == [
        ("1", "1,000.00", "999.99", 1), ("2", "3", "2", None),
    ]  # fmt: skip
    with pytest.raises(catalogue.CannotRun, match="control totals"):
        snapshots.found(year, "JC-09")

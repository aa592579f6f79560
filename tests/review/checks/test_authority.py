import polars as pl
import pytest

from tests.engine import examples
from tests.review import companies, snapshots

APRIL = (pl.col("kind") == "recognition") & (pl.col("period") == "2026-04")


def test_a_pair_that_no_rule_posts() -> None:
    """JC-03: recognition out of cash; the same pair by hand is for JC-46 to judge."""
    odd = {"debit": "1000", "debit_role": "cash"}
    wrong = snapshots.altered(companies.year(), APRIL, **odd)

    assert "kind recognition never posts cash revenue" in snapshots.found(wrong, "JC-03")["says"][0]
    assert snapshots.subjects(snapshots.by_hand(companies.year(), odd), "JC-03") == []
    assert snapshots.subjects(companies.year(), "JC-03") == []


def test_an_account_that_is_not_in_the_chart_or_of_another_type() -> None:
    """JC-03: a company with a chart of its own."""
    accounts = [
        {"code": "2400", "name": "Deferred", "type": "liability"},
        {"code": "4000", "name": "Revenue", "type": "income"},
        {"code": "4100", "name": "Other", "type": "expense"},
    ]
    made = snapshots.of(
        examples.bundle(accounts=accounts, contracts=[examples.contract({"price": "12000.00"})]), "2026-04-30"
    )

    assert snapshots.subjects(made, "JC-03") == []
    strange = snapshots.found(snapshots.altered(made, APRIL, credit="4999"), "JC-03")
    other = snapshots.found(snapshots.altered(made, APRIL, credit="4100"), "JC-03")
    assert strange["actual"].to_list() == ["account 4999 is not in the chart"]
    assert other["actual"].to_list() == ["account 4100 is of type expense, and revenue needs income"]


@pytest.mark.parametrize(("through", "flags"), [("2026-04-29", 0), ("2026-04-30", 1)])
def test_an_entry_in_a_closed_period(through: str, flags: int) -> None:
    """JC-04: closed through the day of the entry, and through the day before."""
    closed = snapshots.locked(companies.year(), through, at="2026-05-02 09:00")
    assert len(snapshots.subjects(closed, "JC-04")) == flags


def test_a_period_that_is_closed_later_or_opened_again_or_of_another_entity() -> None:
    """JC-04."""
    year = companies.year()
    later = snapshots.locked(year, "2026-04-30", at="2026-05-03 12:00")
    opened = snapshots.locked(
        snapshots.locked(year, "2026-04-30", at="2026-05-01 09:00"), "2026-03-31", at="2026-05-02 09:00"
    )
    other = snapshots.locked(year, "2026-04-30", at="2026-05-02 09:00", entity="uk")

    assert [snapshots.subjects(one, "JC-04") for one in (later, opened, other)] == [[], [], []]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"line": None}, "it names no line"),
        ({"line": "C-9"}, "there is no line C-9"),
        ({"contract": "X"}, "there is no contract X"),
        ({"customer": "nobody"}, "there is no customer nobody"),
        ({"product": "gone"}, "there is no product gone"),
        ({"kind": "credit_note", "source": "N-9"}, "there is no credit note N-9"),
        ({"kind": "billing", "source": "I-9-1"}, "there is no invoice line I-9-1"),
    ],
)
def test_an_entry_that_leads_to_nothing(changed: dict[str, str | None], why: str) -> None:
    """JC-06."""
    values = {name: pl.lit(value, pl.String) for name, value in changed.items()}
    assert snapshots.found(snapshots.altered(companies.year(), APRIL, **values), "JC-06")["actual"].to_list() == [why]


def test_an_own_bill_and_what_was_taken_back_have_their_origin() -> None:
    """JC-06: a bill of our own has no row among the facts; a line that a correction took out may net to nothing."""
    year = snapshots.whole(companies.year())
    april = year.entries.filter(APRIL).with_columns(line=pl.lit("C-9"))
    back = april.with_columns(
        entry=pl.lit("back"), debit="credit", credit="debit", debit_role="credit_role", credit_role="debit_role"
    )

    assert snapshots.subjects(year, "JC-06") == []
    assert len(snapshots.subjects(snapshots.beside(year, april), "JC-06")) == 1
    assert snapshots.subjects(snapshots.beside(snapshots.beside(year, april), back), "JC-06") == []


def test_one_person_in_both_roles() -> None:
    """JC-10 and JC-10A: blocked, told where the company chose it, nothing with two people or while it waits."""
    made = snapshots.by_hand(companies.year(), {})
    one = snapshots.ran(made, 5, approved_by="ben")

    assert (snapshots.subjects(made, "JC-10"), snapshots.subjects(made, "JC-10A")) == ([], [])
    assert (snapshots.subjects(one, "JC-10"), snapshots.subjects(one, "JC-10A")) == (["runs/5"], [])
    chosen = snapshots.ran(one, 5, alone=True)
    assert (snapshots.subjects(chosen, "JC-10"), snapshots.subjects(chosen, "JC-10A")) == ([], ["runs/5"])
    assert snapshots.subjects(snapshots.ran(made, 5, approved_by=None), "JC-10") == []

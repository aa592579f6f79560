import polars as pl
import pytest

from tests.engine import examples
from tests.review import companies, snapshots

RECLASSIFIED = pl.col("kind") == "reclassification"


def test_deferred_revenue_below_zero_is_an_asset() -> None:
    """JC-35: earned ahead of its bill, and not reclassified; reclassified it is right."""
    made = snapshots.whole(companies.arrears())
    assert snapshots.subjects(made, "JC-35") == []

    found = snapshots.found(snapshots.without(made, RECLASSIFIED), "JC-35")

    # One flag for the stretch of months, at its first.
    assert found.select("subject", "period", "actual", "amount").rows() == [("C", "2026-01", "-400.00", 40_000)]


@pytest.mark.parametrize(("amount", "flags"), [(20_001, 1), (20_000, 0)])
def test_a_cent_below_zero_is_below_zero(amount: int, flags: int) -> None:
    """JC-35, at its boundary: 12,000.00 less 3,000.00 recognized leaves 9,000.00 for April."""
    year = snapshots.altered(companies.year(), pl.col("kind") == "billing", amount=300_000 + 20_000)
    april = (pl.col("period") == "2026-04") & (pl.col("kind") == "recognition")
    assert len(snapshots.subjects(snapshots.altered(year, april, amount=amount), "JC-35")) == flags


def test_the_roll_forward_needs_a_cause_for_every_kind() -> None:
    """JC-36: a kind that has no column; what a person wrote has one."""
    april = (pl.col("period") == "2026-04") & (pl.col("kind") == "recognition")
    year = companies.year()
    (entry,) = year.entries.filter(april)["entry"]

    flag = snapshots.found(snapshots.altered(year, april, kind="adjustment"), "JC-36").row(0, named=True)

    assert (flag["subject"], flag["amount"]) == (entry, 100_000)
    assert flag["formula"] == "9,000.00 + 0.00 = 9,000.00; closing 8,000.00, -1,000.00 apart"
    assert snapshots.subjects(year, "JC-36") == []
    assert snapshots.subjects(snapshots.by_hand(year, {}), "JC-36") == []


@pytest.mark.parametrize(("day", "flags"), [("2026-04-01", 0), ("2026-03-31", 1)])
def test_an_entry_dated_in_another_month_than_it_counts_in(day: str, flags: int) -> None:
    """JC-36, at the first day of the month."""
    april = (pl.col("period") == "2026-04") & (pl.col("kind") == "recognition")
    moved = snapshots.altered(companies.year(), april, date=pl.lit(day).str.to_date())
    assert len(snapshots.subjects(moved, "JC-36")) == flags


def test_asset_and_liability_of_one_contract() -> None:
    """JC-42: one reclassification too many leaves both open; one cent is enough."""
    made = snapshots.whole(companies.arrears())
    january = made.entries.filter(RECLASSIFIED & (pl.col("period") == "2026-01"))
    assert snapshots.subjects(made, "JC-42") == []
    for amount in (1, 40_000):
        again = january.with_columns(entry=pl.lit("again"), amount=pl.lit(amount, pl.Int64))
        assert snapshots.found(snapshots.beside(made, again), "JC-42")["amount"].to_list() == [amount]


def test_use_that_awaits_its_bill_may_stand_beside_deferred_revenue() -> None:
    """JC-42: an unbilled receivable is no contract asset."""
    use = {"product": "calls", "unit_price": "1.00"}
    made = snapshots.of(
        examples.bundle(
            contracts=[examples.contract({"price": "1200.00"}, use)],
            usage=[{"id": "U", "contract_line": "C-2", "on": "2026-01-10", "quantity": "5"}],
        ),
        "2026-01-31",
    )
    assert snapshots.subjects(made, "JC-42") == []


def stale(through: str, *, lost: bool = True) -> list[str]:
    """What JC-43 flags of a contract of January to March of which a month was never recognized."""
    terms = {"price": "300.00", "end": "2026-03-31"}
    made = snapshots.of(examples.bundle(contracts=[examples.contract(terms, end="2026-03-31")]), through)
    february = (pl.col("period") == "2026-02") & (pl.col("kind") == "recognition")
    return snapshots.subjects(snapshots.without(made, february) if lost else made, "JC-43")


def test_a_balance_two_months_after_the_end_is_stale() -> None:
    """JC-43: two months after March is May."""
    assert stale("2026-04-30") == []
    assert stale("2026-05-31") == ["contracts/C"]
    assert stale("2026-05-31", lost=False) == []


def test_what_waits_for_its_delivery_is_not_stale() -> None:
    """JC-43."""
    lines = ({"product": "setup", "price": "500.00", "delivered_on": "2026-12-01"}, {"price": "300.00"})
    contract = examples.contract(*lines, end="2026-03-31")
    made = snapshots.of(examples.bundle(contracts=[contract]), "2026-08-31")
    assert snapshots.subjects(made, "JC-43") == []


def test_what_an_amendment_left_is_told_and_not_flagged() -> None:
    """JC-43 and JC-43A: billed 300.00 in advance, of which an amendment leaves 200.00 to earn."""
    terms = {"price": "300.00", "billing": {"frequency": "once", "timing": "advance"}}
    change = examples.amendment("2026-02-01", {"op": "change", "line": "C-1", "price": "200.00"}, treatment="catch_up")
    made = snapshots.of(
        examples.bundle(contracts=[examples.contract(terms, end="2026-03-31")], amendments=[change]), "2026-06-30"
    )
    assert snapshots.subjects(made, "JC-43") == []
    assert snapshots.found(made, "JC-43A")["amount"].to_list() == [10_000]


@pytest.mark.parametrize(("amount", "flags"), [(5_001, 1), (5_000, 0)])
def test_an_entry_by_hand_that_is_large(amount: int, flags: int) -> None:
    """JC-44: revenue of April is 1,000.00, of which 5% is 50.00; 0.5% of a year's 12,000.00 is 60.00."""
    assert len(snapshots.subjects(snapshots.by_hand(companies.year(), {"amount": amount}), "JC-44")) == flags


def test_a_large_entry_with_its_line_and_document_is_for_others_to_tell() -> None:
    """JC-44."""
    grounded = snapshots.by_hand(companies.year(), companies.ACME | {"amount": 900_000})
    assert snapshots.subjects(grounded, "JC-44") == []

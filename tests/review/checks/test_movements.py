from dataclasses import replace

import polars as pl
import pytest

from ratable.review import catalogue, snapshot
from ratable.review.snapshot import Snapshot
from tests import frames
from tests.engine import examples
from tests.review import companies, snapshots

BOLT = (pl.col("line") == "D-1") & (pl.col("period") == "2026-04") & (pl.col("kind") == "billing")


@pytest.mark.parametrize(("more", "flags"), [(900, 0), (901, 1)])
def test_a_rise_above_what_is_trivial_is_a_spike(more: int, flags: int) -> None:
    """JC-37: of 36,000.00 a year 0.5% is material, 180.00, and 5% of that is trivial, 9.00."""
    grown = snapshots.altered(companies.two(), BOLT, amount=200_000 + more)
    assert len(snapshots.subjects(grown, "JC-37")) == flags


def test_a_spike_is_told_of_the_customer_with_its_entries() -> None:
    """JC-37: ten times the bill; not told again of the product or of all."""
    grown = snapshots.altered(companies.two(), BOLT, amount=2_000_000)
    (bill,) = grown.entries.filter(BOLT)["entry"]

    (flag,) = snapshots.found(grown, "JC-37").iter_rows(named=True)

    assert (flag["table"], flag["subject"], flag["amount"]) == ("customers", "bolt", 1_800_000)
    assert flag["rows"][0] == f"entries/{bill}"
    assert flag["formula"] == (
        "billed 2,000.00 + released -2,000.00 + other changes 0.00 = 0.00; 18,000.00 - 0.00 = 18,000.00; "
        "|18,000.00| > max(0.00, 9.00)"
    )
    assert snapshots.subjects(companies.two(), "JC-37") == []


def test_what_is_small_on_each_customer_may_be_a_spike_of_a_product() -> None:
    """JC-37: 6.00 on each of two customers passes the trivial 9.00 on their product, once."""
    month = (pl.col("period") == "2026-04") & (pl.col("kind") == "recognition")
    grown = snapshots.altered(companies.two(), month, amount=pl.col("amount") + 600)
    assert snapshots.subjects(grown, "JC-37") == ["products/platform"]


def test_what_is_often_apart_is_no_spike() -> None:
    """JC-37: eight of the twelve months before were apart by 100.00 to 170.00, so that 200.00 is usual."""
    months = [f"2025-{month:02}" for month in range(5, 13)]
    terms = {"price": "24000.00", "start": "2025-05-01", "billing": {"frequency": "monthly", "timing": "advance"}}
    contract = examples.contract(terms, start="2025-05-01", signed_on="2025-05-01", end="2027-04-30")
    made = snapshots.of(examples.bundle(contracts=[contract]), "2026-04-30")
    bills = pl.col("kind") == "billing"
    apart = pl.col("period").replace_strict(dict(zip(months, range(10_000, 18_000, 1_000), strict=True)), default=0)
    noisy = snapshots.altered(made, bills & pl.col("period").is_in(months), amount=pl.col("amount") + apart)
    april = bills & (pl.col("period") == "2026-04")

    assert snapshots.subjects(snapshots.altered(noisy, april, amount=pl.col("amount") + 20_000), "JC-37") == []
    assert snapshots.subjects(snapshots.altered(made, april, amount=pl.col("amount") + 20_000), "JC-37") != []


def closed(now: Snapshot, bundle_then: Snapshot) -> Snapshot:
    """With what was known when March was closed."""
    day = frames.day("2026-04-02")
    return replace(now, close=snapshot.Close(bundle_then.bundle, day, frames.day("2026-03-31")))


def repriced(price: str, **tables: list[examples.Row]) -> Snapshot:
    """The company of one year, at another price."""
    return snapshots.of(examples.bundle(contracts=[examples.contract({"price": price})], **tables), "2026-04-30")


def test_a_line_that_recognizes_other_than_scheduled_at_the_close() -> None:
    """JC-38: a price that changed without a cause; a cent is enough, and the same price is right."""
    year = companies.year()
    april = (pl.col("period") == "2026-04") & (pl.col("kind") == "recognition")

    (flag,) = snapshots.found(closed(repriced("13200.00"), year), "JC-38").iter_rows(named=True)

    assert (flag["subject"], flag["expected"], flag["actual"]) == ("C-1", "1,000.00", "1,100.00")
    assert snapshots.found(closed(snapshots.altered(year, april, amount=100_001), year), "JC-38")[
        "amount"
    ].to_list() == [1]
    assert snapshots.subjects(closed(year, year), "JC-38") == []
    with pytest.raises(catalogue.CannotRun, match="closed month"):
        snapshots.found(year, "JC-38")


def test_an_amendment_since_the_close_is_a_cause() -> None:
    """JC-38."""
    change = examples.amendment("2026-04-01", {"op": "change", "line": "C-1", "price": "13200.00"})
    amended = repriced("12000.00", amendments=[change])
    assert snapshots.subjects(closed(amended, companies.year()), "JC-38") == []


def many(lines: int, *, since: str = "2025-10-01") -> Snapshot:
    """Lines of 12,000.00 a year from October 2025 on, billed each month."""
    terms = {"price": "12000.00", "start": since, "end": "2026-09-30", "billing": {"frequency": "monthly"}}
    contract = examples.contract(*[terms] * lines, signed_on=since, start=since, end="2026-09-30")
    return snapshots.of(examples.bundle(contracts=[contract]), "2026-04-30")


@pytest.mark.parametrize(("percent", "flags"), [(103, 0), (104, 1)])
def test_revenue_far_from_the_run_rate(percent: int, flags: int) -> None:
    """JC-39: twenty lines, 3% and 4% above; with nineteen lines there is no population."""
    month = (pl.col("period") == "2026-04") & (pl.col("kind") == "recognition")
    made = snapshots.altered(many(20), month, amount=pl.col("amount") * percent // 100)

    assert len(snapshots.subjects(made, "JC-39")) == flags
    with pytest.raises(catalogue.CannotRun, match="20 subscriptions"):
        snapshots.found(many(19), "JC-39")


@pytest.mark.parametrize(("price", "flags"), [("60000.00", 0), ("80000.00", 1)])
def test_deferred_revenue_that_lasts_longer_than_usual(price: str, flags: int) -> None:
    """JC-40: 17.5 months are usual; one more line brings the 14 of April to 20, or past 21, which is 20% more."""
    terms = {"price": "12000.00", "start": "2025-07-01", "end": "2027-06-30",
             "billing": {"frequency": "once", "timing": "advance"}}  # fmt: skip
    late = {"price": price, "start": "2026-04-30", "end": "2027-06-30", "billing": {"frequency": "once"}}
    contract = examples.contract(*[terms] * 20, late, signed_on="2025-07-01", start="2025-07-01", end="2027-06-30")
    made = snapshots.of(examples.bundle(contracts=[contract]), "2026-04-30")
    assert len(snapshots.subjects(made, "JC-40")) == flags


def test_some_accounts_alone_say_nothing_of_all() -> None:
    """JC-39, JC-40: a snapshot of some accounts cannot run them."""
    part = replace(many(20), whole=False)
    for check in ("JC-39", "JC-40"):
        with pytest.raises(catalogue.CannotRun, match="some of the accounts"):
            snapshots.found(part, check)

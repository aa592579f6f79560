from dataclasses import replace

import polars as pl
import pytest

from ratable.review.snapshot import Snapshot
from tests.engine import examples
from tests.review import snapshots

APRIL = (pl.col("kind") == "recognition") & (pl.col("period") == "2026-04")
RATES = [
    {"from": "GBP", "to": "USD", "on": day, "rate": rate}
    for day, rate in (("2026-01-01", "1.30"), ("2026-02-01", "1.31"), ("2026-03-01", "1.32"), ("2026-04-01", "1.2345"))
]


def pounds(currency: str = "GBP") -> Snapshot:
    """1,000.00 GBP a month in books in USD, each month at its own rate."""
    contract = examples.contract({"price": "12000.00"}, currency=currency)
    made = snapshots.of(examples.bundle(contracts=[contract], fx_rates=RATES), "2026-04-30")
    rates = {row["on"][:7]: row["rate"] for row in RATES}
    rate = pl.col("period").replace_strict(rates)
    functional = (pl.col("amount") * rate.cast(pl.Decimal(12, 4)) * 1).round(0).cast(pl.Int64)
    entries = made.entries.with_columns(functional_currency=pl.lit("USD"), rate=rate, functional_amount=functional)
    return replace(made, entries=entries)


def test_converted_rightly_at_the_rate_of_the_day() -> None:
    """JC-08."""
    assert snapshots.subjects(pounds(), "JC-08") == []


def test_a_cent_too_much() -> None:
    """JC-08: 1,000.00 x 1.2345 is 1,234.50."""
    flag = snapshots.found(snapshots.altered(pounds(), APRIL, functional_amount=123_451), "JC-08").row(0, named=True)
    assert (flag["expected"], flag["actual"], flag["amount"], flag["currency"]) == ("1,234.50", "1,234.51", 1, "USD")
    assert flag["formula"] == "1,000.00 GBP x 1.2345 = 1,234.50 USD"


@pytest.mark.parametrize(("functional", "flags"), [(1, 1), (2, 0), (3, 1)])
def test_half_a_cent_goes_to_the_even_one(functional: int, flags: int) -> None:
    """JC-08: 0.02 at 1.25 is 0.025, so 0.02."""
    changed = snapshots.altered(pounds(), APRIL, amount=2, rate="1.25", functional_amount=functional)
    wrong = [row for row in snapshots.found(changed, "JC-08").iter_rows(named=True) if row["expected"] == "0.02"]
    assert len(wrong) == flags


def test_the_rate_of_the_month_before_is_stale() -> None:
    """JC-08: by the rate of the bill, of a bill of another account, and of the month before."""
    at_march = snapshots.altered(pounds(), APRIL, rate="1.32", functional_amount=132_000)
    at_the_bill = snapshots.altered(pounds(), APRIL, rate="1.30", functional_amount=130_000)

    flag = snapshots.found(at_march, "JC-08").row(0, named=True)

    assert (flag["expected"], flag["actual"], flag["amount"]) == ("1.2345", "1.32", 8_550)
    assert "fx_rates/GBP/USD/2026-04-01" in flag["rows"]
    assert snapshots.subjects(at_the_bill, "JC-08") == []


def test_the_newest_rate_may_be_a_month_old_and_no_more() -> None:
    """JC-08: thirty-one days are the boundary."""
    made = pounds()
    late = snapshots.altered(made, APRIL, date=pl.lit("2026-05-02").str.to_date())
    later = snapshots.altered(made, APRIL, date=pl.lit("2026-05-03").str.to_date())

    assert snapshots.subjects(late, "JC-08") == []
    assert len(snapshots.subjects(later, "JC-08")) == 1


def test_a_rate_that_is_no_number() -> None:
    """JC-08; and in its own currency an entry is worth what it is."""
    assert len(snapshots.subjects(snapshots.altered(pounds(), APRIL, rate="about 1.3"), "JC-08")) == 1
    plain = snapshots.of(examples.bundle(contracts=[examples.contract({"price": "12000.00"})]), "2026-04-30")
    assert snapshots.subjects(plain, "JC-08") == []
    assert len(snapshots.subjects(snapshots.altered(plain, APRIL, functional_amount=1), "JC-08")) == 1

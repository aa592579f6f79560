from dataclasses import replace
from typing import Any

import pytest

from ratable.review.snapshot import Snapshot
from tests.engine import examples
from tests.review import companies, snapshots

ACME = companies.ACME
LIMITS = {"dana": {"USD": 50_000}}


def by_hand(*rows: dict[str, Any], **run: Any) -> Snapshot:
    """The company of one year with a journal by hand, written on Friday, 1 May."""
    return snapshots.by_hand(companies.year(), *rows, **run)


@pytest.mark.parametrize(
    ("day", "written", "flags"),
    [
        ("2026-04-24", "2026-05-01 09:00", 0),
        ("2026-04-23", "2026-05-01 09:00", 1),
        ("2026-04-03", "2026-04-30 09:00", 0),
        ("2026-05-08", "2026-05-01 09:00", 0),
        ("2026-05-11", "2026-05-01 09:00", 1),
    ],
    ids=["five days", "six days", "same month", "five ahead", "six ahead"],
)
def test_a_journal_far_from_its_day(day: str, written: str, flags: int) -> None:
    """JC-50: five working days across a month end, and five ahead."""
    assert len(snapshots.subjects(by_hand({"date": day}, prepared_at=written), "JC-50")) == flags


@pytest.mark.parametrize(("closed_at", "flags"), [("2026-05-03 09:00", 0), ("2026-05-03 08:59", 1)])
def test_a_journal_in_the_last_two_days_of_a_close(closed_at: str, flags: int) -> None:
    """JC-51: written on 1 May at nine, two days before the close to the minute."""
    bare = snapshots.locked(by_hand({}), "2026-04-30", at=closed_at)
    grounded = snapshots.locked(by_hand(ACME), "2026-04-30", at=closed_at)
    assert len(snapshots.subjects(bare, "JC-51")) == flags
    assert snapshots.subjects(grounded, "JC-51") == []


@pytest.mark.parametrize(
    ("at", "flags"),
    [
        ("2026-05-01 07:00", 0),
        ("2026-05-01 06:59", 1),
        ("2026-05-01 20:59", 0),
        ("2026-05-01 21:00", 1),
        ("2026-05-02 10:00", 1),
    ],
)
def test_a_journal_at_an_odd_hour(at: str, flags: int) -> None:
    """JC-52: 1 May is a Friday, 2 May a Saturday."""
    assert len(snapshots.subjects(by_hand({}, prepared_at=at, approved_at="2026-05-04 10:00"), "JC-52")) == flags


def test_an_hour_is_odd_where_it_is_odd_in_every_entity() -> None:
    """JC-52: 22:00 UTC is 23:00 in London and 18:00 in New York; 2:00 UTC is night in both."""
    entities = [
        {"id": "uk", "name": "UK", "currency": "GBP", "time_zone": "Europe/London"},
        {"id": "us", "name": "US", "currency": "USD", "time_zone": "America/New_York"},
    ]
    contract = examples.contract({"price": "12000.00"}, entity="us")
    made = snapshots.of(examples.bundle(entities=entities, contracts=[contract]), "2026-04-30")
    when = {"approved_at": "2026-05-04 15:00"}
    assert snapshots.subjects(snapshots.by_hand(made, {}, prepared_at="2026-04-30 22:00", **when), "JC-52") == []
    assert snapshots.subjects(snapshots.by_hand(made, {}, prepared_at="2026-04-30 02:00", **when), "JC-52") == [
        "runs/5"
    ]


@pytest.mark.parametrize(("times", "flags"), [(4, 4), (5, 0)])
def test_who_writes_seldom(times: int, flags: int) -> None:
    """JC-53: below five entries in twelve months; what they wrote before counts."""
    before = by_hand({"date": "2026-01-31"}, prepared_at="2026-02-01 09:00")
    made = snapshots.by_hand(before, *[{}] * (times - 1))
    told = [one for one in snapshots.subjects(made, "JC-53") if "hand-6" in one]
    assert len(told) == max(0, flags - 1)


def test_the_first_use_of_an_account() -> None:
    """JC-53: five entries by ben, of which the last is the first to account 7000."""
    before = by_hand(*[{"date": "2026-01-31"}] * 5, prepared_at="2026-02-01 09:00")
    made = snapshots.by_hand(before, {}, {"credit": "7000", "credit_role": "fx_gain_loss"})
    assert [one for one in snapshots.subjects(made, "JC-53") if "hand-6" in one] == ["entries/hand-6-2"]


@pytest.mark.parametrize(
    ("rows", "approved", "flags"),
    [(1, "10:00:10", 0), (1, "10:00:09", 1), (100, "10:00:50", 0), (100, "10:00:49", 1), (9_000, "10:10:00", 0)],
)
def test_an_approval_in_seconds(rows: int, approved: str, flags: int) -> None:
    """JC-54: ten seconds, half a second a row, and ten minutes for the longest run."""
    made = by_hand({}, rows=rows, opened_at="2026-05-01 10:00", approved_at=f"2026-05-01 {approved}")
    assert len(snapshots.subjects(made, "JC-54")) == flags


@pytest.mark.parametrize(("count", "flags"), [(30, 0), (31, 31)])
def test_many_approvals_in_a_minute(count: int, flags: int) -> None:
    """JC-54: thirty a minute; who opened them when is not known."""
    made = companies.year()
    for second in range(count):
        made = snapshots.by_hand(made, {}, opened_at=None, approved_at=f"2026-05-01 11:00:{second:02}")
    assert len(snapshots.subjects(made, "JC-54")) == flags


@pytest.mark.parametrize(("amount", "flags"), [(47_499, 0), (47_500, 1), (49_999, 1), (50_000, 0)])
def test_just_under_a_limit(amount: int, flags: int) -> None:
    """JC-55: dana may approve 500.00; from 475.00 on it is near."""
    assert len(snapshots.subjects(replace(by_hand({"amount": amount}), limits=LIMITS), "JC-55")) == flags


def test_the_amount_of_a_bill_is_what_it_is() -> None:
    """JC-55: the price of 12,000.00, just under a limit of 12,000.01."""
    made = replace(by_hand({"amount": 1_200_000}), limits={"dana": {"USD": 1_200_001}})
    assert snapshots.subjects(made, "JC-55") == []


@pytest.mark.parametrize(
    ("second", "run", "flags"),
    [
        ({"amount": 20_001}, {}, 1),
        ({"amount": 20_000}, {}, 0),
        ({"amount": 20_001, "customer": "bolt"}, {}, 0),
        ({"amount": 20_001}, {"prepared_by": "carl"}, 0),
        ({"amount": 20_001}, {"prepared_at": "2026-05-04 09:00"}, 1),
        ({"amount": 20_001}, {"prepared_at": "2026-05-04 09:01"}, 0),
    ],
    ids=["above", "at the limit", "another customer", "another maker", "three days", "more"],
)
def test_one_amount_in_two_journals(second: dict[str, Any], run: dict[str, Any], flags: int) -> None:
    """JC-55: 300.00 and 200.01 for one customer, where dana may approve 500.00."""
    made = snapshots.by_hand(by_hand(ACME | {"amount": 30_000}), ACME | second, **run)
    assert len(snapshots.subjects(replace(made, limits=LIMITS), "JC-55")) == flags

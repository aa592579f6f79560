from datetime import date

from ratable.oracle import locks
from ratable.oracle.ledger import Pair

JANUARY = date(2026, 1, 1)
BILL = Pair(date(2026, 1, 10), JANUARY, "a", "billing", "receivable", "deferred_revenue", 100)
REVENUE = Pair(date(2026, 1, 20), JANUARY, "a", "recognition", "deferred_revenue", "revenue", 40)
LOCK = locks.Lock(date(2026, 1, 31), date(2026, 2, 4))
SECOND = locks.Lock(date(2026, 2, 28), date(2026, 3, 4))


def late(day: date, kind: str, debit: str, credit: str, amount: int) -> Pair:
    return Pair(day, JANUARY, "a", kind, debit, credit, amount)


def test_what_is_learned_after_the_lock_is_posted_on_the_first_open_day() -> None:
    found = locks.posted({LOCK.locked_on: []}, [BILL, REVENUE], [LOCK])

    assert found == [
        late(date(2026, 2, 1), "billing", "receivable", "deferred_revenue", 100),
        late(date(2026, 2, 1), "catch_up", "deferred_revenue", "revenue", 40),
    ]


def test_what_turns_out_too_much_is_taken_back_late() -> None:
    less = Pair(REVENUE.day, JANUARY, "a", "recognition", "deferred_revenue", "revenue", 30)

    found = locks.posted({LOCK.locked_on: [BILL, REVENUE]}, [BILL, less], [LOCK])

    assert found == [BILL, REVENUE, late(date(2026, 2, 1), "catch_up", "revenue", "deferred_revenue", 10)]


def test_a_late_posting_is_itself_locked_by_the_next_lock() -> None:
    targets = {LOCK.locked_on: [BILL], SECOND.locked_on: [BILL, REVENUE]}

    found = locks.posted(targets, [BILL, REVENUE], [LOCK, SECOND])

    assert found == [BILL, late(date(2026, 2, 1), "catch_up", "deferred_revenue", "revenue", 40)]


def test_without_locks_everything_stands_on_its_own_day() -> None:
    assert locks.posted({}, [BILL, REVENUE], []) == [BILL, REVENUE]

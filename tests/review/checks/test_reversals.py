from typing import Any

import pytest

from ratable.review import proposals
from ratable.review.snapshot import Snapshot
from tests.review import companies, snapshots

MARCH = companies.ACME | {"date": "2026-03-31"}
BACK = companies.ACME | {
    "date": "2026-04-01", "kind": "reversal", "debit": "4000", "credit": "2400", "debit_role": "revenue",
    "credit_role": "deferred_revenue",
}  # fmt: skip
PROMISE = "Accrual by the letter of March, reverses on 1 April"


def accrued(memo: str = PROMISE) -> Snapshot:
    """The company of one year with an entry by hand on 31 March, run 5."""
    return snapshots.by_hand(companies.year(), MARCH, memo=memo)


def faults(snapshot: Snapshot) -> list[str]:
    """The subjects that JC-57 flags."""
    return [subject.partition("/")[2] for subject in snapshots.subjects(snapshot, "JC-57")]


@pytest.mark.parametrize(
    ("memo", "flags"),
    [
        (PROMISE, 1),
        ("To be reversed when the bill comes", 1),
        ("Settled; not to be reversed", 0),
        ("Agreed with Acme", 0),
    ],
)
def test_an_accrual_that_was_to_reverse(memo: str, flags: int) -> None:
    """JC-57: one that says that it reverses, and nothing took it back in the month after."""
    assert len(faults(accrued(memo))) == flags


def test_a_promise_is_due_at_the_end_of_the_month_after() -> None:
    """JC-57: one of 30 April has the whole of May, which the books have not reached."""
    assert faults(snapshots.by_hand(companies.year(), MARCH | {"date": "2026-04-30"}, memo=PROMISE)) == []


def test_the_missing_reversal_is_proposed() -> None:
    """JC-57."""
    flag = snapshots.found(accrued(), "JC-57").row(0, named=True)
    assert proposals.read(flag["fix"]) == proposals.Fix(
        "post", "entries", "hand-5-1", {"amount": "123.45", "reverses": "hand-5-1"}
    )


@pytest.mark.parametrize("link", [{"source": "hand-5-1"}, {}], ids=["by entry", "by run"])
def test_taken_back_once_is_right_and_twice_is_not(link: dict[str, Any]) -> None:
    """JC-57: linked by the id of the entry, or by the run that it reverses."""
    run = {} if link else {"reverses": 5}
    once = snapshots.by_hand(accrued(), BACK | link, **run)
    assert faults(once) == []
    assert faults(snapshots.by_hand(once, BACK | link, **run)) == ["hand-7-1"]
    # The one that was written later is the one too many, whatever its id.
    assert faults(snapshots.by_hand(once, BACK | link | {"entry": "a"}, prepared_at="2026-05-01 09:01", **run)) == ["a"]


def test_a_reversal_is_the_mirror_to_the_cent() -> None:
    """JC-57."""
    short = snapshots.by_hand(accrued(), BACK | {"source": "hand-5-1", "amount": 12_344})
    assert snapshots.found(short, "JC-57").select("subject", "amount").rows() == [("hand-6-1", 1)]


@pytest.mark.parametrize(("day", "flags"), [("2026-04-05", 1), ("2026-04-06", 0)])
def test_an_opposite_entry_that_names_nothing(day: str, flags: int) -> None:
    """JC-57: by hand, within five days of the month end."""
    made = snapshots.by_hand(accrued("Agreed with Acme"), BACK | {"date": day, "kind": "manual"})
    assert faults(made) == ["hand-6-1"] * flags


def test_an_opposite_entry_of_another_line_or_month_is_its_own() -> None:
    """JC-57: of another line; and within one month it stood over no month end."""
    other = snapshots.by_hand(accrued("Agreed with Acme"), BACK | {"kind": "manual", "line": "C-2"})
    same = snapshots.by_hand(accrued("Agreed with Acme"), BACK | {"kind": "manual", "date": "2026-03-31"})
    assert (faults(other), faults(same)) == ([], [])

import pytest

from ratable.ledger import pending
from ratable.operations import disposing
from tests.ledger import noticed
from tests.stores import Store


def numbers() -> list[int]:
    return pending.findings()["no"].to_list()


def test_a_fault_noticed_again_waits_once(store: Store) -> None:
    noticed.on_import(store, noticed.FLOAT, noticed.UNPRICED)
    noticed.on_import(store, noticed.FLOAT)

    assert numbers() == [2, 3]


def test_a_row_that_came_later_waits_no_more(store: Store) -> None:
    noticed.on_import(store, noticed.FLOAT, noticed.UNPRICED)
    noticed.on_import(store, contract="C-9")

    assert numbers() == [2]


def test_another_row_that_came_later_changes_nothing(store: Store) -> None:
    noticed.on_import(store, noticed.FLOAT)
    noticed.on_import(store, contract="C-10")

    assert numbers() == [1]


@pytest.mark.parametrize(("verdict", "waits"), [("accepted", []), ("resolved", [2])])
def test_what_is_accepted_stays_accepted_and_what_was_resolved_may_come_back(
    store: Store, verdict: str, waits: list[int]
) -> None:
    noticed.on_import(store, noticed.UNPRICED)
    disposing.dispose(store.actor("dana", "as agreed"), 1, verdict)
    assert numbers() == []

    noticed.on_import(store, noticed.UNPRICED)
    assert numbers() == waits

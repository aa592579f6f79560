"""The whole engine on its worked example, and a lock through the front door."""

from typing import Any

import pytest

from ratable.engine import run
from tests.engine import examples

LINES = ({"price": "12000", "proration": "daily"}, {"product": "setup", "price": "3000"})
LOCKS = [{"through": "2026-01-31", "locked_on": "2026-02-04"}, {"through": "2026-02-28", "locked_on": "2026-03-04"}]


def test_the_worked_example() -> None:
    contract = examples.contract(*LINES, discount={"percent": "10"})
    found = examples.books("2026-01-31", contracts=[contract])

    assert examples.allocated(found) == {"C-1": 10_800_00, "C-2": 2_700_00}
    assert examples.entries(found) == [
        ("2026-01-01", "C-1", "billing: receivable / deferred_revenue", 10_800_00),
        ("2026-01-01", "C-2", "billing: receivable / deferred_revenue", 2_700_00),
        ("2026-01-31", "C-1", "recognition: deferred_revenue / revenue", 917_26),
        ("2026-01-31", "C-2", "recognition: deferred_revenue / revenue", 2_700_00),
    ]
    assert found.remaining()["amount"].sum() == 9_882_74
    assert found.remaining().height == 11


def late(through: str, known_on: str | None = None, **more: Any) -> list[tuple[str, str, str, int]]:
    contract = examples.contract({"price": "12000"}, known_on="2026-03-10")
    return examples.entries(examples.books(through, known_on=known_on, contracts=[contract], locks=LOCKS, **more))


def test_an_order_recorded_after_two_locks_is_posted_on_the_first_open_day() -> None:
    assert late("2026-03-31") == [
        ("2026-03-01", "C-1", "billing: receivable / deferred_revenue", 12_000_00),
        ("2026-03-01", "C-1", "catch_up: deferred_revenue / revenue", 1_000_00),
        ("2026-03-01", "C-1", "catch_up: deferred_revenue / revenue", 1_000_00),
        ("2026-03-31", "C-1", "recognition: deferred_revenue / revenue", 1_000_00),
    ]


def test_before_it_was_known_there_was_nothing() -> None:
    assert late("2026-03-31", known_on="2026-03-09") == []
    assert late("2026-02-28") == []


def test_a_lock_of_another_entity_closes_nothing() -> None:
    entities = [{"id": name, "name": name, "currency": "USD"} for name in ("us", "uk")]
    contract = examples.contract({"price": "12000"}, known_on="2026-03-10", entity="us")
    closed = [lock | {"entity": "uk"} for lock in LOCKS]
    found = examples.books("2026-01-31", entities=entities, contracts=[contract], locks=closed)

    assert examples.revenue(found) == {"2026-01-31": 1_000_00}


def test_entities_with_other_locks_catch_up_by_their_own() -> None:
    entities = [{"id": name, "name": name, "currency": "USD"} for name in ("us", "uk", "de")]
    contracts = [
        examples.contract({"id": f"{name}-1", "price": "12000"}, name=name, known_on="2026-03-10", entity=name)
        for name in ("us", "uk", "de")
    ]
    closed = [lock | {"entity": name} for name in ("us", "de") for lock in LOCKS]
    found = examples.books("2026-03-31", entities=entities, contracts=contracts, locks=closed)

    for name in ("us", "de"):
        assert examples.revenue(found, f"{name}-1") == {"2026-03-01": 2_000_00, "2026-03-31": 1_000_00}
    assert list(examples.revenue(found, "uk-1").values()) == [1_000_00] * 3


def test_a_state_of_knowledge_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was learned between the two locks, and what is left asks for what the movements have asked for."""
    worked: list[Any] = []
    whole = run._target

    def counted(*given: Any) -> Any:
        worked.append(given)
        return whole(*given)

    monkeypatch.setattr(run, "_target", counted)
    contract = examples.contract({"price": "12000"}, known_on="2026-03-10")
    found = examples.books("2026-03-31", contracts=[contract], locks=LOCKS)
    examples.entries(found)
    found.remaining()

    assert len(worked) == 3  # All that is known now; then, for the late order alone, before and after it was known.


def test_no_revenue_before_signature() -> None:
    contract = examples.contract({"price": "12000"}, signed_on="2026-03-15")
    found = examples.books("2026-03-31", contracts=[contract])

    assert (
        examples.revenue(found, grain="day")["2026-03-15"] == 2_483_87
    )  # Two months and 15/31 of the third, on that day.
    assert sum(examples.revenue(found).values()) == 3_000_00
    assert examples.bills(found) == {"2026-03-15": 12_000_00}


def test_an_empty_bundle_has_empty_books() -> None:
    found = examples.books("2026-12-31")

    assert examples.entries(found) == []
    assert found.remaining().is_empty()
    assert found.treatments.is_empty()
    assert examples.codes(found) == []

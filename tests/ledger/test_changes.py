"""What changed since a close: each cent has one cause, and the causes are the whole difference."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import ratable
from ratable.ledger import changes, facts, knowledge
from ratable.reports import identities
from tests.ledger import closing, test_books
from tests.stores import Store

CLOSE = date(2026, 4, 1)  # The day of the first import.
ORDER = test_books.ORDER
SECOND: dict[str, Any] = {
    "contracts": [
        {
            "id": "C-2", "customer": "acme", "currency": "USD", "signed_on": "2026-01-01", "start": "2026-01-01",
            "end": "2026-01-31", "lines": [{"id": "C-2-1", "product": "platform", "price": "310.00"}],
        }
    ],
    "amendments": [
        {"id": "A-1", "contract": "C-1", "effective_on": "2026-07-01", "approved_on": "2026-07-01",
         "changes": [{"op": "change", "line": "C-1-1", "price": "11000.00"}]},
    ],
}  # fmt: skip
CREDIT: dict[str, Any] = {"credit_notes": [
    {"id": "CN-1", "invoice": "C-1/2026-01-01", "issued_on": "2026-03-01", "cause": "service_credit",
     "lines": [{"invoice_line": "C-1-1/2026-01-01", "amount": "100.00"}]},
]}  # fmt: skip
CORRECTED = {**ORDER, "contracts": [{**ORDER["contracts"][0], "lines": [
    {"id": "C-1-1", "product": "platform", "price": "12012.00"}
]}]}  # fmt: skip


def by_cause(found: changes.Changes) -> dict[str, tuple[int, int]]:
    sums = found.rows.group_by("cause").agg(pl.col("revenue", "billed").sum())
    return {cause: (revenue, billed) for cause, revenue, billed in sums.iter_rows()}


@pytest.fixture
def closed(store: Store, tmp_path: Path) -> Store:
    """One contract, known on 1 April; later imports are known on later days."""
    closing.bring(store, closing.written(tmp_path, ORDER))
    store.clock.pass_days(1)
    return store


def test_each_cause_has_its_own_cents(closed: Store, tmp_path: Path) -> None:
    closing.bring(closed, closing.written(tmp_path, SECOND))
    closing.bring(closed, closing.written(tmp_path, CREDIT))

    found = changes.since_close(since=CLOSE, through=date(2026, 12, 31))

    assert by_cause(found) == {
        "new contract": (310_00, 310_00),
        "amendment": (-1_000_00, 0),
        "credit_note": (-100_00, -100_00),
    }
    amended = found.rows.filter(pl.col("cause") == "amendment")
    assert amended["period"].to_list() == [f"2026-{month:02}" for month in range(7, 13)]
    assert found.rows["import"].unique().sort().to_list() == ["2", "3"]


def test_a_correction_is_one_cause_of_its_own(closed: Store, tmp_path: Path) -> None:
    closing.bring(closed, closing.written(tmp_path, CORRECTED), correction=True, reason="The price was mistyped.")

    found = changes.since_close(since=CLOSE, through=date(2026, 12, 31))

    assert by_cause(found) == {"import correction": (12_00, 12_00)}


def test_the_rows_are_the_whole_difference(closed: Store, tmp_path: Path) -> None:
    day = date(2026, 12, 31)
    before = int(ratable.recognize(knowledge.bundle(), day).schedule["amount"].sum())
    for given in (SECOND, CREDIT):
        closing.bring(closed, closing.written(tmp_path, given))
        closed.clock.pass_days(1)

    found = changes.since_close(since=CLOSE, through=day)
    parts = changes.since_close(since=date(2026, 4, 2), through=day)

    after = int(ratable.recognize(knowledge.bundle(), day).schedule["amount"].sum())
    assert int(found.rows["revenue"].sum()) == after - before
    assert by_cause(parts) == {"credit_note": (-100_00, -100_00)}


def test_nothing_learned_is_no_rows(closed: Store) -> None:
    assert changes.since_close(since=CLOSE).rows.is_empty()


@pytest.mark.usefixtures("closed")
def test_without_a_close_a_day_has_to_be_said() -> None:
    with pytest.raises(changes.NotClosed, match=r"nothing is locked yet, .* say since which day"):
        changes.since_close()


def test_what_no_cause_explains_is_never_shown(closed: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closing.bring(closed, closing.written(tmp_path, CREDIT))
    without = {cause: names for cause, names in changes.CAUSES.items() if cause != "credit_note"}
    monkeypatch.setattr(changes, "CAUSES", without)

    with pytest.raises(identities.DoesNotFoot, match="without a cause"):
        changes.since_close(since=CLOSE)


def test_the_causes_follow_every_table_that_moves_revenue() -> None:
    known = {name for names in changes.CAUSES.values() for name in names}
    without_effect = {"accounts", "account_rules", "payments", "fx_rates", "locks", "opening_balances"}

    assert known | without_effect == set(facts.MODELS)

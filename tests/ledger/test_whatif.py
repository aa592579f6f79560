"""What a file would do: the engine on the facts of what it touches, before and after, and nothing written."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ratable.ledger import models, rows, schedules, whatif
from ratable.operations import typed
from tests.ledger import closing
from tests.stores import Store, day

pytestmark = pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
JULY = day("2026-07-31")
CONTRACT: dict[str, Any] = {
    "products": [{"id": "platform", "name": "Platform", "method": "straight_line", "proration": "monthly_prorated"}],
    "customers": [{"id": "acme", "name": "Acme"}],
    "contracts": [{"id": "C-1", "customer": "acme", "currency": "USD", "signed_on": "2026-01-01", "start": "2026-01-01",
                   "end": "2026-12-31", "lines": [{"id": "C-1-1", "product": "platform", "price": "12000.00",
                                                   "billing": {"frequency": "quarterly"}}]}],
}  # fmt: skip


def amendment(treatment: str) -> typed.Document:
    change = {"op": "change", "line": "C-1-1", "price_change": "3000.00"}
    return {"amendments": [{"id": "A-1", "contract": "C-1", "effective_on": "2026-07-01", "approved_on": "2026-07-01",
                            "treatment": treatment, "changes": [change]}]}  # fmt: skip


@pytest.fixture
def tried(store: Store, tmp_path: Path) -> whatif.Tried:
    closing.bring(store, closing.written(tmp_path, CONTRACT))
    return whatif.tried(typed.opened(amendment("catch_up"), "amendment A-1").source)


def of(state: whatif.State, period: str) -> int:
    return int(state.revenue.filter(pl.col("period") == period)["amount"].sum())


def test_a_catch_up_moves_the_past_at_once(tried: whatif.Tried) -> None:
    before, after = tried.before(JULY), tried.after(JULY)

    assert of(before, "2026-07") == 1_000_00
    assert of(after, "2026-07") == 2_750_00
    assert after.at_once["amount"].to_list() == [1_500_00]
    assert before.at_once.is_empty()


def test_another_treatment_of_the_same_file(tried: whatif.Tried) -> None:
    after = tried.treated("A-1", "prospective").after(JULY)

    assert of(after, "2026-07") == of(after, "2026-12") == 1_500_00
    assert after.at_once.is_empty()


def test_two_schedules_side_by_side(tried: whatif.Tried) -> None:
    both = whatif.between(tried.before(JULY).revenue, tried.after(JULY).revenue)

    assert both["change"].sum() == 3_000_00
    assert both.filter(pl.col("period") == "2026-06").select("before", "after", "change").row(0) == (
        100_000,
        100_000,
        0,
    )


def test_nothing_is_written(tried: whatif.Tried) -> None:
    counts = [models.Import.objects.count(), rows.count("fact_amendments")]
    tried.after(JULY)

    assert [models.Import.objects.count(), rows.count("fact_amendments")] == counts == [1, 0]


def test_faults_of_the_file_are_found(store: Store, tried: whatif.Tried) -> None:
    found = whatif.tried(typed.opened(amendment("separate"), "x").source)

    assert found.blocked
    assert found.findings["code"].to_list() == ["separate_only_adds"]
    assert not tried.blocked


def test_bills_to_come_follow_the_terms(store: Store, tried: whatif.Tried) -> None:
    closing.post(store, "2026-03-31")
    months = schedules.of_contract("C-1", day("2026-03-31")).group_by("period").agg(pl.col(schedules.FIGURES).sum())
    by_month = {row["period"]: row for row in months.to_dicts()}

    assert by_month["2026-01"] == {
        "period": "2026-01",
        "billed": 300_000,
        "recognized": 100_000,
        "to_bill": 0,
        "to_come": 0,
    }
    assert by_month["2026-04"] == {
        "period": "2026-04",
        "billed": 0,
        "recognized": 0,
        "to_bill": 300_000,
        "to_come": 100_000,
    }
    assert months["to_bill"].sum() == 900_000

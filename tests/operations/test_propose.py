from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

import ratable
from ratable.ledger import entries, models
from ratable.operations import acts, decide
from ratable.operations import propose as proposing
from tests.operations import books
from tests.stores import Store


def rows(run: int | None) -> list[tuple[object, ...]]:
    assert run is not None
    drafts = entries.drafts(run)
    return drafts.select("period", "origin_period", "kind", "debit_role", "amount").rows()


def test_a_run_holds_what_is_due_through_the_day(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())

    made = books.propose(store, "2026-02-28")

    assert rows(made.run) == [
        ("2026-01", "2026-01", "billing", "receivable", 1200_00),
        ("2026-01", "2026-01", "recognition", "deferred_revenue", 100_00),
        ("2026-02", "2026-02", "recognition", "deferred_revenue", 100_00),
    ]
    assert (made.rows, made.totals) == (3, {"USD": 1400_00})
    run = models.Run.objects.get(no=made.run)
    assert (run.kind, run.prepared_by, run.rows, run.hash) == ("proposal", "ben", 3, made.hash)


def test_nothing_to_post_makes_no_run(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    books.post(store, "2026-01-31")

    made = books.propose(store, "2026-01-31")

    assert made.run is None
    assert entries.latest() is None
    assert models.Event.objects.order_by("-no").first().action == "propose"


def test_nothing_new_is_known_without_looking_at_every_contract(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[date] = []
    whole = proposing.missing

    def missing(through: date, **how: Any) -> pl.DataFrame:
        looked.append(through)
        return whole(through, **how)

    monkeypatch.setattr(proposing, "missing", missing)
    books.bring(store, tmp_path, books.bundle())
    books.post(store, "2026-01-31")

    assert books.propose(store, "2026-01-31").run is None
    assert len(looked) == 1
    assert books.propose(store, "2026-02-28").run is not None  # Another day.
    assert books.propose(store, "2026-02-28").run is not None  # What waited waits on.
    books.bring(store, tmp_path, books.bundle(products=[{"id": "access", "name": "Entry", "method": "straight_line"}]),
                correction=True)  # fmt: skip
    books.propose(store, "2026-02-28")
    assert len(looked) == 3


def test_a_later_proposal_holds_only_what_is_new(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    books.post(store, "2026-01-15")

    made = books.propose(store, "2026-02-28")

    # A day of January is 1/31 of 100.00; half of January was posted as 48.39.
    assert rows(made.run) == [
        ("2026-01", "2026-01", "recognition", "deferred_revenue", 51_61),
        ("2026-02", "2026-02", "recognition", "deferred_revenue", 100_00),
    ]


def test_a_proposal_replaces_the_one_that_waits(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    first = books.propose(store, "2026-01-31")
    books.approve(store, first)

    second = books.propose(store, "2026-02-28")

    assert first.run is not None
    assert entries.state(first.run) == "replace"
    assert entries.drafts(first.run).is_empty()
    assert entries.latest() == second.run
    with pytest.raises(acts.Refused, match=r"run 1 is replaced by a later proposal; to post it, it has to be approved"):
        decide.post(store.actor("dana"), first.run)


def test_a_proposal_is_replaced_even_where_nothing_is_left_to_post(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    books.post(store, "2026-01-31")
    waiting = books.propose(store, "2026-02-28")

    assert books.propose(store, "2026-01-31").run is None

    assert waiting.run is not None
    assert entries.state(waiting.run) == "replace"


def test_a_fact_learned_after_a_lock_is_posted_on_the_first_open_day(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    books.post(store, "2026-02-28")
    books.lock(store, "2026-02-28")
    late = {"id": "I-1", "customer": "quill", "currency": "USD", "issued_on": "2026-01-01", "lines": [
        {"id": "I-1-1", "amount": "90.00", "product": "access", "service_start": "2026-01-01",
         "service_end": "2026-03-31"}]}  # fmt: skip
    books.bring(store, tmp_path, books.bundle(invoices=[late]))

    found = books.post(store, "2026-03-31").filter(line="I-1-1")

    assert set(found["period"]) == {"2026-03"}
    assert found.filter(kind="catch_up").select("date", "origin_period", "amount").rows() == [
        (date(2026, 3, 1), "2026-01", 31_00),
        (date(2026, 3, 1), "2026-02", 28_00),
    ]
    assert found.filter(kind="billing").select("date", "origin_period").rows() == [(date(2026, 3, 1), "2026-01")]


def test_a_correction_of_locked_months_posts_the_difference_alone(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    before = books.post(store, "2026-02-28")
    books.lock(store, "2026-02-28")
    books.bring(store, tmp_path, books.bundle(price="1320.00"), correction=True)

    found = books.post(store, "2026-03-31")

    assert found.select("date", "origin_period", "kind", "amount").sort("kind", "origin_period", "date").rows() == [
        (date(2026, 3, 1), "2026-01", "billing", 120_00),
        (date(2026, 3, 1), "2026-01", "catch_up", 10_00),
        (date(2026, 3, 1), "2026-02", "catch_up", 10_00),
        (date(2026, 3, 31), "2026-03", "recognition", 110_00),
    ]
    assert entries.posted(through=date(2026, 2, 28)).drop("no", "known_on", "digest").equals(before)
    assert books.propose(store, "2026-03-31").run is None
    books.lock(store, "2026-03-31")
    assert books.propose(store, "2026-03-31").run is None


def test_a_correction_of_an_open_month_changes_it_there(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    books.post(store, "2026-01-31")
    books.bring(store, tmp_path, books.bundle(price="1320.00"), correction=True)

    found = books.post(store, "2026-01-31")

    assert found.select("period", "origin_period", "kind", "amount").sort("kind").rows() == [
        ("2026-01", "2026-01", "billing", 120_00),
        ("2026-01", "2026-01", "recognition", 10_00),
    ]


def test_nothing_is_proposed_for_a_day_that_is_locked(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    books.post(store, "2026-02-28")
    books.lock(store, "2026-02-28")
    books.bring(store, tmp_path, books.bundle(price="1320.00"), correction=True)

    assert books.propose(store, "2026-02-28").run is None


def test_history_that_was_locked_before_is_posted_as_one(store: Store, tmp_path: Path) -> None:
    locks = [{"through": "2026-02-28", "locked_on": "2026-03-04"}]
    books.bring(store, tmp_path, books.bundle(locks=locks))

    with pytest.raises(acts.Refused, match="--through: saw 2026-01-31; expected 2026-02-28 or later"):
        books.propose(store, "2026-01-31")

    assert books.propose(store, "2026-02-28").rows == 3


def test_balances_taken_over_count_as_posted_and_the_difference_follows(store: Store, tmp_path: Path) -> None:
    taken = {"as_of": "2026-02-28", "contract_line": "L-1", "billed": "1200.00", "recognized": "230.00"}
    given = books.bundle(opening_balances=[taken])
    books.bring(store, tmp_path, given)

    found = books.post(store, "2026-03-31")

    assert found.select("date", "origin_period", "kind", "debit_role", "amount", "source").rows() == [
        (date(2026, 2, 28), "2026-02", "billing", "receivable", 1200_00, "opening"),
        (date(2026, 2, 28), "2026-02", "recognition", "deferred_revenue", 230_00, "opening"),
        (date(2026, 3, 1), "2026-02", "catch_up", "revenue", 30_00, "opening"),
        (date(2026, 3, 31), "2026-03", "recognition", "deferred_revenue", 100_00, None),
    ]
    assert books.propose(store, "2026-03-31").run is None
    books.lock(store, "2026-03-31")
    later = books.post(store, "2026-04-30")
    assert later.select("date", "kind", "amount").rows() == [(date(2026, 4, 30), "recognition", 100_00)]


def test_only_who_may_prepare_proposes(store: Store) -> None:
    with pytest.raises(acts.Refused, match="dana is an approver here and may not propose"):
        proposing.propose(store.actor("dana"), date(2026, 1, 31))


def test_the_target_is_the_journal_of_the_engine(tmp_path: Path) -> None:
    path = tmp_path / "bundle.yaml"
    path.write_text(yaml.safe_dump(books.bundle()))
    read = ratable.read_bundle(path)

    target = proposing.target(read, date(2026, 3, 31))

    assert target["entry"].to_list() == ratable.recognize(read, "2026-03-31").journal["entry"].to_list()
    assert target["account"].unique().to_list() == ["contract C-1"]

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import Error, connection

from ratable.ledger import books as ledger
from ratable.ledger import closed, covering, entries, models, signing, statements, stored, verification
from ratable.operations import acts, founding, periods
from tests.ledger import closing
from tests.operations.agreed import BUNDLE, LATE, TWO_ENTITIES
from tests.stores import Store


@pytest.fixture
def books(store: Store, tmp_path: Path) -> Store:
    """Books with one contract of 100.00 a month, posted through March, and a second controller."""
    founding.grant(store.actor("cora"), "carl", "controller")
    closing.posted(store, tmp_path, BUNDLE, "2026-01-31", "2026-02-28", "2026-03-31")
    return store


def lock(store: Store, period: str, **given: Any) -> periods.Done:
    return periods.lock(store.actor("cora"), period, **given)


def reopen(store: Store, period: str) -> periods.Done:
    periods.ask_to_unlock(store.actor("cora", "the auditor moved C-1"), period)
    return periods.unlock(store.actor("carl", "agreed"), period)


def signed(store: Store) -> list[tuple[str, str, str]]:
    """Month, report and SHA-256 of every statement."""
    return list(models.Statement.objects.order_by("no").values_list("lock__period", "report", "sha256"))


def copy_entry(store: Store, day: str) -> None:
    """Past every rule of the application: the rows of a run, its approval, its posting and an entry on another day."""
    with acts.begin(store.actor("dana"), "post") as act:
        run = covering.cover(act, "runs", stored.read("runs", 1, 1))["no"]
        decided = stored.read("decisions", 1, 2).with_columns(run_no=pl.lit(run.item()))
        covering.cover(act, "decisions", decided)
        changed = {"run_no": run.item(), "entry": "a copy", "date": date.fromisoformat(day)}
        copied = entries.posted().head(1).with_columns(pl.lit(value).alias(name) for name, value in changed.items())
        with connection.wrap_database_errors:
            covering.cover(act, "entries", copied)


def test_a_lock_closes_the_month_and_signs_its_statements(books: Store) -> None:
    done = lock(books, "2026-01")

    assert closed.through("main", "") == date(2026, 1, 31)
    assert [report for _, report, _ in signed(books)] == list(statements.REPORTS)
    assert done.statements["sha256"].to_list() == [sha256 for *_, sha256 in signed(books)]
    assert done.differences.is_empty()
    csv = statements.signed("2026-01", "")
    assert csv["roll-forward"].splitlines()[1] == b"2026-01,USD,0.00,1200.00,-100.00,0.00,0.00,0.00,0.00,1100.00"
    assert len(csv["journal"].splitlines()) == 3


def test_after_a_lock_the_database_itself_refuses_the_month(books: Store) -> None:
    lock(books, "2026-01")

    with pytest.raises(Error, match="that period is locked"):
        copy_entry(books, "2026-01-31")
    copy_entry(books, "2026-02-01")


def test_a_lock_is_refused_while_something_is_open_and_says_what(store: Store, tmp_path: Path) -> None:
    closing.bring(store, closing.written(tmp_path, BUNDLE))

    with pytest.raises(acts.Refused, match=r"2026-01 cannot be locked yet\. 2 entries are due through 2026-01-31"):
        lock(store, "2026-01")
    assert not models.Lock.objects.exists()
    assert not models.Statement.objects.exists()


def test_what_is_learned_after_a_lock_is_known_on_the_next_day_and_posted_in_the_next_month(
    books: Store, tmp_path: Path
) -> None:
    lock(books, "2026-03")
    locked_on = models.Lock.objects.get().locked_on
    closing.bring(books, closing.written(tmp_path, LATE))
    closing.post(books, "2026-04-30")

    (brought,) = models.Import.objects.order_by("-no").values_list("known_on", flat=True)[:1]
    assert (brought - locked_on).days == 1
    late = entries.posted().filter(pl.col("contract") == "C-2")
    assert late["date"].min() == date(2026, 4, 1)
    assert sorted(late.filter(pl.col("kind") == "catch_up")["origin_period"]) == ["2026-01", "2026-02", "2026-03"]


def test_a_month_is_locked_once(books: Store) -> None:
    lock(books, "2026-01")

    with pytest.raises(acts.Refused, match="2026-01 is locked already, since 2026-04-01 by cora"):
        periods.lock(books.actor("carl"), "2026-01")
    assert models.Lock.objects.count() == 1


def test_months_are_locked_in_their_order_and_when_they_are_over(books: Store) -> None:
    lock(books, "2026-01")

    with pytest.raises(acts.Refused, match="locked through 2026-01-31, so a month before 2026-03 is open"):
        lock(books, "2026-03")
    with pytest.raises(acts.Refused, match="2026-04 ends on 2026-04-30, and it is 2026-04-02"):
        lock(books, "2026-04")


def test_statements_are_the_same_bytes_when_they_are_made_again(books: Store, tmp_path: Path) -> None:
    lock(books, "2026-02")
    made = models.Lock.objects.get()
    closing.bring(books, closing.written(tmp_path, LATE))
    closing.post(books, "2026-04-30")

    again = statements.make("2026-02", ledger.books(date(2026, 2, 28), known_on=made.locked_on, entity=""))

    kept = list(models.Statement.objects.order_by("no").values_list("report", "parameters", "sha256", "rows"))
    assert again.select("report", "parameters", "sha256", "rows").rows() == kept
    assert again["content"].to_list() == [bytes(row.content) for row in models.Statement.objects.order_by("no")]


def test_a_lock_makes_a_signed_checkpoint(books: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(tmp_path / "signing.key"))
    lock(books, "2026-01", key=signing.key())

    assert models.Checkpoint.objects.get().event == models.Lock.objects.get().event
    assert verification.verify() == []


def test_one_person_alone_cannot_reopen(books: Store) -> None:
    lock(books, "2026-03")

    with pytest.raises(acts.Refused, match="nobody has asked for 2026-03 yet"):
        periods.unlock(books.actor("cora", "alone"), "2026-03")
    periods.ask_to_unlock(books.actor("cora", "the auditor moved C-1"), "2026-03")
    with pytest.raises(acts.Refused, match="cora asked for 2026-03 and cannot reopen it"):
        periods.unlock(books.actor("cora", "alone"), "2026-03")
    with pytest.raises(acts.Refused, match="unlock 2026-03: saw no reason"):
        periods.unlock(books.actor("carl"), "2026-03")
    with pytest.raises(acts.Refused, match="dana is an approver here and may not unlock"):
        periods.unlock(books.actor("dana", "please"), "2026-03")

    assert closed.through("main", "") == date(2026, 3, 31)
    with pytest.raises(Error, match="that period is locked"):
        copy_entry(books, "2026-03-31")


def test_what_is_reopened_is_signed_a_second_time_beside_the_first(books: Store, tmp_path: Path) -> None:
    first = lock(books, "2026-03").statements["sha256"].to_list()
    reopened = reopen(books, "2026-03")
    assert closed.through("main", "") is None
    assert closed.restated() == ["2026-03"]
    assert reopened.differences.is_empty()

    closing.bring(books, closing.written(tmp_path, LATE))
    closing.post(books, "2026-03-31")
    again = lock(books, "2026-03")

    assert entries.posted().filter(pl.col("contract") == "C-2")["date"].min() == date(2026, 1, 1)
    changed = again.differences.filter(pl.col("report") == "roll-forward").select("row", "signed", "now")
    assert ("2026-03,USD,1000.00,0.00,-100.00,0.00,0.00,0.00,0.00,900.00", 1, 0) in changed.rows()
    assert ("2026-03,USD,2000.00,0.00,-200.00,0.00,0.00,0.00,0.00,1800.00", 0, 1) in changed.rows()
    every = [sha256 for *_, sha256 in signed(books)]
    assert every == [*first, *again.statements["sha256"]]
    assert closed.periods().select("state", "versions", "restated").rows() == [("locked", 2, True)]
    assert verification.verify() == []


def test_the_last_locked_month_is_reopened_first(books: Store) -> None:
    lock(books, "2026-01")
    lock(books, "2026-02")

    with pytest.raises(acts.Refused, match="2026-01 cannot be reopened while 2026-02 is locked after it"):
        reopen(books, "2026-01")
    with pytest.raises(acts.Refused, match="2026-03 is not locked; there is nothing to reopen"):
        reopen(books, "2026-03")
    reopen(books, "2026-02")
    assert closed.through("main", "") == date(2026, 1, 31)
    reopen(books, "2026-01")

    with pytest.raises(acts.Refused, match="so a month before 2026-02 is open"):
        lock(books, "2026-02")


def test_a_month_is_asked_for_once(books: Store) -> None:
    lock(books, "2026-03")
    assert not periods.asked("2026-03")
    periods.ask_to_unlock(books.actor("cora", "the auditor moved C-1"), "2026-03")
    assert periods.asked("2026-03")

    with pytest.raises(acts.Refused, match="cora has asked for 2026-03 already; another controller reopens it"):
        periods.ask_to_unlock(books.actor("carl", "me too"), "2026-03")


def test_a_soft_close_warns_and_refuses_nothing(books: Store) -> None:
    assert periods.soft_close(books.actor("cora"), "2026-01") == ("",)
    assert closed.of_month("2026-01", "") == "soft-closed"
    with pytest.raises(acts.Refused, match="2026-01 is soft-closed already"):
        periods.soft_close(books.actor("carl"), "2026-01")
    copy_entry(books, "2026-01-31")


@pytest.mark.parametrize("typed", ["2026-3", "march", "2026-13"])
def test_what_is_no_month_is_refused(store: Store, typed: str) -> None:
    with pytest.raises(acts.Refused, match="expected a month as YYYY-MM"):
        lock(store, typed)


def test_an_entity_that_there_is_not_is_refused(books: Store) -> None:
    with pytest.raises(acts.Refused, match="entity: saw 'DE'; expected one of none"):
        lock(books, "2026-01", entity="DE")


def test_each_entity_has_its_own_locks_and_statements(store: Store, tmp_path: Path) -> None:
    closing.bring(store, closing.written(tmp_path, TWO_ENTITIES))
    closing.post(store, "2026-01-31")

    assert lock(store, "2026-01", entity="DE").entities == ("DE",)
    assert closed.of_month("2026-01", "US") == "open"
    assert lock(store, "2026-01").entities == ("US",)
    with pytest.raises(acts.Refused, match="2026-01 is locked already"):
        lock(store, "2026-01")

    founding.grant(store.actor("cora"), "carl", "controller")
    periods.ask_to_unlock(store.actor("cora", "C-US moved"), "2026-01", entity="US")
    with pytest.raises(acts.Refused, match="nobody has asked for 2026-01 yet"):
        periods.unlock(store.actor("carl", "agreed"), "2026-01", entity="DE")
    assert periods.unlock(store.actor("carl", "agreed"), "2026-01", entity="US").entities == ("US",)
    assert {state.entity: state.state for state in closed.states()} == {"DE": "locked", "US": "open"}
    assert b"C-US" not in statements.signed("2026-01", "DE")["journal"]

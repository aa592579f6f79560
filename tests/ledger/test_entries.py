from datetime import date
from pathlib import Path

from ratable.ledger import entries
from ratable.operations import decide
from tests.operations import books
from tests.stores import Store


def test_a_store_without_entries_has_none(store: Store) -> None:
    assert entries.posted().is_empty()
    assert entries.posted().schema == entries.SCHEMA
    assert entries.latest() is None
    assert not entries.begun()


def test_entries_are_read_by_day_of_posting_and_of_knowledge(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    books.post(store, "2026-01-31")
    first_day = store.clock.now.date()
    store.clock.pass_days(1)
    books.post(store, "2026-02-28")

    assert entries.posted()["no"].to_list() == [1, 2, 3]
    assert entries.posted(through=date(2026, 1, 31))["no"].to_list() == [1, 2]
    assert entries.posted(through=date(2026, 1, 30))["no"].to_list() == [1]
    assert entries.posted(known_on=first_day)["no"].to_list() == [1, 2]
    assert entries.posted(book="other").is_empty()


def test_the_newest_run_that_waits_is_the_latest(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    run = books.propose(store, "2026-01-31").run

    assert run is not None
    assert entries.latest() == entries.latest(kind="proposal") == run
    assert entries.latest(kind="manual") is None
    assert entries.of_run(run).equals(entries.drafts(run).drop("no", "digest"))


def test_a_posted_run_keeps_its_rows_under_new_numbers(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    made = books.propose(store, "2026-01-31")
    assert made.run is not None
    before = entries.of_run(made.run)

    decide.post(store.actor("dana"), books.approve(store, made))

    assert entries.of_run(made.run).equals(before)
    assert entries.begun()

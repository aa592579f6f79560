from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from ratable.ledger import flagged, models, snapshots
from ratable.operations import answering, decide, founding, import_bundle, periods, propose, reviewing
from ratable.reports import names
from ratable.review import flags, running, snapshot
from ratable.review.ask import asking
from tests.ledger import closing
from tests.operations import reviewed
from tests.operations.agreed import BUNDLE, LATE
from tests.stores import Store


@pytest.fixture
def books(store: Store, tmp_path: Path) -> Store:
    """January of one contract of 100.00 a month is posted and locked, and February waits as run 2."""
    closing.posted(store, tmp_path, BUNDLE, "2026-01-31")
    periods.lock(store.actor("cora"), "2026-01")
    propose.propose(store.actor("ben"), date(2026, 2, 28))
    return store


def test_a_run_is_shown_with_the_books_that_it_waits_beside(books: Store) -> None:
    seen = snapshots.snapshot("2026-02", run=2)

    assert seen.entries.schema == pl.Schema(snapshot.ENTRIES)
    assert seen.entries.select("state", "run", "reviewed").unique().sort("run").rows() == [
        ("posted", 1, False), ("draft", 2, True),
    ]  # fmt: skip
    assert seen.reviewed["no"].to_list() == list(range(1, seen.reviewed.height + 1))
    assert seen.through == date(2026, 2, 28)
    assert seen.books.schedule["period"].max() == "2026-02"
    assert seen.whole


def test_a_month_is_shown_by_its_entries(books: Store) -> None:
    seen = snapshots.snapshot("2026-01")

    assert set(seen.reviewed["period"]) == {"2026-01"}
    assert seen.reviewed.height == seen.entries.height > 0


def test_the_acts_behind_a_run_are_there_with_their_moments(books: Store) -> None:
    seen = snapshots.snapshot("2026-02", run=2).runs

    assert seen.schema == pl.Schema(snapshot.RUNS)
    posted, waiting = seen.rows(named=True)
    assert (posted["prepared_by"], posted["approved_by"], posted["posted_by"]) == ("ben", "dana", "dana")
    assert datetime(2026, 4, 1, 9) < posted["prepared_at"] < posted["approved_at"] < posted["posted_at"]
    assert (waiting["prepared_by"], waiting["approved_by"], waiting["posted_at"]) == ("ben", None, None)


def test_whoever_approved_had_the_run_before_them_since_they_took_it_up(books: Store) -> None:
    decide.review(books.actor("dana"), 2)
    decide.approve(books.actor("dana"), 2, models.Run.objects.get(no=2).hash)

    approved = snapshots.snapshot("2026-02", run=2).runs.row(1, named=True)
    assert approved["opened_at"] < approved["approved_at"]


def test_locks_limits_and_what_was_known_at_the_close(books: Store) -> None:
    founding.grant(books.actor("cora"), "dora", "approver", limits={"USD": 5_000})

    seen = snapshots.snapshot("2026-02", run=2)
    assert seen.periods.select("entity", "through").rows() == [("", date(2026, 1, 31))]
    assert seen.limits == {"dora": {"USD": 5_000}}
    assert seen.close is not None
    assert (seen.close.through, seen.close.known_on) == (date(2026, 1, 31), date(2026, 4, 1))


def test_what_came_after_the_close_is_not_in_what_was_known_then(books: Store, tmp_path: Path) -> None:
    import_bundle.import_bundle(books.actor("ben"), closing.written(tmp_path, LATE))

    seen = snapshots.snapshot("2026-02", run=2)
    assert seen.close is not None
    assert seen.close.bundle["contracts"]["id"].to_list() == ["C-1"]
    assert seen.bundle["contracts"]["id"].to_list() == ["C-1", "C-2"]


def test_control_totals_say_what_came_and_what_is_held(books: Store) -> None:
    totals = snapshots.snapshot("2026-02", run=2).imports

    assert totals.filter(pl.col("stated") != pl.col("held")).is_empty()
    assert ("contracts", None, 1, 1) in totals.select("table", "currency", "stated", "held").rows()
    assert ("contract_lines", "USD") in totals.select("table", "currency").rows()


def test_the_name_changes_with_what_is_shown_and_with_nothing_else(books: Store) -> None:
    before = snapshots.snapshot("2026-02", run=2)

    assert snapshots.snapshot("2026-02", run=2) is before
    decide.approve(books.actor("dana"), 2, models.Run.objects.get(no=2).hash)
    after = snapshots.snapshot("2026-02", run=2)
    assert after.name != before.name
    decide.post(books.actor("dana"), 2)
    posted = snapshots.snapshot("2026-02", run=2)
    assert set(posted.reviewed["state"]) == {"posted"}
    assert posted.reviewed["entry"].to_list() == before.reviewed["entry"].to_list()


def test_what_blocks_the_close_is_what_the_checklist_counts(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    reviewed.use(monkeypatch, flags.FLAGS)
    before = snapshots.snapshot("2026-02")
    (flag,) = reviewing.review_run(books.actor("ben"), 2).flags["id"]

    assert waits(before) == [("runs", "2")]
    seen = snapshots.snapshot("2026-02")
    assert waits(seen) == [("runs", "2"), ("flags", flag)]
    assert snapshots.snapshot("2026-02", known_on=date(2026, 4, 1)).waiting is None
    told = {said.text: list(map(str, said.cites)) for said in asking.run("blocking-close", {}, seen).told}
    assert told == {
        "Runs that wait for approval or posting: 1.": ["runs/2"],
        "Flags of the review that wait for an answer: 1.": [f"flags/{flag}"],
    }
    answering.answer(books.actor("dana", "as the clause says"), flag, flagged.FALSE_ALARM)
    decide.approve(books.actor("dana"), 2, models.Run.objects.get(no=2).hash)
    decide.post(books.actor("dana"), 2)
    done = asking.run("blocking-close", {}, snapshots.snapshot("2026-02")).told
    assert done[0].text.startswith(
        "No run, finding or flag waits for a person in February 2026, and every import ties."
    )
    assert all(item.done for item in periods.checked("2026-02"))


def waits(seen: snapshot.Snapshot) -> list[tuple[str, str]]:
    assert seen.waiting is not None
    return seen.waiting.select("kind", "id").rows()


def test_what_was_known_on_an_earlier_day(books: Store, tmp_path: Path) -> None:
    books.clock.pass_days(30)
    import_bundle.import_bundle(books.actor("ben"), closing.written(tmp_path, LATE))

    then = snapshots.snapshot("2026-01", known_on=date(2026, 4, 1))
    assert then.bundle["contracts"]["id"].to_list() == ["C-1"]
    assert then.today == date(2026, 4, 1)


def test_large_books_are_read_as_far_as_the_run_reaches(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = snapshots.snapshot("2026-02", run=2)
    monkeypatch.setattr(snapshots, "WHOLE", 0)
    decide.review(books.actor("dana"), 2)

    part = snapshots.snapshot("2026-02", run=2)
    assert not part.whole
    assert part.entries.equals(whole.entries)  # One contract nets with nothing else.


def test_a_run_that_is_over_is_refused(books: Store) -> None:
    decide.reject(books.actor("dana", "wrong month"), 2)

    with pytest.raises(names.Refused, match="run 2 was replaced or rejected"):
        snapshots.snapshot("2026-02", run=2)
    with pytest.raises(names.Refused, match="run 9: there is none"):
        snapshots.snapshot("2026-02", run=9)
    with pytest.raises(names.Refused, match="entity: saw 'XX'"):
        snapshots.snapshot("2026-02", entity="XX")


def test_clean_books_raise_no_flag(books: Store) -> None:
    found = running.review(snapshots.snapshot("2026-02", run=2))

    assert found.flags.is_empty()
    assert found.entries == snapshots.snapshot("2026-02", run=2).reviewed.height

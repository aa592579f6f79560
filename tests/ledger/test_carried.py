"""Books that were carried forward are those that would be made of nothing, and only what was touched is recognized."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import ratable
from ratable.core.bundles import Bundle
from ratable.ledger import books, carried, kept, knowledge
from ratable.operations import periods
from ratable.reports import books as reports
from tests.ledger import closing, test_books, test_knowledge, test_scope
from tests.stores import Store

JANUARY = date(2026, 1, 31)


def check(through: date, known_on: date | None = None) -> None:
    """The books that are read, and the target behind them, are those made of nothing."""
    found = books.books(through, known_on=known_on)
    with nothing_kept():
        anew = books._made(kept.Asked(through, known_on), keep=False)
    test_knowledge.assert_same(found.bundle, anew.bundle)
    assert found.notes == anew.notes
    assert found.noticed.equals(anew.noticed)
    assert test_books.every_report(found) == test_books.every_report(anew)

    target = carried.target(through, known_on, keep=False).books
    whole = ratable.recognize(knowledge.bundle(known_on), through, known_on=known_on)
    assert test_books.every_report(target) == test_books.every_report(whole)
    for made in ("journal_by", "schedule_by"):
        assert getattr(target, made)("day").equals(getattr(whole, made)("day"))


@contextmanager
def nothing_kept() -> Iterator[None]:
    """What was kept in memory is not there for a while."""
    with mock.patch.dict(kept._before, clear=True), mock.patch.dict(carried._before, clear=True):
        yield


@pytest.fixture
def posted(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Five contracts with January posted, and their books in memory."""
    monkeypatch.setattr(carried, "_SHARE", 1)  # All may be touched, for there are few.
    closing.posted(store, tmp_path, test_scope.BUNDLE, JANUARY)
    books.books(JANUARY)
    return store


@pytest.fixture
def recognized(posted: Store, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The contracts and lone invoices of each run of the engine from here on."""
    accounts: list[list[str]] = []
    recognize = ratable.recognize

    def watched(bundle: Bundle, through: date, *, known_on: date | None = None) -> reports.Books:
        accounts.append(sorted({*bundle["contracts"]["id"], *bundle["invoices"]["id"]}))
        return recognize(bundle, through, known_on=known_on)

    monkeypatch.setattr(ratable, "recognize", watched)
    return accounts


def on_both(late: list[str]) -> list[tuple[str, str]]:
    """Each on SQLite, some on PostgreSQL: what is carried is worked out in memory, whichever database was read."""
    return [("sqlite", name) for name in late] + [("postgresql", name) for name in late[::4]]


@pytest.mark.parametrize(("store", "name"), on_both(list(test_scope.LATE)), indirect=["store"])
def test_what_comes_late_is_carried_into_books_that_stand(
    name: str, posted: Store, recognized: list[list[str]], tmp_path: Path
) -> None:
    late, (contracts, invoices) = test_scope.LATE[name]
    closing.bring(posted, closing.written(tmp_path, late))

    books.books(JANUARY)

    ours = [named for named in invoices if "/" in named]
    assert recognized == [sorted({*contracts, *invoices} - set(ours))]
    check(JANUARY)
    closing.post(posted, JANUARY)
    check(JANUARY)
    check(date(2026, 2, 28))


def test_one_after_the_other_is_carried_from_where_all_was_made(
    posted: Store, recognized: list[list[str]], tmp_path: Path
) -> None:
    for name in ("I-8", "I-9"):
        closing.bring(posted, closing.written(tmp_path, {"invoices": [test_scope.invoice(name, test_scope.ALONE)]}))
        books.books(JANUARY)

    assert recognized == [["I-8"], ["I-8", "I-9"]]
    check(JANUARY)


def test_a_finding_goes_with_what_it_was_about(posted: Store, tmp_path: Path) -> None:
    def told() -> list[str]:
        return books.books(JANUARY).findings["id"].to_list()

    bare: dict[str, Any] = {"product": "seats"}
    closing.bring(posted, closing.written(tmp_path, {"invoices": [test_scope.invoice("I-8", bare)]}))
    with nothing_kept():
        books.books(JANUARY)
        assert told() == ["I-8-1"]
        closing.bring(
            posted,
            closing.written(tmp_path, {"invoices": [test_scope.invoice("I-8", test_scope.ALONE)]}),
            correction=True,
            reason="its days were left out",
        )
        assert told() == []
        check(JANUARY)


@pytest.mark.parametrize("what", ["a price that all share", "a lock", "much"])
def test_all_is_made_anew_where_everything_may_have_moved(
    what: str, posted: Store, recognized: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "a lock":
        periods.lock(posted.actor("cora"), "2026-01")
    elif what == "much":
        monkeypatch.setattr(carried, "_SHARE", 100)
        closing.bring(posted, closing.written(tmp_path, {"contracts": [test_scope.contract("C-9")]}))
    else:
        price = {"product": "seats", "currency": "USD", "amount": "10.00", "from": "2026-01-01"}
        closing.bring(posted, closing.written(tmp_path, {"ssps": [price]}))
    recognized.clear()

    books.books(JANUARY)

    assert {"C-1", "C-2", "C-3", "C-4", "C-5"} <= set(recognized[0])
    check(JANUARY)

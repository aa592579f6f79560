from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ratable.ledger import flagged, knowledge, models, verification
from ratable.ledger.review_tables import Acceptance
from ratable.operations import accepting, acts, propose, reviewing
from ratable.review import catalogue, checks, flags
from ratable.review.proposals import Fix
from ratable.review.snapshot import Snapshot
from tests.ledger import closing
from tests.operations.agreed import BUNDLE
from tests.stores import Store

INVOICED: dict[str, Any] = BUNDLE | {
    "invoices": [{
        "id": "I-1", "customer": "acme", "currency": "USD", "issued_on": "2026-01-10",
        "lines": [{"id": "I-1-1", "amount": "31.00", "service_start": "2026-01-01", "service_end": "2026-01-31"}],
    }],
}  # fmt: skip


@pytest.fixture
def books(store: Store, tmp_path: Path) -> Store:
    """One contract of 100.00 a month and an invoice of 31.00, posted through January."""
    closing.posted(store, tmp_path, INVOICED, "2026-01-31")
    return store


def carrying(store: Store, monkeypatch: pytest.MonkeyPatch, fix: Fix) -> str:
    """The id of a flag of the month that carries a fix."""

    def found(_: Snapshot) -> Iterator[flags.Flag]:
        yield flags.Flag(fix.table, fix.row, "Look.", "one", "two", "1 <> 2", "Put it right.", (), fix=fix.text())

    monkeypatch.setattr(checks, "CHECKS", (catalogue.Check("JC-90", "Odd", flags.FLAGS, "a test", found),))
    return str(reviewing.review_period(store.actor("ben"), "2026-01").flags["id"][0])


def test_a_correction_is_shown_by_month_and_comes_in_as_one(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    flag = carrying(books, monkeypatch, Fix("correct", "contract_lines", "C-1-1", {"price": "2400.00"}))

    shown = accepting.preview(flag, on=date(2026, 4, 1))
    assert shown.months.height == 12
    assert shown.months.row(0) == ("2026-01", "USD", 10_000, 20_000, 10_000, 120_000)
    assert '"price": "2400.00"' in shown.document
    done = accepting.accept(books.actor("ben", "the clause says 2,400"), flag)

    assert done.became == "import 2"
    assert models.Import.objects.get(no=2).kind == "correction"
    assert knowledge.current("contract_lines")["price"].to_list() == [240_000]
    kept = Acceptance.objects.get()
    assert (kept.by, kept.flag, kept.became) == ("ben", flag, "import 2")
    assert list(accepting.accepted(flag)) == [done]
    assert verification.verify() == []
    made = propose.propose(books.actor("ben"), date(2026, 1, 31))
    assert made.totals["USD"] > 0


def test_an_invoice_that_came_twice_is_credited(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    flag = carrying(books, monkeypatch, Fix("credit", "invoices", "I-1"))

    assert accepting.preview(flag, on=date(2026, 4, 1)).months.select("period", "change", "billed").rows() == [
        ("2026-04", -3_100, -3_100)
    ]
    accepting.accept(books.actor("ben", "sent twice"), flag)
    assert knowledge.current("credit_note_lines")["amount"].to_list() == [3_100]


def test_a_row_that_is_missing_comes_in(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"contract": "C-1", "amount": "50.00", "service_start": "2026-02-01", "service_end": "2026-02-28"}
    flag = carrying(books, monkeypatch, Fix("add", "invoices", "", values))

    assert accepting.accept(books.actor("ben", "it was lost"), flag).became == "import 2"
    assert knowledge.current("invoice_lines")["amount"].to_list() == [3_100, 5_000]
    assert knowledge.current("invoices")["customer"].to_list() == ["acme", "acme"]


def test_an_entry_is_taken_back_by_a_journal_of_hand(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = models.Entry.objects.filter(credit_role="revenue", line="C-1-1").get()
    flag = carrying(books, monkeypatch, Fix("post", "entries", entry.entry, {"reverses": entry.entry}))

    assert accepting.preview(flag, on=date(2026, 4, 1)).months.rows() == [("2026-02", "USD", 0, -10_000, -10_000, 0)]
    done = accepting.accept(books.actor("ben", "never agreed"), flag)
    assert done.became == "run 2"
    draft = models.Draft.objects.get(run=2)
    assert (draft.kind, draft.source, draft.date) == ("reversal", entry.entry, date(2026, 2, 1))


def test_what_is_due_less_what_is_booked_is_proposed(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    flag = carrying(books, monkeypatch, Fix("post", "contract_lines", "C-1-1", {}))

    done = accepting.accept(books.actor("ben", "as due"), flag)
    assert done.became == "nothing: the books hold all that is due"


def test_an_exception_takes_an_approver(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    flag = carrying(books, monkeypatch, Fix("except", "contract_lines", "C-1-1"))

    with pytest.raises(acts.Denied, match="ben is a preparer here and may not answer a flag"):
        accepting.accept(books.actor("ben", "as agreed"), flag)
    assert models.Event.objects.last().action == "refused"
    accepting.accept(books.actor("dana", "as agreed"), flag)
    assert flagged.open_(flagged.of_month("2026-01", on=date(2026, 4, 1))).is_empty()


def test_what_cannot_be_accepted_is_refused(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    flag = carrying(books, monkeypatch, Fix("correct", "contract_lines", "C-9", {"price": "1.00"}))

    with pytest.raises(acts.Refused, match="saw no reason"):
        accepting.accept(books.actor("ben"), flag)
    with pytest.raises(acts.Refused, match="the books have 0 of it"):
        accepting.accept(books.actor("ben", "why"), flag)
    with pytest.raises(acts.Denied, match="vic is a viewer"):
        accepting.accept(books.actor("vic", "why"), carrying(books, monkeypatch, Fix("credit", "invoices", "I-1")))
    assert not Acceptance.objects.exists()


def test_a_flag_without_a_proposal(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(_: Snapshot) -> Iterator[flags.Flag]:
        yield flags.Flag("runs", "1", "Look.", "one", "two", "1 <> 2", "Ask Ben.", ())

    monkeypatch.setattr(checks, "CHECKS", (catalogue.Check("JC-90", "Odd", flags.FLAGS, "a test", found),))
    flag = reviewing.review_period(books.actor("ben"), "2026-01").flags["id"][0]
    with pytest.raises(acts.Refused, match=r"carries no proposal; what to do stands beside it: Ask Ben\."):
        accepting.preview(flag)

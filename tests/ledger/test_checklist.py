from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.db import connection

from ratable.core import bundles
from ratable.exports import erp_billing, layout
from ratable.ledger import books as ledger
from ratable.ledger import checklist, differences
from ratable.operations import disposing, periods, propose
from ratable.reports import identities
from tests.ledger import closing, noticed
from tests.operations import agreed
from tests.stores import Store

ITEMS = [
    "imports complete", "findings disposed", "drafts posted", "review flags answered", "roll-forward foots",
    "sub-ledger equals exports", "chain verified", "previous month locked",
]  # fmt: skip


@pytest.fixture
def books(store: Store, tmp_path: Path) -> Store:
    """Books posted through January."""
    closing.posted(store, tmp_path, agreed.BUNDLE, "2026-01-31")
    return store


def unmet(period: str = "2026-01") -> dict[str, str]:
    """Name and sentence of each item that is open."""
    return {item.name: item.says for item in periods.checked(period) if not item.done}


def test_nothing_is_open_in_a_month_that_is_ready(books: Store) -> None:
    found = periods.checked("2026-01")

    assert [item.name for item in found] == ITEMS
    assert [item.says for item in found if not item.done] == []


def test_books_without_imports_are_not_ready(store: Store) -> None:
    assert unmet() == {"imports complete": "Nothing was imported yet. Import the facts first."}


def test_a_row_outside_the_books_keeps_the_month_open(books: Store) -> None:
    noticed.on_import(books, noticed.FLOAT)

    assert unmet() == {
        "imports complete": "1 finding outside the books; the first is number 1: saw what it should not. Import its "
        "row corrected, or accept that it stays out, and say why."
    }
    disposing.dispose(books.actor("dana", "never signed"), 1, "accepted")
    assert unmet() == {}


def test_a_warning_without_an_answer_keeps_the_month_open(books: Store) -> None:
    noticed.on_import(books, noticed.UNPRICED)

    assert list(unmet()) == ["findings disposed"]


def test_what_is_due_has_to_be_posted(books: Store) -> None:
    assert unmet("2026-02")["drafts posted"] == (
        "1 entry is due through 2026-02-28 and not posted. Propose through 2026-02-28, have the run approved, "
        "and post it."
    )
    propose.propose(books.actor("ben"), date(2026, 2, 28))
    assert unmet("2026-02")["drafts posted"].startswith("Drafts through 2026-02-28 are not posted, in run 2.")
    assert unmet("2026-01") == {}


def test_another_entity_does_not_wait(books: Store) -> None:
    row = dict.fromkeys(differences.ROWS) | {"entity": "DE", "amount": 1}
    missing = pl.DataFrame([row], schema=differences.ROWS)

    ledgers = ledger.of_each([""], date(2026, 1, 31))

    def drafts(entity: str | None) -> bool:
        found = checklist.items("2026-01", ledgers, entity=entity, unposted=missing)
        return {item.name: item.done for item in found}["drafts posted"]

    assert (drafts(None), drafts("")) == (False, True)


def test_figures_that_do_not_foot_are_said(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> pl.DataFrame:
        raise identities.DoesNotFoot("roll-forward 2026-01 USD does not foot")

    monkeypatch.setattr(ledger.Posted, "roll_forward", broken)
    assert unmet() == {"roll-forward foots": "roll-forward 2026-01 USD does not foot"}


def test_what_the_exports_lose_is_said(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = erp_billing.divide

    def lossy(journal: pl.DataFrame, bundle: bundles.Bundle, *, period: str) -> erp_billing.Division:
        return whole(journal.filter(pl.col("kind") != "recognition"), bundle, period=period)

    monkeypatch.setattr(erp_billing, "divide", lossy)
    assert unmet() == {
        "sub-ledger equals exports": "Account 2400: -1100.00 USD is posted, -1200.00 is exported. Report this as a bug."
    }


def test_a_month_that_cannot_be_exported_is_said(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> erp_billing.Division:
        raise layout.ExportError("policies, billing_posted_by: saw both.")

    monkeypatch.setattr(erp_billing, "divide", refused)
    assert unmet()["sub-ledger equals exports"].startswith("The month cannot be exported: policies")


def test_a_changed_row_is_found(books: Store) -> None:
    with connection.cursor() as cursor:
        table = " ON entries" if connection.vendor == "postgresql" else ""
        name = "entries_never_changed_update" if table else "entries_never_changed"
        cursor.execute(f"DROP TRIGGER {name}{table}")
        cursor.execute("UPDATE entries SET narrative = 'nothing happened' WHERE no = 1")

    assert list(unmet()) == ["chain verified"]


def test_months_wait_for_the_month_before(books: Store) -> None:
    for month in ("2026-02-28", "2026-03-31"):
        closing.post(books, month)
    periods.lock(books.actor("cora"), "2026-01")

    assert unmet("2026-02") == {}
    assert unmet("2026-03") == {
        "previous month locked": "The books are locked through 2026-01-31, so a month before 2026-03 is open. Lock the "
        "months in their order."
    }

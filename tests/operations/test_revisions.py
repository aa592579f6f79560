"""A change of the company's own data takes two people, and counts only then."""

from pathlib import Path

import pytest

from ratable.ledger import impact, knowledge, models, verification
from ratable.operations import acts, choices, import_bundle, revisions
from tests.ledger import closing
from tests.stores import Store, day

BOOKS = """
customers: [{id: acme, name: Acme}]
products:
- {id: plan, name: Plan, method: straight_line}
- {id: setup, name: Setup, method: point_in_time}
contracts:
- {id: C-1, customer: acme, currency: USD, signed_on: 2026-01-01, start: 2026-01-01, end: 2026-12-31, lines: [
    {id: L-1, product: setup, price: "1200.00", proration: monthly_prorated, delivered_on: 2026-01-01}]}
"""
OVER_TIME = {"products": [{"id": "setup", "name": "Setup", "method": "straight_line"}]}
WHY = "delivered as a service"


@pytest.fixture
def books(store: Store, tmp_path: Path) -> Store:
    closing.bring(store, closing.written(tmp_path, BOOKS))
    return store


def method() -> str:
    """How the setup is recognized now."""
    found: str = knowledge.current("products").filter(id="setup")["method"].item()
    return found


def shown(no: int) -> str:
    """The hash that a person sees."""
    found: str = models.Revision.objects.get(no=no).hash
    return found


def test_a_revision_counts_when_another_person_has_approved_it(books: Store) -> None:
    no = revisions.propose(books.actor("ben"), OVER_TIME, WHY)
    assert (method(), revisions.state(no), revisions.waiting()) == ("point_in_time", revisions.WAITING, 1)

    done = revisions.approve(books.actor("dana"), no, shown(no))

    assert (method(), revisions.state(no), revisions.waiting()) == ("straight_line", revisions.APPROVED, 0)
    assert (done.kind, done.corrected) == ("correction", 1)
    brought = models.Import.objects.get(no=done.no)
    assert (brought.reason, brought.event.action, brought.event.actor) == (WHY, "approve a revision", "dana")
    assert verification.verify() == []


def test_nobody_approves_what_they_wrote(books: Store) -> None:
    no = revisions.propose(books.actor("cora"), OVER_TIME, WHY)

    with pytest.raises(acts.Refused, match="cora prepared revision 1 and cannot approve it"):
        revisions.approve(books.actor("cora"), no, shown(no))
    with pytest.raises(acts.Refused, match="these books take two people"):
        revisions.approve(books.actor("cora", "alone"), no, shown(no), override=True)
    assert revisions.denial("cora", no) == "cora wrote revision 1; dana approves it."
    assert revisions.denial("dana", no) == ""
    with pytest.raises(acts.Denied, match="ben is a preparer here and may not approve a revision"):
        revisions.approve(books.actor("ben"), no, shown(no))
    assert method() == "point_in_time"


def test_a_company_of_one_person_says_why(books: Store) -> None:
    no = revisions.propose(books.actor("cora"), OVER_TIME, WHY)
    choices.set_choice(books.actor("cora", "I am alone"), "single_person", "on")

    with pytest.raises(acts.Refused, match="saw no reason"):
        revisions.approve(books.actor("cora"), no, shown(no), override=True)
    revisions.approve(books.actor("cora", "nobody else is here"), no, shown(no), override=True)

    assert models.RevisionDecision.objects.get().override
    assert method() == "straight_line"


def test_a_revision_is_rejected_with_a_reason_and_decided_once(books: Store) -> None:
    no = revisions.propose(books.actor("ben"), OVER_TIME, WHY)

    with pytest.raises(acts.Refused, match="saw no reason"):
        revisions.reject(books.actor("dana"), no)
    revisions.reject(books.actor("ben", "not yet"), no)

    assert revisions.state(no) == revisions.REJECTED
    with pytest.raises(acts.Refused, match="revision 1 is rejected already"):
        revisions.approve(books.actor("dana"), no, shown(no))


def test_an_approval_holds_for_what_was_shown(books: Store, tmp_path: Path) -> None:
    no = revisions.propose(books.actor("ben"), OVER_TIME, WHY)
    with pytest.raises(acts.Refused, match="look at it again"):
        revisions.approve(books.actor("dana"), no, "another")

    renamed = "products: [{id: setup, name: Set-up, method: point_in_time}]"
    closing.bring(books, closing.written(tmp_path, renamed), correction=True, reason="its name")

    with pytest.raises(acts.Refused, match="rests on books that have changed since"):
        revisions.approve(books.actor("dana"), no, shown(no))


@pytest.mark.parametrize(("rows", "memo", "says"), [
    (OVER_TIME, " ", "saw no memo"),
    ({"contracts": [{"id": "C-2"}]}, WHY, "saw the table contracts"),
    ({"products": [{"id": "setup", "name": "Setup", "method": "point_in_time"}]}, WHY, "nothing would change"),
    ({"products": [{"id": "setup", "name": "Setup", "method": "by feel"}]}, WHY, "expected one of straight_line"),
    ({"policies": [{"name": "grane", "value": "day"}]}, WHY, "saw grane; expected one of proration"),
])  # fmt: skip
def test_what_cannot_be_a_revision_is_refused(books: Store, rows: revisions.Rows, memo: str, says: str) -> None:
    with pytest.raises(acts.Refused, match=says):
        revisions.propose(books.actor("ben"), rows, memo)
    assert not models.Revision.objects.exists()


def test_the_impact_falls_into_open_months_and_nothing_is_written(books: Store) -> None:
    closing.post(books, "2026-01-31")
    no = revisions.propose(books.actor("ben"), OVER_TIME, WHY)
    events = models.Event.objects.count()

    found = impact.of(revisions.held(no).opened.source, day("2026-04-01"))

    year = found.months.rows_by_key("period", named=True, unique=True)
    assert (year["2026-01"]["revenue_before"], year["2026-01"]["revenue_after"]) == (120000, 10000)
    assert (year["2026-02"]["revenue_change"], year["2026-02"]["deferred_revenue_change"]) == (10000, 100000)
    assert year["2026-12"]["deferred_revenue_after"] == 0
    assert found.months["revenue_change"].sum() == 0
    assert found.accounts.is_empty()
    assert models.Event.objects.count() == events


def test_a_rule_moves_amounts_between_accounts_and_months_stay(books: Store) -> None:
    rule = {"account_rules": [{"role": "revenue", "account": "4000", "product": "plan"}]}
    moved = {"accounts": [{"code": "4200", "name": "Setup", "type": "income"}],
             "account_rules": [{"role": "revenue", "account": "4200", "product": "setup"}]}  # fmt: skip
    for rows, expected in ((rule, []), (moved, [("4000", -120000), ("4200", 120000)])):
        no = revisions.propose(books.actor("ben"), rows, WHY)
        found = impact.of(revisions.held(no).opened.source, day("2026-04-01"))
        assert found.accounts.select("account", "change").rows() == expected
        assert found.months.is_empty()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_where_the_company_chose_so_imports_leave_its_own_data_alone(books: Store, tmp_path: Path) -> None:
    choices.set_choice(books.actor("cora", "two people for policies"), "revisions_only", "on")
    path = closing.written(tmp_path, "policies: [{name: grain, value: day}]")

    with pytest.raises(acts.Refused, match="policies: saw rows that the books do not have"):
        closing.bring(books, path)
    no = revisions.propose(books.actor("ben"), {"policies": [{"name": "grain", "value": "day"}]}, WHY)

    assert revisions.approve(books.actor("dana"), no, shown(no)).added == 1


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_check_says_what_an_import_would_do_and_keeps_nothing(books: Store, tmp_path: Path) -> None:
    from ratable.bundle import reading  # noqa: PLC0415  one test alone reads files

    path = closing.written(tmp_path, BOOKS.replace("1200.00", "1300.00").replace("Acme}", "Acme}, {id: b, name: B}"))
    events = models.Event.objects.count()

    found = import_bundle.check(reading.opened(path))

    assert (found.kind, found.new, found.refusals) == ("correction", 2, ())
    assert found.changes.rows() == [("contract_lines", "L-1", "price", "1200.00", "1300.00")]
    assert models.Event.objects.count() == events

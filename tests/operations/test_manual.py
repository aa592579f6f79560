from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ratable.ledger import canonical, entries, models
from ratable.operations import acts, decide, manual
from tests.operations import books
from tests.stores import Store

GROUND = manual.Ground("Rounding agreed with the customer", b"From: quill\nSubject: rounding\n")


def journal(**given: object) -> pl.DataFrame:
    plain: dict[str, object] = {
        "date": date(2026, 1, 31), "entity": "", "currency": "USD", "line": "L-1", "debit": "2400", "credit": "4000",
        "debit_role": "deferred_revenue", "credit_role": "revenue", "amount": 2_50,
    }  # fmt: skip
    return pl.DataFrame([plain | given], schema=manual.JOURNAL)


@pytest.fixture
def posted(store: Store, tmp_path: Path) -> pl.DataFrame:
    """The contract of 1,200.00, posted through January."""
    return books.posted(store, tmp_path, books.bundle(), "2026-01-31")


def test_a_manual_journal_takes_a_second_person_and_keeps_its_document(store: Store, posted: pl.DataFrame) -> None:
    made = manual.enter(store.actor("ben"), journal(), GROUND)
    assert made.run is not None
    run = models.Run.objects.get(no=made.run)

    with pytest.raises(acts.Refused, match="ben is a preparer here and may not approve"):
        decide.approve(store.actor("ben"), made.run, made.hash)
    decide.post(store.actor("dana"), books.approve(store, made))

    entry = entries.of_run(made.run).row(0, named=True)
    assert (entry["kind"], entry["contract"], entry["narrative"]) == ("manual", "C-1", GROUND.memo)
    assert (run.kind, run.memo, run.support) == ("manual", GROUND.memo, canonical.sha256(GROUND.document))
    assert bytes(models.File.objects.get(sha256=run.support).content) == GROUND.document


def test_proposals_leave_what_people_wrote_alone(store: Store, posted: pl.DataFrame) -> None:
    waiting = manual.enter(store.actor("ben"), journal(), GROUND)

    assert books.propose(store, "2026-01-31").run is None
    assert entries.latest() == waiting.run

    decide.post(store.actor("dana"), books.approve(store, waiting))
    assert books.propose(store, "2026-01-31").run is None


def test_a_manual_journal_says_why(store: Store, posted: pl.DataFrame) -> None:
    for ground in (manual.Ground(" ", b"x"), manual.Ground("because", b"")):
        with pytest.raises(acts.Refused, match="give a memo, and the document"):
            manual.enter(store.actor("ben"), journal(), ground)


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("amount", 0, "amount: saw 0; expected an amount above zero"),
        ("credit", "2400", "credit: saw '2400'; expected two different accounts"),
        ("credit", "9999", "credit: saw '9999'; expected an account of the chart"),
        ("currency", "XXQ", "currency: saw 'XXQ'; expected a currency of ISO 4217"),
        ("entity", "us", "entity: saw 'us'; expected an entity that keeps books here"),
        ("debit_role", "income", "debit_role: saw 'income'; expected a role of journal rows"),
        ("line", "L-9", "line: saw 'L-9'; expected a line that has entries, or none"),
    ],
)
def test_a_row_that_cannot_be_posted_is_refused(
    store: Store, posted: pl.DataFrame, column: str, value: object, *, says: str
) -> None:
    with pytest.raises(acts.Refused, match=says):
        manual.enter(store.actor("ben"), journal(**{column: value}), GROUND)


def test_nothing_is_entered_in_a_locked_month(store: Store, posted: pl.DataFrame) -> None:
    books.lock(store, "2026-01-31")

    with pytest.raises(acts.Refused, match="date: saw 2026-01-31; expected a day after 2026-01-31"):
        manual.enter(store.actor("ben"), journal(), GROUND)
    with pytest.raises(acts.Refused, match="date: saw 2026-01-31; expected a day after 2026-01-31"):
        manual.reverse(store.actor("ben"), [posted["entry"][0]], date(2026, 1, 31), GROUND)


def test_a_reversal_swaps_the_sides_names_the_entry_and_is_not_proposed_again(
    store: Store, posted: pl.DataFrame
) -> None:
    wrong = posted.filter(kind="recognition").row(0, named=True)

    made = manual.reverse(store.actor("ben"), [wrong["entry"]], date(2026, 2, 1), GROUND)
    decide.post(store.actor("dana"), books.approve(store, made))

    assert made.run is not None
    back = entries.of_run(made.run).row(0, named=True)
    assert (back["kind"], back["source"], back["date"]) == ("reversal", wrong["entry"], date(2026, 2, 1))
    assert (back["debit"], back["credit"], back["amount"]) == (wrong["credit"], wrong["debit"], wrong["amount"])
    assert (back["period"], back["origin_period"]) == ("2026-02", "2026-01")
    assert books.propose(store, "2026-01-31").run is None
    with pytest.raises(acts.Refused, match="is reversed already"):
        manual.reverse(store.actor("ben"), [wrong["entry"]], date(2026, 2, 1), GROUND)


def test_only_what_is_posted_is_reversed(store: Store, posted: pl.DataFrame) -> None:
    with pytest.raises(acts.Refused, match="entry: saw 0000; expected the id of a posted entry"):
        manual.reverse(store.actor("ben"), ["0000"], date(2026, 2, 1), GROUND)


def test_equal_rows_of_two_journals_are_two_entries(store: Store, posted: pl.DataFrame) -> None:
    for _ in range(2):
        decide.post(store.actor("dana"), books.approve(store, manual.enter(store.actor("ben"), journal(), GROUND)))

    assert entries.posted().filter(kind="manual")["entry"].n_unique() == 2

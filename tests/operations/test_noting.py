"""Notes on entries of a run: who may, on what, and what an unanswered flag holds up."""

from pathlib import Path

import pytest

from ratable.ledger import attention, entries, models, noted, verification
from ratable.operations import acts, choices, decide, drafting, noting, propose
from tests.operations import books
from tests.stores import Store, day


@pytest.fixture
def made(store: Store, tmp_path: Path) -> drafting.Proposed:
    """A proposal of January by Ben."""
    return books.proposed(store, tmp_path, books.bundle(), "2026-01-31")


def shown(made: drafting.Proposed) -> noting.Shown:
    return noting.Shown(made.run or 0, made.hash)


def ids(made: drafting.Proposed) -> list[str]:
    return entries.drafts(made.run or 0)["entry"].to_list()


def test_the_last_mark_counts_and_each_act_is_one_event(store: Store, made: drafting.Proposed) -> None:
    first, *_ = every = ids(made)
    before = models.Event.objects.count()

    assert noting.note(store.actor("dana"), shown(made), every, kind=noted.REVIEWED) == len(every)
    noting.note(store.actor("dana", "why so much?"), shown(made), [first], kind=noted.FLAGGED)

    marks = {row["entry"]: row for row in noted.marks(made.run or 0).to_dicts()}
    assert (marks[first]["mark"], marks[first]["words"], marks[first]["by"]) == ("flagged", "why so much?", "dana")
    assert {marks[entry]["mark"] for entry in every[1:]} == {"reviewed"}
    assert models.Event.objects.count() == before + 2
    assert models.ReviewNote.objects.count() == len(every) + 1
    assert verification.verify() == []

    noting.note(store.actor("dana"), shown(made), [first], kind=noted.WITHDRAWN)
    assert first not in noted.marks(made.run or 0)["entry"].to_list()


def test_a_run_with_a_flag_is_approved_once_somebody_else_answered(store: Store, made: drafting.Proposed) -> None:
    first = ids(made)[0]
    noting.note(store.actor("dana", "why so much?"), shown(made), [first], kind=noted.FLAGGED)
    noting.note(store.actor("dana", "I still ask"), shown(made), [first], kind=noted.COMMENT)

    with pytest.raises(acts.Refused, match=f"entry {first} is flagged and not answered"):
        books.approve(store, made)

    noting.note(store.actor("ben", "two seats were added"), shown(made), [first], kind=noted.COMMENT)
    assert noted.unanswered(made.run or 0) == []
    decide.post(store.actor("dana"), books.approve(store, made))


@pytest.mark.parametrize("case", [
    ("vic", "", "reviewed", "vic is a viewer here and may not mark an entry"),
    ("ben", "", "reviewed", "ben is a preparer here and may not mark an entry"),
    ("vic", "hm", "comment", "vic is a viewer here and may not comment on an entry"),
    ("dana", " ", "flagged", r"flagged entry .*: saw no reason"),
    ("dana", "", "comment", r"comment entry .*: saw no reason"),
    ("dana", "", "approved", "note: saw 'approved'; expected reviewed, flagged"),
])  # fmt: skip
def test_what_is_refused_changes_nothing(store: Store, made: drafting.Proposed, case: tuple[str, ...]) -> None:
    person, words, kind, told = case
    with pytest.raises(acts.Refused, match=told):
        noting.note(store.actor(person, words), shown(made), ids(made)[:1], kind=kind)
    assert not models.ReviewNote.objects.exists()


def test_only_drafts_of_the_run_as_it_was_shown_are_noted_on(store: Store, made: drafting.Proposed) -> None:
    dana, first = store.actor("dana"), ids(made)[0]
    for strange in ([], ["none"], [first, first]):
        with pytest.raises(acts.Refused, match="expected drafts of run 1, each once"):
            noting.note(dana, shown(made), strange, kind=noted.REVIEWED)
    with pytest.raises(acts.Refused, match=r"has the hash .* look at it again"):
        noting.note(dana, noting.Shown(made.run or 0, "other"), [first], kind=noted.REVIEWED)
    with pytest.raises(acts.Refused, match="run 9: there is none"):
        noting.note(dana, noting.Shown(9, made.hash), [first], kind=noted.REVIEWED)


def test_whoever_prepared_a_run_does_not_review_it_unless_the_company_is_one_person(
    store: Store, tmp_path: Path
) -> None:  # fmt: skip
    books.bring(store, tmp_path, books.bundle())
    own = propose.propose(store.actor("cora"), day("2026-01-31"))
    with pytest.raises(acts.Refused, match="cora prepared run 1 and cannot review it"):
        noting.note(store.actor("cora"), shown(own), ids(own), kind=noted.REVIEWED)

    choices.set_choice(store.actor("cora", "it is one person"), "single_person", "on")
    assert noting.note(store.actor("cora"), shown(own), ids(own), kind=noted.REVIEWED) == own.rows


def test_marks_go_with_the_run_that_was_replaced(store: Store, made: drafting.Proposed, tmp_path: Path) -> None:
    first = ids(made)[0]
    noting.note(store.actor("dana", "why so much?"), shown(made), [first], kind=noted.FLAGGED)
    again = books.propose(store, "2026-02-28")

    with pytest.raises(acts.Refused, match="run 1 is replaced by a later proposal"):
        noting.note(store.actor("dana"), shown(made), [first], kind=noted.REVIEWED)
    assert noted.marks(again.run or 0).is_empty()
    like = noted.of_the_like(first, contract="C-1", kind="billing", but=again.run or 0)
    assert like["words"].to_list() == ["why so much?"]


def test_the_queue_of_a_run_is_its_drafts(store: Store, made: drafting.Proposed) -> None:
    queue = attention.of_run(models.Run.objects.get(no=made.run), {})

    assert sorted(queue["entry"]) == sorted(ids(made))
    assert queue["amount"].sum() == made.totals["USD"]
    assert [one for row in queue["signals"] for one in row] == ["first_of_contract"]

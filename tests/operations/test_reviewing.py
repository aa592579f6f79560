import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ratable.ledger import flagged, models, past, snapshots, verification
from ratable.ledger.review_tables import Question, Review, ReviewFlag
from ratable.operations import acts, choices, decide, import_bundle, people, periods, propose, reviewing
from ratable.review import checks, flags, running
from tests.crashes import points
from tests.ledger import closing
from tests.operations import books as steps
from tests.operations import reviewed
from tests.operations.agreed import BUNDLE, LATE, TWO_ENTITIES
from tests.stores import Store


@pytest.fixture
def books(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """One contract of 100.00 a month, with January waiting as run 1, and a check that flags its first entry."""
    reviewed.use(monkeypatch, flags.FLAGS)
    steps.proposed(store, tmp_path, BUNDLE, "2026-01-31")
    return store


def said(no: int) -> tuple[str, str, str, dict[str, Any]]:
    """Action, actor, on whose behalf, and what an event says."""
    event = models.Event.objects.get(no=no)
    return event.action, event.actor, event.on_behalf_of, json.loads(event.body)["what"]


def test_a_review_is_said_before_and_written_after(books: Store) -> None:
    """AL-14, AL-15, JC-R6."""
    made = reviewing.review_run(books.actor("ben"), 1)

    kept = Review.objects.get(no=made.no)
    assert said(kept.intent)[:3] == ("intend to review", "agent:review", "ben")
    assert said(kept.intent)[3]["intent"]["run"] == "1"
    assert said(kept.event_id)[:3] == ("review by checks", "agent:review", "ben")
    assert (kept.model, kept.prompt, kept.ran, kept.checked) == ("none", "none", 1, 2)
    assert kept.entries == made.entries == snapshots.snapshot("2026-01", run=1).reviewed.height
    told = json.loads(kept.checks)
    assert told[1]["could_not"] == "fewer than 12 months of history"
    assert json.loads(kept.thresholds)["version"] == "1"
    assert made.covered == (1, 2)
    assert verification.verify() == []


def test_the_flags_are_kept_as_they_were_raised(books: Store) -> None:
    """JC-R4, JC-R5."""
    made = reviewing.review_run(books.actor("ben"), 1)

    found = running.review(snapshots.snapshot("2026-01", run=1), checks.CHECKS).flags
    assert made.flags.select(flags.SCHEMA.keys()).equals(found)
    assert made.flags["state"].to_list() == ["open"]
    again = reviewing.review_run(books.actor("vic"), 1)
    assert again.flags["id"].to_list() == made.flags["id"].to_list()
    assert ReviewFlag.objects.count() == 2


def test_a_month_is_reviewed_by_its_entries(books: Store) -> None:
    closing.post(books, "2026-01-31")

    made = reviewing.review_period(books.actor("cora"), "2026-01")
    assert Review.objects.get(no=made.no).run is None
    assert flagged.of_month("2026-01", on=date(2026, 4, 1)).height == 1


def test_a_review_of_one_entity_answers_nothing_of_another(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said of an entity stands until it, or the whole month, is looked at again."""
    reviewed.use(monkeypatch, flags.FLAGS)
    closing.posted(store, tmp_path, TWO_ENTITIES, "2026-01-31")
    reviewing.review_period(store.actor("cora"), "2026-01")
    assert on_month("2026-01") == ["DE", "US"]

    reviewed.use(monkeypatch)
    reviewing.review_period(store.actor("cora"), "2026-01", entity="DE")
    assert on_month("2026-01") == ["US"]
    reviewing.review_period(store.actor("cora"), "2026-01")
    assert on_month("2026-01") == []


def on_month(period: str) -> list[str]:
    """The entities of the flags on a month."""
    return sorted(flagged.of_month(period, on=date(2026, 4, 1))["entity"].fill_null(""))


def test_a_flag_without_a_month_is_on_the_month_under_review(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run whose review flags a row keeps its month open, and no other."""
    reviewed.use_without_month(monkeypatch)
    steps.proposed(store, tmp_path, BUNDLE, "2026-01-31")
    run = reviewing.review_run(store.actor("ben"), 1)
    decide.approve(store.actor("dana"), 1, models.Run.objects.get(no=1).hash)
    decide.post(store.actor("dana"), 1)

    assert run.flags["period"].to_list() == [None]
    assert (on_month("2026-01"), on_month("2026-02")) == ([""], [])
    with pytest.raises(acts.Refused, match="1 flag of the review on 2026-01 waits"):
        periods.lock(store.actor("cora"), "2026-01")


def test_what_is_proposed_is_reviewed_unless_it_is_switched_off(books: Store) -> None:
    """GR-14."""
    made = reviewing.after_proposal(books.actor("ben"), 1)
    assert made is not None
    choices.set_choice(books.actor("cora", "an incident"), "review", "off")

    assert reviewing.after_proposal(books.actor("ben"), 1) is None
    with pytest.raises(acts.Refused, match="the review is switched off"):
        reviewing.review_run(books.actor("ben"), 1)
    run = propose.propose(books.actor("ben"), date(2026, 1, 31))
    decide.approve(books.actor("dana"), run.run or 0, run.hash)
    decide.post(books.actor("dana"), run.run or 0)


def test_a_large_run_waits_for_a_review_of_its_own(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviewing, "AT_ONCE", 1)

    assert reviewing.after_proposal(books.actor("ben"), 1) is None
    assert reviewing.after_proposal(books.actor("ben"), None) is None
    assert reviewing.review_run(books.actor("ben"), 1).no == 1


def test_who_has_no_role_asks_for_nothing(books: Store) -> None:
    for person in ("nobody", people.AGENT):
        with pytest.raises(acts.Refused, match=f"{person} has no role here"):
            reviewing.review_run(books.actor(person), 1)
    assert not models.Event.objects.filter(action="intend to review").exists()


def test_a_run_that_is_over_is_not_reviewed(books: Store) -> None:
    propose.propose(books.actor("ben"), date(2026, 2, 28))

    with pytest.raises(acts.Refused, match="run 1 is replaced by a later proposal"):
        reviewing.review_run(books.actor("ben"), 1)
    with pytest.raises(acts.Refused, match="run 9: there is none"):
        reviewing.review_run(books.actor("ben"), 9)


def test_a_review_that_is_interrupted_leaves_its_intent(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """AL-14."""

    def struck(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "review", struck)
    with pytest.raises(KeyboardInterrupt):
        reviewing.review_run(books.actor("ben"), 1)

    assert models.Event.objects.last().action == "intend to review"
    assert not Review.objects.exists()
    assert verification.verify() == []


@pytest.mark.parametrize("point", ["before reviews", "after reviews", "before review_flags", "after review_flags",
                                   "before events"])  # fmt: skip
def test_a_review_struck_at_any_write_leaves_its_intent_alone(books: Store, point: str) -> None:
    class Struck(Exception):
        pass

    def blow() -> None:
        # Of the two acts only the second adds reviews; the first event is that of the intent.
        raise Struck

    before = models.Event.objects.count()
    with pytest.raises(Struck), points.struck(point, blow):
        reviewing.review_run(books.actor("ben"), 1)

    late = "review" in point
    assert models.Event.objects.count() == before + late
    assert not Review.objects.exists()
    assert not ReviewFlag.objects.exists()
    assert verification.verify() == []
    assert reviewing.review_run(books.actor("ben"), 1).no == 1


class Answer:
    query = "balance"

    def document(self) -> dict[str, Any]:
        return {
            "kind": "answered",
            "cites": ["entries/1"],
            "on": date(2026, 1, 31),
            "count": 3,
            "sure": True,
            "no": None,
        }


def test_a_question_is_written_down_with_its_answer(books: Store) -> None:
    no = reviewing.asked(books.actor("vic"), "What is deferred?", Answer(), snapshot="5f1c")

    kept = Question.objects.get(no=no)
    assert (kept.by, kept.question, kept.query, kept.snapshot) == (people.AGENT, "What is deferred?", "balance", "5f1c")
    assert json.loads(kept.answer)["on"] == "2026-01-31"
    assert said(kept.event_id)[2] == "vic"


def test_a_stored_review_gives_the_same_flags_again(books: Store, tmp_path: Path) -> None:
    """GR-12: while the run waits, when it is posted, and when it was replaced."""
    first = reviewing.review_run(books.actor("ben"), 1)
    assert reviewing.replay(first.no).same
    import_bundle.import_bundle(books.actor("ben"), closing.written(tmp_path, LATE))
    assert reviewing.replay(first.no).same  # The same day, and one contract more.

    made = propose.propose(books.actor("ben"), date(2026, 1, 31))
    assert reviewing.replay(first.no).same  # Run 1 is replaced, and its drafts are gone.
    second = reviewing.review_run(books.actor("ben"), 2)
    decide.approve(books.actor("dana"), 2, made.hash)
    decide.post(books.actor("dana"), 2)
    assert second.flags.height == 2
    assert reviewing.replay(second.no).same  # Run 2 is posted.
    assert verification.verify() == []


def test_a_replay_says_what_is_otherwise(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made = reviewing.review_run(books.actor("ben"), 1)
    reviewed.use(monkeypatch, flags.BLOCKS)

    found = reviewing.replay(made.no)
    assert not found.same
    assert (found.gone["check"].to_list(), found.new["check"].to_list()) == (["JC-92"], ["JC-91"])
    assert found.versions == ("JC-91", "JC-92")
    with pytest.raises(acts.Refused, match="review 9: there is none"):
        reviewing.replay(9)


def test_the_store_is_read_as_it_stood(books: Store) -> None:
    before = models.Event.objects.count()
    closing.post(books, "2026-01-31")

    with past.after(before):
        assert models.Event.objects.count() == before
        assert not models.Entry.objects.exists()
        assert models.Run.objects.count() == 1
    assert models.Entry.objects.exists()
    assert verification.verify() == []

"""The watchtower on screens: the feed with its filters, one review, making it again, its records, who may look."""

import html
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ratable.api import jobs
from ratable.ledger import snapshots, watchtower
from ratable.operations import answering, founding, people, reviewing
from ratable.review import checks
from ratable.review.ask import asking
from tests.stores import Store
from tests.web import companies, pages
from tests.web import flagged as company
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def run(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A run that was reviewed, with an answer to one of its flags, and a question."""
    run = company.reviewed(store, tmp_path, monkeypatch)
    answering.answer(store.actor("dana", "as the form says"), company.ids(run)["JC-27"], "false_alarm")
    seen = snapshots.snapshot("2026-02")
    question = f"What is {companies.HOSTILE}?"
    reviewing.asked(store.actor("vic"), question, asking.answer(question, seen), snapshot=seen.name)
    return run


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_ui_41_the_feed_has_reviews_questions_and_answers(run: int, signed_in: SignedIn) -> None:
    dana = signed_in("dana")
    rows = pages.table(dana.get("/watchtower"), "watchtower")

    assert rows["What"] == ["question", "answer to a flag", "review"]
    assert rows["On behalf of"] == ["vic", "dana", "ben"]
    assert rows["Checks"][2] == "2 of 3"
    assert rows["Proposals"][2] == "1"
    assert companies.HOSTILE not in dana.get("/watchtower").content.decode()
    for link in ("/watchtower/questions/1", "/watchtower/reviews/1"):
        assert link in text(dana.get("/watchtower"))
        assert companies.HOSTILE not in dana.get(link).content.decode()


@pytest.mark.parametrize(
    ("asked", "whats"),
    [("kind=review", ["review"]), ("person=vic", ["question"]), ("subject=run 2", ["review"]), ("kind=acceptance", [])],
)
def test_the_feed_is_filtered(run: int, signed_in: SignedIn, asked: str, whats: list[str]) -> None:
    answer = signed_in("dana").get(f"/watchtower?{asked}")

    assert (pages.table(answer, "watchtower")["What"] if whats else []) == whats
    assert ("Nothing fits" in text(answer)) == (not whats)


def test_a_review_says_what_it_saw_and_what_people_answered(run: int, signed_in: SignedIn) -> None:
    answer = signed_in("dana").get("/watchtower/reviews/1")

    checks = pages.table(answer, "checks")
    assert checks["Check"][0] == "JC-37"
    assert checks["Why not"][0] == "fewer than 12 months of history"
    assert len(pages.table(answer, "flags")["Check"]) == 2
    decided = pages.table(answer, "decided")
    assert (decided["Answer"], decided["By"], decided["Why"]) == (["false alarm"], ["dana"], ["as the form says"])


def test_a_review_is_made_again_to_the_same_flags(run: int, signed_in: SignedIn) -> None:
    dana = signed_in("dana")
    answer = dana.post("/watchtower/reviews/1")
    jobs.finish()

    seen = jobs.get(int(answer["Location"].partition("?")[0].rpartition("/")[2]))
    assert seen is not None
    assert seen.result == {"says": "Review 1 made again on the store of then: the same 2 flags."}


def test_what_differs_when_it_is_made_again_is_said(
    run: int, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "CHECKS", checks.CHECKS[:1])
    made = reviewing.replay(1)
    from ratable.web.screens import watchtower as screen  # noqa: PLC0415  the screens need the settings of the test

    assert "1 of its flags are gone, 0 are new. The entry is odd." in screen.compared(1, made)


def test_the_records_are_those_of_the_command(run: int, signed_in: SignedIn) -> None:
    answer = signed_in("dana").get("/watchtower/log.jsonl")
    lines = answer.content.decode().splitlines()

    assert lines == list(watchtower.lines())
    assert watchtower.check(lines) == ""
    assert json.loads(lines[0])["action_detail"]["on_behalf_of"] == "ben"


def test_a_question_is_shown_as_it_was_answered_then(run: int, signed_in: SignedIn) -> None:
    page = text(signed_in("dana").get("/watchtower/questions/1"))

    assert "Asked by vic" in page
    assert "Answer it from the books of now" in page


@pytest.mark.parametrize("person", ["vic", "ben"])
def test_it_is_for_auditors_and_those_who_decide(run: int, signed_in: SignedIn, person: str) -> None:
    for path in ("/watchtower", "/watchtower/log.jsonl", "/watchtower/reviews/1", "/watchtower/questions/1"):
        answer = signed_in(person).get(path)
        assert answer.status_code == 403
        assert "the Watchtower is for these" in text(answer)


def test_an_auditor_sees_it_and_whoever_sees_some_entities_does_not(
    store: Store, run: int, signed_in: SignedIn
) -> None:
    founding.grant(store.actor("cora"), "ada", "auditor", scope=people.Scope((), date(2026, 12, 31)))
    founding.grant(store.actor("cora"), "emma", "approver", scope=people.Scope(("eu",)))

    assert signed_in("ada").get("/watchtower").status_code == 200
    assert signed_in("ada").get("/watchtower/reviews/1").status_code == 200
    assert signed_in("emma").get("/watchtower").status_code == 403


def test_before_the_agent_did_anything_it_says_what_will_stand_there(signed_in: SignedIn) -> None:
    page = text(signed_in("cora").get("/watchtower"))

    assert "The agent has done nothing yet" in page


def test_what_is_not_there_is_none(run: int, signed_in: SignedIn) -> None:
    for path in ("/watchtower/reviews/9", "/watchtower/questions/9"):
        assert signed_in("dana").get(path).status_code == 404

"""Answers with a model: it may choose the query and the words of a sentence, and never a figure (GR-01, 04, 11, 14)."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import ratable
from ratable.review import computed
from ratable.review.ask import answers, asking
from ratable.review.model import assisted, settings
from ratable.review.snapshot import Snapshot
from tests.review.model import endpoints

HERE = Path(__file__)
COMPANY = HERE.parents[3] / "examples" / "company"
INJECTED = (HERE.parents[1] / "injections.txt").read_text(encoding="utf-8").splitlines()
STRANGE = "How come so much is parked for Acme in March 2026?"
PLAIN = "Why was $4,200 deferred for Acme this month?"


@pytest.fixture(scope="module")
def company() -> Snapshot:
    return computed.of_bundle(ratable.read_bundle(COMPANY), date(2026, 3, 31), name="company")


def by(query: str, sentence: Callable[[str], str]) -> endpoints.Script:
    """A model that routes to a query, and says a template otherwise."""

    def script(body: dict[str, Any]) -> str:
        keys = body["response_format"]["json_schema"]["schema"]["properties"]
        said = body["messages"][1]["content"]
        return json.dumps({"query": query} if "query" in keys else {"sentence": sentence(said)})

    return script


def asked(question: str, company: Snapshot, script: endpoints.Script) -> tuple[assisted.Assisted, endpoints.Endpoint]:
    with endpoints.scripted(script) as server:
        return assisted.answer(question, company, settings.Settings(server.url, "small")), server


def figures(of: answers.Answer) -> dict[str, Any]:
    """An answer without its words."""
    return replace(of, told=()).document()


def test_a_question_that_no_rule_knows_is_asked_back_without_a_model_and_answered_with_one(company: Snapshot) -> None:
    alone = assisted.answer(STRANGE, company, None)
    assert (alone.answer.kind, alone.answer.query, alone.calls) == (answers.ASKS_BACK, "", ())
    helped, server = asked(STRANGE, company, by("why-deferred", lambda said: said))
    expected = asking.run("why-deferred", {"customer": "acme", "from": "2026-03", "to": "2026-03"}, company)
    assert helped.answer.kind == answers.ANSWERED
    assert dict(helped.answer.parameters) == dict(expected.parameters)
    assert helped.answer.figures == expected.figures
    assert [call.prompt for call in helped.calls] == ["route 1", "phrase 1"]
    assert all(len(call.sent) == len(call.received) == 64 for call in helped.calls)
    sent = json.dumps([body["messages"][1] for body in server.asked])
    assert "44,047" not in sent
    assert "entries/" not in sent


def test_other_words_are_taken_and_the_figures_stay(company: Snapshot) -> None:
    plain = asking.answer("Why was revenue deferred for Acme in March 2026?", company)
    helped, _ = asked("Why was revenue deferred for Acme in March 2026?", company, by("", lambda said: f"So: {said}"))
    assert helped.answer.told[0].text == f"So: {plain.told[0].text}"
    assert figures(helped.answer) == figures(plain)
    assert helped.answer.told[1:] == plain.told[1:]


@pytest.mark.parametrize("worse", [lambda said: said + " Twice 7,000.00.", lambda said: "It is zero.", lambda said: ""])
def test_a_sentence_with_another_figure_is_not_taken(company: Snapshot, worse: Callable[[str], str]) -> None:
    helped, _ = asked(PLAIN, company, by("", worse))
    assert helped.answer.document() == asking.answer(PLAIN, company).document()
    assert "not taken" in helped.calls[-1].ended


def test_a_model_that_swaps_two_figures_is_not_heard(company: Snapshot) -> None:
    def swapped(said: str) -> str:
        slots = [part for part in said.split() if part.startswith("{")]
        return said.replace(slots[0], "\0").replace(slots[-1], slots[0]).replace("\0", slots[-1])

    helped, _ = asked(PLAIN, company, by("", swapped))
    assert helped.answer.document() == asking.answer(PLAIN, company).document()


@pytest.mark.parametrize("fault", [500, b"", "no JSON", '{"query": "post", "run": 1}'])
def test_where_the_model_fails_the_answer_is_that_of_none(company: Snapshot, fault: str | bytes | int) -> None:
    for question in (STRANGE, PLAIN):
        helped, _ = asked(question, company, lambda _: fault)
        assert helped.answer.document() == asking.answer(question, company).document()
        assert helped.calls
        assert all(call.ended and not call.received for call in helped.calls)


def test_two_hundred_injected_texts_change_no_query_and_no_answer(company: Snapshot) -> None:
    """What stands in a question goes to the model as data; whatever it then says, the library decides (GR-11)."""
    assert len(INJECTED) >= 200
    obeys = by("post; drop table entries", lambda _: "Approved. Post run 1.")
    with endpoints.scripted(obeys) as server:
        of = settings.Settings(server.url, "small")
        for text in INJECTED:
            question = f"{STRANGE} {text}"
            told = assisted.answer(question, company, of).answer.document()
            assert told == asking.answer(question, company).document(), text
        instructions = {body["messages"][0]["content"] for body in server.asked}
    assert len(instructions) <= 2
    assert not any(text in one for one in instructions for text in INJECTED if len(text) > 20)

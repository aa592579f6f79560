"""Routing by a model takes a query of the library, with words of the question, and nothing else (GR-05, GR-11)."""

import json

import pytest

from ratable.review.model import endpoint, routing
from tests.review.model import endpoints

TITLES = {"roll_forward": "Opening, movements and closing of a month", "why_deferred": "Why an amount is deferred"}


def routed(question: str, said: dict[str, str]) -> tuple[routing.Routed | None, endpoints.Endpoint]:
    """What a model that answers so is taken to mean."""
    empty = {"query": "", "subject": "", "period": "", "amount": ""}
    with endpoints.scripted(lambda _: json.dumps(empty | said)) as server:
        of = endpoint.Settings(server.url, "small")
        return routing.route(question, TITLES, of, endpoint.Budget(4, 4_000)), server


def test_a_query_of_the_library_is_taken_with_words_of_the_question() -> None:
    found, server = routed("How come so much is parked for Acme?", {"query": "why_deferred", "subject": "acme"})
    assert found is not None
    assert (found.query, found.words) == ("why_deferred", {"subject": "acme"})
    assert "why_deferred: Why an amount is deferred" in server.asked[0]["messages"][0]["content"]


@pytest.mark.parametrize("query", ["", "drop_table", "WHY_DEFERRED", "why_deferred; post run 7"])
def test_what_is_no_query_is_not_taken(query: str) -> None:
    assert routed("Post everything", {"query": query})[0] is None


def test_words_that_the_question_does_not_have_are_not_taken() -> None:
    found, _ = routed("What is deferred?", {"query": "why_deferred", "subject": "Acme", "amount": "4200"})
    assert found is not None
    assert found.words == {}


def test_a_question_is_sent_without_control_characters_and_cut() -> None:
    sent = routing.cleaned("why\x00 is\u202e\nit " + "so " * 1_000)
    assert sent.startswith("why is it so so")
    assert len(sent) == 500

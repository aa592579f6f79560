"""Routing by a model takes a query of the library, and nothing else (GR-05, GR-11)."""

import json

import pytest

from ratable.review.model import endpoint, routing, settings
from tests.review.model import endpoints

TITLES = {"roll-forward": "Opening, movements and closing of a month", "why-deferred": "Why an amount is deferred"}


def routed(question: str, said: object) -> tuple[str, endpoints.Endpoint]:
    """What a model that answers so is taken to mean."""
    with endpoints.scripted(lambda _: json.dumps({"query": said})) as server:
        of = settings.Settings(server.url, "small")
        return routing.route(question, TITLES, of, endpoint.Budget(4, 4_000)).query, server


def test_a_query_of_the_library_is_taken() -> None:
    found, server = routed("How come so much is parked for Acme?", "why-deferred")
    assert found == "why-deferred"
    assert "why-deferred: Why an amount is deferred" in server.asked[0]["messages"][0]["content"]


@pytest.mark.parametrize("said", ["", "drop-table", "WHY-DEFERRED", "why-deferred; post run 7", None, 7, ["rpo"], {}])
def test_what_is_no_query_is_not_taken(said: object) -> None:
    assert routed("Post everything", said)[0] == ""


def test_a_question_is_sent_without_control_characters_and_cut() -> None:
    sent = routing.cleaned("why\x00 is\u202e\nit " + "so " * 1_000)
    assert sent.startswith("why is it so so")
    assert len(sent) == 500

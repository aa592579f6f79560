"""Phrasing by a model keeps the slots and adds no number (GR-01, GR-04)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratable.review.model import endpoint, phrasing, settings
from tests.review.model import endpoints

TEMPLATE = "{amount} was deferred for {customer} at the end of {period}."


def phrased(said: str) -> str:
    """What becomes of an answer of a model."""
    with endpoints.scripted(lambda _: json.dumps({"sentence": said})) as server:
        of = settings.Settings(server.url, "small")
        return phrasing.phrase(TEMPLATE, of, endpoint.Budget(4, 4_000)).sentence


def test_other_words_around_the_same_slots_are_taken() -> None:
    said = "So {amount} of {customer} still waited when {period} ended."
    assert phrased(f" {said} ") == said


@pytest.mark.parametrize(
    "said",
    [
        "{amount} was deferred for {customer}.",
        "At the end of {period}, {amount} was deferred for {customer}.",
        "{amount} and {amount} was deferred for {customer} at the end of {period}.",
        "4,200.00 or {amount} was deferred for {customer} at the end of {period}.",
        "Half of {amount} was deferred for {customer} at the end of {period}.",
        "{amount} ⅓ was deferred for {customer} at the end of {period}.",
        "{amount} (twice) was deferred for {customer} at the end of {period}.",
        "{amount} {other} was deferred for {customer} at the end of {period}.",
        "<b>{amount}</b> was deferred for {customer} at the end of {period}.",
        "{amount} was deferred for {customer} at the end of {period}. " + "And so on. " * 20,
    ],
)
def test_a_sentence_that_says_more_or_less_is_not_taken(said: str) -> None:
    assert phrased(said) == ""


@given(words=st.text(max_size=60), digit=st.sampled_from("0123456789٣५²Ⅷ"))
def test_no_digit_of_any_script_gets_in(words: str, digit: str) -> None:
    assert not phrasing.kept(TEMPLATE, f"{TEMPLATE} {words}{digit}")


def test_number_words_of_the_template_itself_may_stay() -> None:
    assert phrasing.kept("One of {count} months is locked.", "Of all {count} months one is locked.")

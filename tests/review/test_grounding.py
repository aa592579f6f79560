"""The verifier: every numeral of a text is a cited fact, whatever wrote the text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratable.review import grounding
from ratable.review.ask import answers, asking, library, rendering
from tests.review.ask import companies, test_asking

SAID = "Acme had 44,047.79 USD (12.5%) deferred on 2026-03-31, the end of March 2026, on 7 lines of C-001."
FACTS: list[grounding.Fact] = [
    ("name", "Acme", ""), ("amount", "44047.79", "USD"), ("percent", "12.5", ""), ("day", "2026-03-31", ""),
    ("month", "2026-03", ""), ("count", "7", ""), ("name", "C-001", ""),
]  # fmt: skip


def test_what_is_cited_may_be_shown() -> None:
    assert grounding.misses(SAID, FACTS) == ()
    assert grounding.misses("Nothing changed.", []) == ()


def test_every_other_digit_is_caught() -> None:
    """GR-02: each digit of a text changed to each other one."""
    for place in (match.start() for match in re.finditer(r"\d", SAID)):
        for digit in "0123456789":
            other = f"{SAID[:place]}{digit}{SAID[place + 1 :]}"
            assert (grounding.misses(other, FACTS) == ()) == (other == SAID), other


@pytest.mark.parametrize(
    "text",
    [
        SAID.replace("USD", "EUR"),
        SAID.replace("44,047.79", "-44,047.79"),
        SAID.replace("44,047.79", "44.047,79"),
        SAID.replace("44,047.79", "440,47.79"),
        SAID.replace("44,047.79", "44047.79 and 44,047.79"),
        SAID.replace("March", "May"),
        SAID.replace("12.5%", "12.5"),
        SAID.replace("Acme", "Bolt"),
        SAID.replace("on 7 lines", "on lines"),
        SAID.replace("on 7 lines", "on 7 of 7 lines"),
        SAID.replace("7", "\N{FULLWIDTH DIGIT SEVEN}"),
        f"{SAID} \N{ROMAN NUMERAL TWELVE}",
        f"{SAID} \N{VULGAR FRACTION ONE HALF}",
        f"{SAID} 3 more",
    ],
)
def test_what_is_not_cited_is_missed(text: str) -> None:
    assert grounding.misses(text, FACTS) != ()


def test_a_name_may_hold_numerals_and_takes_no_figure_away() -> None:
    facts: list[grounding.Fact] = [("name", "4,200.00 USD", ""), ("amount", "4200.00", "USD")]

    assert grounding.misses("4,200.00 USD had 4,200.00 USD.", facts) == ()
    assert grounding.misses("4,200.00 USD had 4,300.00 USD.", facts) != ()


def test_parts_foot_exactly() -> None:
    assert grounding.foots(["0.10", "0.20", "-0.05"], "0.25")
    assert not grounding.foots(["0.10", "0.20"], "0.31")
    assert grounding.foots([], "0")


@given(st.data())
def test_any_altered_digit_of_any_answer_is_caught(data: st.DataObject) -> None:
    """GR-02, MS-03: a sentence of a query of the library, with one digit changed."""
    name = data.draw(st.sampled_from(sorted(library.QUERIES)))
    given = test_asking.parameters(library.QUERIES[name], {"customer": "acme"})
    said = [one for one in asking.run(name, given, companies.example()).sentences if one.figures]
    if not said:
        return
    sentence = data.draw(st.sampled_from(said))
    text = rendering.sentence(sentence)
    places = [place for place, sign in enumerate(text) if sign in "0123456789"]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([one for one in "0123456789" if one != text[place]]))

    assert grounding.misses(text, asking.facts(sentence)) == ()
    assert grounding.misses(f"{text[:place]}{digit}{text[place + 1 :]}", asking.facts(sentence)) != ()


def test_a_sentence_that_is_wrong_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    """The renderer is broken on purpose: what it writes is not shown, and the tables stand."""
    monkeypatch.setattr(rendering, "_grouped", lambda value: value.replace("4", "5"))

    answer = asking.run("why-deferred", {"customer": "acme"}, companies.example())

    assert any(told.missed and not told.text for told in answer.told)
    assert not any("45,166.45" in told.text or "55,166.55" in told.text for told in answer.told)
    assert answer.tables[0].rows["closing"].sum() == answers.minor("45166.45", "USD")

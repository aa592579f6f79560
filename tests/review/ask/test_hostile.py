"""Words from outside that try to steer: 200 of them as names, memos, clauses and reasons change no query or figure."""

from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from ratable.review import snapshot as snapshots
from ratable.review.ask import answers, asking, understanding
from tests.review.ask import companies
from tests.tidy import tree

INJECTIONS = (tree.ROOT / "tests" / "review" / "injections.txt").read_text(encoding="utf-8").splitlines()
QUESTIONS = (
    "Why was $4,200 deferred for Acme this month?",
    "What changed on Acme's schedule since last close?",
    "How much revenue was recognized in March?",
    "What is the deferred revenue balance of Acme?",
    "Who are the top customers this quarter?",
    "Which credit notes did Kestrelway get?",
    "What does contract C-001 say?",
    "What is blocking the close?",
)


def spoiled(injection: str) -> snapshots.Snapshot:
    """The example company in which another customer, a product, every clause, reason and memo are hostile."""
    plain = companies.example()
    bundle = plain.bundle
    customers = bundle["customers"].with_columns(
        name=pl.when(pl.col("id") == "zephyr").then(pl.lit(injection)).otherwise("name")
    )
    products = bundle["products"].with_columns(
        name=pl.when(pl.col("id") == "transfer").then(pl.lit(injection)).otherwise("name")
    )
    notes = bundle["credit_notes"].with_columns(reason=pl.lit(injection))
    lines = plain.books.outcome.lines.with_columns(clause=pl.lit(injection))
    outcome = replace(plain.books.outcome, lines=lines)
    return replace(
        plain,
        bundle=companies.with_rows(bundle, customers=customers, products=products, credit_notes=notes),
        books=replace(plain.books, outcome=outcome),
        entries=plain.entries.with_columns(narrative=pl.lit(injection)),
    )


@cache
def plainly() -> list[answers.Answer]:
    return [asking.answer(question, companies.example()) for question in QUESTIONS]


def test_there_are_two_hundred() -> None:
    assert len(set(INJECTIONS)) >= 200


@pytest.mark.parametrize("place", range(len(INJECTIONS)))
def test_no_injection_changes_a_query_or_a_figure(place: int) -> None:
    """GR-11: the same query, parameters and amounts as without it; what is shown of it is text and is verified."""
    snapshot = spoiled(INJECTIONS[place])
    for question, plain in zip(QUESTIONS, plainly(), strict=True):
        understood = understanding.understand(question, snapshot)
        assert (understood.query, understood.parameters) == (plain.query, plain.parameters)
    plain = plainly()[place % len(QUESTIONS)]

    answer = asking.answer(QUESTIONS[place % len(QUESTIONS)], snapshot)

    assert answer.kind == plain.kind
    assert companies.amounts(answer) == companies.amounts(plain)
    assert companies.withheld(answer) == []
    for text in companies.texts(answer):
        assert text.isprintable()
        assert len(text) < 3_000


@pytest.mark.parametrize("injection", ["{closing}", "{0}", "4,200.00 USD", "March 2026", "\u202e00.002,4", "{{month}}"])
def test_a_hostile_name_stays_a_name(injection: str) -> None:
    """A customer who is called like a slot, an amount or a month is asked about by its id, and shown as called."""
    answer = asking.run("balance", {"customer": "zephyr"}, spoiled(injection))
    plain = asking.run("balance", {"customer": "zephyr"}, companies.example())

    assert companies.withheld(answer) == []
    assert companies.amounts(answer) == companies.amounts(plain)
    assert injection.replace("\u202e", "") in companies.texts(answer)[0]


@pytest.mark.parametrize("injection", INJECTIONS[::5])
def test_a_question_that_is_an_injection_does_nothing(injection: str) -> None:
    answer = asking.answer(injection, companies.example())

    assert answer.kind in (answers.ANSWERED, answers.ASKS_BACK, answers.REFUSED)
    assert companies.withheld(answer) == []


def test_a_question_of_any_length_is_read_to_its_limit() -> None:
    answer = asking.answer("Why was revenue deferred for Acme? " + "x" * 100_000, companies.example())

    assert answer.query == "why-deferred"

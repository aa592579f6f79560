"""The question set: its proportions, its truth by hand, and that a wrong answer is seen (EV-06)."""

from collections import Counter
from dataclasses import replace
from functools import cache

import polars as pl

from ratable.review.ask import answers, asking
from ratable.review.evaluation import answering, questions, worlds
from ratable.review.evaluation.questions import Question
from ratable.review.evaluation.worlds import World
from ratable.review.snapshot import Snapshot


@cache
def world() -> tuple[World, Snapshot]:
    made = worlds.world(8, kinds=(), size=12)
    return made, made.snapshot()


@cache
def asked() -> tuple[Question, ...]:
    return tuple(questions.questions(*world(), 48))


def test_half_asks_why_and_a_third_what_changed() -> None:
    groups = Counter(question.group for question in asked())

    assert groups["why"] == 24
    assert groups["changed"] == 16
    assert groups["movement"] == 4
    assert groups["unanswerable"] + groups["ambiguous"] + groups["false premise"] == 4


def test_the_same_seed_asks_the_same() -> None:
    assert asked() == tuple(questions.questions(*world(), 48))


def test_a_balance_is_the_sum_of_entries_by_hand() -> None:
    """Billed 120.00 in January, 10.00 recognized in January and February each: 110.00, then 100.00."""
    rows = [("2026-01", "receivable", "deferred_revenue", 12000), ("2026-01", "deferred_revenue", "revenue", 1000),
            ("2026-02", "deferred_revenue", "revenue", 1000)]  # fmt: skip
    columns = ["period", "debit_role", "credit_role", "amount"]
    entries = pl.DataFrame(rows, schema=columns, orient="row")

    assert answering.standing(entries, "deferred_revenue", "2026-02") == answering.Standing(11000, 10000)
    assert answering.change(entries, "receivable") == 12000
    assert answering.text(-5, "USD") == "-0.05"
    assert answering.text(1200, "JPY") == "1200"


def test_what_changed_is_what_came_in_since_the_close() -> None:
    """The sum over customers is the difference of the allocated and billed totals of both sets of facts."""
    made, seen = world()
    changed = [answering.changed(made, seen, name) for name in seen.bundle["customers"]["id"]]

    assert seen.close is not None
    fresh = seen.bundle["usage"].filter(pl.col("known_on") > seen.close.known_on).height
    signed = seen.bundle["contracts"].filter(pl.col("known_on") > seen.close.known_on).height
    assert bool(fresh + signed) == any(revenue for revenue, _ in changed)


def test_a_wrong_figure_a_wrong_kind_and_a_missed_contradiction_are_seen() -> None:
    made, seen = world()
    question = next(one for one in asked() if one.group == "why" and one.figures)
    answer = asking.answer(question.words, seen)
    right = Question(question.words, "why", answer.kind, _figures(answer), answer.contradicts)

    def marked(one: Question) -> bool:
        return questions.mark(made.seed, one, seen).right

    name, (value, currency) = next(iter(right.figures.items()))
    assert marked(right)
    assert not marked(replace(right, figures={name: (f"{value}1", currency)}))
    assert not marked(replace(right, figures={"no_such_figure": (value, currency)}))
    assert not marked(replace(right, kind=questions.REFUSED))
    assert not marked(replace(right, contradicts=not right.contradicts))


def _figures(answer: answers.Answer) -> dict[str, tuple[str, str]]:
    return {name: (one.value, one.currency) for name, one in answer.figures.items() if one.kind == "amount"}


def test_nothing_is_nothing_in_every_currency() -> None:
    assert questions.same(("0", ""), ("0.00", "USD"))
    assert not questions.same(("1.00", "EUR"), ("1.00", "USD"))
    assert not questions.same(None, ("1.00", "USD"))

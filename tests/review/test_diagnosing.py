"""Diagnoses: what a journal was computed by is named where, and only where, it gives every entry that is booked."""

from dataclasses import replace
from functools import cache

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from ratable.bundle import checking, nesting, parsing
from ratable.core import bundles
from ratable.review import diagnosing, hypotheses, twists
from ratable.review.diagnosing import Diagnosis
from ratable.review.hypotheses import Hypothesis
from tests import strategies
from tests.engine import examples
from tests.review import snapshots
from tests.strategies import Question

THROUGH = "2026-12-31"


@cache
def company() -> bundles.Bundle:
    """A contract of three lines with a discount, an amendment and a credit note, one by use, and a lone invoice."""
    year = examples.contract(
        {"price": "12000.00", "ssp": "12600.00", "start": "2026-01-15"},
        {"price": "6007.00", "ssp": "7000.00", "product": "access"},
        {"price": "3000.00", "ssp": "2500.00", "product": "setup", "delivered_on": "2026-03-10"},
        discount={"percent": "10"},
    )
    changed = examples.contract(
        {"price": "24000.00", "billing": {"frequency": "annual"}}, name="D", start="2026-02-01", end="2027-01-31"
    )
    used = examples.contract({"product": "calls", "pricing": {"unit_price": "2.5"}}, name="E")
    use = [
        {"id": f"U{month}", "contract_line": "E-1", "on": f"2026-{month:02}-09", "quantity": str(100 + month * month)}
        for month in range(1, 13)
    ]
    raised = {"op": "change", "line": "D-1", "price_change": "3000.00"}
    credited = examples.credit("2026-05-11", ("D-1/2026-02-01", "1200.00"), of="D/2026-02-01")
    billed = examples.invoice({"amount": "900.00", "product": "access", "service_start": "2026-04-03",
                               "service_end": "2026-09-30"})  # fmt: skip
    return examples.bundle(
        contracts=[year, changed, used], usage=use, credit_notes=[credited], invoices=[billed],
        amendments=[examples.amendment("2026-07-01", raised, of="D", treatment="prospective")],
    )  # fmt: skip


def misread(hypothesis: Hypothesis) -> tuple[Diagnosis, ...]:
    """The diagnoses of the journal that a hypothesis gives, beside the facts as they are."""
    facts = company()
    right = snapshots.of(facts, THROUGH)
    wrong = snapshots.of(bundles.of(hypothesis.twist(facts.tables)), THROUGH)
    return replace(right, entries=wrong.entries).diagnoses


def named(name: str, place: int = 0) -> Hypothesis:
    """The hypothesis of a name, of several the one at a place."""
    return [hypothesis for hypothesis in hypotheses.ALL if hypothesis.name == name][place]


NAMES = (
    "daily_proration", "mid_month_proration", "point_in_time_spread", "straight_line_at_once", "amendment_left_out",
    "amendment_twice", "treated_as_catch_up", "amendment_on_another_day", "credit_note_against_revenue",
    "credit_note_twice", "usage_missed", "usage_twice", "allocation_by_price", "discount_on_one_line", "ssp_ten_times",
    "rounding_dumped", "discount_left_out", "start_late", "end_early", "term_of_another_length",
    "billed_at_another_pace",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_hypothesis_is_named_by_the_check_that_reports_it(name: str) -> None:
    """EV-02: the journal that it gives has its name, or that of one which gives the very same entries."""
    found = misread(named(name, 2 if name == "amendment_on_another_day" else 0))
    assert found, "it changes nothing"
    assert {diagnosis.check for diagnosis in found if diagnosis.name == name} == {named(name).check}


def test_a_journal_that_nothing_gives_has_no_name() -> None:
    """A near miss: as daily proration, but for one entry of one cent."""
    facts = company()
    wrong = snapshots.of(bundles.of(twists.proration("daily")(facts.tables)), THROUGH)
    chosen = (pl.col("line") == "D-1") & (pl.col("kind") == "recognition")
    altered = snapshots.altered(wrong, chosen, amount=pl.col("amount") + pl.col("date").dt.month() * 31 + 7)
    one = replace(snapshots.of(facts, THROUGH), entries=altered.entries)
    assert {diagnosis.name for diagnosis in one.diagnoses if diagnosis.account == "contract D"} == {None}


def test_a_journal_that_is_right_has_no_diagnosis() -> None:
    """Nothing differs, nothing is tried."""
    assert snapshots.of(company(), THROUGH).diagnoses == ()


@pytest.mark.parametrize(
    ("steps", "name"),
    [({"2026-03": 5}, "entry_altered"), ({"2026-03": 5, "2026-05": -5}, "errors_that_cancel"),
     ({"2026-03": None}, "entry_absent")],
)  # fmt: skip
def test_differences_that_explain_themselves(steps: dict[str, int | None], name: str) -> None:
    """EV-02: closed-period edit, two errors that cancel, and an entry that is not there."""
    made = snapshots.of(company(), THROUGH)
    for month, step in steps.items():
        where = (pl.col("line") == "C-2") & (pl.col("period") == month) & (pl.col("kind") == "recognition")
        made = snapshots.without(made, where) if step is None else snapshots.altered(
            made, where, amount=pl.col("amount") + step
        )  # fmt: skip
    (diagnosis,) = made.diagnoses
    assert diagnosis.name == name


@given(strategies.questions())
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_hypothesis_can_be_computed(question: Question) -> None:
    """Whatever the facts, every twist of them is facts again; none raises."""
    read = checking.check(parsing.parse(nesting.flatten(question.bundle, "random")))
    for hypothesis in hypotheses.ALL:
        twisted = hypothesis.twist(read.tables)
        assert {name: frame.schema for name, frame in twisted.items()} == {
            name: frame.schema for name, frame in read.tables.items()
        }, hypothesis.name
    made = snapshots.of(read, question.through.isoformat())
    if made.lines.height:
        cells = made.due.with_columns(booked=pl.lit(0, pl.Int64), due="amount").join(
            made.lines.select("line", "account"), on="line"
        )
        booked = made.due.head(0)
        diagnosing.diagnose(
            read, question.through, lines=made.lines, booked=booked, cells=cells.select(*diagnosing.CELLS)
        )

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from ratable.engine import outcome
from ratable.reports import narratives
from tests.reports import outcomes


def said(moved: dict[str, Any], *, grain: str = "month", changed: Sequence[int] = (), **line: Any) -> str:
    """The sentence of one movement of one line."""
    lines = outcomes.of([outcomes.line("C-1-1", **{"allocated": 1200000} | line)]).lines
    rows = pl.DataFrame([moved], schema=outcome.MOVEMENTS)
    rows = rows.join(lines.select("line_no", "currency", "line", "entity"), on="line_no")
    last = pl.Series(changed, dtype=pl.UInt32)
    rows = rows.join(narratives.of_lines(lines, outcomes.FACTS.products, changed=last), on="line_no")
    sentence: str = narratives.written(rows, outcomes.FACTS, grain=grain)[0]
    return sentence


def earned(**more: Any) -> dict[str, Any]:
    return outcomes.movement(0, "2026-01-31", "recognition", "deferred_revenue > revenue", 100000, **more)


def test_recognition_by_month() -> None:
    assert said(earned()) == (
        "Recognized 1,000.00 USD of Platform Access for January 2026: straight-line by month "
        "over 2026-01-01 to 2026-12-31, 12,000.00 USD allocated (contract C-1, line C-1-1)."
    )


def test_terms_that_changed_are_said_to_be_the_last() -> None:
    assert "12,000.00 USD allocated as last changed (contract" in said(earned(), changed=[0])


def test_recognition_by_day() -> None:
    assert "Platform Access for 2026-01-31: straight-line by day over" in said(earned(), grain="day", proration="daily")


@pytest.mark.parametrize(
    ("method", "words"),
    [("usage", "as used"), ("point_in_time", "when delivered"), ("milestone", "by milestones reached")],
)
def test_methods_have_their_words(method: str, words: str) -> None:
    assert words in said(earned(), method=method)


def test_a_lone_invoice_line_without_product_is_named_by_its_line() -> None:
    sentence = said(earned(), contract=None, account="invoice I-1", product=None)

    assert sentence.startswith("Recognized 1,000.00 USD of line C-1-1 for")
    assert sentence.endswith("(invoice I-1, line C-1-1).")


def test_yen_have_no_decimals() -> None:
    assert "Recognized 100,000 JPY of" in said(earned(), currency="JPY")


@pytest.mark.parametrize(
    ("kind", "roles", "words"),
    [
        (
            "recognition",
            "revenue > deferred_revenue",
            "Took back 5.00 USD of Platform Access for March 2026: less was earned",
        ),
        (
            "billing",
            "receivable > deferred_revenue",
            "Billed 5.00 USD for Platform Access on 2026-03-05 by invoice line X-1, into deferred",
        ),
        ("billing", "deferred_revenue > receivable", "Took 5.00 USD off the bills for Platform Access"),
        ("billing", "receivable > tax_payable", "Charged 5.00 USD of tax"),
        (
            "credit_note",
            "deferred_revenue > receivable",
            "Credited 5.00 USD of Platform Access on 2026-03-05 by credit note X-1: out of",
        ),
        ("credit_note", "revenue > receivable", "taken off recognized revenue"),
        (
            "credit_note",
            "tax_payable > receivable",
            "5.00 USD of tax on Platform Access on 2026-03-05 by credit note X-1",
        ),
        ("true_up", "deferred_revenue > revenue", "its part of what use fell short of minimum X-1"),
        (
            "modification",
            "deferred_revenue > revenue",
            "Recognized 5.00 USD of Platform Access on 2026-03-05: amendment X-1",
        ),
        (
            "modification",
            "revenue > deferred_revenue",
            "Took back 5.00 USD of Platform Access on 2026-03-05: amendment X-1",
        ),
        ("termination", "deferred_revenue > revenue", "amendment X-1 ends the line"),
        ("breakage", "deferred_revenue > revenue", "breakage"),
        (
            "reclassification",
            "contract_asset > deferred_revenue",
            "Showed 5.00 USD of Platform Access as a contract asset",
        ),
        ("reclassification", "deferred_revenue > contract_asset", "out of contract assets"),
        ("reclassification", "unbilled_receivable > deferred_revenue", "as an unbilled receivable"),
        ("reclassification", "deferred_revenue > unbilled_receivable", "out of unbilled receivables"),
        ("manual", "cash > receivable", "Posted 5.00 USD of Platform Access on 2026-03-05 as manual: debit cash"),
    ],
)
def test_each_cause_has_its_own_words(kind: str, roles: str, words: str) -> None:
    sentence = said(outcomes.movement(0, "2026-03-05", kind, roles, 500, source="X-1"))

    assert words in sentence
    assert sentence.endswith(".")


def test_our_own_bill_is_no_invoice() -> None:
    own = outcomes.movement(0, "2026-03-05", "billing", "receivable > deferred_revenue", 500, source="C-1-1/2026-03-05")
    assert "by bill C-1-1/2026-03-05, into deferred revenue" in said(own)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("CN-1", "line C-1-1). Cause: service credit, nine hours of outage on 11 February."),
        ("CN-2", "line C-1-1). Cause: price reduction."),
        ("CN-3", "line C-1-1)."),
    ],
)
def test_a_credit_note_says_its_cause_and_reason(source: str, words: str) -> None:
    credited = outcomes.movement(0, "2026-03-05", "credit_note", "revenue > receivable", 500, source=source)
    assert said(credited).endswith(words)


@pytest.mark.parametrize("kind", ["modification", "termination"])
def test_an_amendment_says_how_it_was_treated_and_why(kind: str) -> None:
    changed = outcomes.movement(0, "2026-03-05", kind, "deferred_revenue > revenue", 500, source="A-1")
    assert said(changed).endswith(
        "line C-1-1). It was treated as catch-up, because a person chose it: the rest is not distinct."
    )


def late(day: str, kind: str, roles: str) -> dict[str, Any]:
    return outcomes.movement(0, day, kind, roles, 500, origin=date(2026, 1, 1))


def test_late_rows_say_which_month_and_which_lock() -> None:
    words = " It belongs to January 2026; the books were locked through {} on {}, before this was known."

    revenue = said(late("2026-03-01", "catch_up", "deferred_revenue > revenue"))
    assert revenue.startswith("Recognized 5.00 USD of Platform Access late, on 2026-03-01: straight-line")
    assert revenue.endswith(words.format("2026-02-28", "2026-03-04"))
    bill = late("2026-02-01", "billing", "receivable > deferred_revenue")
    assert said(bill, entity="uk").endswith(words.format("2026-01-31", "2026-02-04"))
    assert said(bill, entity="us").endswith(" It belongs to January 2026, which was locked before this was known.")


def test_every_kind_of_movement_has_a_sentence() -> None:
    for kind in outcome.KINDS.categories:
        assert "5.00 USD" in said(outcomes.movement(0, "2026-03-05", kind, "deferred_revenue > revenue", 500)), kind

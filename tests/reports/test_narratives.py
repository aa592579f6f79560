from datetime import date
from typing import Any

import polars as pl
import pytest

from ratable.engine import outcome
from ratable.reports import narratives
from tests.reports import outcomes

PRODUCTS = pl.DataFrame({"id": ["platform"], "name": ["Platform Access"]})


def said(moved: dict[str, Any], *, grain: str = "month", **line: Any) -> str:
    """The sentence of one movement of one line."""
    lines = outcomes.of([outcomes.line("C-1-1", **{"allocated": 1200000} | line)]).lines
    rows = pl.DataFrame([moved], schema=outcome.MOVEMENTS)
    rows = rows.join(lines.select("line_no", "currency", "line"), on="line_no")
    rows = rows.join(narratives.of_lines(lines, PRODUCTS), on="line_no")
    sentence: str = narratives.written(rows, grain=grain)[0]
    return sentence


def earned(**more: Any) -> dict[str, Any]:
    return outcomes.movement(0, "2026-01-31", "recognition", "deferred_revenue > revenue", 100000, **more)


def test_recognition_by_month() -> None:
    assert said(earned()) == (
        "Recognized 1,000.00 USD of Platform Access for January 2026: straight-line by month "
        "over 2026-01-01 to 2026-12-31 of 12,000.00 allocated (contract C-1, line C-1-1)."
    )


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
            "Billed 5.00 USD for Platform Access on 2026-03-05 by X-1: deferred",
        ),
        ("billing", "deferred_revenue > receivable", "Took 5.00 USD off the bills for Platform Access"),
        ("billing", "receivable > tax_payable", "Charged 5.00 USD of tax"),
        (
            "credit_note",
            "deferred_revenue > receivable",
            "Credited 5.00 USD of Platform Access on 2026-03-05 by X-1: out of",
        ),
        ("credit_note", "revenue > receivable", "off revenue that had been recognized"),
        ("credit_note", "tax_payable > receivable", "tax that is no longer owed"),
        ("true_up", "deferred_revenue > revenue", "use fell short of minimum X-1"),
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
            "Showed 5.00 USD of Platform Access as contract asset",
        ),
        ("reclassification", "deferred_revenue > contract_asset", "out of contract asset"),
        ("reclassification", "unbilled_receivable > deferred_revenue", "as unbilled receivable"),
        ("reclassification", "deferred_revenue > unbilled_receivable", "out of unbilled receivable"),
        ("manual", "cash > receivable", "Posted 5.00 USD of Platform Access on 2026-03-05 as manual: debit cash"),
    ],
)
def test_each_cause_has_its_own_words(kind: str, roles: str, words: str) -> None:
    sentence = said(outcomes.movement(0, "2026-03-05", kind, roles, 500, source="X-1"))

    assert words in sentence
    assert sentence.endswith(".")


def test_late_revenue_says_which_month_and_why() -> None:
    late = outcomes.movement(0, "2026-03-01", "catch_up", "deferred_revenue > revenue", 100000, origin=date(2026, 1, 1))
    assert "late, on 2026-03-01: it belongs to January 2026, locked before this was known" in said(late)


def test_other_late_rows_add_the_month_they_belong_to() -> None:
    late = outcomes.movement(0, "2026-03-01", "billing", "receivable > deferred_revenue", 500, origin=date(2026, 1, 1))
    assert said(late).endswith(" It belongs to January 2026, which was locked before this was known.")


def test_every_kind_of_movement_has_a_sentence() -> None:
    for kind in outcome.KINDS.categories:
        assert "5.00 USD" in said(outcomes.movement(0, "2026-03-05", kind, "deferred_revenue > revenue", 500)), kind

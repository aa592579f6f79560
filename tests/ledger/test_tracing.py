"""Explanations of entries: the figures of the chain are the figures of the ledger."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ratable.ledger import entries, tracing
from tests.ledger import closing
from tests.stores import Store

BUNDLE: dict[str, Any] = {
    "customers": [{"id": "acme", "name": "Acme"}],
    "products": [
        {"id": "platform", "name": "Platform Access", "method": "straight_line"},
        {"id": "setup", "name": "Setup", "method": "point_in_time"},
        {"id": "calls", "name": "Calls", "method": "usage"},
    ],
    "contracts": [{
        "id": "C-1", "customer": "acme", "currency": "USD", "signed_on": "2026-01-01", "start": "2026-01-01",
        "end": "2026-12-31", "discount": {"percent": "10"},
        "lines": [
            {"id": "C-1-1", "product": "platform", "price": "12000.00", "ssp": "12000.00", "clause": "page 3, fees"},
            {"id": "C-1-2", "product": "setup", "price": "3000.00", "ssp": "3000.00", "delivered_on": "2026-01-15"},
            {"id": "C-1-3", "product": "calls", "unit_price": "0.50", "billing": {"frequency": "quarterly"}},
        ],
    }],
    "usage": [{"id": "U-1", "contract_line": "C-1-3", "on": "2026-01-20", "quantity": "100"}],
}  # fmt: skip
LATE: dict[str, Any] = {"amendments": [{
    "id": "A-1", "contract": "C-1", "effective_on": "2026-02-01", "approved_on": "2026-02-01", "treatment": "catch_up",
    "reason": "the rest is not distinct", "changes": [{"op": "change", "line": "C-1-1", "price": "13200.00"}],
}]}  # fmt: skip
COMPANY = Path(__file__).parents[2] / "examples/company"


def one(kind: str, line: str, period: str = "2026-01") -> str:
    """The id of the first entry of a kind, a line and a month."""
    asked = {"kind": kind, "line": line, "period": period}
    return str(next(row["entry"] for row in entries.posted().to_dicts() if asked.items() <= row.items()))


def said(found: tracing.Explanation, step: str) -> str:
    return " ".join(" ".join(link.says) for link in found.chain if link.step == step)


@pytest.fixture
def january(store: Store, tmp_path: Path) -> Store:
    closing.posted(store, tmp_path, BUNDLE, "2026-01-31")
    return store


@pytest.mark.usefixtures("january")
def test_the_chain_leads_from_the_amount_to_the_clause() -> None:
    found = tracing.explain(one("recognition", "C-1-1"))

    assert [link.step for link in found.chain] == ["entry", "span", "obligation", "allocation", "contract", "evidence"]
    assert "Dr 2400 (deferred_revenue) / Cr 4000 (revenue) 917.26 USD on 2026-01-31" in said(found, "entry")
    assert "Run 1, prepared by ben, approved by dana; posted on 2026-04-01" in said(found, "entry")
    assert "10,800.00 x 31/365 = 917.26 earned through 2026-01-31, less 0.00" in said(found, "span")
    assert "C-1-1: SSP 12,000.00, price 12,000.00, allocated 10,800.00." in said(found, "allocation")
    assert "13,500.00 x 12,000.00/15,000.00 of the standalone selling prices = 10,800.00" in said(found, "allocation")
    assert "contracts C-1, version 1, known on 2026-04-01: import 1" in said(found, "contract")
    assert "row 1." in said(found, "contract")
    assert "Clause: page 3, fees" in said(found, "evidence")


@pytest.mark.usefixtures("january")
def test_what_is_not_earned_by_time_says_how_it_is() -> None:
    delivered, used = (tracing.explain(one("recognition", line)) for line in ("C-1-2", "C-1-3"))

    assert "2,700.00 USD earned in 2026-01, delivered, of 2,700.00 allocated." in said(delivered, "span")
    assert "50.00 USD earned in 2026-01, by 1 record of use in the month." in said(used, "span")


@pytest.mark.usefixtures("january")
def test_a_bill_of_ours_names_its_schedule() -> None:
    bill = tracing.explain(one("billing", "C-1-1"))

    assert "Bill C-1-1/2026-01-01, made by the billing schedule of the line." in said(bill, "evidence")


@pytest.mark.usefixtures("january")
def test_a_reclassification_says_what_is_billed_and_recognized() -> None:
    shown = tracing.explain(one("reclassification", "C-1-3"))

    assert "contract C-1 by 2026-01-31: billed 13,500.00, recognized 3,667.26" in said(shown, "span")


@pytest.mark.usefixtures("january")
def test_an_id_may_be_begun_and_has_to_be_one() -> None:
    entry = one("recognition", "C-1-1")

    assert tracing.explain(entry[:12].upper()).entry == entry
    assert json.loads(tracing.explain(entry).json())["chain"][1]["figures"]["due"] == "917.26"
    for wrong, words in (("zz", "no posted entry begins with 'zz'"), ("", "no posted entry begins with ''")):
        with pytest.raises(tracing.Unknown, match=words):
            tracing.explain(wrong)


def test_a_beginning_that_several_have_is_refused_with_two_of_them(store: Store) -> None:
    closing.bring(store, COMPANY)
    closing.post(store, "2026-03-31")
    first = entries.posted()["entry"].str.slice(0, 1)

    with pytest.raises(tracing.Unknown, match=r"several entries begin with .*; type more of it"):
        tracing.explain(str(first.mode()[0]))


def test_the_figures_of_the_chain_are_those_of_the_ledger(store: Store) -> None:
    closing.bring(store, COMPANY)
    closing.post(store, "2026-03-31")
    moved = entries.posted().filter(pl.col("kind").is_in(["recognition", "catch_up"]))

    for row in moved.sort("no").gather_every(40).to_dicts():
        figures = next(link.figures for link in tracing.explain(row["entry"]).chain if link.step == "span")
        due, posted = (int(figures[name].replace(",", "").replace(".", "")) for name in ("due", "posted_before"))
        assert due - posted == (row["amount"] if row["credit_role"] == "revenue" else -row["amount"]), row


def test_a_late_difference_says_what_was_posted_before(january: Store, tmp_path: Path) -> None:
    january.clock.pass_days(3)
    closing.post(january, "2026-02-15")
    closing.post(january, "2026-02-28")
    second = entries.posted().filter(pl.col("date") == date(2026, 2, 28), pl.col("line") == "C-1-1").row(0, named=True)

    found = tracing.explain(second["entry"])

    assert "posted before" in said(found, "span")
    due = next(link for link in found.chain if link.step == "span").figures
    assert due["due"] == "828.49"

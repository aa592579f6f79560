"""What changed since the last close: against two plain runs of the engine, cause by cause."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

import ratable
from ratable.core import bundles
from ratable.review import computed, snapshot
from ratable.review.ask import answers, asking
from tests import frames
from tests.review.ask import companies

CONTRACT = {"id": "C-1", "customer": "c", "currency": "USD", "signed_on": "2026-01-01", "start": "2026-01-01",
            "end": "2026-12-31", "known_on": "2026-01-01"}  # fmt: skip
LINE = {"id": "C-1-1", "contract": "C-1", "product": "p", "start": "2026-01-01", "end": "2026-12-31",
        "price": 1_200_000, "ssp": 1_200_000}  # fmt: skip
PRODUCT = {"id": "p", "name": "Platform", "method": "straight_line", "proration": "monthly_prorated"}


def company(**more: pl.DataFrame) -> bundles.Bundle:
    """One contract of 12,000.00 for 2026, and what comes on top of it."""
    return bundles.of({
        "customers": frames.table("customers", {"id": "c", "name": "Nettle Mills"}),
        "products": frames.table("products", PRODUCT),
        "contracts": frames.table("contracts", CONTRACT),
        "contract_lines": frames.table("contract_lines", LINE),
    } | more)  # fmt: skip


def between(before: bundles.Bundle, after: bundles.Bundle) -> snapshot.Snapshot:
    """After, at the end of March, with February closed by what was known before."""
    made = computed.of_bundle(after, date(2026, 3, 31), name="small")
    return replace(made, close=snapshot.Close(before, date(2026, 3, 4), date(2026, 2, 28)))


def schedule(bundle: bundles.Bundle) -> dict[tuple[str, str], int]:
    """Revenue by line and month of origin to the end of 2026, without locks."""
    unlocked = replace(bundle, tables=bundle.tables | {"locks": bundle["locks"].clear()})
    journal = ratable.recognize(unlocked, "2026-12-31").journal
    sums: dict[tuple[str, str], int] = {}
    for row in journal.iter_rows(named=True):
        sign = (row["credit_role"] == "revenue") - (row["debit_role"] == "revenue")
        key = (row["line"], row["origin_period"])
        sums[key] = sums.get(key, 0) + sign * row["amount"]
    return {key: amount for key, amount in sums.items() if amount}


def told(answer: answers.Answer) -> dict[tuple[str, str], int]:
    rows = answer.tables[0].rows.group_by("line", "period").agg(pl.col("revenue").sum())
    return {(line, period): amount for line, period, amount in rows.rows() if amount}


def due(before: bundles.Bundle, after: bundles.Bundle) -> dict[tuple[str, str], int]:
    then, now = schedule(before), schedule(after)
    both = {key: now.get(key, 0) - then.get(key, 0) for key in then | now}
    return {key: amount for key, amount in both.items() if amount}


AMENDMENT = {"id": "A-1", "contract": "C-1", "effective_on": "2026-07-01", "approved_on": "2026-03-10",
             "treatment": "prospective", "known_on": "2026-03-10"}  # fmt: skip
CHANGE = {"amendment": "A-1", "op": "change", "line": "C-1-1", "price_change": 60_000}
NOTE = {"id": "CN-1", "invoice": "C-1/2026-01-01", "issued_on": "2026-03-12", "cause": "price_reduction",
        "known_on": "2026-03-12"}  # fmt: skip
CREDITED = {"credit_note": "CN-1", "invoice_line": "C-1-1/2026-01-01", "amount": 10_000}
SECOND = CONTRACT | {"id": "C-2", "signed_on": "2026-03-15", "start": "2026-03-15", "known_on": "2026-03-15"}
OTHER = LINE | {"id": "C-2-1", "contract": "C-2", "start": "2026-03-15", "price": 500_000, "ssp": 500_000}

CASES = {
    "amendment": {
        "amendments": frames.table("amendments", AMENDMENT),
        "amendment_changes": frames.table("amendment_changes", CHANGE),
    },
    "credit note": {
        "credit_notes": frames.table("credit_notes", NOTE),
        "credit_note_lines": frames.table("credit_note_lines", CREDITED),
    },
    "new contract": {
        "contracts": frames.table("contracts", CONTRACT, SECOND),
        "contract_lines": frames.table("contract_lines", LINE, OTHER),
    },
    "import correction": {"contract_lines": frames.table("contract_lines", LINE | {"price": 1_320_000})},
    "policy": {"policies": frames.table("policies", {"name": "proration", "value": "monthly_prorated"})},
    "master data": {"products": frames.table("products", PRODUCT | {"proration": "daily"})},
}


@pytest.mark.parametrize("cause", CASES)
def test_each_kind_of_fact_is_its_own_cause(cause: str) -> None:
    """GR-08: the differences are those of two plain runs, and the cause is the fact that came in."""
    before = company()
    if cause == "policy":
        plain = frames.table("products", {name: value for name, value in PRODUCT.items() if name != "proration"})
        before = companies.with_rows(before, products=plain)
        after = companies.with_rows(company(**CASES[cause]), products=plain)
    else:
        after = company(**CASES[cause])

    answer = asking.run("schedule-changes", {"customer": "c"}, between(before, after))

    assert told(answer) == due(before, after) != {}
    assert set(answer.tables[0].rows["cause"]) == {cause}
    assert companies.amounts(answer)["unexplained"] == "0.00"
    assert companies.withheld(answer) == []


def test_facts_of_one_contract_are_told_apart() -> None:
    before = company()
    after = company(**CASES["amendment"], **CASES["credit note"])

    answer = asking.run("schedule-changes", {"customer": "c"}, between(before, after))

    sums = dict(answer.tables[1].rows.select("fact", "revenue").rows())
    assert sums == {"A-1": 60_000, "CN-1": -10_000}
    assert told(answer) == due(before, after)


def test_amendments_alone_can_be_asked() -> None:
    after = company(**CASES["amendment"], **CASES["credit note"])

    answer = asking.answer("Which amendments changed Nettle Mills since last close?", between(company(), after))

    assert answer.figures["amendments"].value == "1"
    assert [str(cite) for cite in answer.citations] == ["amendments/A-1"]


def test_nothing_that_came_in_changes_nothing() -> None:
    answer = asking.run("schedule-changes", {"customer": "c"}, between(company(), company()))

    assert companies.texts(answer)[0].startswith("Nothing changed on the schedule of Nettle Mills")
    assert answer.checks == ()


def test_without_a_close_there_is_nothing_to_compare_with() -> None:
    answer = asking.run("schedule-changes", {}, replace(between(company(), company()), close=None))

    assert (answer.kind, answer.missing) == (answers.REFUSED, ("a closed month",))


def test_all_changes_of_the_example_company_are_those_of_two_runs() -> None:
    """Revenue that the engine recognizes through March of all that is known, less that of what was known on 4 March."""
    example = companies.example()
    answer = asking.run("schedule-changes", {"from": "2025-01", "to": "2026-02"}, example)
    assert example.close is not None
    then, now = (
        replace(known, tables=known.tables | {"locks": known["locks"].clear()})
        for known in (example.close.bundle, example.bundle)
    )
    sums: dict[tuple[str, str], int] = {}
    for bundle, side in ((then, -1), (now, 1)):
        for row in ratable.recognize(bundle, companies.THROUGH).journal.iter_rows(named=True):
            sign = (row["credit_role"] == "revenue") - (row["debit_role"] == "revenue")
            if row["origin_period"] <= "2026-02":
                key = (row["line"], row["origin_period"])
                sums[key] = sums.get(key, 0) + side * sign * row["amount"]

    assert told(answer) == {key: amount for key, amount in sums.items() if amount}

"""Movements: one debit, one credit, one amount above zero; bills, tax, revenue and true-ups."""

import pytest

from ratable.engine import journal
from tests import frames
from tests.engine import examples

JANUARY = {"service_start": "2026-01-01", "service_end": "2026-01-31", "product": "platform"}


def test_an_invoice_line_with_tax_posts_three_movements() -> None:
    bill = examples.invoice(JANUARY | {"amount": "31", "tax": "3.10"})

    assert examples.entries(examples.books("2026-12-31", invoices=[bill])) == [
        ("2026-01-01", "I-1", "billing: receivable / deferred_revenue", 31_00),
        ("2026-01-01", "I-1", "billing: receivable / tax_payable", 3_10),
        ("2026-01-31", "I-1", "recognition: deferred_revenue / revenue", 31_00),
    ]


@pytest.mark.parametrize(
    ("amount", "sides"),
    [(5, [("deferred_revenue", "revenue", 5)]), (-5, [("revenue", "deferred_revenue", 5)]), (0, [])],
)
def test_a_negative_amount_swaps_its_sides(amount: int, sides: list[tuple[str, str, int]]) -> None:
    row = {
        "line_no": 0,
        "day": "2026-03-17",
        "kind": "recognition",
        "debit_role": "deferred_revenue",
        "credit_role": "revenue",
    }
    found = journal.paired(frames.of(journal.SIGNED, row | {"amount": amount}))

    assert found.select("debit_role", "credit_role", "amount").rows() == sides
    assert [str(day) for day in found["origin"]] == ["2026-03-01"] * len(sides)


def test_days_and_months_have_one_row_each() -> None:
    books = examples.books(
        "2026-03-15", invoices=[examples.invoice(JANUARY | {"amount": "310", "service_end": "2026-03-31"})]
    )
    months = examples.entries(books, "recognition")
    days = examples.entries(books, "recognition", grain="day")

    assert [day for day, *_ in months] == ["2026-01-31", "2026-02-28", "2026-03-15"]
    assert len(days) == 31 + 28 + 15
    assert sum(n for *_, n in days) == sum(n for *_, n in months)


def test_nothing_is_dated_after_the_books() -> None:
    bill = examples.invoice(JANUARY | {"amount": "31"}, issued_on="2026-02-01")

    assert examples.entries(examples.books("2026-01-31", invoices=[bill]), "billing") == []


def test_a_shortfall_of_use_is_a_true_up_billed_and_earned_on_its_day() -> None:
    contract = examples.contract({"product": "calls", "pricing": {"unit_price": "1"}}, end="2026-01-31")
    minimum = {"id": "M", "contract": "C", "amount": "100", "every": "month", "lines": ["C-1"]}
    used = [{"id": "U", "contract_line": "C-1", "on": "2026-01-20", "quantity": "60"}]
    found = examples.books("2026-02-28", contracts=[contract], minimums=[minimum], usage=used)

    assert examples.entries(found) == [
        ("2026-01-31", "C-1", "billing: receivable / deferred_revenue", 40_00),
        ("2026-01-31", "C-1", "billing: receivable / deferred_revenue", 60_00),
        ("2026-01-31", "C-1", "recognition: deferred_revenue / revenue", 60_00),
        ("2026-01-31", "C-1", "true_up: deferred_revenue / revenue", 40_00),
    ]


def test_use_and_spans_fold_into_one_row_a_month() -> None:
    contract = examples.contract({"product": "calls", "pricing": {"unit_price": "1"}})
    used = [{"id": f"U{day}", "contract_line": "C-1", "on": f"2026-01-{day}", "quantity": "1"} for day in (10, 20, 30)]
    found = examples.books("2026-01-31", contracts=[contract], usage=used)

    assert [n for *_, n in examples.entries(found, "recognition")] == [3_00]
    assert [n for *_, n in examples.entries(found, "recognition", grain="day")] == [1_00] * 3

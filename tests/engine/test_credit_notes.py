"""Credits by cause: out of deferred revenue, out of revenue, and what is left of the schedule."""

from typing import Any

import pytest

from tests.engine import examples

YEAR: dict[str, Any] = {"service_start": "2026-01-01", "service_end": "2026-12-31", "product": "platform"}
DEFERRED, REVENUE = "credit_note: deferred_revenue / receivable", "credit_note: revenue / receivable"


def credited(amount: str, day: str = "2026-10-01", **terms: Any) -> Any:
    """12,000.00 for 2026, invoiced on 1 January, after one credit note."""
    line = YEAR | {"amount": "12000"}
    note = examples.credit(day, ("I-1", amount), **terms)
    return examples.books("2026-12-31", invoices=[examples.invoice(line)], credit_notes=[note])


@pytest.mark.parametrize(
    ("amount", "terms", "taken", "rest"),
    [
        ("3000", {}, {DEFERRED: 3_000_00}, []),
        ("5000", {}, {DEFERRED: 3_000_00, REVENUE: 2_000_00}, []),
        ("1500", {}, {DEFERRED: 1_500_00}, [500_00] * 3),
        ("1500", {"cause": "service_credit"}, {REVENUE: 1_500_00}, [1_000_00] * 3),
        ("1500", {"cause": "billing_correction"}, {DEFERRED: 1_500_00}, [1_000_00] * 3),
        ("1500", {"cause": "amendment"}, {DEFERRED: 1_500_00}, [1_000_00] * 3),
    ],
)
def test_a_credit_by_its_cause(amount: str, terms: dict[str, str], taken: dict[str, int], rest: list[int]) -> None:
    found = credited(amount, **terms)
    ahead = examples.entries(found, "recognition")[9:]

    assert {said: n for _, _, said, n in examples.entries(found, "credit_note")} == taken
    assert [amount for *_, amount in ahead] == rest


def test_a_credit_before_service_leaves_nothing() -> None:
    found = credited("12000", "2026-01-01")

    assert [(day, said) for day, _, said, _ in examples.entries(found)] == [
        ("2026-01-01", "billing: receivable / deferred_revenue"), ("2026-01-01", DEFERRED),
    ]  # fmt: skip


def test_two_credits_of_one_bill_take_what_is_left() -> None:
    line = YEAR | {"amount": "12000"}
    notes = [examples.credit("2026-10-01", ("I-1", "1500")), examples.credit("2026-11-01", ("I-1", "1500"), name="O")]
    found = examples.books("2026-12-31", invoices=[examples.invoice(line)], credit_notes=notes)

    assert [n for *_, n in examples.entries(found, "credit_note")] == [1_500_00, 1_000_00, 500_00]
    assert [n for *_, n in examples.entries(found, "recognition")] == [1_000_00] * 9 + [500_00]


def half_years(*credits: Any, **second: Any) -> Any:
    """A line of 12,000.00 for 2026 in two invoices of half a year, after some credit notes."""
    halves = [
        {"amount": "6000", "contract_line": "C-1", "service_start": first, "service_end": last}
        for first, last in (("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-12-31"))
    ]
    bills = [
        examples.invoice(halves[0], contract="C"),
        examples.invoice(halves[1], name="J", contract="C", **second),
    ]
    contract = examples.contract({"price": "12000"})
    return examples.books("2026-12-31", contracts=[contract], invoices=bills, credit_notes=credits)


def test_a_credit_takes_no_more_than_its_own_service_has_left() -> None:
    found = half_years(examples.credit("2026-04-01", ("I-1", "4000")))

    # 9,000.00 are deferred, but 3,000.00 of them belong to the months that were credited.
    taken = {said: n for _, _, said, n in examples.entries(found, "credit_note")}
    assert taken == {DEFERRED: 3_000_00, REVENUE: 1_000_00}
    assert examples.revenue(found) == {
        "2026-01-31": 1_000_00, "2026-02-28": 1_000_00, "2026-03-31": 1_000_00, "2026-04-01": -1_000_00,
        "2026-07-31": 1_000_00, "2026-08-31": 1_000_00, "2026-09-30": 1_000_00, "2026-10-31": 1_000_00,
        "2026-11-30": 1_000_00, "2026-12-31": 1_000_00,
    }  # fmt: skip


def test_a_credit_takes_no_more_than_is_deferred() -> None:
    found = half_years(examples.credit("2026-10-01", ("J-1", "3000"), of="J"), issued_on="2026-09-15")
    few = half_years(
        examples.credit("2026-05-01", ("I-1", "2000")), examples.credit("2026-09-01", ("I-1", "1000"), name="O"),
        issued_on="2026-12-31",
    )  # fmt: skip

    assert {said: n for _, _, said, n in examples.entries(found, "credit_note")} == {DEFERRED: 3_000_00}
    # By September everything billed for the first half is recognized: the second credit is off revenue.
    assert [(day, said, n) for day, _, said, n in examples.entries(few, "credit_note")] == [
        ("2026-05-01", DEFERRED, 2_000_00), ("2026-09-01", REVENUE, 1_000_00),
    ]  # fmt: skip


def test_credits_of_milestones_run_on_the_whole_price() -> None:
    build = {
        "product": "build",
        "price": "1000",
        "milestones": [{"id": "m", "percent": "60"}, {"id": "n", "percent": "40"}],
    }
    bill = examples.invoice({"amount": "1000", "contract_line": "C-1"}, contract="C")
    reached = [
        {"contract_line": "C-1", "milestone": name, "on": day}
        for name, day in (("m", "2026-02-01"), ("n", "2026-05-01"))
    ]
    found = examples.books(
        "2026-12-31", contracts=[examples.contract(build)], invoices=[bill], milestones_reached=reached,
        credit_notes=[examples.credit("2026-03-01", ("I-1", "300"))],
    )  # fmt: skip

    assert examples.revenue(found) == {"2026-02-28": 600_00, "2026-05-31": 100_00}


def test_tax_is_credited_apart() -> None:
    note = examples.credit("2026-10-01")
    note["lines"] = [{"invoice_line": "I-1", "amount": "3000", "tax": "300"}]
    line = YEAR | {"amount": "12000", "tax": "1200"}
    found = examples.books("2026-12-31", invoices=[examples.invoice(line)], credit_notes=[note])

    assert ("2026-10-01", "I-1", "credit_note: tax_payable / receivable", 300_00) in examples.entries(found)
    assert ("2026-01-01", "I-1", "billing: receivable / tax_payable", 1_200_00) in examples.entries(found)


def test_a_bill_of_our_own_is_credited_by_its_derived_id_and_later_bills_keep_their_amounts() -> None:
    contract = examples.contract({"price": "1200", "billing": {"frequency": "quarterly"}})
    note = examples.credit("2026-06-01", ("C-1/2026-04-01", "100"), of="C/2026-04-01")
    found = examples.books("2026-12-31", contracts=[contract], credit_notes=[note])

    assert examples.bills(found) == {f"2026-{month}-01": 300_00 for month in ("01", "04", "07", "10")}
    assert examples.entries(found, "credit_note") == [("2026-06-01", "C-1", DEFERRED, 100_00)]
    assert sum(examples.revenue(found).values()) == 1_100_00


@pytest.mark.parametrize(
    ("bill", "of", "amount", "code"),
    [
        ("C-1/2026-04-01", "C/2026-04-01", "300.01", "over_credit"),
        ("C-1/2026-05-01", "C/2026-04-01", "1", "unknown_id"),
        ("C-1/2026-07-01", "C/2026-07-01", "1", "unknown_id"),  # Not made yet on the day of the note.
    ],
)
def test_a_refused_note_takes_only_itself_out(bill: str, of: str, amount: str, code: str) -> None:
    contract = examples.contract({"price": "1200", "billing": {"frequency": "quarterly"}})
    found = examples.books(
        "2026-12-31", contracts=[contract], credit_notes=[examples.credit("2026-06-01", (bill, amount), of=of)]
    )

    assert code in examples.codes(found)
    assert examples.entries(found, "credit_note") == []
    assert sum(examples.revenue(found).values()) == 1_200_00


def test_use_already_given_is_credited_off_revenue() -> None:
    contract = examples.contract({"product": "calls", "pricing": {"unit_price": "1"}})
    used = [{"id": "U", "contract_line": "C-1", "on": "2026-01-20", "quantity": "50"}]
    note = examples.credit("2026-02-10", ("C-1/2026-01-01", "20"), of="C/2026-01-31")
    found = examples.books("2026-12-31", contracts=[contract], usage=used, credit_notes=[note])

    assert examples.entries(found, "credit_note") == [("2026-02-10", "C-1", REVENUE, 20_00)]
    assert sum(examples.bills(found).values()) == 50_00

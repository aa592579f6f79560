"""Figures of answers against the same computed another way: the second engine, or sums of the journal in Python."""

from collections import defaultdict
from functools import cache
from typing import Any

import pytest

from ratable.oracle import books as second
from ratable.review.ask import answers, asking
from tests.review.ask import companies

CUSTOMERS = ("acme", "bolt", "cobalt", "larkfield", "redfern", "kestrelway", "shape", "dilmun", "hanamori", "wickham")
MONTHS = ("2026-01", "2026-02", "2026-03")


@cache
def oracle() -> second.Books:
    return second.run(companies.facts(), companies.THROUGH)


@cache
def journal() -> list[dict[str, Any]]:
    return companies.example().entries.to_dicts()


def total(role: str, **where: str) -> dict[str, int]:
    """What the journal adds to the credit side of a role, by currency, where columns have the values given."""
    until = where.pop("until", "9999-99")
    sums: dict[str, int] = defaultdict(int)
    for row in journal():
        if row["period"] <= until and all(row[name] == value for name, value in where.items()):
            sign = (row["credit_role"] == role) - (row["debit_role"] == role)
            sums[row["currency"]] += sign * row["amount"]
    return {currency: amount for currency, amount in sums.items() if amount}


def figures(answer: answers.Answer, name: str) -> dict[str, int]:
    """A figure of an answer by currency, in minor units, zeros left out."""
    found = {
        one.currency: answers.minor(one.value, one.currency)
        for key, one in answer.figures.items()
        if one.kind == "amount"
        and (key == name or (key.startswith(f"{name}_") and key.removeprefix(f"{name}_").isupper()))
    }
    return {currency: amount for currency, amount in found.items() if amount}


@pytest.mark.parametrize("customer", CUSTOMERS)
def test_balances_and_movements_are_sums_of_the_journal(customer: str) -> None:
    for month in MONTHS:
        given = {"customer": customer, "from": month, "to": month}
        why = asking.run("why-deferred", given, companies.example())
        balance = asking.run("balance", given, companies.example())
        revenue = asking.run("revenue", given, companies.example())
        closing = total("deferred_revenue", customer=customer, until=month)

        assert figures(why, "closing") == closing
        assert figures(balance, "closing") == closing
        assert figures(revenue, "recognized") == total("revenue", customer=customer, period=month)


@pytest.mark.parametrize("month", MONTHS)
def test_the_roll_forward_is_that_of_the_second_engine(month: str) -> None:
    answer = asking.run("roll-forward", {"from": month, "to": month}, companies.example())
    rows = {row["currency"]: row for row in oracle().roll_forward() if row["period"] == month}

    for name, column in (("opening", "opening"), ("closing", "closing"), ("billed", "billings"),
                         ("recognized", "recognized"), ("credits", "credit_notes"), ("modifications", "modifications"),
                         ("reclassified", "reclassified")):  # fmt: skip
        expected = {currency: row[column] for currency, row in rows.items() if row[column]}
        assert figures(answer, name) == expected


def test_positions_are_those_of_the_second_engine() -> None:
    of_contract: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in oracle().balances():
        for side in ("billed", "recognized", "deferred_revenue", "unbilled_receivable", "contract_asset"):
            of_contract[row["contract"]][side] += row[side]
    for contract in ("C-001", "C-003", "C-008", "C-011", "C-020", "C-028", "C-044", "C-049"):
        answer = asking.run("position", {"contract": contract}, companies.example())
        for side, amount in of_contract[contract].items():
            assert sum(figures(answer, side).values()) == amount, (contract, side)


def test_revenue_by_line_is_the_schedule_of_the_second_engine() -> None:
    answer = asking.run("why-recognized", {"customer": "bolt", "from": "2026-03", "to": "2026-03"}, companies.example())
    said = dict(answer.tables[0].rows.select("line", "recognized").rows())
    due = {
        row["line"]: row["amount"]
        for row in oracle().schedule()
        if row["period"] == "2026-03" and row["contract"] in ("C-003", "C-004", "C-031")
    }

    assert said == due


def test_the_drivers_of_a_difference_are_all_of_it() -> None:
    given = {"from": "2026-03", "to": "2026-03"}
    answer = asking.run("variance", given, companies.example())
    march, february = total("revenue", period="2026-03"), total("revenue", period="2026-02")

    assert figures(answer, "change") == {code: march[code] - february.get(code, 0) for code in march}
    rows = answer.tables[0].rows
    for currency, change in figures(answer, "change").items():
        assert rows.filter(rows["currency"] == currency)["change"].sum() == change
    ended = answer.tables[1].rows
    assert ended.filter(ended["line"] == "C-041-1")["driver"].to_list() == ["late facts"]


def test_what_is_scheduled_is_what_the_second_engine_recognizes_later() -> None:
    """A plain subscription: 14 months of C-009 are left, and nothing else can change them."""
    answer = asking.run("forecast", {"contract": "C-009", "from": "2026-04", "to": "2026-04"}, companies.example())
    later = second.run(companies.facts(), companies.THROUGH.replace(month=4, day=30))
    april = [row["amount"] for row in later.schedule() if row["line"] == "C-009-1" and row["period"] == "2026-04"]

    assert list(figures(answer, "scheduled").values()) == april


def test_remaining_and_released_agree_with_the_balance() -> None:
    remaining = asking.run("remaining", {"contract": "C-009"}, companies.example())
    release = asking.run("release", {"contract": "C-009"}, companies.example())

    assert companies.amounts(remaining)["remaining"] == "32666.67"
    assert companies.amounts(release)["deferred"] == companies.amounts(release)["dated"] == "32666.67"


def test_the_trial_balance_balances() -> None:
    answer = asking.run("trial-balance", {"from": "2026-01", "to": "2026-03"}, companies.example())
    amount = sum(row["amount"] for row in journal() if row["currency"] == "USD" and row["period"] >= "2026-01")

    assert companies.amounts(answer)["debit_USD"] == companies.amounts(answer)["credit_USD"]
    assert figures(answer, "debit")["USD"] == amount
    assert figures(answer, "difference") == {}


def test_entries_are_found_by_amount_words_and_account() -> None:
    found = asking.run("find-entries", {"amount": "375.00", "currency": "USD"}, companies.example())
    outage = asking.run("find-entries", {"text": "outage"}, companies.example())
    activity = asking.run(
        "account-activity", {"account": "2410", "from": "2026-03", "to": "2026-03"}, companies.example()
    )
    debit = sum(row["amount"] for row in journal() if row["debit"] == "2410" and row["period"] == "2026-03"
                and row["currency"] == "USD")  # fmt: skip

    assert found.tables[0].rows["entry"].to_list() == outage.tables[0].rows["entry"].to_list()
    assert figures(activity, "debit")["USD"] == debit


def test_an_amount_that_no_entry_has_is_said_to_be_none() -> None:
    answer = asking.run("find-entries", {"amount": "375.01", "currency": "USD"}, companies.example())

    assert answer.contradicts
    assert companies.amounts(answer)["nearest_1"] == "375.00"


def test_allocation_and_discount_of_a_contract_by_hand() -> None:
    allocated = asking.run("allocation", {"contract": "C-001"}, companies.example())
    discount = asking.run("discounts", {"contract": "C-001"}, companies.example())

    assert companies.amounts(allocated) == {"price": "96000.00", "transaction_price": "86400.00"}
    assert dict(allocated.tables[0].rows.select("line", "allocated").rows()) == {
        "C-001-1": 2_592_000, "C-001-2": 5_184_000, "C-001-3": 864_000,
    }  # fmt: skip
    assert companies.amounts(discount) == {"discount": "9600.00", "price": "96000.00"}
    assert discount.figures["share"].value == "10.0"


def test_documents_say_what_came_in() -> None:
    invoice = asking.run("invoice", {"invoice": "I-0181"}, companies.example())
    own = asking.run("invoice", {"invoice": "C-028/2026-02-01"}, companies.example())
    notes = asking.run("credit-notes", {"customer": "kestrelway"}, companies.example())
    usage = asking.run("usage", {"customer": "acme", "from": "2026-02", "to": "2026-02"}, companies.example())

    assert companies.amounts(invoice) == {"amount": "9000.00", "credited": "0.00", "paid": "9720.00"}
    assert companies.amounts(own) == {"amount": "2500.00"}
    assert companies.amounts(notes) == {"credited": "375.00", "deferred": "0.00", "recognized": "375.00"}
    assert usage.figures["units"].value == "140000"


def test_treatments_say_what_moved_at_once() -> None:
    answer = asking.run("amendment-treatment", {"amendment": "A-020"}, companies.example())

    assert companies.amounts(answer) == {"at_once": "2500.00"}
    assert "is catch-up" in companies.texts(answer)[0]

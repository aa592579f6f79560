"""Laws 9 to 11: what undoes itself leaves nothing, and money of n times the size gives n times the books."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratable.engine import run
from ratable.engine.outcome import Outcome
from tests import strategies
from tests.properties import ledgers, test_agreement

AFTER_ALL = date(2030, 12, 31)
MONEY = {"price", "price_change", "unit_price", "ssp", "amount", "tax", "flat", "cap", "list_price", "low", "high"}


@st.composite
def credited_before_service(draw: strategies.Draw) -> strategies.Row:
    """An invoice before its service, for a contract or alone, and a note that credits all of it before service."""
    start, end = draw(strategies.terms())
    currency = draw(st.sampled_from(["USD", "JPY", "BHD"]))
    issued_on = start - timedelta(days=draw(st.integers(2, 40)))
    invoice: strategies.Row = {"id": "I", "customer": "acme", "currency": currency, "issued_on": issued_on, "lines": []}
    contract: strategies.Row = {
        "id": "C",
        "customer": "acme",
        "currency": currency,
        "signed_on": issued_on,
        "lines": [],
    }
    contract |= {"start": start, "end": end}
    ordered = draw(st.booleans())
    for name in "abc"[: draw(st.integers(1, 3))]:
        amount = strategies.money(draw(strategies.minor_amounts()), currency)
        first = draw(strategies.days_between(start, end))
        product = draw(st.sampled_from([*strategies.SERVICES, "setup"]))
        contract["lines"].append(
            {"id": f"C-{name}", "product": product, "price": amount, "ssp": amount, "start": first}
        )
        line: strategies.Row = {
            "id": f"I-{name}",
            "amount": amount,
            "tax": "1",
            "service_start": first,
            "service_end": end,
        }
        invoice["lines"].append(line | ({"contract_line": f"C-{name}"} if ordered else {"product": product}))
    note: strategies.Row = {"id": "N", "invoice": "I", "issued_on": start - timedelta(days=draw(st.integers(1, 2)))}
    note["lines"] = [{"invoice_line": row["id"], "amount": row["amount"], "tax": "1"} for row in invoice["lines"]]
    bundle = {"products": [dict(row) for row in strategies.PRODUCTS], "customers": [{"id": "acme", "name": "Acme"}]}
    bundle |= {"invoices": [invoice], "credit_notes": [note]}
    return bundle | ({"contracts": [contract]} if ordered else {})


@ledgers.examples(12)
@given(document=credited_before_service())
def test_law_9_a_full_credit_before_service_leaves_nothing(
    document: strategies.Row, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bundle = test_agreement.read(tmp_path_factory.getbasetemp(), document)
    through = document["credit_notes"][0]["issued_on"]
    for day in (through, AFTER_ALL):
        outcome = run.recognize(bundle, day)
        balances = ledgers.posted(outcome, "line")
        assert len(balances) == len(document["invoices"][0]["lines"])
        assert all(amount == 0 for roles in balances.values() for amount in roles.values())
        assert not any("revenue" in roles for roles in balances.values())
        assert outcome.remaining().is_empty()


@st.composite
def there_and_back(draw: strategies.Draw) -> tuple[strategies.Row, list[strategies.Row]]:
    """A bundle, and two amendments of one day that take the terms of a line elsewhere and back."""
    document = draw(strategies.bundles())
    contract = draw(st.sampled_from(document["contracts"]))
    priced = [line for line in contract["lines"] if "price" in line] or [{"id": "none", "price": "1"}]
    line = draw(st.sampled_from(priced))
    end, currency = line.get("end", contract["end"]), contract["currency"]
    day = draw(strategies.days_between(contract["start"], contract["end"]))
    away: strategies.Row = {"price": strategies.money(draw(strategies.minor_amounts()), currency)}
    back: strategies.Row = {"price": line["price"]}
    if draw(st.booleans()):
        away["end"], back["end"] = end + timedelta(days=30), end
    if "ssp" in line and draw(st.booleans()):
        away["ssp"], back["ssp"] = "77", line["ssp"]
    row = {"contract": contract["id"], "effective_on": day, "approved_on": day}
    row["treatment"] = draw(st.sampled_from(["auto", "prospective", "catch_up"]))
    changes = [[{"op": "change", "line": line["id"]} | terms] for terms in (away, back)]
    both = [row | {"id": f"back-and-forth-{n}", "changes": change} for n, change in enumerate(changes)]
    others = [row for row in document.get("amendments", []) if row["contract"] != contract["id"]]
    return document | {"amendments": others}, both if priced[0]["id"] != "none" else []


@ledgers.examples(12)
@given(changed=there_and_back())
def test_law_10_there_and_back_on_one_day_changes_nothing(
    changed: tuple[strategies.Row, list[strategies.Row]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    document, both = changed
    amended = document | {"amendments": document["amendments"] + both}
    books = []
    for facts in (document, amended):
        outcome = run.recognize(test_agreement.read(tmp_path_factory.getbasetemp(), facts), AFTER_ALL)
        books.append((ledgers.moved(outcome), outcome.lines.drop("line_no").sort("line").rows()))

    assert books[0] == books[1]


def scaled(value: Any, times: int, key: str = "") -> Any:
    """The same document with every amount of money so many times as large."""
    if isinstance(value, dict):
        return {name: scaled(item, times, name) for name, item in value.items()}
    if isinstance(value, list):
        return [scaled(item, times, key) for item in value]
    return str(Decimal(value) * times) if key in MONEY else value


@st.composite
def scalable(draw: strategies.Draw) -> strategies.Row:
    """Bundles in which a cent more or less cannot tip a decision.

    A weight that is itself rounded, a range that a price may just lie in, and a credit that may just be too large are
    left out: what hangs on a threshold does not scale.
    """
    document = ledgers.without(draw(strategies.bundles()), "ssps", "locks")
    added = [
        change["line"] for row in document.get("amendments", []) for change in row["changes"] if change["op"] == "add"
    ]
    for line in [line for contract in document["contracts"] for line in contract["lines"]] + added:
        if "unit_price" in line:
            line.setdefault("ssp", "5000")
    for row in document.get("minimums", []):
        row["allocation"] = "ssp"
    exact = {row["id"] for row in document.get("invoices", []) if "discount" not in row}
    document["credit_notes"] = [row for row in document.get("credit_notes", []) if row["invoice"] in exact]
    return document


def figures(outcome: Outcome) -> dict[tuple[str, str], int]:
    """What each line was allocated, has recognized and has billed."""
    found = {(line, "allocated"): n for line, n in outcome.lines.select("line", "allocated").iter_rows()}
    for (line,), roles in ledgers.posted(outcome, "line").items():
        found |= {(line, "recognized"): -roles["revenue"], (line, "billed"): roles["receivable"] + roles["tax_payable"]}
    return found


@ledgers.examples(12)
@given(document=scalable(), times=st.sampled_from([2, 7, 1000]))
def test_law_11_money_n_times_as_large_gives_books_n_times_as_large(
    document: strategies.Row, times: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    plain = run.recognize(test_agreement.read(folder, document), AFTER_ALL)
    large = figures(run.recognize(test_agreement.read(folder, scaled(document, times)), AFTER_ALL))
    # Each rounding is off by less than one minor unit, and n such units when scaled. A contract rounds at most twice a
    # line when it begins (share of the discount, share of the price) and at each amendment, and once for each bill.
    events = len(document.get("amendments", [])) + 1
    roundings = (
        2 * plain.lines.height * events
        + plain.movements("month").filter(plain.movements("month")["kind"] == "billing").height
    )

    for key, amount in figures(plain).items():
        assert abs(large.get(key, 0) - times * amount) <= times * roundings, key

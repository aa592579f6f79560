"""Amendments: what they change, how they are classified, and what they do to revenue.

Worked example: 1,200.00 for a year is raised to 1,500.00 on 1 July, prospectively. The pool is 1,500 - 600
recognized = 900.00, spread over the six months left: 150.00 each. As a catch-up, 1,500 x 6/12 - 600 = 150.00 is
recognized on 1 July at once, and 125.00 in each of the six months.
"""

import copy
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from ratable.oracle import allocation, billing, curves, dates, lines, rounding, standalone
from ratable.oracle.accounts import Account, Amendment
from ratable.oracle.facts import Facts, Row
from ratable.oracle.ledger import Ledger, schedules
from ratable.oracle.lines import MAIN, Line


def contract_lines(account: Account, known: Facts) -> dict[str, Line]:
    """The lines of a contract as signed: priced, allocated, with their curves."""
    contract = account.contract
    if contract is None:
        return {row["id"]: lines.of_invoice(row, known, account) for row in account.lines}
    found = {}
    for row in account.lines:
        terms = row | {"start": row["start"] or contract["start"], "end": row["end"] or contract["end"]}
        line = lines.of_contract(terms, account, known, opens=account.signed_on)
        price_line(line, account, known, on=account.signed_on)
        found[line.id] = line
    shares = allocation.allocate(account, found.values(), contract["discount.amount"] or 0)
    start_curves(found, shares)
    return found


def price_line(line: Line, account: Account, known: Facts, *, on: date) -> None:
    """Give a new line its price, its SSP by the book of a day, and what its milestones are worth."""
    if billing.by_the_unit(line):
        line.gross = billing.price_by_the_unit(line)
    elif line.fixed:
        line.gross = line.terms["price"] or 0
    line.ssp, line.own_price_stands_in = standalone.selling_price(
        line.terms, line.gross, known, on=on, currency=account.currency
    )
    lines.state_milestones(line, account)


def start_curves(new: dict[str, Line], shares: dict[str, int]) -> None:
    """Let lines run over their whole life to what they were allocated."""
    for name, amount in shares.items():
        line = new[name]
        line.total, line.curve = amount, curves.path(0, amount, line.progress(), after=None)


def take_effect(ledger: Ledger, amendments: Sequence[Amendment]) -> None:
    """Let the amendments of today take effect, in order; those that leave everything as it was are no event."""
    if not amendments or not _changes_anything(ledger, amendments):
        return
    for amendment in amendments:
        if not _changes_anything(ledger, [amendment]):
            continue
        prices, schedule = ledger.net_prices(), schedules(ledger)
        treatment = classify(ledger, amendment)
        shares_before = ledger.discount_shares()
        change_terms(ledger, amendment, treatment)
        _let_shares_leave(ledger, amendment, shares_before)
        named = [ledger.lines[c["line"]] for c in amendment.changes if c["line"] in ledger.lines]
        for part in sorted({line.part for line in named if line.fixed}):
            _recognize_anew(ledger, part, treatment, [line for line in named if line.part == part and line.fixed])
        _bill_anew(ledger, prices, schedule)


def _changes_anything(ledger: Ledger, amendments: Sequence[Amendment]) -> bool:
    trial = copy.copy(ledger)
    trial.lines = {name: copy.copy(line) for name, line in ledger.lines.items()}
    for line in trial.lines.values():
        line.quantities = list(line.quantities)
    for amendment in amendments:
        change_terms(trial, amendment, "prospective")
    return trial.terms() != ledger.terms()


def classify(ledger: Ledger, amendment: Amendment) -> str:
    """How an amendment is treated: as a person said, else by the rulebook.

    Source: ASC 606-10-25-12, 606-10-25-13.
    """
    if amendment.treatment != "auto":
        return amendment.treatment
    if all(c["op"] == "add" for c in amendment.changes) and all(_at_its_ssp(ledger, c) for c in amendment.changes):
        return "separate"
    yesterday = ledger.today - dates.ONE_DAY
    for change in amendment.changes:
        line = ledger.lines.get(change["line"])
        if line and line.method == "milestone" and 0 < line.progress().through(yesterday) < 1:
            return "catch_up"
    return "prospective"


def _at_its_ssp(ledger: Ledger, change: Row) -> bool:
    line = _added(ledger, change, MAIN)
    if not line.fixed or line.own_price_stands_in:
        return False
    tolerance = standalone.policy(
        "ssp_tolerance", ledger.facts, product=line.terms["product"], entity=ledger.account.entity, on=ledger.today
    )
    return abs(line.gross - line.ssp) * 100 <= Fraction(tolerance or 0) * line.ssp


def _added(ledger: Ledger, change: Row, part: str) -> Line:
    contract = ledger.account.contract or {}
    terms = change | {
        "id": change["line"],
        "start": change["start"] or ledger.today,
        "end": change["end"] or contract["end"],
    }
    opens = max(ledger.today, ledger.account.signed_on)
    line = lines.of_contract(terms, ledger.account, ledger.facts, opens=opens, part=part)
    price_line(line, ledger.account, ledger.facts, on=ledger.today)
    return line


def change_terms(ledger: Ledger, amendment: Amendment, treatment: str) -> None:
    """Write the changes of an amendment into the terms of the lines, and add its new lines."""
    for change in sorted(amendment.changes, key=lambda c: c["line"]):
        if change["op"] == "add":
            part = amendment.id if treatment == "separate" else MAIN
            ledger.lines[change["line"]] = _added(ledger, change, part)
        elif change["line"] in ledger.lines:
            line = ledger.lines[change["line"]]
            if change["op"] == "remove":
                _remove(line, change)
            else:
                _change(line, change, ledger.today)


def _remove(line: Line, change: Row) -> None:
    line.live = False
    line.gross = line.recognized + line.reductions if change["price"] is None else change["price"]


def _change(line: Line, change: Row, today: date) -> None:
    was = billing.price_by_the_unit(line) if billing.by_the_unit(line) else 0
    if change["quantity"] is not None:
        line.quantities = [*line.quantities, (today, change["quantity"])]
    line.end = change["end"] or line.end
    if change["ssp"] is not None:
        line.ssp, line.ssp_end = change["ssp"], line.end
    if billing.by_the_unit(line):
        line.gross += billing.price_by_the_unit(line) - was
    if change["price"] is not None:
        line.gross = change["price"]
    line.gross += change["price_change"] or 0


def _let_shares_leave(ledger: Ledger, amendment: Amendment, shares: dict[str, int]) -> None:
    """A discount of an amount falls by the shares of the lines that were removed."""
    removed = {c["line"] for c in amendment.changes if c["op"] == "remove"}
    ledger.discount_left -= sum(amount for line, amount in shares.items() if line in removed)


def _recognize_anew(ledger: Ledger, part: str, treatment: str, named: list[Line]) -> None:
    if treatment == "separate" and part != MAIN:
        new = {line.id: line for line in named}
        start_curves(new, allocation.allocate(ledger.account, named, 0))
    elif treatment == "catch_up":
        _catch_up(ledger, part, named)
    else:
        _prospective(ledger, part, named)


def _prospective(ledger: Ledger, part: str, named: list[Line]) -> None:
    """Spread what is not recognized yet over what is left of the part's lines.

    Source: ASC 606-10-25-13(a).
    """
    yesterday = ledger.today - dates.ONE_DAY
    every = ledger.fixed_lines(part)
    pool = ledger.consideration(part) - sum(line.recognized for line in every)
    weights = {}
    for line in every:
        left = line.left_after(yesterday)
        if line.live and left > 0:
            weights[line.id] = line.ssp * left / line.progress(line.ssp_end).whole
    if not weights:
        _release(ledger, pool, every, named)
    shares = rounding.share(pool, weights)
    for line in every:
        line.freeze()
        if line.id in shares:
            line.curve = curves.path(line.recognized, shares[line.id], line.progress(), after=yesterday)
            line.total += shares[line.id]


def _release(ledger: Ledger, pool: int, every: list[Line], named: list[Line]) -> None:
    """Recognize at once what a part without anything left to deliver has not recognized yet."""
    removed = [line for line in named if not line.live]
    for line in removed:
        own = line.gross - line.reductions - line.recognized
        ledger.recognize(line, "termination", own)
        pool -= own
    live = [line for line in every if line.live]
    receivers = [line for line in named if line.live] or live or removed
    shares = rounding.share(pool, {line.id: line.whole_life_ssp() for line in receivers})
    for line in receivers:
        ledger.recognize(line, "modification" if line.live else "termination", shares[line.id])


def _catch_up(ledger: Ledger, part: str, named: list[Line]) -> None:
    """Restate the part's live lines as if the new price had always been theirs; a discount stays with its owners.

    Source: ASC 606-10-25-13(b).
    """
    yesterday = ledger.today - dates.ONE_DAY
    every = ledger.fixed_lines(part)
    live = [line for line in every if line.live]
    if not live:
        _release(ledger, ledger.consideration(part) - sum(line.recognized for line in every), every, named)
    kept = sum(line.recognized for line in every if not line.live)
    contract = ledger.account.contract or {}
    owned = ledger.discount_shares() if part == MAIN and contract.get("discount.lines") else {}
    price = ledger.consideration(part) - kept + sum(owned.values())
    shares = rounding.share(price, {line.id: line.whole_life_ssp() for line in live})
    for line in every:
        line.freeze()
        shares[line.id] = shares.get(line.id, 0) - owned.get(line.id, 0)
    for line in live:
        line.curve = curves.path(0, shares[line.id], line.progress(), after=None)
        line.total = shares[line.id]
        ledger.recognize(line, "modification", line.curve(yesterday) - line.recognized)


def _bill_anew(ledger: Ledger, prices: dict[str, int], schedule: dict[str, list[tuple[date, object]]]) -> None:
    """Spread what is left to bill of every line whose own price, dates or weights changed."""
    if not ledger.account.generates:
        return
    now, dues = ledger.net_prices(), schedules(ledger)
    for line in ledger.fixed_lines():
        changed = now[line.id] != prices.get(line.id) or dues[line.id] != schedule.get(line.id)
        if changed:
            billing.plan_from(line, now[line.id], first=ledger.today, change=ledger.today)

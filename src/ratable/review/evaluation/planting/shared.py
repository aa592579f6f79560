"""Journals computed by other prices, allocations, credits or use than the facts have; totals often stay as they are.

Worked example: a discount of 10% on both lines was booked on the first alone: 150.00 a month too little there, 150.00
too much on the second, and the contract as a whole is right.
"""

from dataclasses import replace
from datetime import timedelta

from ratable.oracle import dates
from ratable.review.evaluation import deals, desk, events, terms
from ratable.review.evaluation.desk import Bill, Desk
from ratable.review.evaluation.facts import Edit
from ratable.review.evaluation.planting import ground, kinds
from ratable.review.evaluation.planting.kinds import JOURNAL, Kind, Plan
from ratable.review.evaluation.planting.misread import misread
from ratable.review.evaluation.terms import Promise


def _discount_booked_once(at: Desk) -> Plan:
    deal = ground.two_lines(at, ground.begins(at, 1, 8), off=terms.percent(at.chance.choice((8, 10, 15))))
    values = {"discount.lines": [at.chance.choice(deal.lines)], "discount.evidence": "first item"}
    return misread(deal, Edit("set", "contracts", {"id": deal.id}, values))


def _discount_shared(at: Desk) -> Plan:
    return kinds.right(ground.two_lines(at, ground.begins(at, 1, 8), off=terms.percent(12), second="analytics"))


def _by_book(at: Desk, *, wrong: bool) -> Plan:
    """Two lines priced outside their ranges, so that the book decides; booked by the version before."""
    begin = at.month(at.chance.randint(12, 13))
    who = replace(desk.alone(at, begin), signed_on=begin)
    lines, old = [], []
    for product, part in (("platform", 72), ("support", 136)):
        earlier, book = (_of_book(at, product, who.currency, version) for version in (0, 1))
        term = Promise(product, who.currency, begin, terms.last_day(begin, 12), book * part // 10_000 * 100)
        lines.append(term)
        old.append(earlier)
    deal = desk.agree(at, who, lines)
    if not wrong:
        return kinds.right(deal)
    return misread(deal, *(kinds.wrong_line(line, ssp=ssp) for line, ssp in zip(deal.lines, old, strict=True)))


def _of_book(at: Desk, product: str, currency: str, version: int) -> int:
    """The SSP of a year by a version of the book."""
    rows = [row for row in at.tables["ssps"] if row["product"] == product and row["currency"] == currency]
    row = sorted(rows, key=lambda item: item["from"])[version]
    return int(row["amount"]) * (12 if row["per"] == "month" else 1)


def _credit_off_revenue(at: Desk, *, cause: str, reason: str, wrong: bool) -> Plan:
    deal = ground.line_over_time(at, ground.begins(at, 0, 6), frequency="annual")
    bill, line, amount = events.first_bill(at, deal)
    on = dates.in_month(deal.start, at.chance.randint(2, 7), 1) + timedelta(days=at.chance.randint(8, 20))
    note = desk.credit(
        at, {"invoice": bill, "issued_on": on, "cause": cause, "reason": reason},
        {line: amount * at.chance.randint(5, 12) // 100},
    )  # fmt: skip
    if not wrong:
        return kinds.right(deal)
    plan = misread(deal, Edit("set", "credit_notes", {"id": note}, {"cause": "service_credit"}))
    return replace(plan, rows=(*plan.rows, f"credit_notes/{note}"))


def _credit_wrong(at: Desk) -> Plan:
    return _credit_off_revenue(at, cause="price_reduction", reason="fewer users for the rest of the year", wrong=True)


def _credit_right(at: Desk) -> Plan:
    return _credit_off_revenue(at, cause="service_credit", reason="outage of seven hours", wrong=False)


def _metered(at: Desk, *, level: int, least: int) -> tuple[desk.Deal, str]:
    begin = ground.begins(at, 0, 5)
    who, line = ground.over_time(at, begin)
    scale = 150 if who.currency == "JPY" else 1
    more = {"pricing.model": "per_unit", "pricing.unit_price": 10**6 * scale}
    line = replace(line, product="messages", price=None, frequency="monthly", timing="arrears", by_use=True, more=more)
    deal = desk.agree(at, who, [line])
    deals.use(at, deal, level=level)
    return deal, deals.minimum(at, deal, least) if least else ""


def _true_up_missed(at: Desk) -> Plan:
    deal, name = _metered(at, level=20_000, least=900)
    gone = (Edit("drop", "minimum_lines", {"minimum": name}), Edit("drop", "minimums", {"id": name}))
    return replace(plan := misread(deal, *gone), rows=(*plan.rows, f"minimums/{name}"))


def _minimum_reached(at: Desk) -> Plan:
    return kinds.right(_metered(at, level=90_000, least=100)[0])


def _use_left_out(at: Desk) -> Plan:
    deal, _ = _metered(at, level=70_000, least=0)
    month = dates.in_month(deal.start, at.chance.randint(1, 8), 1)
    read = [
        row["id"]
        for row in at.tables["usage"]
        if row["contract_line"] == deal.lines[0] and row["on"].replace(day=1) == month
    ]
    plan = misread(deal, *(Edit("drop", "usage", {"id": name}) for name in read))
    return replace(plan, rows=(*plan.rows, *(f"usage/{name}" for name in read)))


def _quiet_month(at: Desk) -> Plan:
    """A month without use, between months with it."""
    deal, _ = _metered(at, level=70_000, least=0)
    month = dates.in_month(deal.start, at.chance.randint(2, 6), 1)
    at.tables["usage"][:] = [
        row for row in at.tables["usage"] if row["contract_line"] != deal.lines[0] or row["on"].replace(day=1) != month
    ]
    return kinds.right(deal)


def _lone(at: Desk, *, ahead: int) -> tuple[str, str]:
    """An invoice without contract, issued some months before its service."""
    begin = at.month(at.chance.randint(3, 10))
    who = desk.alone(at, begin)
    amount = deals.price(at, "hosting", who.currency, 6)
    issued = dates.in_month(begin, -ahead, 1) + timedelta(days=at.chance.randint(3, 20)) if ahead else begin
    one = Bill(amount, issued, begin, terms.last_day(begin, 6), None, "hosting")
    name = desk.invoice(at, who.customer, one, contract=None, currency=who.currency)
    return name, f"{name}-1"


def _cut_off(at: Desk) -> Plan:
    name, line = _lone(at, ahead=2)
    issued = next(row["issued_on"] for row in at.tables["invoices"] if row["id"] == name)
    edit = Edit("set", "invoice_lines", {"id": line}, {"service_start": issued})
    rows = (f"invoices/{name}", f"contract_lines/{line}")
    return Plan((f"invoice {name}",), "invoice_lines", line, (), rows, (edit,))


def _billed_ahead(at: Desk) -> Plan:
    return Plan((f"invoice {_lone(at, ahead=1)[0]}",))


_SHARED = frozenset({"JC-28", "JC-30"})

KINDS = (
    Kind("discount_booked_to_one_line", "moderate", JOURNAL, _SHARED, "Discount booked on one line alone",
         _discount_booked_once, _discount_shared, cancels=True),
    Kind("earlier_ssp_version", "hard", JOURNAL, frozenset({"JC-28", "JC-29"}), "Allocated by the book before",
         lambda at: _by_book(at, wrong=True), lambda at: _by_book(at, wrong=False), cancels=True),
    Kind("credit_off_revenue_first", "moderate", JOURNAL, frozenset({"JC-23"}), "Credit note booked against revenue",
         _credit_wrong, _credit_right),
    Kind("true_up_missed", "moderate", JOURNAL, frozenset({"JC-21", "JC-34", "JC-61"}), "Minimum never trued up",
         _true_up_missed, _minimum_reached),
    Kind("use_left_out", "moderate", JOURNAL, frozenset({"JC-21", "JC-61"}), "Use of a month never booked",
         _use_left_out, _quiet_month),
    Kind("cut_off", "moderate", JOURNAL, frozenset({"JC-11", "JC-16", "JC-26"}), "Revenue between invoice and service",
         _cut_off, _billed_ahead),
)  # fmt: skip

"""Errors in bills, credits and use: twice, not at all, or for other days; the journal follows the facts.

Worked example: the March invoice of a monthly contract came twice, as INV-20031 and INV-20044; the fix credits the
later one. The twin has two invoices of one amount on one day, for two sites or two quarters.
"""

from dataclasses import replace
from datetime import timedelta

from ratable.oracle import dates
from ratable.review.evaluation import deals, desk, events, terms, wording
from ratable.review.evaluation.desk import Bill, Deal, Desk
from ratable.review.evaluation.facts import Edit, Row
from ratable.review.evaluation.planting import ground, kinds
from ratable.review.evaluation.planting.kinds import FACTS, Kind, Plan
from ratable.review.proposals import Fix


def _imported(at: Desk, *, every: int) -> tuple[Deal, list[str]]:
    deal = ground.line_over_time(
        at, ground.begins(at, 0, 6), invoicing="import", frequency={1: "monthly", 3: "quarterly"}[every]
    )
    return deal, desk.bill(at, deal, every=every, until=at.company.through)


def _rows(at: Desk, table: str, key: str, value: str) -> list[Row]:
    return [row for row in at.tables[table] if row[key] == value]


def _again(at: Desk, invoice: str, *, days: int) -> tuple[str, tuple[Edit, ...]]:
    """The same invoice under another number, issued some days later."""
    head, line = _rows(at, "invoices", "id", invoice)[0], _rows(at, "invoice_lines", "invoice", invoice)[0]
    name = desk.fresh(at, "invoices")
    issued = head["issued_on"] + timedelta(days=days)
    return name, (
        Edit("add", "invoices", values=head | {"id": name, "issued_on": issued}),
        Edit("add", "invoice_lines", values=line | {"id": f"{name}-1", "invoice": name}),
    )


def _double_invoice(at: Desk) -> Plan:
    deal, made = _imported(at, every=at.chance.choice((1, 3)))
    name, edits = _again(at, at.chance.choice(made[:-1]), days=at.chance.randint(0, 4))
    rows = (f"contract_lines/{deal.lines[0]}", f"contracts/{deal.id}", f"invoice_lines/{name}-1")
    return Plan((deal.account,), "invoices", name, (Fix("credit", "invoices", name),), rows, edits)


def _two_quarters_at_once(at: Desk) -> Plan:
    """Two quarters billed on one day, each for its own days."""
    deal, made = _imported(at, every=3)
    if len(made) > 2:
        first, second = (_rows(at, "invoices", "id", name)[0] for name in made[1:3])
        second["issued_on"], second["due_on"] = first["issued_on"], first["due_on"]
    return kinds.right(deal)


def _lone_twice(at: Desk) -> Plan:
    first = _lone(at, product="hosting", months=3, quantity=None)
    name, edits = _again(at, first, days=at.chance.randint(0, 5))
    rows = (f"invoice_lines/{name}-1",)
    fix = Fix("credit", "invoices", name)
    return Plan((f"invoice {first}", f"invoice {name}"), "invoices", name, (fix,), rows, edits)


def _lone(at: Desk, *, product: str, months: int, quantity: int | None) -> str:
    begin = ground.begins(at, 2, 12)
    who = desk.alone(at, begin)
    whole = deals.price(at, product, who.currency, months)
    one = Bill(whole, begin, begin, terms.last_day(begin, months), None, product)
    if quantity:
        one = replace(one, more={"quantity": terms.quantity(quantity)})
    return desk.invoice(at, who.customer, one, contract=None, currency=who.currency)


def _two_orders(at: Desk) -> Plan:
    """The same service ordered again, for the days that follow."""
    first = _lone(at, product="hosting", months=3, quantity=None)
    head, line = _rows(at, "invoices", "id", first)[0], _rows(at, "invoice_lines", "invoice", first)[0]
    begin = line["service_end"] + dates.ONE_DAY
    one = Bill(line["amount"], head["issued_on"] + timedelta(days=2), begin, terms.last_day(begin, 3), None, "hosting")
    second = desk.invoice(at, desk.customer(at, head["customer"]), one, contract=None, currency=head["currency"])
    return Plan((f"invoice {first}", f"invoice {second}"))


def _dropped_invoice(at: Desk) -> Plan:
    deal, made = _imported(at, every=at.chance.choice((1, 3)))
    gone = at.chance.choice(made[1:-1])
    line = _rows(at, "invoice_lines", "invoice", gone)[0]
    edits = (Edit("drop", "invoice_lines", {"invoice": gone}), Edit("drop", "invoices", {"id": gone}))
    fix = Fix("add", "invoices", "", {
        "contract": deal.id, "amount": kinds.text(line["amount"], deal.currency),
        "service_start": line["service_start"].isoformat(), "service_end": line["service_end"].isoformat(),
    })  # fmt: skip
    rows = (f"contracts/{deal.id}", *(f"invoices/{name}" for name in made if name != gone))
    return Plan((deal.account,), "contract_lines", deal.lines[0], (fix,), rows, edits)


def _agreed_pause(at: Desk) -> Plan:
    """A quarter that is not billed, as the clause says; the next invoice bills two."""
    begin = ground.begins(at, 0, 5)
    until = wording.day(at.chance, at.writer, dates.in_month(begin, 6, 1) - dates.ONE_DAY)
    says = f"The instalment of the second quarter (through {until}) is deferred and billed together with the third."
    deal = ground.line_over_time(at, begin, invoicing="import", frequency="quarterly", says=(says,))
    made = desk.bill(at, deal, every=3, until=at.company.through)
    second, third = (_rows(at, "invoice_lines", "invoice", name)[0] for name in made[1:3])
    third["amount"] += second["amount"]
    third["service_start"] = second["service_start"]
    at.tables["invoice_lines"].remove(second)
    at.tables["invoices"].remove(_rows(at, "invoices", "id", second["invoice"])[0])
    return kinds.right(deal)


def _short_window(at: Desk, *, quantity: int | None) -> tuple[str, tuple[str, ...], str]:
    """Invoices of one customer, each for a quarter; with a quantity, the last is for a month of three units."""
    begin = ground.begins(at, 1, 8)
    who = desk.alone(at, begin)
    each = deals.price(at, "support", who.currency, 3)
    made = []
    for number in range(3):
        first = dates.in_month(begin, 3 * number, 1)
        short = number == 2 and quantity
        last = terms.last_day(first, 1 if short else 3)
        more = {"quantity": terms.quantity(quantity if short else 1)} if quantity else {}
        one = Bill(each, first, first, last, None, "support", more)
        made.append(desk.invoice(at, who.customer, one, contract=None, currency=who.currency))
    return made[-1], tuple(f"invoice {name}" for name in made), who.currency


def _quarter_in_a_month(at: Desk) -> Plan:
    name, accounts, _ = _short_window(at, quantity=None)
    line = _rows(at, "invoice_lines", "invoice", name)[0]
    edit = Edit("set", "invoice_lines", {"id": line["id"]}, {"service_end": terms.last_day(line["service_start"], 1)})
    fix = kinds.correct("invoice_lines", line["id"], service_end=line["service_end"])
    rows = (f"invoices/{name}", f"contract_lines/{line['id']}")
    return Plan(accounts, "invoice_lines", line["id"], (fix,), rows, (edit,))


def _three_for_a_month(at: Desk) -> Plan:
    return Plan(_short_window(at, quantity=3)[1])


def _metered(at: Desk, *, level: int) -> Deal:
    begin = ground.begins(at, 0, 4)
    who, line = ground.over_time(at, begin)
    more = {"pricing.model": "per_unit", "pricing.unit_price": 25 * 10**5 * (150 if who.currency == "JPY" else 1)}
    line = replace(line, product="api-calls", price=None, frequency="monthly", timing="arrears", by_use=True, more=more)
    deal = desk.agree(at, who, [line])
    deals.use(at, deal, level=level)
    return deal


def _used_twice(at: Desk) -> Plan:
    """The file of one month loaded again: every reading of it once more."""
    deal = _metered(at, level=60_000)
    month = dates.in_month(deal.start, at.chance.randint(1, 8), 1)
    read = [row for row in _rows(at, "usage", "contract_line", deal.lines[0]) if row["on"].replace(day=1) == month]
    names = [desk.fresh(at, "usage") for _ in read]
    edits = tuple(Edit("add", "usage", values=row | {"id": name}) for row, name in zip(read, names, strict=True))
    fixes = tuple(kinds.correct("usage", name, quantity="0") for name in names)
    rows = (f"contract_lines/{deal.lines[0]}", *(f"usage/{name}" for name in names))
    return Plan((deal.account,), "usage", names[0], fixes, rows, edits)


def _flat_use(at: Desk) -> Plan:
    """The same quantity every week: a device count that does not change."""
    deal = _metered(at, level=0)
    mine = _rows(at, "usage", "contract_line", deal.lines[0])
    for row in mine:
        at.tables["usage"].remove(row)
    on, count = deal.start, at.chance.randint(9_000, 30_000)
    while on <= min(deal.end, at.company.through):
        at.tables["usage"].append({
            "id": desk.fresh(at, "usage"), "contract_line": deal.lines[0], "on": on,
            "quantity": terms.quantity(count),
        })  # fmt: skip
        on += timedelta(days=7)
    return kinds.right(deal)


def _credit(at: Desk, *, cause: str, reason: str) -> tuple[Deal, str, str]:
    deal = ground.line_over_time(at, ground.begins(at, 0, 6), frequency="annual")
    bill, line, amount = events.first_bill(at, deal)
    on = dates.in_month(deal.start, at.chance.randint(2, 7), 1) + timedelta(days=at.chance.randint(8, 20))
    note = {"invoice": bill, "issued_on": on, "cause": cause, "reason": reason}
    return deal, desk.credit(at, note, {line: max(1, amount * at.chance.randint(4, 11) // 100)}), line


def _credited_twice(at: Desk) -> Plan:
    deal, first, line = _credit(
        at, cause="price_reduction", reason="reduction agreed by e-mail for the rest of the year"
    )
    note, share = _rows(at, "credit_notes", "id", first)[0], _rows(at, "credit_note_lines", "credit_note", first)[0]
    name = desk.fresh(at, "credit_notes")
    issued = note["issued_on"] + timedelta(days=at.chance.randint(0, 3))
    edits = (
        Edit("add", "credit_notes", values=note | {"id": name, "issued_on": issued}),
        Edit("add", "credit_note_lines", values=share | {"credit_note": name}),
    )
    fix = kinds.correct("credit_note_lines", f"{name}/{line}", amount=kinds.text(0, deal.currency))
    rows = (f"contract_lines/{deal.lines[0]}", f"credit_note_lines/{name}/{line}", f"credit_notes/{first}")
    return Plan((deal.account,), "credit_notes", name, (fix,), rows, edits)


def _two_outages(at: Desk) -> Plan:
    """The same credit for two outages, each named by its day."""
    deal, first, line = _credit(at, cause="service_credit", reason="")
    note, share = _rows(at, "credit_notes", "id", first)[0], _rows(at, "credit_note_lines", "credit_note", first)[0]
    one, two = note["issued_on"] - timedelta(days=8), note["issued_on"] - timedelta(days=2)
    note["reason"] = f"outage on {wording.day(at.chance, deal.writer, one)}"
    again = note | {"reason": f"outage on {wording.day(at.chance, deal.writer, two)}"}
    del again["id"]
    desk.credit(at, again | {"issued_on": note["issued_on"] + timedelta(days=1)}, {line: share["amount"]})
    return kinds.right(deal)


KINDS = (
    Kind("double_invoice", "trivial", FACTS, frozenset({"JC-12", "JC-49"}), "Invoice of a contract brought in twice",
         _double_invoice, _two_quarters_at_once),
    Kind("lone_invoice_twice", "easy", FACTS, frozenset({"JC-49"}), "Invoice without contract brought in twice",
         _lone_twice, _two_orders),
    Kind("dropped_invoice", "moderate", FACTS, frozenset({"JC-12", "JC-22", "JC-61"}), "An invoice never came",
         _dropped_invoice, _agreed_pause),
    Kind("quarter_in_a_month", "moderate", FACTS, frozenset({"JC-11", "JC-12", "JC-18"}),
         "Invoice for a quarter on a schedule of a month", _quarter_in_a_month, _three_for_a_month),
    Kind("usage_twice", "easy", FACTS, frozenset({"JC-21", "JC-49"}), "Use of a month loaded twice", _used_twice,
         _flat_use),
    Kind("credited_twice", "easy", FACTS, frozenset({"JC-23", "JC-49"}), "Credit note written twice", _credited_twice,
         _two_outages),
)  # fmt: skip

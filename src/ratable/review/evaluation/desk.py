"""The desk on which the facts of a world are written: contracts, invoices, amendments, credit notes, with their ids.

Worked example: `agree(desk, parties, [Promise(...)])` writes a contract with one line and its clause, and returns the
Deal "C-1012" with the line "C-1012-1"; `bill(desk, deal, ...)` writes the invoices of a contract that is billed
elsewhere. What is written here is right; `planting` makes it wrong.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ratable.oracle import dates
from ratable.review.evaluation import clauses, companies
from ratable.review.evaluation.companies import Company
from ratable.review.evaluation.facts import Row, Tables
from ratable.review.evaluation.terms import Promise


@dataclass(frozen=True)
class Desk:
    """The company, its tables as far as they are written, and the chance by which it goes on."""

    chance: random.Random
    company: Company
    tables: Tables
    reserved: set[str] = field(default_factory=set)  # customers of whom nothing else may be written
    counts: dict[str, int] = field(default_factory=dict)  # the last number given out, by table

    def month(self, number: int) -> date:
        """First day of a month of the window, from 0."""
        return self.company.month(number)

    def name_of(self, product: str) -> str:
        """The name of a product."""
        return next(str(row["name"]) for row in self.tables["products"] if row["id"] == product)

    @property
    def writer(self) -> int:
        """Somebody who drafts contracts."""
        return self.chance.choice(self.company.writers)


_IDS = {"contracts": ("", 1000), "invoices": ("INV-", 20_000), "amendments": ("AM-", 300), "credit_notes": ("CN-", 500),
        "usage": ("U-", 70_000), "minimums": ("MIN-", 10), "payments": ("PAY-", 0)}  # fmt: skip


def fresh(desk: Desk, table: str) -> str:
    """The next id of a table; no id is given out twice."""
    prefix, before = _IDS[table]
    desk.counts[table] = desk.counts.get(table, before) + 1
    return f"{prefix or desk.company.prefix}{desk.counts[table]}"


@dataclass(frozen=True)
class Parties:
    """Who agrees, in which currency, when."""

    customer: Row
    currency: str
    signed_on: date
    invoicing: str = "generate"
    more: Row = field(default_factory=dict)


@dataclass(frozen=True)
class Deal:
    """A contract as it was written."""

    id: str
    customer: str
    entity: str
    currency: str
    start: date
    end: date
    signed_on: date
    invoicing: str
    writer: int
    lines: tuple[str, ...]
    promises: tuple[Promise, ...]

    @property
    def account(self) -> str:
        """What nets, in words."""
        return f"contract {self.id}"


def parties(desk: Desk, start: date, *, invoicing: str = "generate", currency: str = "") -> Parties:
    """A new customer, or one that is there, who signs some days before the start."""
    known = [row for row in desk.tables["customers"] if row["id"] not in desk.reserved]
    if known and desk.chance.random() < 0.25:
        customer = desk.chance.choice(known)
    else:
        customer = companies.customer(desk.chance, desk.company, desk.tables)
    chosen = currency or companies.currency_of(desk.chance, desk.company, customer["entity"])
    signed = max(start - timedelta(days=desk.chance.randint(1, 40)), desk.company.first)
    return Parties(customer, chosen, min(signed, start), invoicing)


def alone(desk: Desk, start: date, *, invoicing: str = "generate", currency: str = "") -> Parties:
    """As `parties`, of a customer who has nothing else."""
    customer = companies.customer(desk.chance, desk.company, desk.tables)
    desk.reserved.add(customer["id"])
    chosen = currency or companies.currency_of(desk.chance, desk.company, customer["entity"])
    signed = max(start - timedelta(days=desk.chance.randint(3, 40)), desk.company.first)
    return Parties(customer, chosen, min(signed, start), invoicing)


def agree(desk: Desk, who: Parties, promises: Sequence[Promise]) -> Deal:
    """Write a contract with its lines, their clauses, milestones."""
    name = fresh(desk, "contracts")
    starts = [promise.start for promise in promises if promise.start]
    ends = [promise.end for promise in promises if promise.end]
    row = {
        "id": name, "customer": who.customer["id"], "currency": who.currency, "signed_on": who.signed_on,
        "start": min(starts), "end": max(ends), "entity": who.customer["entity"], "invoicing": who.invoicing,
        "document": f"{name.lower()}-{who.signed_on.year}.pdf", "external": f"Q-{desk.chance.randint(10**5, 10**6)}",
    }  # fmt: skip
    desk.tables["contracts"].append(row | who.more)
    writer = desk.writer
    lines = []
    for place, promise in enumerate(promises, start=1):
        line = f"{name}-{place}"
        lines.append(line)
        desk.tables["contract_lines"].append({"id": line, "contract": name} | said(desk, writer, promise))
        for step, worth in promise.milestones:
            desk.tables["milestones"].append({"contract_line": line, "id": step, "percent": worth})
    return Deal(
        name, who.customer["id"], who.customer["entity"], who.currency, min(starts), max(ends), who.signed_on,
        who.invoicing, writer, tuple(lines), tuple(promises),
    )  # fmt: skip


def said(desk: Desk, writer: int, promise: Promise) -> Row:
    """The columns of a line, with its clause."""
    if not promise.clause:
        return promise.row
    return promise.row | {"clause": clauses.of_line(desk.chance, writer, promise, name=desk.name_of(promise.product))}


@dataclass(frozen=True)
class Bill:
    """One invoice: what it bills, for which days, when; `line` is null for one that stands alone."""

    amount: int
    issued_on: date
    first: date | None
    last: date | None
    line: str | None = None
    product: str | None = None
    more: Row = field(default_factory=dict)


def invoice(desk: Desk, who: Row, bill: Bill, *, contract: str | None, currency: str) -> str:
    """Write an invoice of one line for a customer; its id."""
    name = fresh(desk, "invoices")
    desk.tables["invoices"].append({
        "id": name, "customer": who["id"], "currency": currency, "issued_on": bill.issued_on,
        "due_on": bill.issued_on + timedelta(days=30), "contract": contract, "entity": who["entity"],
    })  # fmt: skip
    desk.tables["invoice_lines"].append({
        "id": f"{name}-1", "invoice": name, "amount": bill.amount, "contract_line": bill.line,
        "product": bill.product, "service_start": bill.first, "service_end": bill.last,
    } | bill.more)  # fmt: skip
    return name


def customer(desk: Desk, name: str) -> Row:
    """The row of a customer."""
    return next(row for row in desk.tables["customers"] if row["id"] == name)


def parts(amount: int, number: int) -> list[int]:
    """An amount in equal parts, the last with what is left."""
    each = amount // number
    return [each] * (number - 1) + [amount - each * (number - 1)]


def bill(desk: Desk, deal: Deal, *, every: int, until: date) -> list[str]:
    """Write the invoices of a deal that is billed elsewhere, for each line in advance; their ids.

    Args:
        desk: where.
        deal: a contract with `import`.
        every: months that one invoice bills.
        until: none is issued after it.
    """
    made = []
    who = customer(desk, deal.customer)
    for line, promise in zip(deal.lines, deal.promises, strict=True):
        if promise.start is None or promise.end is None or promise.price is None:
            continue
        number = max(1, promise.months // every)
        for place, amount in enumerate(parts(promise.price, number)):
            first = dates.in_month(promise.start, place * every, promise.start.day)
            after = dates.in_month(promise.start, (place + 1) * every, promise.start.day)
            last = promise.end if place == number - 1 else after - dates.ONE_DAY
            if first <= until:
                one = Bill(amount, first, first, last, line, promise.product)
                made.append(invoice(desk, who, one, contract=deal.id, currency=deal.currency))
    return made


@dataclass(frozen=True)
class Change:
    """One amendment: when, how it is treated, why, and what it changes (columns of `amendment_changes`)."""

    effective_on: date
    changes: tuple[Row, ...]
    treatment: str = "auto"
    reason: str | None = None
    approved_on: date | None = None


def amend(desk: Desk, contract: str, change: Change) -> str:
    """Write an amendment with its changes; its id."""
    name = fresh(desk, "amendments")
    approved = change.approved_on or change.effective_on - timedelta(days=desk.chance.randint(0, 6))
    desk.tables["amendments"].append({
        "id": name, "contract": contract, "effective_on": change.effective_on, "approved_on": approved,
        "treatment": change.treatment, "reason": change.reason,
    })  # fmt: skip
    for row in change.changes:
        desk.tables["amendment_changes"].append({"amendment": name} | row)
    return name


def credit(desk: Desk, note: Row, lines: dict[str, int]) -> str:
    """Write a credit note over some invoice lines; its id."""
    name = fresh(desk, "credit_notes")
    desk.tables["credit_notes"].append({"id": name} | note)
    for line, amount in lines.items():
        desk.tables["credit_note_lines"].append({"credit_note": name, "invoice_line": line, "amount": amount})
    return name


def late(desk: Desk, table: str, *, key: str, column: str = "id") -> None:
    """Let a row become known in the middle of a month to come, after the months that it belongs to were locked."""
    own = {"contracts": "signed_on", "amendments": "approved_on", "usage": "on", "invoices": "issued_on",
           "credit_notes": "issued_on", "milestones_reached": "on"}[table]  # fmt: skip
    for row in desk.tables[table]:
        if row[column] == key:
            after = dates.in_month(row[own], desk.chance.randint(1, 3), 1)
            row["known_on"] = after + timedelta(days=desk.chance.randint(9, 25))

"""What nets together: a contract with all that names it, or an invoice whose lines stand alone.

Worked example: contract C-1 has two lines; invoice I-1 bills one of them and carries a third line of its own. Two
accounts come out: C-1, with the invoice line that bills it, and I-1, with the line that stands alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ratable.oracle.facts import Facts, Row, contract_of_own


@dataclass(frozen=True)
class Amendment:
    """An amendment and its changes; `day` is when it takes effect."""

    id: str
    day: date
    treatment: str
    changes: tuple[Row, ...]


@dataclass(frozen=True)
class Note:
    """A credit note with those of its lines that fall on one account."""

    row: Row
    lines: tuple[Row, ...]


@dataclass(frozen=True)
class Account:
    """One contract or one lone invoice with every known fact about it.

    `lines` are contract lines or lone invoice lines; `generates` says that we bill it ourselves.
    """

    id: str
    contract: Row | None
    currency: str
    entity: str | None
    signed_on: date
    generates: bool
    lines: tuple[Row, ...]
    amendments: tuple[Amendment, ...]
    invoice_lines: tuple[Row, ...]
    notes: tuple[Note, ...]
    usage: tuple[Row, ...]
    reached: tuple[Row, ...]
    milestones: tuple[Row, ...]
    tiers: tuple[Row, ...]
    minimums: tuple[tuple[Row, tuple[str, ...]], ...]


def invoiced_elsewhere(facts: Facts) -> set[str]:
    """The contracts whose invoices come in the bundle: those that say so, and those that an invoice names."""
    contract_of = {row["id"]: row["contract"] for row in facts["contract_lines"]} | _added_lines(facts)
    named = {row["contract"] for row in facts["invoices"]}
    named |= {contract_of.get(row["contract_line"]) for row in facts["invoice_lines"]}
    return {
        row["id"]
        for row in facts["contracts"]
        if row["invoicing"] == "import" or (row["invoicing"] is None and row["id"] in named)
    }


def of(facts: Facts, imported: set[str]) -> list[Account]:
    """Every account of the facts.

    Args:
        facts: the known facts.
        imported: the contracts that are billed elsewhere.
    """
    contracts = [_of_contract(row, facts, generates=row["id"] not in imported) for row in facts["contracts"]]
    lone = {row["invoice"] for row in facts["invoice_lines"] if row["contract_line"] is None}
    return contracts + [_of_invoice(row, facts) for row in facts["invoices"] if row["id"] in lone]


def _of_contract(contract: Row, facts: Facts, *, generates: bool) -> Account:
    lines = tuple(row for row in facts["contract_lines"] if row["contract"] == contract["id"])
    amendments = _amendments(contract, facts)
    ids = {row["id"] for row in lines} | {c["line"] for a in amendments for c in a.changes if c["op"] == "add"}
    invoices = facts.index("invoices")
    invoice_lines = [
        row | {"issued_on": invoices[row["invoice"]]["issued_on"], "line": row["contract_line"]}
        for row in facts["invoice_lines"]
        if row["contract_line"] in ids
    ]
    return Account(
        id=contract["id"],
        contract=contract,
        currency=contract["currency"],
        entity=_entity(contract, facts),
        signed_on=contract["signed_on"],
        generates=generates,
        lines=lines,
        amendments=amendments,
        invoice_lines=tuple(invoice_lines),
        notes=_notes(contract["id"], {row["id"] for row in invoice_lines}, facts),
        usage=_about(ids, facts["usage"]),
        reached=_about(ids, facts["milestones_reached"]),
        milestones=_about(ids, facts["milestones"]),
        tiers=_about(ids, facts["price_tiers"]),
        minimums=_minimums(contract, facts),
    )


def _of_invoice(invoice: Row, facts: Facts) -> Account:
    rows = [row for row in facts["invoice_lines"] if row["invoice"] == invoice["id"] and row["contract_line"] is None]
    lines = tuple(row | {"issued_on": invoice["issued_on"], "line": row["id"]} for row in rows)
    starts = [row["service_start"] for row in lines if row["service_start"]]
    return Account(
        id=invoice["id"],
        contract=None,
        currency=invoice["currency"],
        entity=_entity(invoice, facts),
        signed_on=min([invoice["issued_on"], *starts]),
        generates=False,
        lines=lines,
        amendments=(),
        invoice_lines=lines,
        notes=_notes(None, {row["id"] for row in lines}, facts),
        usage=(),
        reached=(),
        milestones=(),
        tiers=(),
        minimums=(),
    )


def _entity(row: Row, facts: Facts) -> str | None:
    customer = facts.index("customers").get(row["customer"])
    return row["entity"] or (customer["entity"] if customer else None)


def _amendments(contract: Row, facts: Facts) -> tuple[Amendment, ...]:
    found = []
    for row in facts["amendments"]:
        if row["contract"] == contract["id"]:
            day = max(row["effective_on"], row["approved_on"], contract["signed_on"])
            changes = tuple(c for c in facts["amendment_changes"] if c["amendment"] == row["id"])
            found.append(Amendment(row["id"], day, row["treatment"] or "auto", changes))
    return tuple(sorted(found, key=lambda a: (a.day, a.id)))


def _notes(contract: str | None, invoice_lines: set[str], facts: Facts) -> tuple[Note, ...]:
    """The credit notes of an account: those on its invoice lines, and those on bills of our own."""
    invoices = {row["id"] for row in facts["invoices"]}
    found = []
    for row in facts["credit_notes"]:
        lines = [line for line in facts["credit_note_lines"] if line["credit_note"] == row["id"]]
        own = row["invoice"] not in invoices and contract_of_own(row["invoice"]) == contract
        mine = [line for line in lines if own or line["invoice_line"] in invoice_lines]
        if mine:
            found.append(Note(row, tuple(sorted(mine, key=lambda line: line["invoice_line"]))))
    return tuple(sorted(found, key=lambda note: (note.row["issued_on"], note.row["id"])))


def _minimums(contract: Row, facts: Facts) -> tuple[tuple[Row, tuple[str, ...]], ...]:
    found = []
    for row in facts["minimums"]:
        if row["contract"] == contract["id"]:
            lines = [m["contract_line"] for m in facts["minimum_lines"] if m["minimum"] == row["id"]]
            found.append((row, tuple(sorted(lines))))
    return tuple(sorted(found, key=lambda pair: pair[0]["id"]))


def _about(lines: set[str], rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(row for row in rows if row["contract_line"] in lines)


def _added_lines(facts: Facts) -> dict[str, str]:
    contract_of = {row["id"]: row["contract"] for row in facts["amendments"]}
    return {c["line"]: contract_of[c["amendment"]] for c in facts["amendment_changes"] if c["op"] == "add"}

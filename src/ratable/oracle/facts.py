"""The facts of a bundle as plain rows, each with the day on which it became known.

Worked example: a credit note of 1 April with `known_on` 20 May is known from 20 May. It names an invoice known from
1 June: then the note, too, is known from 1 June, because a fact says nothing before what it names is known.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from ratable.core import bundles, tables
from ratable.oracle import rounding

Row = dict[str, Any]
ALWAYS = date.min


@dataclass(frozen=True)
class Facts:
    """Rows by table; every row carries `known`, the first day on which it counts.

    An invoice line also carries `net`: its amount less its share of the invoice's discount, by SSP, else by amount.
    """

    rows: dict[str, list[Row]]

    def __getitem__(self, table: str) -> list[Row]:
        """The rows of a table."""
        return self.rows[table]

    def known_by(self, day: date | None) -> "Facts":
        """The facts known on or before a day; all of them without a day."""
        if day is None:
            return self
        return Facts({table: [row for row in rows if row["known"] <= day] for table, rows in self.rows.items()})

    def index(self, table: str) -> dict[str, Row]:
        """The rows of a table by id."""
        return {row["id"]: row for row in self.rows[table]}


def read(bundle: bundles.Bundle) -> Facts:
    """All facts of a bundle, each with the day it became known."""
    rows = {name: [dict(row) for row in bundle[name].to_dicts()] for name in tables.TABLES}
    for name, table in tables.TABLES.items():
        for row in rows[name]:
            row["known"] = row.get("known_on") or (row.get(table.own_day) if table.own_day else None) or ALWAYS
    facts = Facts(rows)
    _known_with_what_they_name(facts)
    _take_invoice_discounts_off(facts)
    return facts


def _known_with_what_they_name(facts: Facts) -> None:
    contracts = _known_days(facts["contracts"])
    _not_before(facts["contract_lines"], "contract", contracts)
    _not_before(facts["amendments"], "contract", contracts)
    _not_before(facts["amendment_changes"], "amendment", _known_days(facts["amendments"]))
    lines = _known_days(facts["contract_lines"])
    lines |= {row["line"]: row["known"] for row in facts["amendment_changes"] if row["op"] == "add"}
    for table in ("milestones", "price_tiers", "usage", "milestones_reached"):
        _not_before(facts[table], "contract_line", lines)
    _not_before(facts["minimums"], "contract", contracts)
    _not_before(facts["minimum_lines"], "minimum", _known_days(facts["minimums"]))
    _not_before(facts["minimum_lines"], "contract_line", lines)
    _not_before(facts["invoice_lines"], "invoice", _known_days(facts["invoices"]))
    _not_before(facts["invoice_lines"], "contract_line", lines)
    billed = contracts | _known_days(facts["invoices"])
    for note in facts["credit_notes"]:
        named = note["invoice"] if note["invoice"] in billed else contract_of_own(note["invoice"])
        note["known"] = max(note["known"], billed.get(named, ALWAYS))
    _not_before(facts["credit_note_lines"], "credit_note", _known_days(facts["credit_notes"]))
    _not_before(facts["credit_note_lines"], "invoice_line", _known_days(facts["invoice_lines"]))


def contract_of_own(invoice: str) -> str:
    """The contract of a bill of our own: `C-1/2026-04-01` is of C-1."""
    return invoice.rpartition("/")[0]


def _take_invoice_discounts_off(facts: Facts) -> None:
    for invoice in facts["invoices"]:
        lines = [row for row in facts["invoice_lines"] if row["invoice"] == invoice["id"]]
        weights = {row["id"]: Fraction(row["amount"] if row["ssp"] is None else row["ssp"]) for row in lines}
        discount = percent_or_amount(invoice, sum(row["amount"] for row in lines))
        shares = rounding.share(discount, weights)
        for row in lines:
            row["net"] = row["amount"] - shares[row["id"]]


def percent_or_amount(row: Row, covered: int) -> int:
    """The discount that a row grants on covered prices: a percent of them, half even, or its amount."""
    if row["discount.percent"] is not None:
        return rounding.half_even(Fraction(covered * row["discount.percent"], tables.WHOLE_PERCENT))
    return row["discount.amount"] or 0


def _known_days(rows: Iterable[Row]) -> dict[str, date]:
    return {row["id"]: row["known"] for row in rows}


def _not_before(rows: Iterable[Row], column: str, known: dict[str, date]) -> None:
    for row in rows:
        row["known"] = max(row["known"], known.get(row[column], ALWAYS))

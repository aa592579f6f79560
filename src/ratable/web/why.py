"""Which question explains a figure: the address that the key `e` opens beside it.

Worked example: the cell "Billed" of Acme in the roll-forward of March 2026 leads to
`/ask?query=why-billed&customer=acme&from=2026-03&to=2026-03`; an entry to `/ask?query=why-entry&entry=5f1c`. A figure
of no customer, contract, line or product has no such question.
"""

from collections.abc import Mapping
from typing import Any

from ratable.review.ask import query
from ratable.web import state, tables

_BALANCES = {
    "deferred_revenue": "why-deferred", "unbilled_receivable": "why-unbilled", "contract_asset": "why-contract-asset",
}  # fmt: skip
_MOVEMENTS = {"billings": "why-billed", "billed": "why-billed", "recognized": "why-recognized"}


def entry(asked: state.State) -> tables.Link:
    """What explains the entry of a row."""
    return lambda row: asked.link("/ask", query="why-entry", entry=row["entry"])


def figure(asked: state.State, column: str, *, role: str = "") -> tables.Link:
    """What explains the figure of a column by the row that it is in, and by the filters of the address.

    Args:
        asked: where the person is.
        column: a movement such as billings, or a balance such as deferred_revenue.
        role: the account of a roll-forward, for columns that are its balances.
    """
    name = _MOVEMENTS.get(column) or _BALANCES.get(column) or _BALANCES.get(role, "")

    def address(row: Mapping[str, Any]) -> str:
        given = asked.some(*query.PARTY) | {one: row[one] for one in query.PARTY if row.get(one)}
        if not name or not given:
            return ""
        months = str(row.get("period") or asked.period)
        months = months if len(months) == len("2026-03") and "Q" not in months else asked.period
        currency = {"currency": row["currency"]} if row.get("currency") else {}
        return asked.link("/ask", query=name, **given, **currency, **{"from": months, "to": months})

    return address

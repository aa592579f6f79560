"""What stands behind the figures of an answer: the entries, or the months to come, that each of them sums.

Worked example: the cell "Billed" of line C-1-1 in the answer to "why-deferred" of March 2026 leads to
`/journals?role=deferred_revenue&movement=billings&line=C-1-1&since=2026-03&until=2026-03`, whose total it is; "Closing"
to all that moved deferred revenue through March; a month to come to `/scheduled?month=2026-05&line=C-1-1`.
"""

from collections.abc import Mapping

from ratable.core import periods
from ratable.review.ask import answers
from ratable.web import state, tables

_ROLES = {
    "why-deferred": "deferred_revenue", "why-recognized": "revenue", "why-contract-asset": "contract_asset",
    "why-unbilled": "unbilled_receivable", "revenue": "revenue", "released": "deferred_revenue", "trend": "revenue",
    "top": "revenue", "top-products": "revenue", "roll-forward": "deferred_revenue", "balance": "deferred_revenue",
    "top-balances": "deferred_revenue",
}  # fmt: skip
_MOVEMENTS = {
    "billed": "billings", "recognized": "recognized", "credits": "credit_notes", "modifications": "modifications",
    "reclassified": "reclassified", "fx": "fx", "by_hand": "by_hand",
}  # fmt: skip
_SUMS = ("amount", "change")
_SCOPE = ("customer", "contract", "line", "product", "currency")
_AHEAD = {"period", "line", "account", "amount"}


def entries(answer: answers.Answer, asked: state.State) -> str:
    """The entries behind an answer as a whole; empty where no one filter gives them."""
    role = _role(answer)
    if answer.kind != answers.ANSWERED or not role:
        return ""
    first, last = _months(answer, asked)
    return asked.link("/journals", role=role, **_scope(answer.parameters), since=first, until=last)


def cell(answer: answers.Answer, asked: state.State, columns: list[str], column: str) -> tables.Link | None:
    """Where the amounts of a column lead; None where no one filter gives them.

    Args:
        answer: whose table it is.
        asked: where the person is.
        columns: of the table.
        column: one of amounts.
    """
    role = _role(answer)
    if set(columns) >= _AHEAD:
        return lambda row: asked.link("/scheduled", month=row["period"], **_scope(row))
    if not role or column not in (*_MOVEMENTS, *_SUMS, "opening", "closing"):
        return None

    def address(row: tables.Row) -> str:
        scope = _scope(answer.parameters) | _scope(row)
        return asked.link("/journals", role=role, **scope, **_span(answer, asked, column, row))

    return address


def _span(answer: answers.Answer, asked: state.State, column: str, row: tables.Row) -> dict[str, str]:
    """The months and the movement that a column sums."""
    first, last = _months(answer, asked)
    if column in ("opening", "closing"):
        return {"until": last if column == "closing" else periods.shifted(first, -1)}
    if row.get("period"):
        first = last = str(row["period"])
    moved = {"movement": _MOVEMENTS[column]} if column in _MOVEMENTS and _role(answer) != "revenue" else {}
    return {"since": first, "until": last} | moved


def _role(answer: answers.Answer) -> str:
    given = answer.parameters
    return "" if set(given) & {"region", "stream"} else given.get("role") or _ROLES.get(answer.query, "")


def _months(answer: answers.Answer, asked: state.State) -> tuple[str, str]:
    first = answer.parameters.get("from") or answer.parameters.get("to") or asked.period
    return first, answer.parameters.get("to") or first


def _scope(given: Mapping[str, object]) -> dict[str, object]:
    return {name: given[name] for name in _SCOPE if given.get(name)}

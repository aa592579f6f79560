"""Examples as an accountant writes them: a few rows in the words of a bundle in, the entries that they post out."""

from collections.abc import Iterable
from typing import Any

from ratable.bundle import checking, nesting, parsing
from ratable.core import bundles
from ratable.engine import run
from ratable.engine.outcome import Outcome
from tests import frames

Row = dict[str, Any]

PRODUCTS: list[Row] = [
    {"id": "platform", "name": "Platform", "method": "straight_line", "proration": "monthly_prorated"},
    {"id": "access", "name": "Access", "method": "straight_line"},
    {"id": "setup", "name": "Setup", "method": "point_in_time"},
    {"id": "build", "name": "Build", "method": "milestone"},
    {"id": "calls", "name": "Calls", "method": "usage"},
]
YEAR: Row = {"currency": "USD", "signed_on": "2026-01-01", "start": "2026-01-01", "end": "2026-12-31"}


def contract(*lines: Row, name: str = "C", **terms: Any) -> Row:
    """A contract of the year 2026, unless its terms say otherwise; lines are named C-1, C-2 and so on."""
    named = [{"id": f"{name}-{number}", "product": "platform"} | line for number, line in enumerate(lines, start=1)]
    return YEAR | {"id": name, "customer": "acme", "lines": named} | terms


def invoice(*lines: Row, name: str = "I", **terms: Any) -> Row:
    """An invoice of 1 January 2026, unless its terms say otherwise; lines are named I-1, I-2 and so on."""
    named = [{"id": f"{name}-{number}"} | line for number, line in enumerate(lines, start=1)]
    return {"id": name, "customer": "acme", "currency": "USD", "issued_on": "2026-01-01", "lines": named} | terms


def credit(day: str, *lines: tuple[str, str], name: str = "N", of: str = "I", **terms: Any) -> Row:
    """A credit note on an invoice; lines are (invoice line, amount)."""
    credited = [{"invoice_line": line, "amount": amount} for line, amount in lines]
    return {"id": name, "invoice": of, "issued_on": day, "lines": credited} | terms


def amendment(day: str, *changes: Row, name: str = "A", of: str = "C", **terms: Any) -> Row:
    """An amendment approved and effective on one day."""
    return {"id": name, "contract": of, "effective_on": day, "approved_on": day, "changes": list(changes)} | terms


def bundle(**tables: Iterable[Row]) -> bundles.Bundle:
    """The bundle of these tables, one customer and a few products; nothing in it may be blocked."""
    document = {"customers": [{"id": "acme", "name": "Acme"}], "products": PRODUCTS} | {
        n: list(rows) for n, rows in tables.items()
    }
    read = checking.check(parsing.parse(nesting.flatten(document, "example")))
    assert read.left_out.is_empty(), read.findings["message"].to_list()
    return read


def books(through: str, *, known_on: str | None = None, **tables: Iterable[Row]) -> Outcome:
    """The books of these tables through a day."""
    return run.recognize(
        bundle(**tables), frames.day(through), known_on=None if known_on is None else frames.day(known_on)
    )


def entries(outcome: Outcome, *kinds: str, grain: str = "month") -> list[tuple[str, str, str, int]]:
    """Day, line, kind with debit and credit, and amount of the movements of some kinds (default: all), sorted."""
    rows = outcome.movements(grain).join(outcome.lines.select("line_no", "line"), on="line_no").to_dicts()
    return sorted(
        (str(row["date"]), row["line"], f"{row['kind']}: {row['debit_role']} / {row['credit_role']}", row["amount"])
        for row in rows
        if not kinds or row["kind"] in kinds
    )


def revenue(outcome: Outcome, line: str = "C-1", grain: str = "month") -> dict[str, int]:
    """Revenue of a line by day, whatever its kind."""
    found: dict[str, int] = {}
    rows = outcome.movements(grain).join(outcome.lines.select("line_no", "line"), on="line_no").sort("date").to_dicts()
    for row in rows:
        if row["line"] == line and "revenue" in (row["debit_role"], row["credit_role"]):
            sign = 1 if row["credit_role"] == "revenue" else -1
            found[str(row["date"])] = found.get(str(row["date"]), 0) + sign * row["amount"]
    return found


def bills(outcome: Outcome, line: str = "C-1") -> dict[str, int]:
    """Bills of a line by day, without tax."""
    kind = "billing: receivable / deferred_revenue"
    return {day: amount for day, name, said, amount in entries(outcome) if (name, said) == (line, kind)}


def codes(outcome: Outcome) -> list[str]:
    """The codes of its findings."""
    return outcome.findings["code"].to_list()


def allocated(outcome: Outcome) -> dict[str, int]:
    """What each line was allocated."""
    return dict(outcome.lines.select("line", "allocated").iter_rows())

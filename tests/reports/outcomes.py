"""A small builder of outcomes by hand, so that each report is tested without the engine."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from ratable.core import accounts, findings, tables
from ratable.engine import outcome, recognition
from ratable.reports import books, narratives

LINE: dict[str, Any] = {
    "contract": "C-1",
    "account": "contract C-1",
    "entity": None,
    "customer": "acme",
    "region": None,
    "product": "platform",
    "stream": None,
    "currency": "USD",
    "method": "straight_line",
    "proration": "monthly_prorated",
    "start": date(2026, 1, 1),
    "end": date(2026, 12, 31),
    "signed_on": date(2026, 1, 1),
    "fixed": True,
    "awaits_time": False,
    "ssp": 120000,
    "price": 120000,
    "allocated": 120000,
    "contracted": 120000,
    "clause": None,
}
TREATMENTS = pl.DataFrame(
    {
        "amendment": ["A-1"],
        "contract": ["C-1"],
        "day": [date(2026, 3, 5)],
        "treatment": ["catch_up"],
        "why": ["a person chose it: the rest is not distinct."],
    }
)
NOTES = [
    {"id": "CN-1", "cause": "service_credit", "reason": "nine hours of outage\non 11 February."},
    {"id": "CN-2", "cause": "price_reduction"},
    {"id": "CN-3"},
]
LOCKS = [
    {"through": date(2026, 1, 31), "locked_on": date(2026, 2, 4), "entity": "uk"},
    {"through": date(2026, 2, 28), "locked_on": date(2026, 3, 4)},
]
FACTS = narratives.Facts(
    products=pl.DataFrame({"id": ["platform"], "name": ["Platform Access"]}),
    credit_notes=pl.DataFrame(NOTES, schema=tables.TABLES["credit_notes"].schema),
    locks=pl.DataFrame(LOCKS, schema=tables.TABLES["locks"].schema),
    treatments=TREATMENTS,
)


def line(name: str, **changes: Any) -> dict[str, Any]:
    """A contract line as the outcome has it; `changes` are columns of outcome.LINES."""
    return LINE | {"line": name} | changes


def movement(line_no: int, day: str, kind: str, roles: str, amount: int, **more: Any) -> dict[str, Any]:
    """A movement; roles are written `receivable > deferred_revenue` for debit and credit."""
    debit, credit = roles.split(" > ")
    when = date.fromisoformat(day)
    plain = {"line_no": line_no, "date": when, "origin": when.replace(day=1), "kind": kind, "amount": amount}
    return plain | {"debit_role": debit, "credit_role": credit, "source": None} | more


def of(
    lines: Sequence[dict[str, Any]],
    movements: Sequence[dict[str, Any]] = (),
    remaining: Sequence[tuple[int, str, int]] = (),
    *,
    through: str = "2026-03-31",
) -> outcome.Outcome:
    """An outcome of these rows; remaining is (line_no, YYYY-MM, amount)."""
    numbered = [row | {"line_no": number} for number, row in enumerate(lines)]
    moved = pl.DataFrame(list(movements), schema=outcome.MOVEMENTS)
    left = [{"line_no": no, "month": date.fromisoformat(f"{month}-01"), "amount": n} for no, month, n in remaining]
    to_come = pl.DataFrame(left, schema=outcome.REMAINING)
    return outcome.Outcome(
        through=date.fromisoformat(through),
        known_on=None,
        lines=pl.DataFrame(numbered, schema=outcome.LINES),
        findings=findings.none(),
        spans=pl.DataFrame(schema={"span": pl.UInt32(), **recognition.SPANS}),
        unspanned=lambda _: pl.DataFrame(schema=outcome.REVENUE),
        revenue=lambda _: pl.DataFrame(schema=outcome.REVENUE),
        others=lambda _: moved,
        remaining=lambda: to_come,
        treatments=TREATMENTS,
    )


def year(*, through: str = "2026-03-31") -> outcome.Outcome:
    """1,200.00 for 2026, billed on 1 January, recognized by month through March."""
    return of(
        [line("C-1-1")],
        [
            movement(0, "2026-01-01", "billing", "receivable > deferred_revenue", 120000, source="I-1-1"),
            movement(0, "2026-01-31", "recognition", "deferred_revenue > revenue", 10000),
            movement(0, "2026-02-28", "recognition", "deferred_revenue > revenue", 10000),
            movement(0, "2026-03-31", "recognition", "deferred_revenue > revenue", 10000),
        ],
        [(0, f"2026-{month:02}", 10000) for month in range(4, 13)],
        through=through,
    )


def corrupted(sound: outcome.Outcome, column: str, value: Any, *, row: int = 0) -> outcome.Outcome:
    """The outcome with one cell of its movements overwritten."""
    moved = sound.movements("month").with_row_index("row")
    cell = pl.when(pl.col("row") == row).then(pl.lit(value, dtype=moved.schema[column])).otherwise(column)
    wrong = moved.with_columns(cell.alias(column)).drop("row")
    return replace(sound, others=lambda _: wrong)


def chart(rules: Sequence[dict[str, Any]] = (), own: Sequence[dict[str, Any]] = ()) -> accounts.Chart:
    """A chart with these account rules and accounts."""
    return accounts.Chart(
        pl.DataFrame(list(own), schema=tables.TABLES["accounts"].schema),
        pl.DataFrame(list(rules), schema=tables.TABLES["account_rules"].schema),
    )


def books_of(result: outcome.Outcome) -> books.Books:
    """Books on an outcome, with the default chart and one product."""
    return books.Books(result, chart(), FACTS, lambda day: replace(result, through=day))

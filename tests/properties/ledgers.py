"""What the laws look at: bundles read as users read them, and books written out as plain rows that compare."""

import os
from calendar import monthrange
from collections import Counter
from datetime import date
from typing import Any

import polars as pl
from hypothesis import settings

import ratable
from ratable.core import bundles
from ratable.engine.outcome import Outcome
from tests import strategies

IN_ONE_CHECK = 200  # Examples on which the two engines must agree in every run of `make test`.

Row = tuple[Any, ...]


def examples(in_one_check: int) -> settings:
    """So many examples in `make test`; RATABLE_EXAMPLES sets those of the agreement, the laws in proportion."""
    wished = int(os.environ.get("RATABLE_EXAMPLES", IN_ONE_CHECK))
    return settings(max_examples=max(1, in_one_check * wished // IN_ONE_CHECK))


def moved(outcome: Outcome, grain: str = "day") -> list[Row]:
    """Movements as rows of text and numbers, by the id of their line, in an order of their own."""
    named = (
        outcome.movements(grain).join(outcome.lines.select("line_no", "line", "account"), on="line_no").drop("line_no")
    )
    return sorted(named.select(pl.all().cast(pl.String), number="amount").rows(), key=repr)


def entries(bundle: bundles.Bundle, through: date, known_on: date | None) -> pl.DataFrame:
    """The journal as users get it, with its ids."""
    return ratable.recognize(bundle, through, known_on=known_on).journal


def posted(outcome: Outcome, *by: str, grain: str = "day") -> dict[Row, Counter[str]]:
    """Balances of the roles, debits above zero, by some columns of movements and lines."""
    lines = outcome.lines.select("line_no", "line", "account", "contract", "currency")
    found: dict[Row, Counter[str]] = {}
    for row in outcome.movements(grain).join(lines, on="line_no").iter_rows(named=True):
        roles = found.setdefault(tuple(row[name] for name in by), Counter())
        roles[row["debit_role"]] += row["amount"]
        roles[row["credit_role"]] -= row["amount"]
    return found


def recognized(outcome: Outcome) -> Counter[str]:
    """Revenue to date by line."""
    return Counter({line: -roles["revenue"] for (line,), roles in posted(outcome, "line", grain="month").items()})


def remaining(outcome: Outcome) -> Counter[str]:
    """Fixed consideration still to be recognized, by line."""
    left: Counter[str] = Counter()
    for line, amount in outcome.remaining().join(outcome.lines, on="line_no").select("line", "amount").iter_rows():
        left[line] += amount
    return left


def last_of_month(day: date) -> date:
    """The last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def without(document: strategies.Row, *tables: str) -> strategies.Row:
    """The bundle without some of its tables."""
    return {name: rows for name, rows in document.items() if name not in tables}


def with_stated_invoicing(document: strategies.Row) -> strategies.Row:
    """The bundle with every contract saying who bills it, so that a late invoice cannot change that for the past."""
    named = {row.get("contract") for row in document.get("invoices", [])}
    stated = [{"invoicing": "import" if row["id"] in named else "generate"} | row for row in document["contracts"]]
    return document | {"contracts": stated}

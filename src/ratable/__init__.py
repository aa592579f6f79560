"""A revenue sub-ledger: contracts in, a balanced and provable journal out, under ASC 606 and IFRS 15.

Worked example::

    import ratable

    bundle = ratable.read_bundle("contracts.yaml")
    books = ratable.recognize(bundle, through="2026-12-31")
    books.roll_forward(by=["customer"])

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ratable.core.bundles import Bundle
    from ratable.engine.outcome import Outcome
    from ratable.reports.books import Books

__version__ = "0.1.0"


def read_bundle(path: str | Path) -> Bundle:
    """The bundle in a YAML or JSON document, a folder, a zip or a workbook, with its findings inside.

    Raises:
        ratable.bundle.reading.Unreadable: there is no such file, or it is no bundle.
    """
    from ratable.bundle import reading

    return reading.read(path)


def recognize(bundle: Bundle, through: date | str, *, known_on: date | str | None = None) -> Books:
    """The books of a bundle through a day, as far as it was known on another.

    Args:
        bundle: what `read_bundle` returns.
        through: the last day of the books, a date or YYYY-MM-DD.
        known_on: only facts known by the end of that day count; default: all of them.
    """
    from ratable.core import accounts
    from ratable.engine import run
    from ratable.reports import books, narratives

    known = _day(known_on) if known_on is not None else None

    def recomputed(day: date) -> Outcome:
        return run.recognize(bundle, day, known_on=known)

    outcome = recomputed(_day(through))
    chart = accounts.Chart(bundle["accounts"], bundle["account_rules"])
    facts = narratives.Facts(bundle["products"], bundle["credit_notes"], bundle["locks"], outcome.treatments)
    return books.Books(outcome, chart, facts, recomputed)


def _day(given: date | str) -> date:
    return date.fromisoformat(given) if isinstance(given, str) else given

"""What the interface answers, with types: days as dates, money as decimals.

Worked example: {"run": 3, "rows": 42, "totals": {"USD": "12345.67"}, ...} is Proposal(run=3, rows=42, totals={"USD":
Decimal("12345.67")}, ...). What a later version adds to an answer is passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

Day = date  # An entry has a `date` of its own.
Shape = TypeVar("Shape")


@dataclass(frozen=True)
class Import:
    """What an import did: rows added, known before, corrected and left out; `findings` as `ratable run` has them."""

    no: int
    kind: str
    added: int
    known: int
    corrected: int
    left_out: int
    findings: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Proposal:
    """A run of drafts; `run` is None where nothing is to be posted."""

    run: int | None
    rows: int
    totals: Mapping[str, Decimal]
    hash: str
    approvers: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """A choice of the company about its controls, and the values that it may have."""

    name: str
    value: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Posted:
    """The entries that a run became, by their first and last number."""

    run: int
    first: int
    last: int
    rows: int
    totals: Mapping[str, Decimal]


@dataclass(frozen=True)
class Flag:
    """A flag of the review with the answer that counts; `kind` is blocks, flags or informs, `rows` what it rests on."""

    id: str
    check: str
    kind: str
    title: str
    table: str
    subject: str
    says: str
    expected: str
    actual: str
    formula: str
    currency: str | None
    amount: Decimal | None
    rows: tuple[str, ...]
    next: str
    proposal: bool
    state: str
    verdict: str | None
    by: str | None
    until: Day | None


@dataclass(frozen=True)
class Answer:
    """An answer of the agent: sentences with what each rests on, figures as text, tables; `no` is its number."""

    no: int
    kind: str
    query: str
    parameters: Mapping[str, str]
    sentences: tuple[dict[str, Any], ...]
    figures: Mapping[str, dict[str, str]]
    tables: tuple[dict[str, Any], ...]
    alternatives: tuple[dict[str, Any], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Locked:
    """A month that was locked, and the statements that were signed."""

    period: str
    entities: tuple[str, ...]
    differences: int
    statements: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Export:
    """An export with its files, each with its rows and SHA-256."""

    no: int
    at: str
    by: str
    what: str
    files: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]
    download: str | None


@dataclass(frozen=True)
class Entry:
    """A posted entry: one debit account, one credit account, one amount."""

    no: int
    run: int
    entry: str
    date: Day
    period: str
    origin_period: str
    entity: str | None
    currency: str
    kind: str
    contract: str | None
    line: str | None
    customer: str | None
    product: str | None
    source: str | None
    debit: str
    credit: str
    debit_role: str
    credit_role: str
    amount: Decimal
    narrative: str
    known_on: Day


_DAYS = ("date", "known_on", "until")


def typed(shape: type[Shape], said: Mapping[str, Any]) -> Shape:
    """An answer as one of the shapes above."""
    return shape(**{field.name: _value(field.name, said[field.name]) for field in fields(shape)})  # type: ignore[arg-type]  # Each is a dataclass.


def _value(name: str, said: Any) -> Any:
    if said is None:
        return None
    if name in _DAYS:
        return date.fromisoformat(said)
    if name == "amount":
        return Decimal(said)
    if name == "totals":
        return {currency: Decimal(total) for currency, total in said.items()}
    return tuple(said) if isinstance(said, list) else said

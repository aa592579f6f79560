"""What a kind of planted error is, and what it leaves behind: the plan of one error or of one twin.

Worked example: Kind("wrong_start", "easy", FACTS, {"JC-11", "JC-16"}, ...): its plan has the edit that makes the start
of line C-1010-1 a month too early, and the fix {"start": "2025-03-01"} that a person would make.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from ratable.core import currencies
from ratable.review.evaluation.acts import Manual
from ratable.review.evaluation.companies import Company
from ratable.review.evaluation.desk import Deal, Desk
from ratable.review.evaluation.facts import Edit
from ratable.review.evaluation.records import Change, Records
from ratable.review.proposals import Fix

TIERS = ("trivial", "easy", "moderate", "hard", "expert")
JOURNAL, FACTS, ACTS = "journal wrong", "facts wrong", "acts wrong"


@dataclass(frozen=True)
class Touched:
    """What an act made wrong: the records with it, what it is about, its entries, and how much."""

    records: Records
    table: str
    subject: str
    entries: tuple[str, ...] = ()
    amount: int = 0
    currency: str = ""
    rows: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True)
class Office:
    """What a person who writes a journal by hand sees: the company, its closings by month, the booked entries."""

    records: Records
    chance: random.Random


@dataclass(frozen=True)
class Plan:
    """One planted error or twin.

    `accounts` are what it touches, in words; `table` and `subject` what it is about; `rows` name it too (table/id).
    `edits` make the facts (or, for JOURNAL, the facts that the journal is computed from) wrong, `journal` changes the
    journal itself, `manuals` are journals by hand (`about` is the key of the one in question), `after` changes records.
    """

    accounts: tuple[str, ...] = ()
    table: str = ""
    subject: str = ""
    fixes: tuple[Fix, ...] = ()
    rows: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    journal: Change | None = None
    manuals: Callable[[Office], tuple[Manual, ...]] | None = None
    about: tuple[str, ...] = ()
    after: Callable[[Office], Touched] | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of error: how hard it is to find, in which family, which checks name it rightly, and how to plant it.

    `cancels` says that it leaves the total of its month, contract or currency as it is.
    """

    name: str
    tier: str
    family: str
    checks: frozenset[str]
    says: str
    plant: Callable[[Desk], Plan]
    twin: Callable[[Desk], Plan]
    cancels: bool = False
    fits: Callable[[Company], bool] = field(default=lambda _: True)


def right(*deals: Deal, accounts: tuple[str, ...] = ()) -> Plan:
    """The plan of a twin that is nothing but contracts."""
    return Plan(accounts=(*(deal.account for deal in deals), *accounts))


def text(amount: int, currency: str) -> str:
    """Minor units as the decimal text of a bundle."""
    decimals = currencies.EXPONENTS[currency]
    whole, rest = divmod(abs(amount), 10**decimals)
    return ("-" if amount < 0 else "") + str(whole) + (f".{rest:0{decimals}}" if decimals else "")


def correct(table: str, row: str, **values: str | date) -> Fix:
    """The fix that gives columns of a row the values they should have; `__` in a name stands for a point."""
    return Fix("correct", table, row, {name.replace("__", "."): str(value) for name, value in values.items()})


def wrong_line(line: str, **values: object) -> Edit:
    """Columns of a contract line get other values."""
    return Edit(
        "set", "contract_lines", {"id": line}, {name.replace("__", "."): value for name, value in values.items()}
    )

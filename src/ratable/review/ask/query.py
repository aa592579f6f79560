"""What a query is, and what it is asked: typed parameters as text, so that a question can be asked without words.

Worked example: `why-deferred` takes customer, contract, line, product, entity, from, to, amount and currency, and needs
one of customer, contract, line or product. Asked with {"customer": "acme", "from": "2026-03", "to": "2026-03"} it
reads the entries of Acme and sums those of March.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from ratable.core import periods
from ratable.review.ask import answers
from ratable.review.snapshot import Snapshot

SCOPE = ("customer", "contract", "line", "product", "entity", "region", "stream", "currency")
PARTY = ("customer", "contract", "line", "product")
PERIOD = ("from", "to")
NUMBER, MONTH, DAY, AMOUNT, TEXT, ID = "whole number", "month", "day", "amount", "text", "id"

TYPES: dict[str, str] = dict.fromkeys(SCOPE, ID) | {
    "invoice": ID, "credit_note": ID, "amendment": ID, "entry": ID, "run": NUMBER, "person": TEXT, "account": ID,
    "role": TEXT, "from": MONTH, "to": MONTH, "against_from": MONTH, "against_to": MONTH, "day": DAY,
    "amount": AMOUNT, "text": TEXT, "by": TEXT, "limit": NUMBER, "direction": TEXT,
}  # fmt: skip
"""Every parameter that a query may take, and what its text has to be."""


class Unanswerable(Exception):
    """What is asked is not in the snapshot; `answer` says so to the person."""

    def __init__(self, answer: answers.Answer) -> None:
        super().__init__(answer.missing)
        self.answer = answer


@dataclass(frozen=True)
class Asked:
    """The parameters of one question, and the snapshot that it is asked of."""

    snapshot: Snapshot
    given: Mapping[str, str]

    def get(self, name: str, default: str = "") -> str:
        """A parameter, or the default where it is not given."""
        return self.given.get(name) or default

    @property
    def first(self) -> str:
        """The first month asked; default: the month under review."""
        return self.get("from", self.get("to", self.snapshot.period))

    @property
    def last(self) -> str:
        """The last month asked; default: the first one."""
        return self.get("to", self.first)

    @property
    def end(self) -> date:
        """The last day of the months asked."""
        return periods.last_day(self.last)

    @property
    def limit(self) -> int:
        """How many rows a list has; default: 10."""
        return int(self.get("limit", "10"))

    @property
    def scope(self) -> dict[str, str]:
        """The parameters that choose lines."""
        return {name: self.given[name] for name in SCOPE if self.given.get(name)}

    @property
    def lines(self) -> pl.DataFrame:
        """The lines of the scope (`engine.outcome.LINES`)."""
        wanted = [pl.col(name).fill_null("") == value for name, value in self.scope.items()]
        return self.snapshot.lines.filter(pl.all_horizontal(pl.lit(value=True), *wanted))

    @property
    def entries(self) -> pl.DataFrame:
        """The entries of the scope, posted or waiting, of all months (`snapshot.ENTRIES`)."""
        known = self.snapshot.entries
        own = [pl.col(name).fill_null("") == value for name, value in self.scope.items() if name in known.columns]
        chosen = known.filter(pl.all_horizontal(pl.lit(value=True), *own))
        if {"region", "stream"} & set(self.scope):
            chosen = chosen.filter(pl.col("line").is_in(self.lines["line"].implode()))
        return chosen

    @property
    def during(self) -> pl.DataFrame:
        """The entries of the scope in the months asked."""
        return self.entries.filter(pl.col("period").is_between(pl.lit(self.first), pl.lit(self.last)))

    def table(self, name: str) -> pl.DataFrame:
        """A table of the facts."""
        return self.snapshot.bundle[name]


@dataclass(frozen=True)
class Query:
    """One query of the library.

    `example` is a question with slots for names of the company's own data; `phrases` are the words that lead to it,
    in the normal form of `vocabulary`, `@name` standing for a parameter that was found; `needs` names parameters of
    which one must be given.
    """

    id: str
    title: str
    example: str
    phrases: tuple[str, ...]
    make: Callable[[Asked], answers.Answer]
    takes: tuple[str, ...] = (*SCOPE, *PERIOD)
    needs: tuple[str, ...] = ()
    ahead: bool = False
    """Whether it may be asked of months after the books."""


@dataclass(frozen=True)
class Room:
    """Queries of one subject."""

    name: str
    title: str
    queries: tuple[Query, ...]

"""The books of a bundle by the second engine, as plain rows.

Worked example: `run(bundle, date(2026, 1, 31)).schedule()` of 1,200.00 for 2026 by month is one row:
{"contract": "C-1", "line": "C-1-1", "period": "2026-01", "amount": 10000, "currency": "USD"}.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from ratable.core import bundles
from ratable.oracle import accounts, dates, days, facts, locks, sides
from ratable.oracle.ledger import Ledger, Pair

OutRow = dict[str, Any]
COLUMN_BY_KIND = {
    "billing": "billings",
    "recognition": "recognized",
    "true_up": "recognized",
    "breakage": "recognized",
    "catch_up": "recognized",
    "credit_note": "credit_notes",
    "modification": "modifications",
    "termination": "modifications",
    "reclassification": "reclassified",
    "fx": "fx",
}
Shared = list[list[facts.Row]]
_SHARED = ("products", "ssps", "policies")  # What a walk reads beside its account.
MOVEMENT_COLUMNS = ("billings", "recognized", "credit_notes", "modifications", "reclassified", "fx")


@dataclass(frozen=True)
class AccountBooks:
    """One account: where its lines stand by the facts known in the end, and the pairs that were posted."""

    ledger: Ledger
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Books:
    """The books through a day; every method gives new rows, amounts in minor units."""

    through: date
    accounts: tuple[AccountBooks, ...]

    def movements(self) -> list[OutRow]:
        """Every movement by day, summed over what is alike in all but the amount."""
        sums: dict[tuple[Any, ...], int] = defaultdict(int)
        for books in self.accounts:
            for p in books.pairs:
                sums[p.day, _period(p.origin), p.line, p.kind, p.debit, p.credit, _currency(books)] += p.amount
        columns = ("date", "origin_period", "line", "kind", "debit_role", "credit_role", "currency")
        return [dict(zip(columns, key, strict=True)) | {"amount": sums[key]} for key in sorted(sums)]

    def schedule(self) -> list[OutRow]:
        """Revenue by contract, line and posting month, without zero rows."""
        return self._revenue("period", by_day=False)

    def schedule_by_day(self) -> list[OutRow]:
        """Revenue by contract, line and posting day, without zero rows."""
        return self._revenue("date", by_day=True)

    def _revenue(self, column: str, *, by_day: bool) -> list[OutRow]:
        rows = []
        for books in self.accounts:
            sums: dict[tuple[str, Any], int] = defaultdict(int)
            for p in books.pairs:
                sign = (p.credit == "revenue") - (p.debit == "revenue")
                sums[p.line, p.day if by_day else _period(p.day)] += sign * p.amount
            for line, when in sorted(key for key, amount in sums.items() if amount):
                rows.append(_names(books, line) | {column: when, "amount": sums[line, when]})
        return rows

    def balances(self) -> list[OutRow]:
        """What each line stands at on the day, netted that very day."""
        rows = []
        for books in self.accounts:
            of_line = sides.balances(books.ledger.lines.values(), books.pairs)
            rows += [
                _names(books, name) | vars(of_line[name]) for name in sorted(of_line) if self._has_begun(books, name)
            ]
        return rows

    def roll_forward(self) -> list[OutRow]:
        """The deferred revenue account by month and currency, from its first movement to the day."""
        sums: dict[tuple[str, str], dict[str, int]] = {}
        for books in self.accounts:
            currency = _currency(books)
            for p in books.pairs:
                sign = (p.credit == "deferred_revenue") - (p.debit == "deferred_revenue")
                month = sums.setdefault((currency, _period(p.day)), dict.fromkeys(MOVEMENT_COLUMNS, 0))
                if sign:
                    month[COLUMN_BY_KIND[p.kind]] += sign * p.amount
        rows = []
        for currency in sorted({currency for currency, _ in sums}):
            opening = 0
            first = min(period for code, period in sums if code == currency)
            last_day = dates.last_of_month(self.through)
            for end in dates.month_ends(date.fromisoformat(f"{first}-01"), last_day):
                moved = sums.get((currency, _period(end)), dict.fromkeys(MOVEMENT_COLUMNS, 0))
                closing = opening + sum(moved.values())
                head = {"period": _period(end), "currency": currency, "opening": opening}
                rows.append(head | moved | {"closing": closing})
                opening = closing
        return rows

    def allocation(self) -> list[OutRow]:
        """The lines with fixed consideration: SSP, price before contract-level discounts, and what is allocated."""
        return [
            _names(books, line.id) | {"ssp": line.ssp, "price": line.gross, "allocated": line.total}
            for books in self.accounts
            for line in sorted(books.ledger.fixed_lines(), key=lambda line: line.id)
            if self._has_begun(books, line.id)
        ]

    def _has_begun(self, books: AccountBooks, line: str) -> bool:
        return books.ledger.lines[line].opens <= self.through


def run(bundle: bundles.Bundle, through: date, known_on: date | None = None) -> Books:
    """Recognize a bundle through a day.

    Args:
        bundle: the facts.
        through: the last day of the books.
        known_on: count only what was known by this day; default: everything.
    """
    every = facts.read(bundle)
    final = every.known_by(known_on)
    imported = accounts.invoiced_elsewhere(final)

    seen: dict[tuple[bool, str], list[tuple[accounts.Account, Shared, date, Ledger]]] = defaultdict(list)

    def walk(name: tuple[bool, str], account: accounts.Account, stage: facts.Facts, last: date) -> Ledger:
        # An account of which nothing was learned in between is not walked again.
        shared = [stage[table] for table in _SHARED]
        for before, with_it, reached, ledger in seen[name]:
            if reached >= last and before == account and with_it == shared:
                return ledger
        seen[name].append((account, shared, last, days.walk(account, stage, last)))
        return seen[name][-1][-1]

    @cache
    def walked(known: date | None, last: date) -> dict[tuple[bool, str], Ledger]:
        stage = every.known_by(known)
        begun = [account for account in accounts.of(stage, imported) if account.signed_on <= through]
        names = [(a.contract is None, a.id) for a in begun]
        return {name: walk(name, account, stage, last) for name, account in zip(names, begun, strict=True)}

    found = []
    for name, ledger in sorted(walked(known_on, through).items()):
        counted = _locks(final, ledger.account.entity, known_on)
        # What is locked later than a stage knows is not read from it.
        last = {lock.locked_on: max(o.through for o in counted if o.locked_on <= lock.locked_on) for lock in counted}
        stages = {day: walked(day, min(end, through)).get(name) for day, end in last.items()}
        targets = {day: stage.pairs if stage else [] for day, stage in stages.items()}
        pairs = [pair for pair in locks.posted(targets, ledger.pairs, counted) if pair.day <= through]
        pairs += sides.reclassifications(list(ledger.lines.values()), pairs, through)
        found.append(AccountBooks(ledger, tuple(pairs)))
    return Books(through, tuple(found))


def _locks(known: facts.Facts, entity: str | None, known_on: date | None) -> list[locks.Lock]:
    return [
        locks.Lock(row["through"], row["locked_on"])
        for row in known["locks"]
        if row["entity"] in (None, entity) and (known_on is None or row["locked_on"] <= known_on)
    ]


def _period(day: date) -> str:
    return day.isoformat()[:7]


def _names(books: AccountBooks, line: str) -> OutRow:
    contract = books.ledger.account.contract
    return {"contract": contract["id"] if contract else None, "line": line, "currency": _currency(books)}


def _currency(books: AccountBooks) -> str:
    return books.ledger.account.currency

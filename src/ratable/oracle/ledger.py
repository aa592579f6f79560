"""What one account has posted so far, and its lines as they stand.

Worked example: `post(line, "credit_note", "deferred_revenue", "receivable", 300000)` adds one pair, Dr deferred
revenue / Cr receivable 3,000.00; an amount below zero turns the pair round.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from ratable.oracle import allocation, billing, dates
from ratable.oracle.accounts import Account
from ratable.oracle.facts import Facts
from ratable.oracle.lines import MAIN, Line


@dataclass(frozen=True)
class Pair:
    """One debit, one credit, one amount above zero, minor units; `origin` is the month it belongs to, by first day."""

    day: date
    origin: date
    line: str
    kind: str
    debit: str
    credit: str
    amount: int


@dataclass(eq=False)
class Bill:
    """A bill of a line that was made: what it and its tax still bill once credits are off, and the service billed."""

    line: Line
    left: int
    tax_left: int
    start: date
    end: date


@dataclass(eq=False)
class Ledger:
    """One account while the loop of days walks past it.

    `bills` are keyed by (invoice, invoice line). `discount_left` is the contract's discount of an amount, less the
    shares that left with removed lines.
    """

    account: Account
    facts: Facts
    lines: dict[str, Line]
    discount_left: int
    pairs: list[Pair] = field(default_factory=list)
    bills: dict[tuple[str, str], Bill] = field(default_factory=dict)
    today: date = date.min

    def post(self, line: Line, kind: str, debit: str, credit: str, amount: int) -> None:
        """Post a pair today; zero posts nothing."""
        if amount < 0:
            debit, credit = credit, debit
        if amount:
            self.pairs.append(
                Pair(self.today, dates.first_of_month(self.today), line.id, kind, debit, credit, abs(amount))
            )

    def bill(self, key: tuple[str, str], bill: Bill) -> None:
        """Bill a line today: Dr receivable / Cr deferred revenue, and Cr tax payable for the tax."""
        self.post(bill.line, "billing", "receivable", "deferred_revenue", bill.left)
        self.post(bill.line, "billing", "receivable", "tax_payable", bill.tax_left)
        bill.line.billed += bill.left
        self.bills[key] = bill

    def own_bill(self, line: Line, amount: int, service: tuple[date, date], suffix: str = "") -> None:
        """Bill a line today on an invoice of our own, by its derived id; zero makes no bill."""
        key = f"{self.account.id}/{self.today.isoformat()}", f"{line.id}/{service[0].isoformat()}{suffix}"
        if amount:
            self.bill(key, Bill(line, amount, 0, *service))

    def recognize(self, line: Line, kind: str, amount: int) -> None:
        """Recognize revenue of a line today: Dr deferred revenue / Cr revenue."""
        self.post(line, kind, "deferred_revenue", "revenue", amount)
        line.recognized += amount

    def fixed_lines(self, part: str | None = None) -> list[Line]:
        """The lines with fixed consideration, of one part or of all, removed ones included."""
        return [line for line in self.lines.values() if line.fixed and part in (None, line.part)]

    def discount(self) -> int:
        """The contract's discount on the present prices."""
        return allocation.discount(self.account, self.lines.values(), self.discount_left)

    def discount_shares(self) -> dict[str, int]:
        """The contract's discount by line."""
        return allocation.discount_shares(self.account, self.lines.values(), self.discount_left)

    def net_prices(self) -> dict[str, int]:
        """What each fixed line is to be billed over its whole life: price less discount and price reductions."""
        shares = self.discount_shares()
        return {line.id: line.gross - shares.get(line.id, 0) - line.reductions for line in self.fixed_lines()}

    def consideration(self, part: str) -> int:
        """The whole-life consideration of a part: all prices, less discount and price reductions."""
        lines = self.fixed_lines(part)
        off = self.discount() if part == MAIN else 0
        return sum(line.gross - line.reductions for line in lines) - off

    def terms(self) -> dict[str, tuple[object, ...]]:
        """The terms of each live line that an amendment can change."""
        return terms_of(self.lines.values())


def terms_of(lines: Iterable[Line]) -> dict[str, tuple[object, ...]]:
    """Price, end, SSP and quantity of each live line."""
    return {
        line.id: (line.gross, line.end, line.ssp, line.ssp_end, line.quantities[-1][1]) for line in lines if line.live
    }


def schedules(ledger: Ledger) -> dict[str, list[tuple[date, object]]]:
    """The dates and weights of every bill of each fixed line; a removed line has none."""
    return {
        line.id: [(due.on, due.weight) for due in billing.schedule(line)] if line.live else []
        for line in ledger.fixed_lines()
    }

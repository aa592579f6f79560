"""A line while the loop of days walks past it: its terms as last amended, and what has happened to it so far.

Worked example: a line of 1,200.00 for 2026 after the bill of 1 January and the recognition of that day at
`daily`: gross 120000, billed 120000, recognized 329 (120000 / 365, half even).
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from ratable.core import tables
from ratable.oracle import curves, standalone
from ratable.oracle.accounts import Account
from ratable.oracle.facts import Facts, Row

MAIN = "main"


@dataclass(frozen=True)
class PlannedBill:
    """A bill of our own that is due on a day and lifts what is billed in all to `through`."""

    due: date
    start: date
    end: date
    through: int


@dataclass(eq=False)
class Line:
    """One obligation. The first block is its terms, the second what they lead to, the third its history.

    All amounts are minor units. `gross` is the price before contract-level discounts; of a removed line, the price
    that is kept. `opens` is the first day on which it may have revenue. `part` tells apart the lines of the contract
    itself from those that a separate amendment added; each part is allocated on its own.
    """

    id: str
    terms: Row
    part: str
    method: str
    proration: str
    start: date
    end: date
    opens: date
    currency: str
    gross: int = 0
    ssp: int = 0
    ssp_end: date = date.max
    own_price_stands_in: bool = False
    live: bool = True
    quantities: list[tuple[date, int]] = field(default_factory=list)
    reached: list[tuple[date, str, Fraction]] = field(default_factory=list)
    milestone_shares: dict[str, Fraction] = field(default_factory=dict)

    curve: curves.Curve = field(default_factory=lambda: curves.still(0))
    total: int = 0
    plan: list[PlannedBill] = field(default_factory=list)

    recognized: int = 0
    billed: int = 0
    credited: int = 0
    reductions: int = 0
    usage_billed: int = 0
    usage_to_bill_again: int = 0

    @property
    def fixed(self) -> bool:
        """Whether it carries fixed consideration."""
        return self.method != "usage"

    @property
    def awaits_time(self) -> bool:
        """Whether what is earned above what is billed waits for nothing but time."""
        return self.method == "usage" or self.terms["billing.timing"] == "arrears"

    def progress(self, end: date | None = None) -> curves.Progress:
        """Its progress over its whole life, under its present end or under another one."""
        if self.method == "point_in_time":
            return curves.at_once(max(self.terms["delivered_on"] or self.start, self.opens))
        if self.method == "milestone":
            return curves.by_milestones(self.reached, self.milestone_shares)
        return curves.by_time(self.start, end or self.end, self.proration)

    def whole_life_ssp(self) -> Fraction:
        """Its SSP under its present end: the rate of the life for which the SSP was stated is kept."""
        return self.ssp * self.progress().whole / self.progress(self.ssp_end).whole

    def left_after(self, day: date) -> Fraction:
        """How much of its service is still to be delivered after a day."""
        progress = self.progress()
        return progress.whole - progress.through(day)

    def freeze(self) -> None:
        """Let nothing more be recognized than has been."""
        self.curve, self.total = curves.still(self.recognized), self.recognized


def of_contract(terms: Row, account: Account, facts: Facts, *, opens: date, part: str = MAIN) -> Line:
    """A contract line, without its price.

    Args:
        terms: a contract line, or the added line of an amendment with its id in `id`; `start` and `end` filled in.
        account: the contract with its facts.
        facts: products and policies.
        opens: the first day on which it may have revenue.
        part: the part of the contract that it belongs to.
    """
    product = facts.index("products")[terms["product"]]
    chosen = standalone.policy(
        "proration", facts, product=terms["product"], entity=account.entity, on=account.signed_on
    )
    line = Line(
        id=terms["id"],
        terms=terms,
        part=part,
        method=terms["method"] or product["method"],
        proration=terms["proration"] or product["proration"] or chosen or "daily",
        start=terms["start"],
        end=terms["end"],
        opens=opens,
        currency=account.currency,
        ssp_end=terms["end"],
    )
    quantity = standalone.MILLIONTHS if terms["quantity"] is None else terms["quantity"]
    line.quantities.append((date.min, quantity))
    mine = [row for row in account.reached if row["contract_line"] == line.id]
    line.reached += [_reached(row, opens) for row in sorted(mine, key=lambda row: row["on"])]
    return line


def _reached(row: Row, opens: date) -> tuple[date, str, Fraction]:
    part = tables.WHOLE_PERCENT if row["percent"] is None else row["percent"]
    return max(row["on"], opens), row["milestone"], Fraction(part, tables.WHOLE_PERCENT)


def state_milestones(line: Line, account: Account) -> None:
    """Fix what each milestone is worth of the line's whole price: its percent, or its amount of the first price."""
    for row in account.milestones:
        if row["contract_line"] == line.id:
            of_price = Fraction(row["amount"] or 0, line.gross) if line.gross else Fraction(0)
            percent = row["percent"]
            line.milestone_shares[row["id"]] = of_price if percent is None else Fraction(percent, tables.WHOLE_PERCENT)


def of_invoice(row: Row, facts: Facts, account: Account) -> Line:
    """A lone invoice line: its own obligation, already priced."""
    product = facts.index("products").get(row["product"]) or {"method": None, "proration": None}
    chosen = standalone.policy("proration", facts, product=row["product"], entity=account.entity, on=row["issued_on"])
    dated = row["service_start"] is not None
    at_once = not dated or (row["method"] or product["method"]) == "point_in_time"
    start = row["service_start"] or row["issued_on"]
    line = Line(
        id=row["id"],
        terms=row | {"delivered_on": start, "billing.timing": None},
        part=row["id"],
        method="point_in_time" if at_once else "straight_line",
        proration=product["proration"] or chosen or "daily",
        start=start,
        end=row["service_end"] or start,
        opens=min(row["issued_on"], start),
        currency=account.currency,
        gross=row["amount"],
        ssp=row["amount"] if row["ssp"] is None else row["ssp"],
    )
    line.ssp_end, line.total = line.end, row["net"]
    line.curve = curves.path(0, line.total, line.progress(), after=None)
    return line

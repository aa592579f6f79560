"""What was promised on one line, as both sides agreed it: the source of its row and of its clause.

Worked example: Promise("platform", "USD", start=2026-01-15, end=2027-01-14, price=4800000) has 12 months; its row says
so, and so does its clause. A planted error changes the row and leaves the clause, or the other way round.
"""

from dataclasses import dataclass, field
from datetime import date

from ratable.core import currencies, tables
from ratable.oracle import dates
from ratable.review.evaluation.facts import Row


@dataclass(frozen=True)
class Promise:
    """One line as agreed.

    `says` are sentences of its clause beside the usual ones, `instead` in their place; `more` are columns of its row.
    """

    product: str
    currency: str
    start: date | None = None
    end: date | None = None
    price: int | None = None
    unit_price: int = 0  # 1/100,000,000 of a major unit
    quantity: int = 0  # millionths
    frequency: str = "annual"
    timing: str = "advance"
    delivered_on: date | None = None
    milestones: tuple[tuple[str, int], ...] = ()
    by_use: bool = False
    says: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    clause: bool = True
    more: Row = field(default_factory=dict)

    @property
    def months(self) -> int:
        """Its length in months, at least one."""
        if self.start is None or self.end is None:
            return 12
        return max(1, months_between(self.start, self.end))

    @property
    def stated(self) -> int:
        """The amount that its clause names, minor units: of one unit where it is sold by the unit, else the price."""
        if self.quantity:
            scale = 10 ** (tables.UNIT_PRICE_DECIMALS - currencies.EXPONENTS[self.currency])
            return int(self.unit_price // scale)
        return self.price or 0

    @property
    def row(self) -> Row:
        """Its columns of `contract_lines`."""
        own: Row = {
            "product": self.product, "start": self.start, "end": self.end, "price": self.price,
            "delivered_on": self.delivered_on, "billing.frequency": self.frequency, "billing.timing": self.timing,
        }  # fmt: skip
        if self.quantity:
            own |= {"unit_price": self.unit_price, "quantity": self.quantity}
        return own | self.more


def last_day(start: date, months: int) -> date:
    """The last day of a term of whole months."""
    return dates.in_month(start, months, start.day) - dates.ONE_DAY


def months_between(start: date, end: date) -> int:
    """Months of a term, to the nearest whole one."""
    after = end + dates.ONE_DAY
    whole = (after.year - start.year) * 12 + after.month - start.month
    return whole + (after.day - start.day > 15) - (start.day - after.day > 15)


def quantity(units: int) -> int:
    """Whole units in millionths."""
    return int(units * 10**tables.QUANTITY_DECIMALS)


def percent(whole: int) -> int:
    """A whole percent in 1/10,000 of one."""
    return int(whole * 10**tables.PERCENT_DECIMALS)

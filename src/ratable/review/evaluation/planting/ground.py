"""The contracts on which errors are planted: as ordinary as the others, of customers who have nothing else.

Worked example: `line_over_time(at)` writes a year of the platform from the first of a month, with its clause.
"""

from dataclasses import replace
from datetime import date, timedelta

from ratable.review.evaluation import deals, desk
from ratable.review.evaluation.desk import Deal, Desk
from ratable.review.evaluation.terms import Promise


def begins(at: Desk, first: int = 0, last: int = 8, *, mid: bool = False) -> date:
    """A day in some months of the window: the first of a month, or one in its middle."""
    month = at.month(at.chance.randint(first, last))
    return month + timedelta(days=at.chance.randint(4, 24)) if mid else month


def over_time(
    at: Desk, begin: date, *, months: int = 12, product: str = "platform", **more: object
) -> tuple[desk.Parties, Promise]:
    """A new customer and a line over time with a clause."""
    who = desk.alone(
        at, begin, currency=str(more.pop("currency", "")), invoicing=str(more.pop("invoicing", "generate"))
    )
    promise = deals.subscription(at, who.currency, begin, months=months, product=product)
    return who, replace(promise, clause=True, **more)  # type: ignore[arg-type]  # each caller names columns of a Promise


def line_over_time(at: Desk, begin: date, *, months: int = 12, product: str = "platform", **more: object) -> Deal:
    """A contract with one line over time and its clause."""
    who, promise = over_time(at, begin, months=months, product=product, **more)
    return desk.agree(at, who, [promise])


def two_lines(at: Desk, begin: date, *, off: int = 0, second: str = "support", months: int = 12) -> Deal:
    """A contract with two lines over time at prices of their own, and some ten thousandths of a percent off the whole.

    Prices are away from their SSPs (stated on the lines), so that the allocation shows.
    """
    who, first = over_time(at, begin, months=months)
    other = replace(deals.subscription(at, who.currency, begin, months=months, product=second), clause=True)
    first, other = (replace(line, frequency="annual") for line in (first, other))
    first = replace(first, more={"ssp": (first.price or 0) * at.chance.choice((106, 109, 112)) // 100})
    other = replace(other, more={"ssp": (other.price or 0) * at.chance.choice((94, 97, 103)) // 100})
    return desk.agree(at, replace(who, more={"discount.percent": off} if off else {}), [first, other])

"""What use costs, and what a minimum adds to it.

Worked example: tiers of 1.00 up to 100 units and 0.80 above, graduated, by month. 60 units on 5 January cost 60.00;
60 more on 20 January cost 40 x 1.00 + 20 x 0.80 = 56.00; the first unit of February costs 1.00 again.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from ratable.oracle import dates, rounding, standalone
from ratable.oracle.accounts import Account
from ratable.oracle.facts import Row
from ratable.oracle.lines import Line


def rated_through(line: Line, account: Account, day: date) -> int:
    """What all use of a line through a day costs, minor units; the total is rounded, half even.

    Use before the line opens counts on the day it opens.
    """
    exact = Fraction(0)
    quantities: dict[date, int] = defaultdict(int)
    for row in account.usage:
        on = max(row["on"], line.opens)
        if row["contract_line"] != line.id or on > day:
            continue
        if row["amount"] is not None:
            exact += row["amount"]
        else:
            quantities[pricing_period(line, on)] += row["quantity"]
    tiers = [row for row in account.tiers if row["contract_line"] == line.id]
    exact += sum(price_of(Fraction(q, standalone.MILLIONTHS), line, tiers) for q in quantities.values())
    return rounding.half_even(exact)


def pricing_period(line: Line, day: date) -> date:
    """The first day of the pricing period of a day; periods count from the line's start and go on after its end."""
    every = line.terms["pricing.period"] or "month"
    if every == "term" or day <= line.start:
        return line.start
    return dates.intervals(line.start, day, every)[-1].start


def price_of(quantity: Fraction, line: Line, tiers: Sequence[Row]) -> Fraction:
    """What a quantity used in one pricing period costs, exact minor units.

    Args:
        quantity: units used in the period.
        line: the line with its pricing terms.
        tiers: its price tiers, in any order.
    """
    terms = line.terms
    units = max(Fraction(0), quantity - Fraction(terms["pricing.included"] or 0, standalone.MILLIONTHS))
    model = terms["pricing.model"] or "per_unit"
    stated = terms["unit_price"] if terms["pricing.unit_price"] is None else terms["pricing.unit_price"]
    unit_price = standalone.minor_units(stated or 0, line.currency)
    if model == "graduated":
        price = _graduated(units, tiers, line.currency)
    elif model == "volume":
        price = _volume(units, tiers, line.currency)
    elif model == "package":
        size = Fraction(terms["pricing.package_size"] or standalone.MILLIONTHS, standalone.MILLIONTHS)
        price = math.ceil(units / size) * unit_price
    else:
        price = units * unit_price
    cap = terms["pricing.cap"]
    return price if cap is None else min(price, Fraction(cap))


def _in_order(tiers: Sequence[Row]) -> list[tuple[Fraction | None, Row]]:
    """Tiers from the lowest to the highest with their last unit; the highest has no end, whatever it says."""
    ordered = sorted(tiers, key=lambda row: (row["up_to"] is None, row["up_to"] or 0))
    ends = [Fraction(row["up_to"] or 0, standalone.MILLIONTHS) for row in ordered[:-1]]
    return list(zip([*ends, None], ordered, strict=True))


def _graduated(units: Fraction, tiers: Sequence[Row], currency: str) -> Fraction:
    price, begins = Fraction(0), Fraction(0)
    for ends, tier in _in_order(tiers):
        if units > begins:
            inside = (units if ends is None else min(units, ends)) - begins
            price += inside * standalone.minor_units(tier["unit_price"], currency) + (tier["flat"] or 0)
        begins = ends or begins
    return price


def _volume(units: Fraction, tiers: Sequence[Row], currency: str) -> Fraction:
    if units == 0:
        return Fraction(0)
    tier = next(tier for ends, tier in _in_order(tiers) if ends is None or units <= ends)
    return units * standalone.minor_units(tier["unit_price"], currency) + (tier["flat"] or 0)


def true_ups(account: Account, lines: dict[str, Line], day: date) -> list[tuple[Line, int, dates.Period]]:
    """The true-ups that arise on a day: line, minor units and interval, for every share above zero.

    Source: ASC 606-10-32-40.
    """
    found = []
    for minimum, named in account.minimums:
        members = {line: lines[line] for line in named if line in lines}
        for interval in _intervals_ending(account, minimum, day):
            used = {name: _rated_within(line, account, interval) for name, line in members.items()}
            shortfall = max(0, minimum["amount"] - sum(used.values()))
            shares = rounding.share(shortfall, _sharing(minimum, members, used))
            found += [(members[name], amount, interval) for name, amount in sorted(shares.items()) if amount]
    return found


def _intervals_ending(account: Account, minimum: Row, day: date) -> list[dates.Period]:
    contract = account.contract or {}
    every = dates.intervals(contract["start"], contract["end"], minimum["every"])
    return [interval for interval in every if max(interval.end, account.signed_on) == day]


def _rated_within(line: Line, account: Account, interval: dates.Period) -> int:
    before = rated_through(line, account, interval.start - dates.ONE_DAY)
    return rated_through(line, account, interval.end) - before


def _sharing(minimum: Row, members: dict[str, Line], used: dict[str, int]) -> dict[str, Fraction]:
    if minimum["allocation"] == "usage" and any(used.values()):
        return {name: Fraction(max(0, amount)) for name, amount in used.items()}
    return {name: Fraction(line.ssp) for name, line in members.items()}

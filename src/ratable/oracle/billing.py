"""When a line is billed by our own schedule, and how much.

Worked example: 1,200.00 for a year, billed monthly in advance, raised to 1,500.00 on 1 July after six bills of
100.00. Left to bill is 1,500 - 600 = 900.00 over six dates: each bill lifts the total billed by round_half_even of
900.00 x 1/6, 2/6 ... less what was lifted before, 150.00.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ratable.core import tables
from ratable.oracle import dates, rounding, standalone
from ratable.oracle.lines import Line, PlannedBill


@dataclass(frozen=True)
class Due:
    """A date on which a line is billed, the service billed, and the weight of the bill.

    `days_of_whole` counts the days of the whole billing period; None where the bill has no period.
    """

    on: date
    start: date
    end: date
    weight: Fraction
    days_of_whole: int | None = None


def schedule(line: Line) -> list[Due]:
    """Every date on which a line is billed under its present terms, past dates included."""
    usage = line.method == "usage"
    frequency = line.terms["billing.frequency"] or ("monthly" if usage else "once")
    arrears = usage or line.terms["billing.timing"] == "arrears"
    if frequency == "custom":
        due = [Due(day, day, line.end, Fraction(1)) for day in sorted(line.terms["billing.dates"] or [])]
    elif frequency == "milestone":
        due = _by_milestone(line)
    else:
        due = [
            Due(p.end if arrears else p.start, p.start, p.end, Fraction(p.days, p.days_of_whole), p.days_of_whole)
            for p in _periods(line, frequency)
        ]
    if by_the_unit(line):
        return [Due(d.on, d.start, d.end, Fraction(amount_by_the_unit(line, d)), d.days_of_whole) for d in due]
    return due


def _periods(line: Line, frequency: str) -> tuple[dates.Period, ...]:
    if frequency == "once":
        return (dates.Period(line.start, line.end, (line.end - line.start).days + 1),)
    months = dates.MONTHS_BY_FREQUENCY[frequency]
    return dates.periods(line.start, line.end, months, line.terms["billing.day"])


def _by_milestone(line: Line) -> list[Due]:
    progress = line.progress()
    share, due = Fraction(0), []
    for day in sorted({on for on, _, _ in line.reached}):
        due.append(Due(day, day, line.end, progress.through(day) - share))
        share = progress.through(day)
    return due


def by_the_unit(line: Line) -> bool:
    """Whether a line of fixed consideration is priced as quantity x unit price."""
    return line.fixed and line.terms["price"] is None and line.terms["unit_price"] is not None


def amount_by_the_unit(line: Line, due: Due) -> int:
    """What a bill of quantity x unit price comes to, the line's own percent discount taken inside the rounding."""
    if due.days_of_whole is None:
        units = Fraction(_quantity_on(line, due.on))
    else:
        used = sum(_quantity_on(line, day) for day in dates.each_day(due.start, due.end))
        units = Fraction(used, due.days_of_whole)
    kept = 1 - Fraction(line.terms["discount.percent"] or 0, tables.WHOLE_PERCENT)
    unit_price = standalone.minor_units(line.terms["unit_price"], line.currency)
    return rounding.half_even(unit_price * units / standalone.MILLIONTHS * kept)


def _quantity_on(line: Line, day: date) -> int:
    return [quantity for since, quantity in line.quantities if since <= day][-1]


def price_by_the_unit(line: Line) -> int:
    """The price of a line of quantity x unit price: the sum of its bills, less its own discount of an amount."""
    return sum(amount_by_the_unit(line, due) for due in schedule(line)) - (line.terms["discount.amount"] or 0)


def issued_on(line: Line, due: Due) -> date:
    """The day a bill is made: its own, or the first day of the line where that is later."""
    return max(due.on, line.opens)


def plan_from(line: Line, net_price: int, *, first: date, change: date | None = None) -> None:
    """Spread what is left to bill of a line over the dates left.

    Args:
        line: the line; its plan is replaced.
        net_price: its price less discount and price reductions.
        first: the first day of the dates left.
        change: the day of a change of terms; where no date is left, what is left is billed on it.
    """
    left = max(0, net_price - (line.billed - line.credited))
    due = [d for d in schedule(line) if issued_on(line, d) >= first] if line.live else []
    total = sum((d.weight for d in due), Fraction(0))
    if line.terms["billing.frequency"] == "milestone" and line.live:
        total = line.left_after(first - dates.ONE_DAY)
        due = due if total > 0 else []
    if change and not due and not (line.live and total > 0):
        due, total = [Due(change, change, line.end, Fraction(1))], Fraction(1)
    line.plan, running = [], Fraction(0)
    for d in due:
        running += d.weight
        through = line.billed + (rounding.half_even(left * running / total) if total else left)
        line.plan.append(PlannedBill(issued_on(line, d), d.start, d.end, through))

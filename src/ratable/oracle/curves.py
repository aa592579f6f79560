"""Progress of a service by day, and the curve of revenue that follows it.

Worked example: 16 January to 15 April on `monthly_prorated` weighs 16/31 + 1 + 1 + 15/30 months. Of 1,809.68, the
curve has reached round_half_even(180968 x (16/31) / (3 + 1/62)) = 30968 on 31 January.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

from ratable.oracle import dates, rounding

Curve = Callable[[date], int]


@dataclass(frozen=True)
class Progress:
    """How much of a service is delivered through the end of a day, of `whole`."""

    through: Callable[[date], Fraction]
    whole: Fraction


def day_weight(day: date, start: date, end: date, proration: str) -> Fraction:
    """The weight of one service day; months weigh one where the convention says no other."""
    month_start, month_end = dates.first_of_month(day), dates.last_of_month(day)
    first, last = max(start, month_start), min(end, month_end)
    in_first, in_last = first == start, last == end
    if proration == "daily":
        return Fraction(1)
    if proration == "monthly_prorated":
        return Fraction(1, dates.days_in_month(day))
    month = Fraction(1)
    if proration == "monthly_full_first" and in_last and not in_first and last < month_end:
        month = Fraction(0)
    if proration == "mid_month" and in_first != in_last:
        month = Fraction(1, 2)
    return month / ((last - first).days + 1)


@lru_cache(maxsize=4096)
def _running_weights(start: date, end: date, proration: str) -> tuple[Fraction, ...]:
    running, total = [], Fraction(0)
    for day in dates.each_day(start, end):
        total += day_weight(day, start, end, proration)
        running.append(total)
    return tuple(running)


def by_time(start: date, end: date, proration: str) -> Progress:
    """Progress of a service that is delivered evenly from start to end, inclusive."""
    running = _running_weights(start, end, proration)

    def through(day: date) -> Fraction:
        if day < start:
            return Fraction(0)
        return running[min((day - start).days, len(running) - 1)]

    return Progress(through, running[-1])


def at_once(delivered_on: date) -> Progress:
    """Progress of what is delivered on one day."""
    return Progress(lambda day: Fraction(day >= delivered_on), Fraction(1))


def by_milestones(reached: Sequence[tuple[date, str, Fraction]], shares: dict[str, Fraction]) -> Progress:
    """Progress by milestones.

    Args:
        reached: (day, milestone, cumulative share of that milestone), in order of day; the latest row of each wins.
        shares: what each milestone is of the line's whole price.
    """

    def through(day: date) -> Fraction:
        latest = {milestone: part for on, milestone, part in reached if on <= day}
        return sum((shares[m] * part for m, part in latest.items() if m in shares), Fraction(0))

    return Progress(through, Fraction(1))


def path(base: int, amount: int, progress: Progress, *, after: date | None, to: Fraction | None = None) -> Curve:
    """The curve that stands at `base` at the end of the day `after` and runs to `base + amount`.

    Args:
        base: minor units recognized already.
        amount: minor units still to come, of either sign.
        progress: what the rest follows.
        after: the last day that is behind; None at the very start.
        to: the weight at which the whole amount has come; default: that of the whole service.
    """
    done = progress.through(after) if after else Fraction(0)
    left = (progress.whole if to is None else to) - done

    def curve(day: date) -> int:
        if left == 0:
            return base + amount
        return base + rounding.half_even(amount * (progress.through(day) - done) / left)

    return curve


def still(amount: int) -> Curve:
    """The curve of a line on which nothing more happens."""
    return lambda day: amount

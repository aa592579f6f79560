"""Days, months and the periods counted from a day.

Worked example: months counted from 31 January 2026 begin on 31 January, 28 February, 31 March: the day is clipped
to short months and comes back in long ones.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

ONE_DAY = timedelta(days=1)
MONTHS_BY_INTERVAL = {"month": 1, "quarter": 3, "year": 12}
MONTHS_BY_FREQUENCY = {"monthly": 1, "quarterly": 3, "semiannual": 6, "annual": 12}


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, inclusive, and how many days the whole period has of which they are part."""

    start: date
    end: date
    days_of_whole: int

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1


def first_of_month(day: date) -> date:
    """The first day of the month of a day."""
    return day.replace(day=1)


def days_in_month(day: date) -> int:
    """The length of the month of a day."""
    return monthrange(day.year, day.month)[1]


def last_of_month(day: date) -> date:
    """The last day of the month of a day."""
    return day.replace(day=days_in_month(day))


def in_month(day: date, months: int, nominal: int) -> date:
    """The day `nominal` of the month that lies `months` after the month of `day`, clipped to its length."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(nominal, monthrange(year, month + 1)[1]))


def each_day(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, inclusive."""
    day = first
    while day <= last:
        yield day
        day += ONE_DAY


def month_ends(first: date, last: date) -> Iterator[date]:
    """Every last day of a month from the first day to the last, inclusive."""
    day = last_of_month(first)
    while day <= last:
        yield day
        day = last_of_month(day + ONE_DAY)


@lru_cache(maxsize=1 << 16)  # Asked for on each day of each line.
def periods(start: date, end: date, months: int, day_of_month: int | None = None) -> tuple[Period, ...]:
    """Periods of so many months from a start to an end.

    Args:
        start: first day of the first period.
        end: last day of the last one, inclusive.
        months: length of a whole period.
        day_of_month: the day on which whole periods begin; without it, the day of `start`.

    Returns:
        the periods in order, without gap; the first and the last may be stubs.
    """
    nominal = day_of_month or start.day
    anchor = in_month(start, 0, nominal)
    if anchor < start:
        anchor = in_month(start, 1, nominal)
    found = []
    whole = -1
    while (whole_start := in_month(anchor, months * whole, nominal)) <= end:
        whole_end = in_month(anchor, months * (whole + 1), nominal) - ONE_DAY
        if whole_end >= start:
            length = (whole_end - whole_start).days + 1
            found.append(Period(max(whole_start, start), min(whole_end, end), length))
        whole += 1
    return tuple(found)


def intervals(start: date, end: date, every: str) -> tuple[Period, ...]:
    """The intervals `month`, `quarter`, `year` or `term` from a start to an end, inclusive."""
    if every == "term":
        return (Period(start, end, (end - start).days + 1),)
    return periods(start, end, MONTHS_BY_INTERVAL[every])

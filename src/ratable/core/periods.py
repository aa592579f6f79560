"""Calendar arithmetic on whole columns: months as numbers, month ends, anchored month steps.

Worked example: one month after 31 January 2026 is 28 February, two months after it 31 March: steps are counted from
the anchor, never from the step before, so a clipped day comes back. All days are calendar days of the entity.
"""

import calendar
import re
from datetime import date

import polars as pl

OPEN = date(9999, 12, 31)  # Stands for "no end".


def month_number(day: pl.Expr) -> pl.Expr:
    """Months since year 0, so that the difference of two is a count of months."""
    return day.dt.year().cast(pl.Int32) * 12 + day.dt.month().cast(pl.Int32) - 1


def first_of_month(number: pl.Expr) -> pl.Expr:
    """The first day of a month given by its number."""
    return pl.date(number // 12, number % 12 + 1, 1)


def end_of_month(day: pl.Expr) -> pl.Expr:
    """The last day of the month that a day lies in."""
    return day.dt.month_end()


def last_day(period: str) -> date:
    """The last day of a month written YYYY-MM.

    Raises:
        ValueError: it is no month.
    """
    if not re.fullmatch(r"\d{4}-\d{2}", period):
        raise ValueError(f"saw {period!r}, expected YYYY-MM")
    first = date.fromisoformat(f"{period}-01")
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def shifted(period: str, by: int) -> str:
    """The month, written YYYY-MM, that lies some months after another, or before it where `by` is below zero."""
    number = int(period[:4]) * 12 + int(period[5:]) - 1 + by
    return f"{number // 12:04}-{number % 12 + 1:02}"


def months_between(first: str, last: str) -> int:
    """How many months one month lies after another, both written YYYY-MM; below zero where it lies before."""
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:])


def days_in_month(day: pl.Expr) -> pl.Expr:
    """28 to 31."""
    return day.dt.month_end().dt.day().cast(pl.Int64)


def add_months(anchor: pl.Expr, months: pl.Expr, *, day: pl.Expr | None = None) -> pl.Expr:
    """The day that lies a number of months after the anchor, clipped to the length of its month.

    `day` is the day of the month wished for; default: the anchor's own.
    """
    first = first_of_month(month_number(anchor) + months.cast(pl.Int32))
    wished = anchor.dt.day() if day is None else day
    clipped = pl.min_horizontal(wished.cast(pl.Int64), days_in_month(first))
    return first + pl.duration(days=clipped - 1)


def day_before(day: pl.Expr) -> pl.Expr:
    """The calendar day before."""
    return day - pl.duration(days=1)


def day_after(day: pl.Expr) -> pl.Expr:
    """The calendar day after."""
    return day + pl.duration(days=1)


def days_between(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Days from start to end, both included; zero or less where the end comes first."""
    return (end - start).dt.total_days() + 1

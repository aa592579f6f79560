"""How figures are written on a screen.

Worked example: 123450 in USD is "1,234.50"; -123450 is "(1,234.50)", whose bracket hangs outside the column, and is
read aloud as "minus 1,234.50"; 0 is an en dash; what is missing is blank. 2026-03 is "Mar 2026". In thousands 123450
is "1", and 12 is "0", which is no dash: something is there.
"""

from datetime import date

from ratable.core import currencies
from ratable.ledger import arithmetic

ZERO = "\N{EN DASH}"
SCALES = {"thousands": (3, 0), "millions": (6, 1)}
"""Scale: the power of ten that is one of it, and the decimals that are shown."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def plain(amount: int, currency: str) -> str:
    """The size of an amount with separators: 1,234.50."""
    return arithmetic.money(abs(amount), currency)


def raw(amount: int, currency: str) -> str:
    """An amount as a program reads it: -1234.50."""
    return arithmetic.money(amount, currency).replace(",", "")


def step(currency: str, scale: str) -> int:
    """The least amount that a scale shows, in minor units: 1,000.00 USD in thousands, 100,000.00 USD in millions."""
    power, decimals = SCALES[scale]
    return int(10 ** (currencies.EXPONENTS[currency] + power - decimals))


def scaled(amount: int, currency: str, scale: str) -> str:
    """The size of an amount in thousands or millions, ties to the even digit: 1,235 or 1.2."""
    shown = rounded(abs(amount), step(currency, scale))
    decimals = SCALES[scale][1]
    front, back = divmod(shown, 10**decimals)
    return f"{front:,}.{back:0{decimals}}" if decimals else f"{front:,}"


def rounded(amount: int, least: int) -> int:
    """How many of the least amount that is shown are nearest to an amount, ties to the even number."""
    whole, rest = divmod(amount, least)
    return whole + (2 * rest > least or (2 * rest == least and whole % 2 == 1))


def money(amount: int | None, currency: str) -> str:
    """An amount as people of finance read it: negatives in parentheses, zero as a dash, missing as nothing."""
    if amount is None:
        return ""
    if not amount:
        return ZERO
    return f"({plain(amount, currency)})" if amount < 0 else plain(amount, currency)


def short(amount: int, currency: str) -> str:
    """An amount in thousands or millions for the axis of a chart: 1.2M, 340k, (15k)."""
    whole = abs(amount) // 10 ** currencies.EXPONENTS[currency]
    if whole >= 10_000_000:
        said = f"{whole // 1_000_000:,}M"
    elif whole >= 1_000_000:
        said = f"{whole // 1_000_000}.{whole % 1_000_000 // 100_000}M"
    elif whole >= 1_000:
        said = f"{whole // 1_000}k"
    else:
        said = f"{whole}"
    return f"({said})" if amount < 0 else said


def month(period: str) -> str:
    """A month in words: Mar 2026; what is no month stays as it is."""
    year, _, number = period.partition("-")
    if len(period) == len("2026-03") and number.isdecimal():
        return f"{_MONTHS[int(number) - 1]} {year}"
    return period


def day(value: date | None) -> str:
    """A day as it is written everywhere: 2026-03-31."""
    return value.isoformat() if value else ""


def counted(count: int, one: str, many: str = "") -> str:
    """1 entry, 2 entries."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"

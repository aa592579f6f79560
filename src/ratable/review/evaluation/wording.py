"""Days, amounts, lengths and places in a document, as different people write them.

Worked example: writer 0 puts 15 January 2026 as "15 January 2026", writer 1 as "January 15, 2026", writer 2 as "the
15th day of January, 2026", writer 3 as "15.01.2026", writer 4 as "2026-01-15". Writers are not always consistent.
"""

import random
from datetime import date

from ratable.core import currencies

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
          "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SIGNS = {"USD": ("$", "US$"), "EUR": ("€", "EUR "), "GBP": ("£", "GBP "), "JPY": ("¥", "JPY "), "CAD": ("CAD ", "C$")}


def day(chance: random.Random, writer: int, when: date) -> str:
    """A day as a writer puts it."""
    month, year = _MONTHS[when.month - 1], when.year
    forms = (
        f"{when.day} {month} {year}",
        f"{month} {when.day}, {year}",
        f"the {ordinal(when.day)} day of {month}, {year}",
        f"{when.day:02}.{when.month:02}.{year}",
        when.isoformat(),
        f"{when.day} {month[:3]} {year}",
        f"{month[:3]}. {when.day}, {year}" if month != "May" else f"May {when.day}, {year}",
        f"{ordinal(when.day)} {month} {year}",
    )
    return forms[writer] if chance.random() < 0.7 else chance.choice(forms)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def money(chance: random.Random, amount: int, currency: str) -> str:
    """An amount as it stands in a contract."""
    decimals = currencies.EXPONENTS[currency]
    whole, rest = divmod(amount, 10**decimals)
    cents = f".{rest:0{decimals}}" if decimals and (rest or chance.random() < 0.5) else ""
    figure = f"{whole:,}{cents}"
    if not cents and chance.random() < 0.15:
        return f"{words(whole)} {currency} ({currency} {figure})"
    sign = chance.choice(_SIGNS.get(currency, (f"{currency} ",)))
    return chance.choice((f"{currency} {figure}", f"{sign}{figure}", f"{figure} {currency}"))


def words(number: int) -> str:
    """A whole number in words: 48,500 is forty-eight thousand five hundred."""
    if number < 20:
        return _UNITS[number]
    if number < 100:
        tens, unit = divmod(number, 10)
        return _TENS[tens] + (f"-{_UNITS[unit]}" if unit else "")
    for size, name in ((10**9, "billion"), (10**6, "million"), (1_000, "thousand"), (100, "hundred")):
        if number >= size:
            head, rest = divmod(number, size)
            return f"{words(head)} {name}" + (f" {words(rest)}" if rest else "")
    return ""


def months(chance: random.Random, number: int) -> str:
    """A length of months, such as "twelve (12) months" or "one year"."""
    if number % 12 == 0 and chance.random() < 0.4:
        years = number // 12
        return "one year" if years == 1 else f"{words(years)} years"
    unit = "month" if number == 1 else "months"
    return chance.choice((f"{number} {unit}", f"{words(number)} ({number}) {unit}", f"{words(number)} {unit}"))


def place(chance: random.Random) -> str:
    """Where in a document something stands."""
    page, section = chance.randint(1, 14), f"{chance.randint(1, 12)}.{chance.randint(1, 6)}"
    return chance.choice((
        f"page {page}", f"p. {page}, s. {section}", f"Order Form, page {page}", f"Schedule {chance.choice('ABC')}, "
        f"clause {section}", f"§ {section}, page {page}", f"page {page}, section {section}",
    ))  # fmt: skip


_ASIDES = (
    "Invoices fall due {net} days from their date.",
    "Either party may object to renewal by {notice} days' written notice.",
    "Liability is capped at the fees paid in the preceding {months} months.",
    "Data is kept for {notice} days after the end of the term.",
    "The laws of {law} apply.",
    "Prices do not include tax.",
    "Availability is measured each calendar month; the target is 99.{nines}%.",
    "Terms not defined here have the meaning given in the Master Agreement.",
)


def aside(chance: random.Random) -> str:
    """A sentence that says nothing of what is recognized."""
    return chance.choice(_ASIDES).format(
        net=chance.choice((14, 30, 45, 60)),
        notice=chance.choice((30, 60, 90)),
        months=chance.choice((6, 12)),
        law=chance.choice(("England", "the State of New York", "Germany", "California", "Japan")),
        nines=chance.choice((5, 9, 95)),
    )

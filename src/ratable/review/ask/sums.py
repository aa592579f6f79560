"""Amounts as people write them: "$4,200", "4.2k", "USD 1.2m", "1.200,50 EUR".

Worked example: "$4,200" is 4200 in a currency that is called dollar; which one it is depends on the books. "EUR
1.200,50" is 1200.50, because a point before three digits and a comma before two can be read in one way only; "1.200"
can be read in two, so that both are candidates, and the person is asked.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from ratable.core import currencies

SIGNS: dict[str, tuple[str, ...]] = {
    "$": ("USD", "CAD", "AUD", "SGD", "NZD", "HKD", "MXN"), "US$": ("USD",), "C$": ("CAD",), "A$": ("AUD",),
    "\N{EURO SIGN}": ("EUR",), "\N{POUND SIGN}": ("GBP",), "\N{YEN SIGN}": ("JPY", "CNY"),
    "\N{INDIAN RUPEE SIGN}": ("INR",),
}  # fmt: skip
_WORDS = {"dollars": "$", "euros": "\N{EURO SIGN}", "euro": "\N{EURO SIGN}", "pounds": "\N{POUND SIGN}",
          "yen": "\N{YEN SIGN}", "bucks": "$", "dollar": "$"}  # fmt: skip
_TIMES = {"k": 3, "thousand": 3, "m": 6, "mn": 6, "mm": 6, "million": 6, "bn": 9, "b": 9, "billion": 9}
_CODE = "|".join(sorted(currencies.EXPONENTS))
_SIGN = r"US\$|C\$|A\$|[$\u20ac\u00a3\u00a5\u20b9]"
_AMOUNT = re.compile(
    rf"(?<![\w/.,-])(?P<before>{_SIGN}|(?-i:{_CODE})(?=[\s\d]))?\s?(?P<number>\d[\d.,']*\d|\d)"
    rf"\s?(?P<times>k|thousand|mn|mm|million|bn|billion|m|b)?(?![\w-])"
    rf"(?:\s?(?P<after>{_SIGN}|(?-i:{_CODE})\b|{'|'.join(_WORDS)}))?",
    re.IGNORECASE,
)
_SHORTEST, _YEARS = 3, range(1900, 2100)


@dataclass(frozen=True)
class Sum:
    """An amount: the values that it can mean (one, but where its signs can be read in two ways), its currencies."""

    values: tuple[Decimal, ...]
    currencies: tuple[str, ...]
    words: str


def found(text: str) -> list[Sum]:
    """Every amount that a text says; a number without a currency counts where it is no year and not short."""
    said = []
    for match in _AMOUNT.finditer(text):
        sign = (match["before"] or match["after"] or "").strip()
        sign = _WORDS.get(sign.lower(), sign.upper())
        number, times = match["number"], (match["times"] or "").lower()
        values = tuple(value.scaleb(_TIMES.get(times, 0)) for value in _read(number))
        if not values or not (sign or times or _large(number)):
            continue
        codes = SIGNS.get(sign, (sign,) if sign in currencies.EXPONENTS else ())
        said.append(Sum(values, codes, match[0].strip()))
    return said


def _large(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    if digits == number:
        return len(digits) >= _SHORTEST and int(digits) not in _YEARS
    return len(digits) > 2


def _read(number: str) -> tuple[Decimal, ...]:
    """What a number can mean by its points and commas."""
    plain = number.replace("'", "")
    points, commas = plain.count("."), plain.count(",")
    if points and commas:
        last = max(plain.rfind("."), plain.rfind(","))
        whole, rest = re.sub(r"[.,]", "", plain[:last]), plain[last + 1 :]
        grouped = re.fullmatch(r"\d{1,3}(?:[.,]\d{3})*", plain[:last])
        return (Decimal(f"{whole}.{rest}"),) if grouped and plain[last] not in plain[:last] else ()
    if points > 1 or commas > 1:
        sound = re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", plain)
        return (Decimal(re.sub(r"[.,]", "", plain)),) if sound else ()
    if commas:
        # "4,200" is what this language means by it; "4,20" can only be a comma before decimals.
        whole, rest = plain.split(",")
        return (Decimal(whole + rest),) if len(rest) == 3 else (Decimal(f"{whole}.{rest}"),)
    if points:
        whole, rest = plain.split(".")
        both = len(rest) == 3 and len(whole) <= 3 and whole != "0"
        return (Decimal(plain), Decimal(whole + rest)) if both else (Decimal(plain),)
    return (Decimal(plain),)

"""The verifier: every numeral, day and percent of a shown text must be a cited fact; it knows no renderer.

Worked example: of "Acme had 44,047.79 USD deferred at the end of March 2026." and the facts name Acme, amount 44047.79
USD and month 2026-03 nothing is left over, so it may be shown. With 44,047.97 in the text, one numeral is no fact and
one fact is not said: `misses` names both, and the sentence is withheld.

It reads text as a person does, by rules of its own, and imports nothing that writes text. Facts and numerals are
compared as bags: no figure may be there once more, or once less, than it was cited. Names and quotations are known as
wholes, at the borders of words; a numeral inside one belongs to it.
"""

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

Fact = tuple[str, str, str]
"""Kind (amount, day, month, count, percent, name or quote), value, currency ("" but for amounts)."""

_NAMED = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
]  # fmt: skip
_READ = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    rf"|(?P<month>(?:{'|'.join(_NAMED)})\s+\d+)"
    r"|(?P<number>[-\N{MINUS SIGN}]?\d[\d,.]*)(?P<unit>\s?%|\s[A-Z]{3}\b)?",
    re.IGNORECASE | re.ASCII,
)
_SOUND = re.compile(r"\d{1,3}(?:,\d{3})*(?:\.\d+)?|\d+(?:\.\d+)?", re.ASCII)


def misses(text: str, facts: Iterable[Fact]) -> tuple[str, ...]:
    """What of a text is no cited fact, and what of the facts the text does not say; empty: it may be shown.

    Args:
        text: as it would be shown.
        facts: one for each time that a figure is meant to be said.
    """
    cited = list(facts)
    rest, unsaid = _without_names(text, [fact for fact in cited if fact[0] in ("name", "quote")])
    said, odd = _figures(rest)
    meant = Counter(_normal(fact) for fact in cited if fact[0] not in ("name", "quote"))
    extra = [f"{value} is no cited {kind}" for kind, value, _ in (said - meant).elements()]
    silent = [f"{kind} {value} is not said" for kind, value, _ in (meant - said).elements()]
    return (*unsaid, *odd, *extra, *silent)


def foots(parts: Iterable[str], whole: str) -> bool:
    """Whether decimal texts sum to a whole exactly."""
    return sum((Decimal(part) for part in parts), Decimal(0)) == Decimal(whole)


def _without_names(text: str, named: list[Fact]) -> tuple[str, list[str]]:
    """The text with each name taken out once, the longest first, and those that are not there."""
    unsaid = []
    for _, value, _ in sorted(named, key=lambda fact: (-len(fact[1]), fact[1])):
        found = re.search(rf"(?<![\w.,-]){re.escape(value)}(?![\w]|[.,-]\d)", text) or re.search(re.escape(value), text)
        if found is None:
            unsaid.append(f"the name {value} is not said")
        else:
            text = f"{text[: found.start()]}\N{SYMBOL FOR NULL}{text[found.end() :]}"
    return text, unsaid


def _figures(text: str) -> tuple[Counter[Fact], list[str]]:
    """Every figure that a text says, and every sign of a number that is none."""
    said: Counter[Fact] = Counter()
    odd = []
    for found in _READ.finditer(text):
        if found["day"]:
            said["day", found["day"], ""] += 1
        elif found["month"]:
            named, year = found["month"].split()
            said["month", f"{year}-{_NAMED.index(named.lower()) + 1:02}", ""] += 1
        else:
            said[_number(found["number"], (found["unit"] or "").strip())] += 1
    left = _READ.sub(" ", text)
    odd += [f"{sign} is no cited figure" for sign in left if sign.isnumeric()]
    return said, odd


def _number(written: str, unit: str) -> Fact:
    size = written.rstrip(".,").replace("\N{MINUS SIGN}", "-")
    if not _SOUND.fullmatch(size.lstrip("-")):
        return ("numeral", size, unit)
    value = str(Decimal(size.replace(",", "")).normalize())
    if unit == "%":
        return ("percent", value, "")
    return ("amount", value, unit) if unit.isupper() else ("count", value, "")


def _normal(fact: Fact) -> Fact:
    kind, value, currency = fact
    if kind in ("day", "month"):
        return fact
    try:
        return (kind, str(Decimal(value).normalize()), currency)
    except InvalidOperation:
        return (kind, value, currency)

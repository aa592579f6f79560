"""Months as text, and what people say for them: "March", "last quarter", "Q1 2026", "year to date".

Worked example: with March 2026 under review, "last quarter" is 2025-10 to 2025-12, "March" 2026-03, "October" 2025-10,
"year to date" 2026-01 to 2026-03, and in a company whose year begins in April 2025-04 to 2026-03. "This month" is the
month under review, not the month of the clock: books are read when they are closed.

A month without a year is the last one that is not after the month under review, and the next one where the question is
about what is to come.
"""

import re
from dataclasses import dataclass, field

NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_SHORT = {name[:3]: place for place, name in enumerate(NAMES, start=1)} | {"sept": 9}
_LONG = {name: place for place, name in enumerate(NAMES, start=1)}
_MONTH = rf"(?:{'|'.join(NAMES)}|(?:{'|'.join(_SHORT)})\.?)"
_YEAR = r"(?:19|20)\d\d"
# "May" alone is a month only after "in", "for" or "of".
_ALONE = rf"(?:{'|'.join(name for name in (*NAMES, *_SHORT) if name != 'may')})"
_COUNTS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "nine": 9, "twelve": 12, "eighteen": 18,
}  # fmt: skip
_NUMBER = rf"\d{{1,2}}|{'|'.join(_COUNTS)}"
_UNITS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True)
class Months:
    """A stretch of months, both ends included, and the words that said it."""

    first: str
    last: str
    words: str
    place: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Today:
    """From where periods are counted: the month under review, the month its year begins with, what the words ask."""

    period: str
    year_begins: int = 1
    ahead: bool = False


def plus(period: str, months: int) -> str:
    """The month that lies a number of months after another."""
    number = int(period[:4]) * 12 + int(period[5:7]) - 1 + months
    return f"{number // 12:04}-{number % 12 + 1:02}"


def months_between(first: str, last: str) -> int:
    """How many months there are from one to another, both included."""
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7]) + 1


def found(text: str, today: Today) -> list[Months]:
    """Every stretch of months that a text says, in the order of its words; a longer form goes before a shorter."""
    taken = text.lower()
    said: list[Months] = []
    for pattern, meaning in _FORMS:
        for match in re.finditer(pattern, taken):
            months = meaning(match, today)
            if months and _sound(months):
                said.append(Months(*months, text[match.start() : match.end()], match.start()))
                taken = taken[: match.start()] + "\0" * (match.end() - match.start()) + taken[match.end() :]
    return sorted(said, key=lambda one: one.place)


Pair = tuple[str, str]
Match = re.Match[str]


def _sound(months: Pair) -> bool:
    return all(1 <= int(month[5:7]) <= 12 for month in months) and months[0] <= months[1]


def _range(match: Match, today: Today) -> Pair | None:
    """From January to March 2026."""
    second = match["year2"]
    last = _named(match["month2"], second, today)
    year = match["year1"] or (second and str(int(second) - (_number_of(match["month1"]) > _number_of(match["month2"]))))
    if year:
        return _named(match["month1"], year, today), last
    first = f"{last[:4]}-{_number_of(match['month1']):02}"
    return (first if first <= last else plus(first, -12)), last


def _iso_range(match: Match, _: Today) -> Pair:
    return match["first"], match["last"]


def _one_month(match: Match, today: Today) -> Pair:
    month = _named(match["month"], match["year"], today)
    return month, month


def _iso(match: Match, _: Today) -> Pair:
    month = f"{match['year']}-{int(match['month']):02}"
    return month, month


def _number_of(word: str) -> int:
    short = word.rstrip(".")
    return _LONG.get(short) or _SHORT[short]


def _named(word: str, year: str | None, today: Today) -> str:
    number = _number_of(word)
    if year:
        return f"{year}-{number:02}"
    month = f"{today.period[:4]}-{number:02}"
    if today.ahead:
        return month if month > today.period else plus(month, 12)
    return month if month <= today.period else plus(month, -12)


def _year_of(period: str, begins: int) -> str:
    """The first month of the year that a month lies in."""
    return plus(period, -((int(period[5:7]) - begins) % 12))


def _part(match: Match, today: Today) -> Pair:
    """Q1 2026, H2: counted from the first month of the company's year."""
    size = 3 if match["part"].startswith("q") else 6
    number = int(re.sub(r"\D", "", match["part"]) or _ORDINALS.get(match["part"].split()[0], 1))
    begins = today.year_begins
    if match["year"]:
        start = f"{match['year']}-{begins:02}"
    else:
        start = _year_of(today.period, begins)
        if plus(start, size * (number - 1)) > today.period and not today.ahead:
            start = plus(start, -12)
    first = plus(start, size * (number - 1))
    return first, plus(first, size - 1)


_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}


def _relative(match: Match, today: Today) -> Pair:
    """This, last or next month, quarter, half or year."""
    size = _UNITS[match["unit"]]
    begins = _year_of(today.period, today.year_begins)
    into = (months_between(begins, today.period) - 1) // size
    shift = {"last": -1, "previous": -1, "prior": -1, "past": -1, "next": 1, "coming": 1}.get(match["which"], 0)
    first = plus(begins, size * (into + shift)) if size > 1 else plus(today.period, shift)
    return first, plus(first, size - 1)


def _several(match: Match, today: Today) -> Pair:
    """The last three months, the next two quarters."""
    number = _COUNTS.get(match["number"]) or int(match["number"])
    size = number * _UNITS[match["unit"]]
    if match["which"] in ("next", "coming"):
        return plus(today.period, 1), plus(today.period, size)
    return plus(today.period, 1 - size), today.period


def _to_date(match: Match, today: Today) -> Pair:
    if match["what"] in ("quarter", "qtd"):
        begins = _year_of(today.period, today.year_begins)
        into = (months_between(begins, today.period) - 1) // 3
        return plus(begins, 3 * into), today.period
    return _year_of(today.period, today.year_begins), today.period


def _whole_year(match: Match, today: Today) -> Pair:
    begins = today.year_begins if match["fiscal"] else 1
    first = f"{match['year']}-{begins:02}"
    return first, plus(first, 11)


def _ago(match: Match, today: Today) -> Pair:
    number = _COUNTS.get(match["number"]) or int(match["number"])
    month = plus(today.period, -number * _UNITS[match["unit"]])
    return month, month


def _now(_: Match, today: Today) -> Pair:
    return today.period, today.period


def _part_in_words(match: Match, today: Today) -> Pair:
    """The first quarter of 2026."""
    word = match["part"].split()[0]
    number = _ORDINALS[word]
    written = f"q{number} {match['year'] or ''}"
    again = re.match(rf"(?P<part>q\d)\s*(?P<year>{_YEAR})?", written)
    return _part(again or match, today)


_WITH_YEAR = rf"(?P<month>{_MONTH})(?:\s+(?:of\s+)?|[-/,]\s*)(?P<year>{_YEAR})"
_FORMS = (
    (r"\b(?P<first>\d{4}-\d{2})\s*(?:to|through|until|-|\.\.)\s*(?P<last>\d{4}-\d{2})\b(?!-)", _iso_range),
    (
        rf"\b(?:from\s+|between\s+)?(?P<month1>{_MONTH})(?:\s+(?P<year1>{_YEAR}))?\s*(?:to|through|until|thru|-)\s*"
        rf"(?P<month2>{_MONTH})\b(?:\s+(?P<year2>{_YEAR}))?", _range,
    ),
    (
        rf"\bbetween\s+(?P<month1>{_MONTH})(?:\s+(?P<year1>{_YEAR}))?\s+and\s+"
        rf"(?P<month2>{_MONTH})\b(?:\s+(?P<year2>{_YEAR}))?", _range,
    ),
    (r"\b(?P<year>\d{4})-(?P<month>\d{2})-\d{2}\b", _iso),
    (r"\b(?P<year>(?:19|20)\d{2})[-/](?P<month>\d{1,2})\b(?!-)", _iso),
    (r"\b(?P<month>\d{1,2})/(?P<year>(?:19|20)\d{2})\b", _iso),
    (rf"\b(?P<month>{_MONTH})\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?P<year>{_YEAR})\b", _one_month),
    (rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?)?{_WITH_YEAR}\b", _one_month),
    (rf"\b(?P<part>[qh][1-4])\s*(?:of\s+)?(?:fy\s*)?(?P<year>{_YEAR})?\b", _part),
    (rf"\b(?:the\s+)?(?P<part>(?:first|second|third|fourth)\s+quarter)(?:\s+of)?(?:\s+(?P<year>{_YEAR}))?\b",
     _part_in_words),
    (rf"\b(?:over\s+|in\s+)?(?:the\s+)?(?P<which>last|past|previous|next|coming)\s+(?P<number>{_NUMBER})\s+"
     r"(?P<unit>month|quarter|year)s?\b", _several),
    (rf"\b(?P<number>{_NUMBER})\s+(?P<unit>month|quarter|year)s?\s+ago\b", _ago),
    (r"\b(?:(?:fiscal\s+)?(?P<what>year|quarter)[ -]to[ -]date|(?:ytd|so far this year)(?P<_>))\b",
     _to_date),
    (r"\b(?P<which>this|last|previous|prior|past|next|coming|current)\s+(?:fiscal\s+)?(?P<unit>month|quarter|half|year)\b",
     _relative),
    (rf"\b(?P<fiscal>fy|fiscal(?:\s+year)?)\s*(?P<year>{_YEAR})\b", _whole_year),
    (rf"(?<![\w/.,-])(?P<fiscal>)(?P<year>{_YEAR})(?![\w/-]|[.,]\d)", _whole_year),
    (rf"\b(?<!-)(?P<month>{_ALONE}\b\.?|"
     r"(?<=in )may|(?<=for )may|(?<=of )may)(?P<year>)(?!\w)", _one_month),
    (r"\b(?:now|today|currently|at present)\b", _now),
)  # fmt: skip

"""What stands written in a clause, before anyone asks what it is about: days, terms, amounts and percents.

Worked example: "from 01.09.2025 to 31.08.2026" has two days. The first can be read in two ways, as 1 September and as
9 January; the second, in the same marks, can only have the day first, so the first one is 1 September too.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from ratable.core import currencies
from ratable.review import lexicon


@dataclass(frozen=True)
class Thing:
    """One thing read: what it is, the range of characters that says so, and its value.

    `what` of a day is begins, ends, terminated, delivered, renews, free_from, free_to, or one of billed, signed, valid
    and day (of which nothing about service follows); of others term, free_term, amount, percent, or a cue word.
    """

    what: str
    start: int
    stop: int
    words: str
    day: date | None = None
    other: date | None = None  # of a day that can be read in two ways: with the month first
    months: int = 0
    amount: int = 0  # minor units of the currency; of a percent: 1/100 of a percent
    currency: str = ""


def _day(year: int, month: int, day: int) -> date | None:
    if not (1900 <= year <= 2999 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def days(clause: str) -> list[Thing]:
    """Every day, and every month or year that stands for its days, in order; none inside another.

    Of a day in figures that can be read in two ways, `day` has the day first and `other` the month, unless other days
    of the clause, in the same marks, show the order: all those that can be read in one way alone have it.
    """
    found: list[Thing] = []
    for pattern in lexicon.DATES:
        for match in pattern.finditer(clause):
            _keep(found, match, *_read_day(match))
    found = [_by_others(thing, found) for thing in found]
    for pattern in lexicon.SHORT:
        for match in pattern.finditer(clause):
            following = [thing for thing in found if thing.start >= match.end()]
            nearest = min(following, key=lambda thing: thing.start, default=None)
            if nearest is not None and nearest.day is not None and nearest.start - match.end() <= 12:
                _keep(found, match, _short_day(match, nearest.day))
    for match in lexicon.WHOLE_MONTH.finditer(clause):
        _keep(found, match, _day(int(match["y"]), lexicon.MONTHS[match["m"].lower()], 1), what="month")
    for match in lexicon.WHOLE_YEAR.finditer(clause):
        _keep(found, match, _day(int(match["y"]), 1, 1), what="year")
    return sorted(found, key=lambda thing: thing.start)


def _keep(
    found: list[Thing], match: re.Match[str], day: date | None, other: date | None = None, what: str = "day"
) -> None:
    thing = Thing(what, match.start(), match.end(), match.group(), day, other)
    if day is not None and not inside(thing, [(before.start, before.stop) for before in found]):
        found.append(thing)


def _by_others(thing: Thing, found: list[Thing]) -> Thing:
    """A day that can be read in two ways, in the one way that others in its marks show."""
    if thing.other is None:
        return thing
    mark = _figures(thing)[1]
    shown = [_figures(day) for day in found if day.other is None and lexicon.IN_FIGURES.fullmatch(day.words)]
    day_first = {int(first) > 12 for first, its, second in shown if its == mark and first != second}
    if len(day_first) != 1:
        return thing
    return replace(thing, day=thing.day if day_first.pop() else thing.other, other=None)


def _figures(day: Thing) -> tuple[str, str, str]:
    """The first figure, the mark and the second figure of a day in figures."""
    match = lexicon.IN_FIGURES.fullmatch(day.words)
    return (match["p"], match["s"], match["q"]) if match else ("", "", "")


def inside(thing: Thing, taken: list[tuple[int, int]]) -> bool:
    """Whether a thing shares characters with one of some ranges."""
    return any(thing.start < stop and start < thing.stop for start, stop in taken)


def _read_day(match: re.Match[str]) -> tuple[date | None, date | None]:
    """A day, and where its figures can be read in two ways the day that they are with the month first."""
    parts = match.groupdict()
    year = int(parts["y"])
    if "n" in parts:
        return _day(year, int(parts["n"]), int(parts["d"])), None
    if "m" in parts:
        return _day(year, lexicon.MONTHS[parts["m"].lower()], int(parts["d"])), None
    first, second = int(parts["p"]), int(parts["q"])
    day_first, month_first = _day(year, second, first), _day(year, first, second)
    return (day_first, month_first) if day_first and first != second else (day_first or month_first, None)


def _short_day(match: re.Match[str], other: date) -> date | None:
    parts = match.groupdict()
    month = lexicon.MONTHS[parts["m"].lower()] if parts.get("m") else other.month
    day = _day(other.year, month, int(parts["d"]))
    return _day(other.year - 1, month, int(parts["d"])) if day is not None and day > other else day


def terms(clause: str) -> Iterator[Thing]:
    """Every length in months or years, of up to twenty years."""
    for match in lexicon.TERM.finditer(clause):
        word = match["n"].lower()
        count = lexicon.NUMBERS[word] if word in lexicon.NUMBERS else int(word)
        unit = match["u"].lower()
        if unit != "day" and 0 < count <= 240:
            yield Thing("term", match.start(), match.end(), match.group(), months=count * (12 if unit == "year" else 1))


def amounts(clause: str, home: str) -> Iterator[Thing]:
    """Every amount with its currency; a sign that several have is that of the home currency."""
    for pattern in lexicon.AMOUNTS:
        for match in pattern.finditer(clause):
            known = lexicon.SYMBOLS.get(match["c"], (match["c"],))
            currency = home if home in known else known[0]
            amount = _minor(match["a"], currencies.EXPONENTS.get(currency, 2))
            if amount is not None:
                yield Thing("amount", match.start(), match.end(), match.group(), amount=amount, currency=currency)


def _minor(digits: str, decimals: int) -> int | None:
    """Minor units of an amount as people write it; None where its last mark can be read in two ways."""
    marks = [place for place, sign in enumerate(digits) if not sign.isdigit()]
    whole, rest = digits, ""
    if marks:
        tail = digits[marks[-1] + 1 :]
        thousands = len(tail) == 3 and (len({digits[place] for place in marks}) == 1)
        if thousands and len(marks) == 1 and decimals == 3:
            return None
        if not thousands:
            whole, rest = digits[: marks[-1]], tail
    if len(rest) > decimals:
        return None
    return int(re.sub(r"\D", "", whole) + rest.ljust(decimals, "0"))


def percents(clause: str) -> Iterator[Thing]:
    """Every percent, in hundredths."""
    for match in lexicon.PERCENT.finditer(clause):
        whole, _, rest = match["a"].partition(".")
        yield Thing("percent", match.start(), match.end(), match.group(), amount=int(whole + rest[:2].ljust(2, "0")))

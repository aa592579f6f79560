"""What a clause says: the days, terms, amounts and cue words in the words of a contract, each with its place.

Worked example: "p. 2: service begins at go-live, 15 January 2026, and runs for twelve months; USD 12,000.00 a year"
says that service begins on 2026-01-15 (characters 35 to 50), for a term of 12 months, so through 2027-01-14, and names
12,000.00 USD. "Invoiced on 3 January 2026" says nothing about service: a day belongs to the cue that governs it.

A clause is data. Whatever stands in it is read for days and figures alone; hostile or empty text says nothing, and a
day that can be read in two ways (05.01.2026) is not read at all.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from ratable.core import currencies
from ratable.review import lexicon

LONGEST = 4_000
"""Characters that are read; what stands behind them is no clause."""


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
    months: int = 0
    amount: int = 0  # minor units of the currency; of a percent: 1/100 of a percent
    currency: str = ""


@dataclass(frozen=True)
class Reading:
    """All that one clause says."""

    things: tuple[Thing, ...] = ()

    def of(self, what: str) -> tuple[Thing, ...]:
        """The things of one kind, in the order of the text."""
        return tuple(thing for thing in self.things if thing.what == what)

    def days(self, what: str) -> frozenset[date]:
        """The days of one kind."""
        return frozenset(thing.day for thing in self.things if thing.what == what and thing.day is not None)

    def months(self, what: str = "term") -> frozenset[int]:
        """The lengths of the terms of one kind."""
        return frozenset(thing.months for thing in self.of(what))

    def amounts(self, currency: str) -> frozenset[int]:
        """The amounts in a currency, in minor units."""
        return frozenset(thing.amount for thing in self.of("amount") if thing.currency == currency)

    def says(self, what: str) -> bool:
        """Whether anything of the kind was read."""
        return any(thing.what == what for thing in self.things)


NOTHING = Reading()


@lru_cache(maxsize=65_536)
def read(text: str | None, currency: str = "") -> Reading:
    """What a clause says.

    Args:
        text: its words; any text at all.
        currency: of the contract, which tells one dollar from another.
    """
    if not text:
        return NOTHING
    clause = text[:LONGEST]
    days = _days(clause)
    taken = [(day.start, day.stop) for day in days]
    cues = [cue for cue in _cues(clause) if not _inside(cue, taken)]
    others = (*_terms(clause), *_amounts(clause, currency), *_percents(clause))
    others = tuple(thing for thing in others if not _inside(thing, taken))
    things = (*_governed(clause, days, cues), *_governed_terms(clause, others, cues), *cues)
    return Reading(tuple(sorted((*things, *_implied(things)), key=lambda thing: (thing.start, thing.stop, thing.what))))


def _day(year: int, month: int, day: int) -> date | None:
    if not (1900 <= year <= 2999 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def _days(clause: str) -> list[Thing]:
    """Every day, and every month or year that stands for its days, in order; none inside another."""
    found: list[Thing] = []
    for pattern in lexicon.DATES:
        for match in pattern.finditer(clause):
            _keep(found, match, _read_day(match))
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


def _keep(found: list[Thing], match: re.Match[str], day: date | None, what: str = "day") -> None:
    thing = Thing(what, match.start(), match.end(), match.group(), day)
    if day is not None and not _inside(thing, [(other.start, other.stop) for other in found]):
        found.append(thing)


def _inside(thing: Thing, taken: list[tuple[int, int]]) -> bool:
    return any(thing.start < stop and start < thing.stop for start, stop in taken)


def _read_day(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    year = int(parts["y"])
    if "n" in parts:
        return _day(year, int(parts["n"]), int(parts["d"]))
    if "m" in parts:
        return _day(year, lexicon.MONTHS[parts["m"].lower()], int(parts["d"]))
    first, second = int(parts["p"]), int(parts["q"])
    if first > 12 or first == second:
        return _day(year, second, first)
    return _day(year, first, second) if second > 12 else None


def _short_day(match: re.Match[str], other: date) -> date | None:
    parts = match.groupdict()
    month = lexicon.MONTHS[parts["m"].lower()] if parts.get("m") else other.month
    day = _day(other.year, month, int(parts["d"]))
    return _day(other.year - 1, month, int(parts["d"])) if day is not None and day > other else day


def _terms(clause: str) -> Iterator[Thing]:
    for match in lexicon.TERM.finditer(clause):
        word = match["n"].lower()
        count = lexicon.NUMBERS[word] if word in lexicon.NUMBERS else int(word)
        unit = match["u"].lower()
        if unit != "day" and 0 < count <= 240:
            yield Thing("term", match.start(), match.end(), match.group(), months=count * (12 if unit == "year" else 1))


def _amounts(clause: str, home: str) -> Iterator[Thing]:
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


def _percents(clause: str) -> Iterator[Thing]:
    for match in lexicon.PERCENT.finditer(clause):
        whole, _, rest = match["a"].partition(".")
        yield Thing("percent", match.start(), match.end(), match.group(), amount=int(whole + rest[:2].ljust(2, "0")))


def _cues(clause: str) -> Iterator[Thing]:
    """The cue words; a right to end something ends nothing."""
    for match in lexicon.CUE.finditer(clause):
        what = str(match.lastgroup)
        optional = what == "terminated" and lexicon.MAY.search(clause[max(match.start() - 24, 0) : match.start()])
        yield Thing("valid" if optional else what, match.start(), match.end(), match.group())


def _governed(clause: str, days: list[Thing], cues: list[Thing]) -> Iterator[Thing]:
    """Each day under the cue that governs it; both ends of a range under the cue of its first."""
    opened: Thing | None = None
    for place, day in enumerate(days):
        before = days[place - 1] if place else None
        if before is not None and opened is not None and lexicon.RANGE.match(clause[before.stop : day.start]):
            what = "free_to" if opened.what == "free_from" else "ends" if opened.what == "begins" else opened.what
            yield _last_of(day, what)
            opened = None
            continue
        following = clause[day.stop : days[place + 1].start] if place + 1 < len(days) else ""
        ranged = bool(following) and bool(lexicon.RANGE.match(following))
        what = _role(clause, day, cues, left=before.stop if before else 0, ranged=ranged)
        opened = Thing(what, day.start, day.stop, day.words, day.day)
        yield _last_of(day, what) if what in ("ends", "free_to", "terminated") else opened
        if day.what in ("month", "year") and what in ("begins", "free_from") and not ranged and day.what == "year":
            yield _last_of(day, "ends" if what == "begins" else "free_to")


def _last_of(day: Thing, what: str) -> Thing:
    """A day, a month or a year as the last of something."""
    last = day.day
    if last is not None and day.what == "month":
        last = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    if last is not None and day.what == "year":
        last = date(last.year, 12, 31)
    return Thing(what, day.start, day.stop, day.words, last)


def _role(clause: str, day: Thing, cues: list[Thing], *, left: int, ranged: bool) -> str:
    """What a day is: by the nearest cue before it in its sentence, else the nearest behind it."""
    opening, closing = bounds(clause, day)
    before = [cue for cue in cues if opening <= cue.start and cue.stop <= day.start and cue.what in lexicon.GOVERN]
    cue = _nearest(clause, day, [cue for cue in before if cue.start >= left], (cues, closing))
    if cue is None and before:
        cue = before[-1].what
    lead = clause[max(day.start - 32, opening) : day.start]
    to = bool(lexicon.TO.search(lead))
    if cue == "free":
        last = to or (bool(before) and before[-1].what == "ends")
        return "free_to" if last else "free_from"
    if cue in ("billed", "signed", "valid", "renews", "terminated") or (cue == "delivered" and not ranged):
        return cue
    if ranged or lexicon.FROM.search(lead):
        return "begins"
    if to or (cue == "coterminous" and lead.rstrip().endswith(" on")):
        return "ends"
    return cue if cue in ("begins", "ends") else "begins" if day.what == "year" else "day"


def _nearest(clause: str, day: Thing, near: list[Thing], after_it: tuple[list[Thing], int]) -> str | None:
    """The cue before a day, else the one behind it with no comma between; "free" goes through "free access"."""
    cues, closing = after_it
    behind = [cue for cue in cues if day.stop <= cue.start < min(closing, day.stop + 30) and cue.what in lexicon.GOVERN]
    plain = bool(behind) and "," not in clause[day.stop : behind[0].start]
    if near:
        noun = near[-1].what == "service"
        if noun and plain and behind[0].what == "free":
            return "free"
        before = [cue for cue in near[:-1] if cue.what != "service"][-1:]
        free = bool(before) and before[0].what == "free" and near[-1].start - before[0].stop <= 40
        return "free" if free and (noun or near[-1].what in ("begins", "ends")) else near[-1].what
    return behind[0].what if plain else None


def bounds(clause: str, thing: Thing) -> tuple[int, int]:
    """The range of the sentence that something stands in."""
    breaks = [match.start() for match in lexicon.BREAK.finditer(clause)]
    opening = max((place + 1 for place in breaks if place < thing.start), default=0)
    closing = min((place for place in breaks if place >= thing.stop), default=len(clause))
    return opening, closing


def sentence(clause: str, thing: Thing) -> str:
    """The sentence that something stands in."""
    opening, closing = bounds(clause, thing)
    return clause[opening:closing].strip()


def _governed_terms(clause: str, things: tuple[Thing, ...], cues: list[Thing]) -> Iterator[Thing]:
    """Terms under the cue that governs them; amounts and percents as they are."""
    for thing in things:
        if thing.what != "term":
            yield thing
            continue
        opening, closing = bounds(clause, thing)
        before = [c for c in cues if opening <= c.start < thing.start and c.what in lexicon.GOVERN]
        behind = [c for c in cues if thing.stop <= c.start < min(closing, thing.stop + 24) and c.what in lexicon.GOVERN]
        plain = bool(behind) and "," not in clause[thing.stop : behind[0].start]
        cue = behind[0].what if plain else before[-1].what if before else "begins"
        part = lexicon.PART.search(clause[max(thing.start - 12, 0) : thing.start])
        free = bool(before) and "free" in [cue.what for cue in before[-2:]]
        cue = "free" if free and cue in ("service", "ends") else "valid" if part and cue != "free" else cue
        what = {"free": "free_term", "begins": "term", "ends": "term", "service": "term"}.get(cue, "other_term")
        yield Thing(what, thing.start, thing.stop, thing.words, months=thing.months)


def _implied(things: tuple[Thing, ...]) -> Iterator[Thing]:
    """The last day that one first day and one term say together."""
    starts = [thing for thing in things if thing.what == "begins" and thing.day is not None]
    terms = [thing for thing in things if thing.what == "term"]
    ended = any(thing.what in ("ends", "terminated") and thing.day is not None for thing in things)
    ended = ended or any(thing.what == "coterminous" for thing in things)
    if len({start.day for start in starts}) == 1 and len({term.months for term in terms}) == 1 and not ended:
        first, term = starts[0], terms[0]
        last = after(first.day, term.months) if first.day else None
        low, high = min(first.start, term.start), max(first.stop, term.stop)
        yield Thing("ends", low, high, f"{term.words} from {first.words}", last)


def after(first: date, months: int) -> date:
    """The last day of a number of months that begin on a day: 12 from 2026-01-15 end on 2027-01-14."""
    number = first.year * 12 + first.month - 1 + months
    year, month = divmod(number, 12)
    clipped = min(first.day, calendar.monthrange(year, month + 1)[1])
    last = date(year, month + 1, clipped)
    return last if clipped < first.day else last - timedelta(days=1)

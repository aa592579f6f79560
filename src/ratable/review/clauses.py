"""What a clause says: the days, terms, amounts and cue words in the words of a contract, each with its place.

Worked example: "p. 2: service begins at go-live, 15 January 2026, and runs for twelve months; USD 12,000.00 a year"
says that service begins on 2026-01-15 (characters 35 to 50), for a term of 12 months, so through 2027-01-14, and names
12,000.00 USD. "Invoiced on 3 January 2026" says nothing about service: a day belongs to the cue that governs it.

A clause is data. Whatever stands in it is read for days and figures alone; hostile or empty text says nothing. A day
that can be read in two ways (05.01.2026) is read as another of the clause shows (31.01.2026 has the day first), or as
makes whole months of a range; else it is both days, and a row contradicts it only where it has neither.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from ratable.review import lexicon, written
from ratable.review.written import Thing

LONGEST = 4_000
"""Characters that are read; what stands behind them is no clause."""


@dataclass(frozen=True)
class Reading:
    """All that one clause says."""

    things: tuple[Thing, ...] = ()

    def of(self, what: str) -> tuple[Thing, ...]:
        """The things of one kind, in the order of the text."""
        return tuple(thing for thing in self.things if thing.what == what)

    def days(self, what: str) -> frozenset[date]:
        """The days of one kind; both of one that can be read in two ways."""
        days = (day for thing in self.of(what) for day in (thing.day, thing.other))
        return frozenset(day for day in days if day is not None)

    def sure(self) -> bool:
        """Whether each day can be read in one way alone."""
        return not any(thing.other for thing in self.things)

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
    days = written.days(clause)
    taken = [(day.start, day.stop) for day in days]
    cues = [cue for cue in _cues(clause) if not written.inside(cue, taken)]
    others = (*written.terms(clause), *written.amounts(clause, currency), *written.percents(clause))
    others = tuple(thing for thing in others if not written.inside(thing, taken))
    governed = _of_whole_months(list(_governed(clause, days, cues)))
    things = (*governed, *_governed_terms(clause, others, cues), *cues)
    return Reading(tuple(sorted((*things, *_implied(things)), key=lambda thing: (thing.start, thing.stop, thing.what))))


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
        opened = replace(day, what=what)
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
    return replace(day, what=what, day=last)


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


def _of_whole_months(things: list[Thing]) -> list[Thing]:
    """Days that can be read in two ways, in the order in which one first and one last day make whole months.

    05.11.2025 to 04.11.2026 are twelve months with the day first; 11 May to 11 April are no number of months.
    """
    ranged = [thing for thing in things if thing.what in ("begins", "ends")]
    if [thing.what for thing in ranged] != ["begins", "ends"]:
        return things
    first, last = ranged
    by_day = _are_whole(first.day, last.day)
    if by_day == _are_whole(first.other or first.day, last.other or last.day):
        return things
    return [
        replace(one, day=one.day if by_day else one.other or one.day, other=None) if one in ranged else one
        for one in things
    ]


def _are_whole(first: date | None, last: date | None) -> bool:
    if first is None or last is None or last < first:
        return False
    months = (last.year - first.year) * 12 + last.month - first.month
    return last in (after(first, months), after(first, months + 1))


def _implied(things: tuple[Thing, ...]) -> Iterator[Thing]:
    """The last day that one first day and one term say together."""
    starts = [thing for thing in things if thing.what == "begins" and thing.day is not None]
    starts = [] if any(thing.other for thing in starts) else starts
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

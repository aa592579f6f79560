"""A question understood: which query, with which parameters, by which words; what is missing, and other readings.

Worked example: "Why was $4,200 deferred for Acme this month?" gives the query why-deferred, customer acme ("Acme"),
months 2026-03 ("this month"), amount 4200 USD ("$4,200": of the dollars only USD is in the books). Each is a chip that
can be changed: the same query can be asked by its id and parameters.

Nothing here is learned or guessed by chance: the query whose phrase has most words of the question is asked, and a
phrase counts only if all its words are there. A question about what no ledger knows is refused before that.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ratable.review.ask import answers, calendar, library, mentions, posted, query, questioning, reading, vocabulary
from ratable.review.snapshot import Snapshot

_FROM_TO = re.compile(r"\b(to|and|until|through)\b", re.IGNORECASE)
LONGEST = 600
"""Characters of a question that are read."""


@dataclass(frozen=True)
class Understood:
    """How a question was read. `answer` is set where there is nothing to ask: it asks back or refuses."""

    query: str
    parameters: Mapping[str, str]
    chips: tuple[answers.Chip, ...] = ()
    alternatives: tuple[answers.Choice, ...] = ()
    missing: tuple[str, ...] = ()
    answer: answers.Answer | None = None


def understand(question: str, snapshot: Snapshot) -> Understood:
    """The query and parameters that a question means.

    Args:
        question: words; what stands after LONGEST characters is not read.
        snapshot: whose names count.
    """
    read = _read(question, snapshot)
    if isinstance(read, Understood):
        return read
    chosen = _routed(read)
    return _asked(chosen[0], read, snapshot, chosen[1:4]) if chosen else _not_understood(read, snapshot)


def as_query(query_id: str, question: str, snapshot: Snapshot) -> Understood:
    """What a question means where it is known which query it asks: its names, months and amounts are read as always.

    Args:
        query_id: of the library.
        question: words.
        snapshot: whose names count.
    """
    read = _read(question, snapshot)
    return read if isinstance(read, Understood) else _asked(query_id, read, snapshot)


def _read(question: str, snapshot: Snapshot) -> reading.Reading | Understood:
    """The question taken apart; or what it is about, where no ledger knows that."""
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in question).split())[:LONGEST]
    names = mentions.known(snapshot)
    first = mentions.whole(text, names)
    unknowable = _unknowable(first[0])
    if unknowable:
        return Understood("", {}, missing=(unknowable,), answer=_not_known(unknowable))
    return reading.read(text, first, names, snapshot)


def _asked(name: str, read: reading.Reading, snapshot: Snapshot, others: Sequence[str] = ()) -> Understood:
    """A query asked with what the question says of its parameters."""
    asked = library.QUERIES[name]
    parameters, chips = _parameters(asked, read, snapshot)
    choices = tuple(_choice(other, parameters) for other in others)
    answer = questioning.of_words(parameters, asked, read, snapshot)
    if answer is not None:
        answer = replace(answer, query=asked.id, parameters=parameters)
    return Understood(asked.id, parameters, chips, choices, answer.missing if answer else (), answer)


def _unknowable(text: str) -> str:
    """What a question asks that no ledger knows; empty: nothing."""
    plain = text.replace("\0", "_")  # A name that was taken out is still a word: "will Acme renew".
    for what, pattern in vocabulary.UNKNOWABLE.items():
        if pattern.search(plain):
            return what
    return "an act, and answers read the books and change nothing" if vocabulary.ACTS.match(text) else ""


def _not_known(what: str) -> answers.Answer:
    text = "That cannot be answered from the ledger: it is about {what}."
    return answers.refused(text, what, what=answers.name(what))


def _routed(read: reading.Reading) -> list[str]:
    """The queries whose phrases are in the question, the best first; a phrase of more words is a better one."""
    signs = reading.signs(read)
    scores: dict[str, tuple[int, int]] = {}
    for place, one in enumerate(library.QUERIES.values()):
        best = 0
        for phrase in one.phrases:
            needed = phrase.split()
            if signs >= set(needed):
                best = max(best, sum(_weight(word) for word in needed))
        if best:
            scores[one.id] = (-best, place)
    return sorted(scores, key=lambda name: scores[name])


def _weight(word: str) -> int:
    """Words that stand in most questions say least."""
    if word in (
        "@customer",
        "@contract",
        "@product",
        "@amount",
        "@line",
        "@role",
        "@by",
        "@currency",
        "@ahead",
        "@entity",
    ):
        return 1
    return 2 if word in ("revenue", "which", "what", "how", "list", "customer", "contract", "entry", "balance") else 3


def _parameters(
    asked: query.Query, read: reading.Reading, snapshot: Snapshot
) -> tuple[dict[str, str], tuple[answers.Chip, ...]]:
    """The parameters of a query that the question gives, and a chip for each."""
    chips = [*_named(read), *_periods(asked, read, snapshot), *_amounts(read, snapshot), *_others(read)]
    kept = [chip for chip in chips if chip.name in asked.takes]
    head = answers.Chip("query", asked.id, asked.title)
    return {chip.name: chip.value for chip in kept}, (head, *kept)


def _named(read: reading.Reading) -> list[answers.Chip]:
    chips: dict[str, answers.Chip] = {}
    for one in read.mentions:
        name = one.candidates[0]
        chips.setdefault(one.kind, answers.Chip(one.kind, name.id, name.name, one.words))
    return list(chips.values())


def _periods(asked: query.Query, read: reading.Reading, snapshot: Snapshot) -> list[answers.Chip]:
    months = list(read.months)
    if not months:
        assumed = "from" in asked.takes and not (asked.ahead or asked.id in _WITHOUT_MONTHS)
        if not assumed:
            return []
        return [answers.Chip(name, snapshot.period, snapshot.period, "") for name in ("from", "to")]
    if "against_from" in asked.takes:
        months = _ends(months)
    if len(months) > 1 and "against_from" in asked.takes:
        old, new = _two(months)
        return [
            answers.Chip("from", new.first, new.first, new.words), answers.Chip("to", new.last, new.last, new.words),
            answers.Chip("against_from", old.first, old.first, old.words),
            answers.Chip("against_to", old.last, old.last, old.words),
        ]  # fmt: skip
    one = months[0]
    return [answers.Chip("from", one.first, one.first, one.words), answers.Chip("to", one.last, one.last, one.words)]


_WITHOUT_MONTHS = frozenset((
    "schedule-changes", "change-causes", "amendments-since-close", "find-entries", "invoices", "credit-notes", "usage",
    "payments", "milestones", "contracts", "terms", "clauses", "allocation", "ssps", "discounts", "rpo", "remaining",
    "trend", "closed-months", "rates", "policies", "who-approved", "who-prepared", "who-posted",
))  # fmt: skip
"""Queries that read all months, or the last ones, where the question names none."""


def _ends(months: list[calendar.Months]) -> list[calendar.Months]:
    """Of a change "from May to June" both ends; of any other stretch, that stretch."""
    if len(months) != 1 or months[0].first == months[0].last or not _FROM_TO.search(months[0].words):
        return months
    return [replace(months[0], last=months[0].first), replace(months[0], first=months[0].last)]


def _two(months: list[calendar.Months]) -> tuple[calendar.Months, calendar.Months]:
    """Of two stretches the earlier is compared with, whichever is said first."""
    first, second = sorted(months[:2], key=lambda one: one.first)
    return first, second


def _amounts(read: reading.Reading, snapshot: Snapshot) -> list[answers.Chip]:
    if not read.sums:
        code = re.search(r"\b([A-Z]{3})\b", read.left)
        present = posted.currencies(snapshot.entries)
        return [answers.Chip("currency", code[1], code[1], code[1])] if code and code[1] in present else []
    one = read.sums[0]
    value = format(one.values[0], "f")
    chips = [answers.Chip("amount", value, f"{one.values[0]:,}", one.words)]
    codes = questioning.codes(one, read, snapshot)
    return chips + ([answers.Chip("currency", codes[0], codes[0], one.words)] if len(codes) == 1 else [])


def _others(read: reading.Reading) -> list[answers.Chip]:
    """Role, grouping, direction, run, quoted words, terms, how many."""
    chips = []
    if role := reading.role(read.left):
        chips.append(answers.Chip("role", role, posted.ROLES[role], role))
    elif "billed" in vocabulary.canonical(read.left.replace("\0", " ")):
        chips.append(answers.Chip("role", "receivable", "billed", "billed"))
    if by := reading.grouped(read.left):
        chips.append(answers.Chip("by", by, by, by))
    said = vocabulary.canonical(read.left.replace("\0", " "))
    chips += [answers.Chip("direction", way, way, way) for way in ("up", "down") if way in said][:1]
    if run := reading.RUN.search(read.left):
        chips.append(answers.Chip("run", run[1], run[1], run[0]))
    if limit := re.search(r"\btop\s+(\d{1,3})\b|\b(\d{1,3})\s+(?:largest|biggest|highest)", read.left, re.I):
        number = limit[1] or limit[2]
        chips.append(answers.Chip("limit", number, number, limit[0]))
    quoted = reading.QUOTED.search(read.text)
    if term := reading.term(read.text) or (quoted[1] if quoted else ""):
        chips.append(answers.Chip("text", term, term, term))
    return chips


def _choice(name: str, parameters: Mapping[str, str]) -> answers.Choice:
    other = library.QUERIES[name]
    return answers.Choice(other.title, name, {key: value for key, value in parameters.items() if key in other.takes})


def _not_understood(read: reading.Reading, snapshot: Snapshot) -> Understood:
    """No phrase fits: what can be asked of what was named."""
    party = {one.kind: one.candidates[0].id for one in read.mentions if one.kind in query.PARTY and one.candidates}
    suggested = (
        ("position", "why-deferred", "schedule-changes", "balance")
        if party
        else ("revenue", "balance", "roll-forward", "blocking-close")
    )
    choices = [_choice(name, party) for name in suggested]
    text = "The library has no query for that question. It has {count}; some of them:"
    asked = answers.asks_back(text, choices, "a question of the library", count=answers.count(len(library.QUERIES)))
    if read.strangers and not party:
        stranger = read.strangers[0]
        nobody = "The books have no customer, product, contract or document called {name}."
        asked = answers.refused(nobody, f"a name {stranger} in the books", name=answers.name(stranger))
    return Understood("", party, missing=asked.missing, answer=asked)

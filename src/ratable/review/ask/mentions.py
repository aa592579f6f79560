"""Names in a question: customers, products, contracts, lines, documents, entries, accounts and people, with typos.

Worked example: "Why was 500 defered for Larkfeild?" has no customer Larkfeild, but one whose first word is one swap of
letters away: Larkfield Foods. "Robotics" is part of two names, Wickham Robotics and Sakuragi Robotics: both are
candidates, and the person is asked.

A name that consists only of words of the vocabulary counts where it is written as the books write it, so that nobody
can take over a question by the name that they chose.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from ratable.review.ask import calendar, sums, vocabulary
from ratable.review.snapshot import Snapshot

_TABLES = {
    "contract": "contracts", "line": "contract_lines", "invoice": "invoices", "amendment": "amendments",
    "credit_note": "credit_notes",
}  # fmt: skip
_ENTRY = re.compile(r"(?<![\w/-])(?=[0-9a-f]*\d)(?=[0-9]*[a-f])[0-9a-f]{6,32}(?![\w/-])", re.IGNORECASE)
_BILL = re.compile(r"(?<!\w)[\w-]+/\d{4}-\d{2}-\d{2}(?!\w)")
_SHORT, _LONG = 4, 8
_EMPTY = "\0"
_ANY_DAY = calendar.Today("2000-01")


@dataclass(frozen=True)
class Name:
    """One name of the books: of which kind, whose id, and the name itself."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True)
class Mention:
    """Words of the question that name something; more than one candidate is a question back."""

    kind: str
    candidates: tuple[Name, ...]
    words: str
    exact: bool = True


def known(snapshot: Snapshot) -> list[Name]:
    """Every name of the books."""
    bundle = snapshot.bundle
    found = []
    for kind, table in (("customer", "customers"), ("product", "products"), ("entity", "entities")):
        rows = bundle[table].select("id", "name").rows()
        found += [Name(kind, key, name) for key, name in rows] + [Name(kind, key, key) for key, _ in rows]
    found += [
        Name("customer", key, other) for key, other in bundle["customers"].select("id", "external").rows() if other
    ]
    for kind, table in _TABLES.items():
        found += [Name(kind, key, key) for key in bundle[table]["id"]]
    found += [
        Name("line", key, key) for key in snapshot.lines["line"].unique() if key not in bundle["contract_lines"]["id"]
    ]
    used = pl.concat([snapshot.entries["debit"], snapshot.entries["credit"]]).unique().drop_nulls()
    found += [Name("account", code, code) for code in used]
    people = [snapshot.runs[column] for column in ("prepared_by", "approved_by", "posted_by")]
    found += [Name("person", one, one) for one in pl.concat(people).unique().drop_nulls().sort()]
    return [name for name in found if name.name and name.name.strip()]


def whole(text: str, names: list[Name]) -> tuple[str, list[Mention]]:
    """Names that stand in the text as a whole, ids of bills and entries; and the text without them."""
    left, found = _whole(text, names)
    for pattern, kind in ((_BILL, "invoice"), (_ENTRY, "entry")):
        for match in list(pattern.finditer(left)):
            found.append(Mention(kind, (Name(kind, match[0], match[0]),), match[0]))
            left = _without(left, match.start(), match.end())
    return left, found


def parts(text: str, names: list[Name], found: list[Mention]) -> tuple[str, list[Mention]]:
    """Parts of names of customers and products, and what is nearly one, where no whole one was found."""
    more: list[Mention] = []
    for kind in ("customer", "product"):
        if not any(one.kind == kind for one in found):
            text, loose = _loose(text, [name for name in names if name.kind == kind and name.id != name.name])
            more += [one for one in loose if kind == "customer" or len(one.candidates) == 1]
    return text, more


def without(text: str, words: str) -> str:
    """The text with some of its words taken out once."""
    place = text.find(words)
    return text if place < 0 else _without(text, place, place + len(words))


def _whole(text: str, names: list[Name]) -> tuple[str, list[Mention]]:
    """Names that stand in the text as a whole; the longest goes first, and takes its words away from the others."""
    found: list[Mention] = []
    left = text
    by_words: dict[str, list[Name]] = {}
    for name in names:
        by_words.setdefault(name.name.lower(), []).append(name)
    lower = text.lower()
    inside = sorted((form for form in by_words if form in lower), key=lambda form: (-len(form), form))
    for form in inside:
        match = re.search(rf"(?<![\w/-]){re.escape(form)}(?:(?='s\b)|(?![\w/]|-\w|[.,]\d))", left, re.IGNORECASE)
        if match and _meant(match[0], by_words[form], left, match.end()):
            kinds = sorted({name.kind for name in by_words[form]}, key=_rank)
            chosen = [name for name in by_words[form] if name.kind == kinds[0]]
            unique = tuple({one.id: one for one in chosen}.values())
            found.append(Mention(kinds[0], unique, match[0]))
            left = _without(left, match.start(), match.end())
    return left, found


def _rank(kind: str) -> int:
    """Ids of documents go before names, which anybody may choose."""
    ids = ("contract", "line", "invoice", "amendment", "credit_note")
    return (*ids, "customer", "product", "entity", "account", "person").index(kind)


def _meant(words: str, names: list[Name], text: str, end: int) -> bool:
    """Whether words are a name: ordinary words if written as in the books, numbers as ids, amounts never."""
    if re.fullmatch(r"\d+", words):
        return _said_as_id(text[: end - len(words)])
    rest = words
    said = [one.words for one in sums.found(words)] + [one.words for one in calendar.found(words, _ANY_DAY)]
    for part in said:
        rest = rest.replace(part, " ")
    ordinary = all(word in vocabulary.KNOWN for word in vocabulary.words(rest))
    if not ordinary:
        return True
    # "Support" may be a product; but a question that begins like somebody's name is a question all the same.
    led = re.search(
        r"\b(?:for|of|to|by|from|with|customer|product|account|entity)\s+$|[\"\u201c]$", text[: end - len(words)]
    )
    same = any(name.name == words for name in names)
    return same and rest == words != words.lower() and (led is not None or text[end : end + 2] in ("'s", "\u2019s"))


def _said_as_id(before: str) -> bool:
    """Whether a number stands behind the word for what it identifies, as in "account 2400"."""
    kinds = (
        r"accounts?|invoices?|contracts?|lines?|amendments?|credit notes?|orders?|customers?|(?:debit|credit)s?(?: to)?"
    )
    return bool(re.search(rf"\b(?:{kinds})\s+#?$", before, re.IGNORECASE))


def _without(text: str, start: int, end: int) -> str:
    return f"{text[:start]}{_EMPTY * (end - start)}{text[end:]}"


def _loose(text: str, names: list[Name]) -> tuple[str, list[Mention]]:
    """Names of which a part stands in the text, or something nearly like them."""
    tokens = list(re.finditer(r"[^\W_]+(?:['\u2019-][^\W_]+)*", text))
    plain = [re.sub(r"['\u2019]s?$", "", match[0].lower()) for match in tokens]
    parts: dict[str, list[Name]] = {}
    for name in names:
        for word in dict.fromkeys(vocabulary.words(name.name)):
            parts.setdefault(word, []).append(name)
    for near in (False, True):
        chosen: list[tuple[int, list[Name]]] = []
        for place, word in enumerate(plain):
            if (
                word in vocabulary.KNOWN
                or len(word) < _SHORT - 1
                or word.isdigit()
                or (near and vocabulary.nearly(word))
            ):
                continue
            same = _near(word, parts) if near else parts.get(word, [])
            if same:
                chosen.append((place, same))
        if chosen:
            return _together(text, tokens, chosen, exact=not near)
    return text, []


def _near(word: str, parts: dict[str, list[Name]]) -> list[Name]:
    """The names with a word that is a typo away, those that are nearest."""
    if len(word) < _SHORT:
        return []
    most = 2 if len(word) >= _LONG else 1
    best: list[Name] = []
    for part, names in parts.items():
        if abs(len(part) - len(word)) > most or len(part) < _SHORT:
            continue
        away = vocabulary.distance(word, part, most)
        if away < most or (away == most and not best):
            best, most = list(names), away
        elif away == most:
            best += names
    return best


def _together(
    text: str, tokens: list[re.Match[str]], chosen: list[tuple[int, list[Name]]], *, exact: bool
) -> tuple[str, list[Mention]]:
    """One mention of all words that agree on a name: "Wickham Robotics" is neither all Wickhams nor all Robotics."""
    kind = chosen[0][1][0].kind
    agreed = _ids(chosen[0][1])
    places = [chosen[0][0]]
    for place, names in chosen[1:]:
        if agreed & _ids(names):
            agreed &= _ids(names)
            places.append(place)
    candidates = tuple(name for name in chosen[0][1] if name.id in agreed)
    unique = tuple({name.id: name for name in candidates}.values())
    said = " ".join(tokens[place][0] for place in places)
    for place in places:
        text = _without(text, tokens[place].start(), tokens[place].end())
    return text, [Mention(kind, unique, said, exact)]


def _ids(names: Iterable[Name]) -> set[str]:
    return {name.id for name in names}


def strangers(text: str) -> list[str]:
    """Words that look like a name and are none of the books: capitals inside the sentence, or after "for" and "'s"."""
    found = []
    for match in re.finditer(r"(?P<lead>^|[\s(\"])(?P<word>[A-Z][\w&.-]*(?:\s+[A-Z][\w&.-]*)*)", text):
        words = [word for word in match["word"].split() if _strange(word)]
        first = not text[: match.start("word")].strip("\0 \"'(")
        if words and not (
            first and len(words) == 1 and match["word"].split()[0] == words[0] and vocabulary.nearly(words[0].lower())
        ):
            found.append(" ".join(words))
    for match in re.finditer(r"\b(?:for|of|to|by|from|with|did|does|on|at)\s+([a-z][\w-]{3,})(?!\w)", text):
        if _strange(match[1]) and not match[1].isdigit():
            found.append(match[1])
    found += [match[1] for match in re.finditer(r"([^\W\d_][\w-]{2,})['\u2019]s\b", text) if _strange(match[1])]
    return list(dict.fromkeys(found))


def _strange(word: str) -> bool:
    plain = [part for part in vocabulary.words(word) if part]
    return bool(plain) and not all(
        part in vocabulary.KNOWN or part.isdigit() or vocabulary.nearly(part) or len(part) == 1 for part in plain
    )

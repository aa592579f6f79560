"""A question read: the names, amounts and months that its words say, what is left, and what each word stands for.

Worked example: of "Why was $4,200 deferred for Acme this month?" the name Acme, the amount $4,200 and the months
2026-03 are taken out; left are why and deferred, and signs @customer and @amount for what was taken.
"""

import re
from dataclasses import dataclass

from ratable.review.ask import calendar, mentions, posted, sums, vocabulary
from ratable.review.ask.queries import definitions
from ratable.review.snapshot import Snapshot

_ROLES = {
    "deferred revenue": "deferred_revenue", "contract asset": "contract_asset", "contract assets": "contract_asset",
    "unbilled receivable": "unbilled_receivable", "unbilled receivables": "unbilled_receivable",
    "unbilled": "unbilled_receivable", "refund liability": "refund_liability", "tax payable": "tax_payable",
    "deferred": "deferred_revenue", "receivable": "receivable", "receivables": "receivable",
}  # fmt: skip
_BY = {
    "customer": "customer", "customers": "customer", "product": "product", "products": "product", "region": "region",
    "regions": "region", "entity": "entity", "entities": "entity", "contract": "contract", "contracts": "contract",
    "stream": "stream", "streams": "stream", "line": "line", "lines": "line",
}  # fmt: skip
AHEAD = re.compile(
    r"\b(next|coming|upcoming|will|forecast\w*|scheduled|expected?|to come|future|going to|outlook|when)\b", re.I
)
_SINCE_CLOSE = re.compile(
    r"\b(?:since|after|from)\s+(?:"
    r"(?:the\s+|our\s+)?(?:last|previous|prior|latest)?\s*(?:month[- ]end\s+)?(?:close|lock|closing)|"
    r"(?:we|you|they|the\s+books\s+were)\s+(?:last\s+)?(?:closed|locked)(?:\s+(?:the\s+books|last\s+(?:month|time)))*"
    r")\b",
    re.I,
)
RUN = re.compile(r"\brun\s+#?(\d+)", re.IGNORECASE)
QUOTED = re.compile(r"[\"\u201c]([^\"\u201d]+)[\"\u201d]")
_TERM = re.compile(
    r"\b(?:what(?:'s| is| are| does)|define|definition of|meaning of|explain)\s+(?:an?\s+|the\s+|term\s+)*", re.I
)


@dataclass(frozen=True)
class Reading:
    """What was found in the words, step by step."""

    text: str
    left: str
    mentions: tuple[mentions.Mention, ...]
    sums: tuple[sums.Sum, ...]
    months: tuple[calendar.Months, ...]
    strangers: tuple[str, ...]
    since_close: bool


def read(
    text: str, first: tuple[str, list[mentions.Mention]], names: list[mentions.Name], snapshot: Snapshot
) -> Reading:
    """What a text says, after the names that stand in it as a whole (`first`: what is left, and those names)."""
    left, found = first
    since = _SINCE_CLOSE.search(left)
    if since:
        left = mentions.without(left, since[0])
    amounts = sums.found(left)
    for amount in amounts:
        left = mentions.without(left, amount.words)
    months = calendar.found(left, _today(found, left, snapshot))
    for one in months:
        left = mentions.without(left, one.words)
    left, more = mentions.parts(left, names, found)
    codes = posted.currencies(snapshot.entries)
    strangers = tuple(name for name in mentions.strangers(left) if name not in codes)
    return Reading(text, left, (*found, *more), tuple(amounts), tuple(months), strangers, since is not None)


def _today(found: list[mentions.Mention], left: str, snapshot: Snapshot) -> calendar.Today:
    """From where periods are counted: a company's year begins as that of the entity that is meant."""
    entities = snapshot.bundle["entities"]
    begins = dict(entities.select("id", "fiscal_year_start_month").rows())
    named = next((one.candidates[0].id for one in found if one.kind == "entity"), "")
    if not named:
        customers = {one.candidates[0].id for one in found if one.kind == "customer"}
        of = dict(snapshot.bundle["customers"].select("id", "entity").rows())
        named = next((of[one] or "" for one in sorted(customers) if one in of), "")
    months = {begins[named]} if named in begins else set(begins.values())
    begin = next(iter(months)) if len(months) == 1 else 1
    return calendar.Today(snapshot.period, begin or 1, ahead=AHEAD.search(left) is not None)


def signs(read: Reading) -> frozenset[str]:
    """The canonical words of a question, and a sign for each parameter that was found in it."""
    words = vocabulary.canonical(read.left.replace("\0", " "))
    there = {
        "@amount": bool(read.sums),
        "@since_close": read.since_close,
        "since": read.since_close,
        "@role": bool(role(read.left)),
        "@term": bool(term(read.text)),
        "@by": bool(grouped(read.left)),
        "@ahead": AHEAD.search(read.text) is not None,
        "@run": RUN.search(read.left) is not None,
        "@text": QUOTED.search(read.text) is not None,
    }
    named = {f"@{one.kind}" for one in read.mentions}
    return words | named | {sign for sign, found in there.items() if found}


def role(text: str) -> str:
    """The account that a text asks about, by its role; empty: none."""
    plain = text.lower()
    return next((role for form, role in _ROLES.items() if re.search(rf"\b{form}\b", plain)), "")


def grouped(text: str) -> str:
    """The dimension that a question groups by: "by region", "top products", "which customers"."""
    found = re.search(r"\b(?:by|per|for each|top(?:\s+\d+)?|largest|biggest|which|highest)\s+(\w+)", text.lower())
    return _BY.get(found[1], "") if found else ""


def term(text: str) -> str:
    """A term of the dictionary that a question asks the meaning of."""
    begun = _TERM.search(text)
    if not begun and not re.search(r"\bmeans?\b", text, re.I):
        return ""
    rest = re.sub(r"[?.!]+$", "", text[begun.end() if begun else 0 :].lower()).strip()
    rest = re.sub(r"\s+(?:mean|means|meaning)$", "", rest).replace("-", " ")
    rest = re.sub(r"^(?:does|is|an?|the)\s+", "", rest)
    singular = rest[:-1] if rest.endswith("s") else rest
    return next((form for form in (rest, singular) if form in definitions.TERMS), "")

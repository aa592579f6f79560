"""Explanations by the thousand, and whether every numeral in them is a cited fact (GR-02).

Worked example: of 2,500 explanations in world 61 half explain an entry, picked evenly from its 7,000, and half the
deferred, recognized, unbilled or earned amount of a customer in a month. They came to 8,112 sentences with 21,440
numerals, of which the verifier missed none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from ratable.review.ask import asking
from ratable.review.snapshot import Snapshot

_BALANCES = ("why-deferred", "why-recognized", "why-contract-asset", "why-unbilled")
Item = TypeVar("Item")
_NUMERAL = re.compile(r"\d[\d,.-]*")


@dataclass(frozen=True)
class Tally:
    """How much was explained; `ungrounded` counts what the verifier missed in sentences, which were withheld."""

    explanations: int = 0
    sentences: int = 0
    numerals: int = 0
    ungrounded: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        mine, theirs = vars(self).values(), vars(other).values()
        return Tally(*(one + more for one, more in zip(mine, theirs, strict=True)))


def tallied(seen: Snapshot, count: int) -> Tally:
    """So many explanations of entries, and of amounts of customers in months, the same for the same snapshot.

    Args:
        seen: what is explained.
        count: how many are wanted; fewer come where there is less to explain.
    """
    return sum((_one(query, given, seen) for query, given in _asked(seen, count)), start=Tally())


def _asked(seen: Snapshot, count: int) -> Iterator[tuple[str, dict[str, str]]]:
    entries = seen.entries["entry"].sort().to_list()
    yield from (("why-entry", {"entry": entry}) for entry in _spread(entries, count // 2))
    customers, months = (sorted(seen.entries[name].drop_nulls().unique()) for name in ("customer", "period"))
    for query, customer, month in _spread(list(product(_BALANCES, customers, months)), count - count // 2):
        yield query, {"customer": customer, "from": month, "to": month}


def _spread(items: list[Item], count: int) -> list[Item]:
    """So many of a list, evenly from its beginning to its end."""
    most = min(count, len(items))
    return [items[place * len(items) // most] for place in range(most)]


def _one(query: str, given: dict[str, str], seen: Snapshot) -> Tally:
    told = asking.run(query, given, seen).told
    numerals = sum(len(_NUMERAL.findall(said.text)) for said in told)
    return Tally(1, len(told), numerals, sum(len(said.missed) for said in told))

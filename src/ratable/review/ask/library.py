"""The library: every query there is. What is not in it is not asked.

Worked example: `QUERIES["why-deferred"].title` is "Why revenue was deferred". The page docs/reference/questions.md is
written from it.
"""

from ratable.review.ask import query
from ratable.review.ask.queries import (
    balances,
    changes,
    closing,
    definitions,
    documents,
    entries,
    movements,
    outlook,
    people,
    terms,
    trends,
    why,
)

ROOMS: tuple[query.Room, ...] = (
    why.ROOM, changes.ROOM, balances.ROOM, movements.ROOM, trends.ROOM, outlook.ROOM, entries.ROOM, people.ROOM,
    closing.ROOM, terms.ROOM, documents.ROOM, definitions.ROOM,
)  # fmt: skip
QUERIES: dict[str, query.Query] = {one.id: one for room in ROOMS for one in room.queries}

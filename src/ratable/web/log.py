"""The event log as people read it: moments, bodies in words, and which event is about what.

Worked example: the event "post, run 3" of Dana says "Posted 749 rows: 162,512.97 USD", the digest of its rows, and the
hash that ties it to the event before. `about(entry)` gives the events that proposed, approved and posted the run of an
entry.
"""

import json
from collections.abc import Iterator
from typing import Any

from ratable.core import currencies
from ratable.ledger import arithmetic, models

_ROWS = {"digest", "from", "to"}  # What an event says of rows that it added.
_MINUTES = len("2026-02-03T09:30")


def moment(at: str) -> str:
    """A moment as it is shown, to the minute in UTC: 2026-02-03 09:30."""
    return at[:_MINUTES].replace("T", " ")


def body(event: models.Event) -> dict[str, Any]:
    """What an event says, as it is hashed; what cannot be read stays visible as text."""
    try:
        said: dict[str, Any] = json.loads(event.body)
    except ValueError:
        return {"what": {"unreadable": event.body}}
    return said if isinstance(said.get("what"), dict) else said | {"what": {}}


def said(what: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """What an event did as names and values: {"run": {"no": "3"}} is ("run, no", "3")."""
    if isinstance(what, dict) and what.keys() == _ROWS:
        yield name, f"{what['from']} to {what['to']}, digest {what['digest']}"
    elif isinstance(what, dict):
        for key, value in what.items():
            inner = f"{name}, {key.replace('_', ' ')}" if name else key.replace("_", " ")
            if key in currencies.EXPONENTS and str(value).lstrip("-").isdecimal():
                yield inner, f"{arithmetic.money(int(value), key)} {key}"
            else:
                yield from said(value, inner)
    elif isinstance(what, list):
        yield from _listed(what, name)
    elif what is not None:
        yield name, ("no", "yes")[what] if isinstance(what, bool) else str(what)


def _listed(what: list[Any], name: str) -> Iterator[tuple[str, str]]:
    """Plain things in one line, others one after the other."""
    if any(isinstance(item, dict | list) for item in what):
        for place, item in enumerate(what, 1):
            yield from said(item, f"{name} {place}")
    elif what:
        yield name, ", ".join(str(item) for item in what)


def about(entry: models.Entry) -> list[int]:
    """The events behind an entry, in order: its import, its proposal, each decision on its run."""
    run = entry.run
    return [run.event_id, *models.Decision.objects.filter(run=run).order_by("no").values_list("event_id", flat=True)]

"""Checks the event log: no event changed, added, removed or moved, and none that was signed for is gone.

Worked example: somebody writes another name into event 6. Its columns no longer say what its body says: a fault in
event 6. If they write the body and the hash anew, event 7 names a hash that is not there: a fault in event 7. If they
write all later ones anew too, the root over them is not the one that a checkpoint signed; and if they sign that with a
stolen key, or put back an old backup, it is not the one in the anchor that an auditor kept.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from ratable.ledger import canonical, checkpoints, events, merkle, models, rows, signing, stored
from ratable.ledger.faults import Fault

_RANGES = {"event": pl.Int64(), "table": pl.String(), "from": pl.Int64(), "to": pl.Int64(), "digest": pl.String()}
_CHECKPOINTS = """SELECT c.no, c.root, c.key, c.signature, c.event_no, e.at
  FROM checkpoints c LEFT JOIN events e ON e.no = c.event_no WHERE c.event_no >= %s ORDER BY c.no"""
_SIGNED = {
    "no": pl.Int64(), "root": pl.String(), "key": pl.String(), "signature": pl.String(), "event_no": pl.Int64(),
    "at": pl.String(),
}  # fmt: skip


class _Event(NamedTuple):
    no: int
    at: str
    actor: str
    on_behalf_of: str
    action: str
    subject: str
    reason: str
    body: str
    previous: str
    hash: str

    def columns(self) -> dict[str, str]:
        """What the columns say that the body says too."""
        return {name: getattr(self, name) for name in ("action", "actor", "at", "on_behalf_of", "reason", "subject")}


@dataclass(frozen=True)
class Log:
    """The event log as it was read.

    Attributes:
        first: the number of the first event that was read.
        ranges: event, table, from, to, digest: the rows that each event says it added.
        faults: the first bad event, if any.
    """

    first: int
    ranges: pl.DataFrame
    faults: list[Fault]


def read(first: int = 1) -> Log:
    """Check each event from a number on against itself and the one before it."""
    wrong = stored.misfit(stored.EVENTS, None if first == 1 else first - 1)
    if wrong:
        return Log(first, pl.DataFrame(schema=_RANGES), [wrong])
    mine = _mine()
    before = _before(first)
    ranges: list[tuple[int, str, int, int, str]] = []
    faults: list[Fault] = []
    for event in _events(first):
        said = _said(event)
        says = _wrong(event, said, before, company=mine)
        if says and not faults:
            faults.append(Fault(stored.EVENTS, event.no, says))
        ranges += _added(event.no, said)
        before = event
    return Log(first, pl.DataFrame(ranges, schema=_RANGES, orient="row"), faults)


def company() -> Iterator[Fault]:
    """Check the one row of the company against the first event; its id is inside every hash."""
    kept = list(models.Company.objects.values_list("id", "name", "created_at"))
    begun = models.Event.objects.filter(no=1).values_list("subject", "at").first()
    if len(kept) != 1:
        yield Fault("company", kept[-1][0] if kept else "", f"saw {len(kept)} companies; expected one")
    elif kept[0][1:] != begun:
        yield Fault("company", kept[0][0], f"saw {kept[0][1:]}; event 1 began {begun}")


def signatures(first: int, anchors: Sequence[checkpoints.Anchor]) -> Iterator[Fault]:
    """Check checkpoints, and anchors kept outside, against the log.

    Args:
        first: checkpoints of this event and later ones count; their roots are computed where that is the first event.
        anchors: what was handed out; their roots are always computed.
    """
    last = stored.span(stored.EVENTS)[1]
    frame = rows.select(_CHECKPOINTS, [first], _SIGNED)
    kept = [
        (no, _anchor(root, key, signature, event_no, at)) for no, root, key, signature, event_no, at in frame.rows()
    ]
    compared = [*anchors, *(anchor for _, anchor in kept if first == 1)]
    found = _roots({anchor.size for anchor in compared if anchor.size <= last})
    yield from _outside(anchors, found, last)
    trusted = {anchor.key for anchor in anchors} | {signing.known()} - {None}
    for no, anchor in kept:
        says = _unsigned(anchor, trusted)
        if not says and found.get(anchor.size, anchor.root) != anchor.root:
            says = f"its root is over other events than the {anchor.size} that are there: the log was written anew"
        if says:
            yield Fault("checkpoints", no, says)
            return


def _events(first: int) -> Iterator[_Event]:
    for frame in stored.parts(stored.EVENTS, first if first > 1 else None):
        # One at a time: each hash is over the one before.
        yield from (_Event(*row) for row in frame.select(_Event._fields).iter_rows())


def _before(first: int) -> _Event:
    """The event before a number, or what stands for it before the first."""
    nothing = _Event(0, "", "", "", "", "", "", "", "", events.FIRST)
    found = stored.read(stored.EVENTS, first - 1, first - 1).select(_Event._fields)
    return _Event(*found.row(0)) if first > 1 and found.height else nothing


def _mine() -> str:
    return str(models.Company.objects.values_list("id", flat=True).first() or "")


def _wrong(event: _Event, said: dict[str, Any], before: _Event, *, company: str) -> str:
    """What is wrong with an event, in words; empty where nothing is."""
    if event.no != before.no + 1:
        return f"follows event {before.no}: what was between them is gone"
    if None in event:
        return "a value of it is missing"
    if event.previous != before.hash:
        return f"saw {event.previous[:16]} as the hash of event {before.no}; expected {before.hash[:16]}"
    expected = events.hashed(company, event.no, event.previous, event.body)
    if event.hash != expected:
        return f"saw the hash {event.hash[:16]}; expected {expected[:16]} from what it says"
    if event.at < before.at:
        return f"saw {event.at}, before event {before.no} of {before.at}"
    return _told_otherwise(event, said)


def _told_otherwise(event: _Event, said: dict[str, Any]) -> str:
    """What the columns of an event say otherwise than its body, or how its body is not written as bodies are."""
    for name, value in event.columns().items():
        if said.get(name) != value:
            return f"saw {name} {value!r}; expected {said.get(name)!r} from its body"
    return "" if canonical.text(said) == event.body else "its body is not in canonical form"


def _said(event: _Event) -> dict[str, Any]:
    """What the body of an event says; nothing where it cannot be read."""
    try:
        said = json.loads(event.body)
    except (ValueError, TypeError):
        return {}
    return said if isinstance(said, dict) else {}


def _added(no: int, said: dict[str, Any]) -> list[tuple[int, str, int, int, str]]:
    """The rows that an event says it added: event, table, from, to, digest; none where that cannot be read."""
    try:
        named = said["what"].get("rows", {})
        return [(no, table, int(its["from"]), int(its["to"]), str(its["digest"])) for table, its in named.items()]
    except (ValueError, TypeError, KeyError, AttributeError):
        return []


def _anchor(root: str, key: str, signature: str, event_no: int, at: str | None) -> checkpoints.Anchor:
    return checkpoints.Anchor(_mine(), event_no - 1, root, at or "", key, signature)


def _roots(sizes: set[int]) -> dict[int, str]:
    if not sizes:
        return {}
    hashes = rows.select(checkpoints.HASHES, [max(sizes)], {"hash": pl.String()})["hash"]
    # What is no hash is told of its own event; no root can be made of it.
    return merkle.roots(hashes, sizes) if hashes.str.contains("^[0-9a-f]{64}$").all() else {}


def _unsigned(anchor: checkpoints.Anchor, trusted: set[str | None]) -> str:
    if not anchor.at:
        return "no event made it"
    if not anchor.holds():
        return "its signature is not that of its key over what it says"
    if trusted and anchor.key not in trusted:
        return f"saw the key {anchor.key[:16]}; expected that of this machine or of an anchor"
    return ""


def _outside(anchors: Sequence[checkpoints.Anchor], found: dict[int, str], last: int) -> Iterator[Fault]:
    """Check what was handed out, from the fewest events to the most: what is right narrows down the first bad event."""
    mine, right = _mine(), 0
    for place, anchor in enumerate(sorted(anchors, key=lambda a: a.size), 1):
        if anchor.company != mine:
            yield Fault("anchors", place, f"is of company {anchor.company}; these are the books of {mine}")
        elif not anchor.holds():
            yield Fault("anchors", place, "its signature is not that of its key over what it says")
        elif anchor.size > last:
            yield Fault(stored.EVENTS, last + 1, f"is gone: {anchor.size} events were there at {anchor.at}")
        elif found.get(anchor.size) != anchor.root:
            among = f"one of events {right + 1} to {anchor.size}"
            yield Fault(stored.EVENTS, right + 1, f"{among} is not what was signed at {anchor.at}")
        else:
            right = anchor.size
            continue
        return

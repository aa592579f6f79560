"""The proof of one entry: what shows, to whoever kept a checkpoint, that an entry is in the books, without the books.

Worked example: event 10 posted entries 1 and 2, and the checkpoints of March and April signed events 1 to 11 and 1 to
40. The proof of entry 2 holds its row, the digests of both rows, and event 10, whose body holds the digest over the
two. For each checkpoint it adds the few hashes beside the way from event 10 up to the signed root, and for April those
which show that its 40 events continue the 11 of March. `proof/verify_entry.py` walks these ways.

Refuses an entry that no posted one is, and one that was posted after every checkpoint that is asked about.
"""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from ratable.ledger import canonical, checkpoints, merkle, models, rows, stored, tracing

RULE = "ratable entry proof 1"
_DIGESTS = 'SELECT digest FROM "entries" WHERE no BETWEEN %s AND %s ORDER BY no'


class Unproved(Exception):
    """No checkpoint covers the entry, with one sentence that says what to do."""


def prove(entry: str, anchors: Sequence[checkpoints.Anchor] = ()) -> str:
    """The proof of an entry as canonical JSON.

    Args:
        entry: the id of a posted entry, or how it begins.
        anchors: the checkpoints that somebody kept; none: the first one of these books that covers the entry.

    Raises:
        tracing.Unknown: no entry has the id, or several begin so.
        Unproved: the entry was posted after all of these checkpoints.
    """
    found = tracing.found(entry)
    event = models.Event.objects.get(decision__run=found.run_id, decision__verb="post")
    said = json.loads(event.body)["what"]["rows"]["entries"]
    digests = rows.select(_DIGESTS, [int(said["from"]), int(said["to"])], {"digest": pl.String()})["digest"]
    held = sorted(anchors or checkpoints.first_over(event.no), key=lambda anchor: anchor.size)
    if not held or held[-1].size < event.no:
        raise Unproved(
            f"entry {found.entry} was posted by event {event.no}, after every checkpoint that was asked about; "
            "`ratable checkpoint --out FILE` makes one that covers it."
        )
    return canonical.text({
        "rule": RULE, "company": models.Company.objects.get().id, "digests": digests.to_list(),
        "row": canonical.rows(stored.read("entries", found.no, found.no).drop("digest"))[0],
        "event": {"no": str(event.no), "previous": event.previous, "body": event.body, "hash": event.hash},
        "checkpoints": _ways(event.no, held),
    })  # fmt: skip


def _ways(event: int, held: Sequence[checkpoints.Anchor]) -> list[dict[str, Any]]:
    """Each checkpoint with the way from the event to its root, if it covers that, and that from the one before it."""
    hashes = rows.select(checkpoints.HASHES, [held[-1].size], {"hash": pl.String()})["hash"].to_list()
    found: list[dict[str, Any]] = []
    for before, anchor in zip([None, *held[:-1]], held, strict=True):
        under = hashes[: anchor.size]
        found.append({
            "anchor": json.loads(anchor.line()),
            "includes": merkle.inclusion(under, event - 1) if event <= anchor.size else None,
            "continues": merkle.consistency(under, before.size) if before else None,
        })  # fmt: skip
    return found

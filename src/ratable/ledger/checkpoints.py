"""Checkpoints: the Merkle root of the event log at an event, signed, and handed to those who keep it outside.

Worked example: Cora locks March as event 41. Her checkpoint holds the root over events 1 to 40, all that was committed
before she acted; it is row 3 of `checkpoints`, and event 41 covers that row. `ratable checkpoint --out anchors.jsonl`
afterwards signs events 1 to 41, the lock among them, and writes the line that an auditor keeps. A store that was put
back, cut, forked or signed anew no longer has the root of that line.

An event cannot be under its own checkpoint, since it covers the checkpoint's row; the next one holds it.

The signed words are canonical JSON of the company, the number of events, the root over them, the moment of the act and
the name of this rule.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import polars as pl

from ratable.ledger import canonical, covering, events, merkle, models, rows, signing

RULE = "ratable checkpoint 1"

HASHES = "SELECT hash FROM events WHERE no <= %s ORDER BY no"


class BadAnchors(Exception):
    """A file of anchors cannot be read, with one sentence that says why."""


@dataclass(frozen=True)
class Anchor:
    """A signed checkpoint as it is kept outside the store: one line of JSON."""

    company: str
    size: int
    root: str
    at: str
    key: str
    signature: str

    def words(self) -> str:
        """What is signed."""
        said = {"at": self.at, "company": self.company, "root": self.root, "rule": RULE, "size": str(self.size)}
        return canonical.text(said)

    def line(self) -> str:
        """The anchor as a line of a file."""
        return canonical.text(asdict(self) | {"size": str(self.size)})

    def holds(self) -> bool:
        """Whether its key signed it."""
        return signing.holds(self.key, self.words(), self.signature)


def make(act: events.Act, key: signing.Key) -> Anchor:
    """Sign the event log up to the event before an act, and keep that as a row of `checkpoints`.

    Args:
        act: the act that makes the checkpoint, such as a lock; its own event is under the next one.
        key: what signs.
    """
    company = models.Company.objects.get().id
    size = act.no - 1
    root = merkle.root(rows.select(HASHES, [size], {"hash": pl.String()})["hash"])
    unsigned = Anchor(company, size, root, act.at, signing.public(key), "")
    made = replace(unsigned, signature=signing.sign(key, unsigned.words()))
    covering.cover(
        act, "checkpoints", pl.DataFrame({"root": [made.root], "key": [made.key], "signature": [made.signature]})
    )
    return made


def first_over(event: int) -> list[Anchor]:
    """The first checkpoint of these books whose root is over an event; none where it was made before all of them."""
    found = models.Checkpoint.objects.filter(event__gt=event).select_related("event").order_by("no").first()
    if found is None:
        return []
    company = models.Company.objects.get().id
    return [Anchor(company, found.event_id - 1, found.root, found.event.at, found.key, found.signature)]


def read(path: Path) -> list[Anchor]:
    """The anchors of a file, in its order.

    Raises:
        BadAnchors: the file cannot be read, or a line of it is no anchor.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise BadAnchors(f"{path}: cannot be read ({fault}); expected lines of `ratable checkpoint --out`.") from fault
    return [_anchor(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]


def _anchor(line: str, place: str) -> Anchor:
    try:
        said = json.loads(line)
        found = Anchor(**{**said, "size": int(said["size"])})
    except (ValueError, KeyError, TypeError) as fault:
        raise BadAnchors(f"{place}: saw no anchor; expected a line of `ratable checkpoint --out`.") from fault
    if not all(isinstance(text, str) for text in (found.company, found.root, found.at, found.key, found.signature)):
        raise BadAnchors(f"{place}: saw a value that is no text; expected a line of `ratable checkpoint --out`.")
    return found

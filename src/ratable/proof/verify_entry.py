"""Verifies the proof of one entry offline, with nothing but Python itself: no package, no database, no network.

    python verify_entry.py entry.json anchors.jsonl

Worked example: "OK: entry 107 was added by event 12 (post by dana at 2026-04-01T09:00:11.000000Z); covered by 2 of
the checkpoints that you kept" with the entry itself below, and exit status 0; where an amount was changed, "BAD: the
row of entry 107 is not what event 12 added" and 1; what is no such proof ends with 2.

The anchors are lines that `ratable checkpoint --out` wrote and that were kept away from the company. Nothing in the
proof is believed: the row hashes to its digest, the digests to what the event says, the event to its hash, and that
climbs a tree (RFC 6962) to a root in a line which was kept. The roots of several lines must continue each other.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

Proof = dict[str, Any]


class Bad(Exception):
    """What does not hold."""


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _climbed(at: int, last: int, nodes: tuple[bytes, bytes], way: list[bytes]) -> tuple[str, str]:
    """The roots of a shorter and of the whole tree that a way leads to from a node of both; empty if it is no way.

    Args:
        at: the place of the node on its level.
        last: the last place on that level.
        nodes: the node, as the shorter and as the whole tree have it.
        way: the hashes beside it, the nearest first.
    """
    shorter, whole = nodes
    for beside in way:
        if not last:
            return "", ""
        if at & 1 or at == last:
            shorter, whole = _node(beside, shorter), _node(beside, whole)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            whole = _node(whole, beside)
        at, last = at >> 1, last >> 1
    return ("", "") if last else (shorter.hex(), whole.hex())


def _includes(root: str, size: int, *, hash_: str, number: int, way: list[bytes]) -> bool:
    """Whether an event of a number and hash is under the root over the first events."""
    leaf = hashlib.sha256(b"\x00" + bytes.fromhex(hash_)).digest()
    return 0 < number <= size and _climbed(number - 1, size - 1, (leaf, leaf), way)[1] == root


def _continues(earlier: tuple[int, str], later: tuple[int, str], way: list[bytes]) -> bool:
    """Whether the events under the later size and root begin with those under the earlier ones."""
    (size, root), (last, whole) = earlier, later
    if size == last:
        return root == whole and not way
    at, last = size - 1, last - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    # Where the earlier tree is full, it is itself the node to begin with.
    way = way if at else [bytes.fromhex(root), *way]
    return bool(way) and _climbed(at, last, (way[0], way[0]), way[1:]) == (root, whole)


def _added(proof: Proof) -> Proof:
    """Check the row against its event, and the event against its own hash; the row."""
    event, row = proof["event"], json.loads(proof["row"])
    said = json.loads(event["body"])["what"]["rows"]["entries"]
    place, digests = int(row["no"]) - int(said["from"]), proof["digests"]
    parts = ("1", proof["company"], event["no"], event["previous"], _sha256(event["body"].encode()))
    if not 0 <= place < len(digests) or digests[place] != _sha256(proof["row"].encode()):
        raise Bad(f"the row of entry {row['no']} is not what event {event['no']} added")
    if _sha256(bytes.fromhex("".join(digests))) != said["digest"]:
        raise Bad(f"the rows beside entry {row['no']} are not those that event {event['no']} added")
    if event["hash"] != _sha256("".join(f"{len(part.encode())}:{part}" for part in parts).encode()):
        raise Bad(f"event {event['no']} does not hash to what it says")
    return dict(row)


def _covered(proof: Proof, kept: list[Proof]) -> int:
    """Check the ways to the checkpoints; how many of those that were kept cover the event."""
    known = {(line["company"], line["size"], line["root"]) for line in kept}
    before, covering = (0, ""), 0
    for one in proof["checkpoints"]:
        anchor, number = one["anchor"], int(proof["event"]["no"])
        here = int(anchor["size"]), anchor["root"]
        if (proof["company"], anchor["size"], anchor["root"]) not in known:
            raise Bad(f"the checkpoint of {here[0]} events is none of the lines that you kept")
        if before[0] and not _continues(before, here, [bytes.fromhex(part) for part in one["continues"]]):
            raise Bad(f"the checkpoint of {here[0]} events does not continue that of {before[0]}")
        if one["includes"] is not None:
            way = [bytes.fromhex(part) for part in one["includes"]]
            if not _includes(here[1], here[0], hash_=proof["event"]["hash"], number=number, way=way):
                raise Bad(f"event {number} is not under the checkpoint of {here[0]} events")
            covering += 1
        before = here
    if not covering:
        raise Bad("no checkpoint covers the entry")
    return covering


def verify(proof: Proof, kept: list[Proof]) -> str:
    """Check a proof against lines that were kept; what it proves, in words."""
    row, covering = _added(proof), _covered(proof, kept)
    said = json.loads(proof["event"]["body"])
    what = f"entry {row['no']} was added by event {proof['event']['no']}"
    who = f"{said['action']} by {said['actor']} at {said['at']}"
    return f"{what} ({who}); covered by {covering} of the checkpoints that you kept\n{json.dumps(row, indent=2)}"


def main(arguments: list[str]) -> int:
    """Verify what was named; the exit status."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python verify_entry.py entry.json anchors.jsonl\n")
        return 2
    try:
        proof, lines = (Path(path).read_text("utf-8") for path in arguments)
        kept = [json.loads(line) for line in lines.splitlines() if line.strip()]
        sys.stdout.write(f"OK: {verify(json.loads(proof), kept)}\n")
    except Bad as bad:
        sys.stdout.write(f"BAD: {bad}\n")
        return 1
    except (OSError, KeyError, ValueError, TypeError, AttributeError) as fault:
        sys.stderr.write(f"{arguments[0]}: no proof of an entry that can be read: {fault!r}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Checkpoints on demand and proofs: what leaves the books so that others can check them.

Worked example: Cora runs `checkpoint` after the close, and her auditor keeps the line. In June the auditor asks for a
proof bundle, or for the proof of one entry; the event "export, proof" names the file with its SHA-256, and the auditor
holds it against the line.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from ratable.ledger import canonical, checkpoints, inclusion, knowledge, models, proofs, signing
from ratable.operations import acts


def checkpoint(actor: acts.Actor) -> checkpoints.Anchor:
    """Sign all events so far.

    Raises:
        acts.Refused: the actor has no role here.
        signing.BadKey: the key file of this machine cannot be used.
    """
    with acts.begin(actor, "checkpoint", "all events so far") as act:
        return checkpoints.make(act, signing.key())


def proof(actor: acts.Actor, path: Path, *, step: Callable[[str], None] = lambda _: None) -> proofs.Written:
    """Write the proof bundle of the books up to now, and log it.

    Args:
        actor: who may export.
        path: the .zip to write.
        step: is told what is being done.

    Raises:
        acts.Refused: the actor may not export.
        OSError: the file cannot be written.
    """
    with acts.begin(actor, "export", "proof", knowledge.entities()) as act:
        step(f"Writing {path}")
        written = proofs.write(path)
        act.body["files"] = [{"file": path.name, "rows": str(written.rows), "sha256": written.sha256}]
    return written


def entry(actor: acts.Actor, path: Path, entry: str, anchors: Sequence[checkpoints.Anchor] = ()) -> None:
    """Write the proof of one entry, and log it.

    Args:
        actor: who may export.
        path: the .json to write.
        entry: the id of a posted entry, or how it begins.
        anchors: the checkpoints that the auditor kept; none: the first one of the books that covers the entry.

    Raises:
        acts.Refused: the actor may not export.
        tracing.Unknown: no entry has the id, or several begin so.
        inclusion.Unproved: the entry was posted after all of these checkpoints.
        OSError: the file cannot be written.
    """
    own = models.Entry.objects.filter(entry__startswith=entry).values_list("entity", flat=True).distinct()
    with acts.begin(actor, "export", f"proof of entry {entry}", sorted(own)) as act:
        content = f"{inclusion.prove(entry, anchors)}\n".encode()
        act.body["files"] = [{"file": path.name, "rows": "1", "sha256": canonical.sha256(content)}]
        path.write_bytes(content)

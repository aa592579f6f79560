"""Changes of a company's own data by two people: one writes a revision, another one approves it, and then it counts.

Worked example: Ben proposes that the product api be recognized over time from now on: revision 3, a bundle of one row
with the memo "delivered as a service since May". Dana sees what it changes (method: before point_in_time, now
straight_line) and what that moves by month, and approves it at its hash. The same act imports the row as a correction,
known from that day; the next proposal posts what follows. Ben himself could not have approved it.

Refuses a revision that changes nothing, is at fault, reaches into other tables, or rests on books that have changed
since.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ratable.bundle import documents, nesting, reading
from ratable.ledger import canonical, covering, events, knowledge, models
from ratable.operations import acts, choices, import_bundle, people, reasons

WAITING, APPROVED, REJECTED = "waiting", "approve", "reject"
WORDS = {WAITING: "waiting", APPROVED: "approved", REJECTED: "rejected"}

Rows = Mapping[str, Sequence[Mapping[str, str | None]]]


@dataclass(frozen=True)
class Held:
    """A revision as it stands, with what it would do now and the hash of that."""

    row: models.Revision
    opened: reading.Opened
    checked: import_bundle.Checked

    @property
    def as_prepared(self) -> bool:
        """Whether it still changes what it changed when it was written."""
        return bool(_hash(self.opened, self.checked) == self.row.hash)


def propose(actor: acts.Actor, rows: Rows, memo: str) -> int:
    """Write a revision; it counts once another person has approved it.

    Args:
        actor: a preparer or controller.
        rows: by table of `import_bundle.OWN` its new or changed rows, each cell as a file states it.
        memo: why, in words.

    Returns:
        the number of the revision.

    Raises:
        acts.Refused: it changes nothing, is at fault or reaches further, or there is no memo.
    """
    strange = [name for name in rows if name not in import_bundle.OWN]
    if strange:
        raise acts.Refused(f"revision: saw the table {strange[0]}; expected {', '.join(import_bundle.OWN)}.")
    said = {name: [{cell: text for cell, text in row.items() if text} for row in some] for name, some in rows.items()}
    content = (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    opened = _opened(content, "revision.json")
    with acts.begin(actor, "propose a revision", entities=_entities(opened)) as act:
        if not memo.strip():
            raise acts.Refused("revision: saw no memo; expected the reason in words, which its approver reads.")
        checked = import_bundle.check(opened, revision=True)
        _refuse(checked)
        sha256 = canonical.sha256(content)
        if not models.File.objects.filter(sha256=sha256).exists():
            models.File.objects.create(sha256=sha256, size=len(content), content=content)
        row = {
            "memo": acts.normal(memo.strip()), "document": sha256, "hash": _hash(opened, checked),
            "prepared_by": actor.person,
        }  # fmt: skip
        no = int(covering.cover(act, "revisions", pl.DataFrame([row]))["no"][0])
        act.subject = f"revision {no}"
        act.body |= {"memo": row["memo"], "document": sha256, "hash": row["hash"]}
    return no


def approve(actor: acts.Actor, no: int, hash_: str, *, override: bool = False) -> import_bundle.Imported:
    """Approve a revision as it was shown; what it says comes in by the same act.

    Args:
        actor: an approver or controller who did not write it.
        no: its number.
        hash_: the hash that was shown.
        override: one person in both roles, where the company has chosen that, with a reason.

    Raises:
        acts.Refused: any of that does not hold, it is decided, or the books have changed in what it touches.
    """
    with acts.begin(actor, "approve a revision", f"revision {no}", _entities(document(no))) as act:
        shown = _undecided(no)
        if hash_ != shown.row.hash:
            raise acts.Refused(f"revision {no} has the hash {shown.row.hash}, saw {hash_}; look at it again.")
        alone = choices.acts_alone(actor, shown.row.prepared_by, f"revision {no}", override=override)
        if not shown.as_prepared:
            raise acts.Refused(
                f"revision {no} rests on books that have changed since in what it touches; reject it, and propose it "
                "again."
            )
        kind = "correction" if shown.checked.kind == "correction" else "facts"
        request = import_bundle.Request(kind, f"revision-{no}.json", _files(no, shown), shown.row.memo, revision=True)
        done = import_bundle.within(act, request, shown.opened.source)
        act.subject = f"revision {no}"
        _decide(act, shown.row, APPROVED, override=alone)
        act.body["import"] = str(done.no)
    return done


def reject(actor: acts.Actor, no: int) -> None:
    """Reject a revision with a reason; whoever wrote it may take it back so.

    Raises:
        acts.Refused: the actor may not, gave no reason, or it is decided.
    """
    with acts.begin(actor, "reject a revision", f"revision {no}", _entities(document(no))) as act:
        shown = _undecided(no)
        reasons.require(actor, f"reject revision {no}")
        _decide(act, shown.row, REJECTED)


def state(no: int) -> str:
    """How a revision stands: waiting, approve or reject."""
    verb = models.RevisionDecision.objects.filter(revision=no).values_list("verb", flat=True).first()
    return str(verb or WAITING)


def waiting() -> int:
    """How many revisions wait for a decision."""
    return int(models.Revision.objects.filter(revisiondecision__isnull=True).count())


def held(no: int) -> Held:
    """A revision with what it would change now.

    Raises:
        acts.Refused: there is none of that number.
    """
    row: models.Revision | None = models.Revision.objects.filter(no=no).first()
    if row is None:
        raise acts.Refused(f"revision {no}: there is none of that number.")
    opened = document(no)
    return Held(row, opened, import_bundle.check(opened, revision=True))


def denial(person: str, no: int) -> str:
    """Why a person may not approve a revision, in one sentence; empty where they may, or may with an override."""
    row = models.Revision.objects.get(no=no)
    if person == row.prepared_by and choices.chosen("single_person") != "on":
        return f"{person} wrote revision {no}; {_others(no, person)} approves it."
    owners = [None, *_entities(document(no))]
    return next(filter(None, (people.denial(person, "approve a revision", owner) for owner in owners)), "")


def _others(no: int, person: str) -> str:
    owners = [None, *_entities(document(no))]
    able = [
        one for one in people.everyone()
        if one != person and not any(people.denial(one, "approve a revision", owner) for owner in owners)
    ]  # fmt: skip
    return " or ".join(able) or "another approver or controller, of whom there is none yet,"


def document(no: int) -> reading.Opened:
    """The small bundle that a revision is.

    Raises:
        acts.Refused: there is none of that number.
    """
    row = models.Revision.objects.filter(no=no).first()
    if row is None:
        raise acts.Refused(f"revision {no}: there is none of that number.")
    return _opened(bytes(models.File.objects.get(sha256=row.document).content), f"revision-{no}.json")


def _opened(content: bytes, name: str) -> reading.Opened:
    return reading.Opened(Path(name), {name: content}, nesting.flatten(documents.read_json(content, name), name))


def _files(no: int, shown: Held) -> dict[str, bytes]:
    return {f"revision-{no}.json": next(iter(shown.opened.files.values()))}


def _entities(opened: reading.Opened) -> list[str]:
    """The entities that a revision is about: those that its rows name; all where one of them names none."""
    owned = [frame["entity"] if "entity" in frame.columns else None for frame in opened.source.tables.values()]
    if not owned or any(names is None or names.null_count() for names in owned):
        return knowledge.entities()
    return sorted({str(name) for names in owned if names is not None for name in names})


def _refuse(checked: import_bundle.Checked) -> None:
    for refusal in checked.refusals:
        raise acts.Refused(refusal)
    told = checked.findings.filter(pl.col("severity") == "blocks")
    if told.height:
        raise acts.Refused(told["message"][0])
    if checked.kind == "opening":
        raise acts.Refused("revision: there are no books yet to revise; import contracts, with these rows, first.")
    if not checked.new:
        raise acts.Refused("revision: every row of it is in the books already; nothing would change.")


def _hash(opened: reading.Opened, checked: import_bundle.Checked) -> str:
    """SHA-256 over the document, and over what it changes in the books."""
    document = canonical.sha256(next(iter(opened.files.values())))
    changes = checked.changes.sort(checked.changes.columns, nulls_last=True)
    counts = checked.counts.select("table", pl.exclude("table").cast(pl.String))
    return canonical.of_all(
        [document, canonical.of_all(canonical.digests(changes)), canonical.of_all(canonical.digests(counts))]
    )


def _undecided(no: int) -> Held:
    shown = held(no)
    known = state(no)
    if known != WAITING:
        raise acts.Refused(f"revision {no} is {WORDS[known]} already; propose another one.")
    return shown


def _decide(act: events.Act, row: models.Revision, verb: str, *, override: bool = False) -> None:
    covering.cover(act, "revision_decisions", pl.DataFrame([{
        "revision_no": row.no, "verb": verb, "by": act.actor, "reason": act.reason, "hash": row.hash,
        "override": override,
    }]))  # fmt: skip
    act.body["decision"] = {"revision": str(row.no), "hash": row.hash, "override": override}

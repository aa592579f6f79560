"""Notes on the entries of a run that waits: reviewed, flagged, withdrawn, or a comment.

Worked example: Dana looks at entry 5f1c of run 4 and flags it with the reason "why 5,000.00?"; until somebody has
answered, run 4 cannot be approved. She marks 300 entries that no signal points at as reviewed by one act: one event,
and a row for each of the 300.

Refuses notes on a run that is over or was shown with another hash, on an entry that it does not hold, a flag or a
comment without words, marks by whoever prepared the run, and marks of many at once where the review raised a flag.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from ratable.ledger import covering, entries, flagged, models, noted, rows
from ratable.operations import acts, choices, decide, reasons

VERBS = {
    noted.REVIEWED: "mark an entry", noted.FLAGGED: "mark an entry", noted.WITHDRAWN: "mark an entry",
    noted.COMMENT: "comment on an entry",
}  # fmt: skip
_WAITS = (entries.DRAFT, "review", "approve")


@dataclass(frozen=True)
class Shown:
    """A run as it was shown to a person."""

    run: int
    hash: str


def note(actor: acts.Actor, shown: Shown, noted_on: Sequence[str], *, kind: str) -> int:
    """Note the same about some entries of a run; the number of entries.

    Args:
        actor: an approver or controller who did not prepare the run, or for a comment also a preparer; the words are
            its reason.
        shown: the run, with the hash that was shown.
        noted_on: ids of its drafts, each once.
        kind: reviewed, flagged, withdrawn or comment.

    Raises:
        acts.Refused: any of that does not hold.
    """
    if kind not in VERBS:
        raise acts.Refused(f"note: saw {kind!r}; expected {', '.join(VERBS)}.")
    subject = f"run {shown.run}"
    with acts.begin(actor, VERBS[kind], subject, decide.entities_of(shown.run)) as act:
        _refuse_other(actor, shown, kind)
        if kind in (noted.FLAGGED, noted.COMMENT):
            reasons.require(actor, f"{kind} entry {noted_on[0] if noted_on else ''}")
        _refuse_strange(shown.run, noted_on)
        if kind == noted.REVIEWED and len(noted_on) > 1:
            _refuse_raised(shown.run, noted_on, date.fromisoformat(act.at[:10]))
        told = pl.DataFrame({"entry": list(noted_on)}, schema={"entry": pl.String}).with_columns(
            run_no=pl.lit(shown.run, pl.Int64), kind=pl.lit(kind), words=pl.lit(act.reason), by=pl.lit(act.actor)
        )
        added = covering.cover(act, "review_notes", told)
        act.body |= {"kind": kind, "run": str(shown.run), "hash": shown.hash, "entries": str(added.height)}
        if added.height == 1:
            act.body["entry"] = noted_on[0]
    return added.height


def _refuse_other(actor: acts.Actor, shown: Shown, kind: str) -> None:
    """Go on only where the run waits as it was shown, and the actor may review it."""
    held: models.Run | None = models.Run.objects.filter(no=shown.run).first()
    if held is None:
        raise acts.Refused(f"run {shown.run}: there is none; the review shows what waits.")
    state = entries.state(held.no)
    if state not in _WAITS:
        raise acts.Refused(f"run {held.no} is {decide.WORDS[state]}; nothing more is noted on it.")
    if held.hash != shown.hash:
        raise acts.Refused(f"run {held.no} has the hash {held.hash}, saw {shown.hash}; look at it again.")
    own = held.prepared_by == actor.person and choices.chosen("single_person") != "on"
    if own and kind != noted.COMMENT:
        raise acts.Refused(f"{actor.person} prepared run {held.no} and cannot review it; another person has to.")


def _refuse_strange(run: int, noted_on: Sequence[str]) -> None:
    among, ids = rows.among("entry", noted_on)
    query = f"SELECT entry FROM drafts WHERE run_no = %s AND {among}"  # noqa: S608  a column of our own
    known = rows.select(query, [run, ids], {"entry": pl.String()})["entry"]
    strange = [entry for entry in noted_on if entry not in set(known)]
    if strange or len(set(noted_on)) != len(noted_on) or not noted_on:
        seen = strange[0] if strange else "none, or one twice"
        raise acts.Refused(f"entry: saw {seen}; expected drafts of run {run}, each once.")


def _refuse_raised(run: int, noted_on: Sequence[str], today: date) -> None:
    """What the review raised and nobody answered is marked one by one: nobody has looked at what many share."""
    if choices.chosen("review") == "off":
        return
    raised = flagged.open_(flagged.of_run(run, on=today)).filter(pl.col("table") == "entries")
    among = raised.filter(pl.col("subject").is_in(list(noted_on)))
    if among.height:
        raise acts.Refused(
            f"entry {among['subject'][0]} has a flag that nobody answered: {among['says'][0]} Answer it, or mark the "
            "entry by itself."
        )

"""What becomes of a run: reviewed, approved at the hash that was shown, posted; or rejected with a reason.

Worked example: Ben proposes run 3. Dana reviews it and approves it at its hash; Ben himself could not. Posting turns
its 42 drafts into entries 101 to 142 in one transaction. Had Ben proposed again in between, run 4 would have replaced
run 3 with its approval, and posting run 3 would be refused.

    draft -> review -> approve -> post          each step may be the first but for post, which follows an approval
    draft, review, approve -> reject or replace
"""

from dataclasses import dataclass

import polars as pl

from ratable.ledger import arithmetic, canonical, closed, covering, entries, events, knowledge, models, noted, rows
from ratable.operations import acts, answering, choices, drafting, people, reasons

_FROM = {
    "review": (entries.DRAFT,),
    "approve": (entries.DRAFT, "review"),
    "reject": (entries.DRAFT, "review", "approve"),
    "post": ("approve",),
}
WORDS = {
    entries.DRAFT: "not reviewed yet",
    "review": "in review",
    "approve": "approved",
    "reject": "rejected",
    "replace": "replaced by a later proposal",
    "post": "posted",
}


@dataclass(frozen=True)
class Posted:
    """Entries as they were posted: first and last number, count, and totals in minor units by currency."""

    first: int
    last: int
    rows: int
    totals: dict[str, int]


def review(actor: acts.Actor, run: int) -> None:
    """Say that somebody who may approve has taken a run up.

    Raises:
        acts.Refused: the actor may not, there is no such run, or it is past that.
    """
    with acts.begin(actor, "review", f"run {run}", entities_of(run)) as act:
        _decide(act, _run(run, "review"))


def approve(actor: acts.Actor, run: int, hash_: str, *, override: bool = False, despite: bool = False) -> None:
    """Approve a run as it was shown.

    Args:
        actor: an approver or controller who did not prepare it, with limits that it keeps within.
        run: its number.
        hash_: the hash that was shown; another one means that something else was.
        override: one person in both roles, where the company has chosen that, with a reason.
        despite: the actor has seen the flags that block the run and approves it all the same, with a reason.

    Raises:
        acts.Refused: any of that does not hold, a flag blocks the run, or it cannot be posted any more.
    """
    with acts.begin(actor, "approve", f"run {run}", entities_of(run)) as act:
        held = _run(run, "approve")
        if hash_ != held.hash:
            raise acts.Refused(f"run {run} has the hash {held.hash}, saw {hash_}; look at it again before approving.")
        alone = choices.acts_alone(actor, held.prepared_by, f"run {run}", override=override)
        _within_limits(actor, held)
        # What is posted is hashed again, row by row; here it is enough to see that no row was put in place of another.
        _refuse_changed(held, entries.digests(held.no))
        _refuse_locked(held)
        _refuse_flagged(held)
        answering.override(act, actor, held, despite=despite)
        _decide(act, held, override=alone)


def reject(actor: acts.Actor, run: int) -> None:
    """Reject a run with a reason; its drafts are removed, and the next proposal starts anew.

    Raises:
        acts.Refused: the actor may not, gave no reason, or the run is over.
    """
    with acts.begin(actor, "reject", f"run {run}", entities_of(run)) as act:
        held = _run(run, "reject")
        reasons.require(actor, f"reject run {run}")
        _decide(act, held)
        drafting.drop(run)


def post(actor: acts.Actor, run: int) -> Posted:
    """Turn the drafts of an approved run into entries; nothing ever changes them.

    The first proposal that is posted brings the locks of the opening import into force.

    Raises:
        acts.Refused: the actor may not, the run is not approved as it is, or a period of it was locked since.
    """
    with acts.begin(actor, "post", f"run {run}", entities_of(run)) as act:
        held = _run(run, "post")
        drafts = entries.drafts(held.no)
        _refuse_changed(held, covering.digests(drafts))
        _refuse_locked(held)
        first = held.kind == "proposal" and not entries.begun(book=held.book)
        _decide(act, held)
        known_on = pl.lit(acts.ledger_day(act.at))
        posted = covering.cover(act, "entries", drafts.drop("no", "digest").with_columns(known_on=known_on))
        drafting.drop(run)
        if first:
            _lock_history(act, posted)
        totals = drafting.totals(posted)
        act.body["posted"] = {"rows": str(posted.height), "totals": drafting.as_text(totals)}
        return Posted(posted["no"][0], posted["no"][-1], posted.height, totals)


def may_take_up(actor: acts.Actor, run: int) -> bool:
    """Whether a person who looks at a run thereby reviews it: nobody has, it is not theirs, and they may approve."""
    own = models.Run.objects.filter(no=run, prepared_by=actor.person).exists()
    return entries.state(run) == entries.DRAFT and not own and not _denied(actor.person, "review", run)


def approvers(run: int) -> list[str]:
    """Who may approve a run: approvers and controllers other than its preparer, whose limits it keeps within."""
    held = models.Run.objects.get(no=run)
    everybody = sorted(set(models.Grant.objects.values_list("person", flat=True)) - {held.prepared_by})
    return [name for name in everybody if not _denied(name, "approve", run) and not _beyond(name, held)]


def entities_of(run: int) -> list[str]:
    """The entities of the drafts of a run; a run is decided on as a whole, so a decision takes a role for each."""
    return list(models.Draft.objects.filter(run=run).values_list("entity", flat=True).distinct().order_by("entity"))


def _denied(person: str, verb: str, run: int) -> bool:
    return any(people.denial(person, verb, entity) for entity in [None, *entities_of(run)])


def _run(run: int, verb: str) -> models.Run:
    """The run, where it is in a state from which the decision leads on."""
    held: models.Run | None = models.Run.objects.filter(no=run).first()
    if held is None:
        raise acts.Refused(f"run {run}: there is none; the review shows what waits.")
    state = entries.state(run)
    if state not in _FROM[verb]:
        wanted = " or ".join(WORDS[name] for name in _FROM[verb])
        raise acts.Refused(f"run {run} is {WORDS[state]}; to {verb} it, it has to be {wanted}.")
    return held


def _decide(act: events.Act, held: models.Run, *, override: bool = False) -> None:
    covering.cover(act, "decisions", pl.DataFrame([{
        "run_no": held.no, "verb": act.action, "by": act.actor, "reason": act.reason, "hash": held.hash,
        "override": override,
    }]))  # fmt: skip
    act.body["decision"] = {"run": str(held.no), "hash": held.hash, "override": override}


def _within_limits(actor: acts.Actor, held: models.Run) -> None:
    beyond = _beyond(actor.person, held)
    if beyond:
        raise acts.Refused(f"{actor.person} may not approve run {held.no}: {beyond}. Somebody with a higher limit may.")


def _beyond(person: str, held: models.Run) -> str:
    """What of a run is above the limits of a person, in words; empty where nothing is."""
    limits = people.limits(person)
    if not limits:
        return ""
    beyond = [
        f"it totals {money(total, currency)}, and the limit is {money(limits.get(currency, 0), currency)}"
        for currency, total in drafting.totals_of(held).items()
        if total > limits.get(currency, 0)
    ]
    return "; ".join(beyond)


def money(amount: int, currency: str) -> str:
    """One amount for people: 12,345.67 USD."""
    return f"{arithmetic.money(amount, currency)} {currency}"


def _refuse_changed(held: models.Run, digests: pl.Series) -> None:
    if canonical.of_all(digests) != held.hash:
        raise acts.Refused(f"the drafts of run {held.no} are not those that were prepared; propose again.")


def _refuse_locked(held: models.Run) -> None:
    """Refuse a run after a lock of a period that it has entries in."""
    due = rows.select(
        "SELECT entity, date, count(*) FROM drafts WHERE run_no = %s GROUP BY entity, date ORDER BY date",
        [held.no],
        {"entity": pl.String(), "date": pl.Date(), "rows": pl.Int64()},
    )
    locked = due.join(closed.last_days(book=held.book), on="entity", maintain_order="left").filter(
        pl.col("date") <= pl.col("closed")
    )
    if locked.height:
        raise acts.Refused(
            f"run {held.no} has {locked['rows'].sum()} entries in periods that were locked since, from "
            f"{locked['date'][0]:%Y-%m} on; propose again, and they are dated on the first open day."
        )


def _refuse_flagged(held: models.Run) -> None:
    """Refuse to approve what somebody asked about and nobody answered."""
    open_ = noted.unanswered(held.no)
    if open_:
        count = f"{len(open_)} entries are" if len(open_) > 1 else f"entry {open_[0]} is"
        raise acts.Refused(f"run {held.no}: {count} flagged and not answered; answer or review each flag first.")


def _lock_history(act: events.Act, posted: pl.DataFrame) -> None:
    """The locks of the opening import as locks of these books, now that the history is posted."""
    stated = rows.select(
        "SELECT f.through, f.locked_on, f.entity FROM fact_locks f JOIN imports i ON i.no = f.import_no "
        "WHERE i.kind = 'opening' ORDER BY f.through, f.locked_on, f.no",
        [],
        {"through": pl.Date(), "locked_on": pl.Date(), "entity": pl.String()},
    )
    entities = sorted({*knowledge.entities(), *posted["entity"].unique()})
    every = stated.filter(pl.col("entity").is_null()).drop("entity").join(
        pl.DataFrame({"entity": entities}), how="cross"
    )  # fmt: skip
    own = stated.drop_nulls("entity").select(every.columns)
    ended = closed.last_days(book=posted["book"][0])
    further = (pl.col("through") > pl.col("closed")).fill_null(value=True)
    made = pl.concat([every, own]).join(ended, on="entity", how="left").filter(further).drop("closed")
    locks = made.sort("through", "locked_on", "entity").with_columns(
        book=pl.lit(posted["book"][0]), state=pl.lit("locked"), by=pl.lit(act.actor), opening=pl.lit(value=True),
        period=pl.col("through").dt.to_string("%Y-%m"), reason=pl.lit("locked before the cut-over"),
    )  # fmt: skip
    covering.cover(act, "locks", locks)

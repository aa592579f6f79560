"""Answers flags of the review: error, accepted exception, false alarm or duplicate, with a reason and a last day.

Worked example: flag 5f1c says that the price of C-12-1 is 31% below its SSP. Dana, who did not prepare the run, answers
`answer(dana, "5f1c", "exception")` with the reason "launch customer, approved by the board" on 1 April: it stays
answered in every review until 28 September, as long as it says the same.

Refused: an answer without a reason or by whoever prepared what the flag is about; a last day that is over or more than
a year away; and any verdict but "error" on a flag that blocks: that is put right, or overridden at approval by a second
person (`override`).
"""

from datetime import date, timedelta
from typing import Any

import polars as pl

from ratable.ledger import covering, events, flagged, models
from ratable.operations import acts, choices, people, reasons
from ratable.review import flags

HOLDS = timedelta(days=180)
"""How long an answer holds where nothing else is said."""
LONGEST = timedelta(days=366)


def answer(actor: acts.Actor, flag: str, verdict: str, *, until: date | None = None) -> date | None:
    """Answer a flag as the last review raised it.

    Args:
        actor: an approver or controller who did not prepare what it is about, with a reason.
        flag: its id, or the beginning of it.
        verdict: one of `flagged.VERDICTS`.
        until: the last day on which the answer holds; None: 180 days from now. An error has none.

    Returns:
        that last day; None for an error, which waits until it is put right.

    Raises:
        acts.Refused: any of that does not hold, or there is no such flag.
    """
    shown = found(flag)
    if verdict not in flagged.VERDICTS:
        raise acts.Refused(f"verdict: saw {verdict!r}; expected {', '.join(flagged.VERDICTS)}.")
    with acts.begin(actor, "answer a flag", f"flag {shown['flag']}", _entities(shown)) as act:
        reasons.require(actor, f"answer flag {shown['flag']}")
        if shown["class"] == flags.BLOCKS and verdict != flagged.ERROR:
            raise acts.Refused(
                f"flag {shown['flag']} blocks, and no answer changes that: put right what it says, or approve the run "
                "despite it, as another person than its preparer, with a reason."
            )
        _refuse_own(actor, shown)
        last = None if verdict == flagged.ERROR else _last_day(until, date.fromisoformat(act.at[:10]))
        add(act, [shown], verdict, last)
    return last


def found(flag: str) -> dict[str, Any]:
    """A flag as the last review that raised it has it.

    Raises:
        acts.Refused: no review raised one of that id.
    """
    shown = flagged.shown(flag)
    if shown is None:
        raise acts.Refused(f"flag {flag}: no review raised it; `ratable review` shows what is raised.")
    return shown


def override(act: events.Act, actor: acts.Actor, held: models.Run, *, despite: bool) -> None:
    """Go on with an approval only where nothing blocks the run, or a second person approves despite it with a reason.

    Args:
        act: the approval, which keeps an answer to each flag that blocks.
        actor: who approves.
        held: the run.
        despite: the actor has seen what blocks it.

    Raises:
        acts.Refused: a flag blocks, and nobody overrides it, or the preparer would.
    """
    if choices.chosen("review") == "off":
        return
    raised = flagged.of_run(held.no, on=date.fromisoformat(act.at[:10]))
    blocking = flagged.open_(raised, flags.BLOCKS)
    if blocking.is_empty():
        return
    first = f"the first is {blocking['id'][0]}: {blocking['says'][0]}"
    count = f"{blocking.height} flags block" if blocking.height > 1 else "1 flag blocks"
    if not despite:
        raise acts.Refused(
            f"run {held.no}: {count} it; {first} Put it right and propose again; or approve the run despite it, as "
            "another person than its preparer, with a reason."
        )
    if actor.person == held.prepared_by:
        raise acts.Refused(f"run {held.no}: {count} it, and {actor.person} prepared it; another person overrides that.")
    reasons.require(actor, f"approve run {held.no} despite what blocks it")
    add(act, blocking.rename({"id": "flag"}).to_dicts(), flagged.OVERRIDDEN, None)


def add(act: events.Act, answered: list[dict[str, Any]], verdict: str, until: date | None) -> None:
    """Keep an answer to some flags under an act; each has no, flag, expected and actual.

    Args:
        act: the act that answers.
        answered: the flags, as rows of a review.
        verdict: one of `flagged.VERDICTS`, or what an approval or an acceptance says.
        until: the last day on which it holds; None: it does not end.
    """
    told = pl.DataFrame(
        [{"review_flag_no": row["no"], "flag": row["flag"]} for row in answered],
        schema={"review_flag_no": pl.Int64, "flag": pl.String},
    )
    said = {"verdict": verdict, "reason": act.reason, "by": act.actor}
    day = pl.lit(until, pl.Date).alias("until")
    covering.cover(
        act, "flag_dispositions", told.with_columns(day, *(pl.lit(text).alias(name) for name, text in said.items()))
    )
    act.body["flags"] = {row["flag"]: verdict for row in answered}


def denial(person: str, flag: str) -> str:
    """Why a person may not answer a flag, in one sentence; empty where they may."""
    shown = flagged.shown(flag)
    if shown is None:
        return f"flag {flag}: no review raised it."
    owners = [None, *_entities(shown)]
    denied = next(filter(None, (people.denial(person, "answer a flag", owner) for owner in owners)), "")
    return denied or _own(person, shown)


def _entities(shown: dict[str, Any]) -> list[str]:
    return [shown["entity"]] if shown["entity"] else []


def _last_day(until: date | None, today: date) -> date:
    if until is None:
        return today + HOLDS
    if not today <= until <= today + LONGEST:
        raise acts.Refused(f"until: saw {until}; expected a day from {today} to {today + LONGEST}.")
    return until


def _refuse_own(actor: acts.Actor, shown: dict[str, Any]) -> None:
    if own := _own(actor.person, shown):
        raise acts.Refused(own)


def _own(person: str, shown: dict[str, Any]) -> str:
    """That a person prepared what a flag is about, in one sentence; empty where they did not, or may all the same."""
    if choices.chosen("single_person") == "on":
        return ""
    runs = {models.Run.objects.filter(review__no=shown["review"]).values_list("no", flat=True).first()}
    if shown["table"] == "entries":
        runs |= {model.objects.filter(entry=shown["subject"]).values_list("run", flat=True).first()
                 for model in (models.Entry, models.Draft)}  # fmt: skip
    if shown["table"] == "runs" and shown["subject"].isdecimal():
        runs.add(int(shown["subject"]))
    own = models.Run.objects.filter(no__in=[run for run in runs if run], prepared_by=person).order_by("no").first()
    if own is None:
        return ""
    return f"{person} prepared run {own.no} and cannot answer flags on it; another approver or controller has to."

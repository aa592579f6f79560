"""Closes months and reopens them: soft-close, lock, ask to unlock, unlock.

Worked example: Cora locks March 2026 on 2 April. The checklist is green, so the lock row, six signed statements and a
checkpoint are added in one act; from then on the database refuses entries dated in March. In May an auditor wants a
contract moved: Cora asks for March with a reason, Carl, another controller, reopens it with his, and the lock that
follows signs a second version beside the first, which stays.

Refused: a lock while an item of the checklist is open, or of a month that is not over or locked already; reopening by
one person alone, without a reason, of another than the last locked month, or of one closed before these books began.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from ratable.core import periods
from ratable.ledger import (
    books,
    checklist,
    checkpoints,
    closed,
    covering,
    events,
    knowledge,
    signing,
    statements,
)
from ratable.operations import acts, propose, reasons
from ratable.reports import identities

Step = Callable[[str], None]


@dataclass(frozen=True)
class Done:
    """What an act did: the month, the entities it concerns, and how what is signed differs from what was before.

    `statements` has one row per entity and report that a lock signed: entity, report, rows, sha256.
    """

    period: str
    entities: tuple[str, ...]
    differences: pl.DataFrame
    statements: pl.DataFrame


def checked(period: str, *, entity: str | None = None, step: Step = lambda _: None) -> list[checklist.Item]:
    """The checklist of a month as it stands now; see `ledger.checklist`.

    Args:
        period: the month, YYYY-MM.
        entity: one entity; None: all of the company.
        step: is told what is being looked at.

    Raises:
        acts.Refused: there is no such month or entity.
    """
    last = _last_day(period)
    owners = _owners(entity)
    step(f"Reading the entries through {last}")
    return _checked(period, entity, books.of_each(owners, last), step)


def soft_close(actor: acts.Actor, period: str, *, entity: str | None = None) -> tuple[str, ...]:
    """Warn everybody who still books that a month is being closed; nothing is refused because of it.

    Args:
        actor: a controller.
        period: the month, YYYY-MM.
        entity: one entity; None: every one that is open.

    Returns:
        the entities whose month it closed softly.

    Raises:
        acts.Refused: the month is locked or soft-closed already, or there is no such month or entity.
    """
    last = _last_day(period)
    with acts.begin(actor, "soft-close", _subject(period, entity), _owners(entity)) as act:
        due = [owner for owner in _owners(entity) if closed.of_month(period, owner) == closed.OPEN]
        if not due:
            states = sorted({closed.of_month(period, owner) for owner in _owners(entity)})
            raise acts.Refused(f"{period} is {' and '.join(states)} already. Nothing was done.")
        _add(act, "soft", period, dict.fromkeys(due, last))
    return tuple(due)


def lock(
    actor: acts.Actor,
    period: str,
    *,
    entity: str | None = None,
    key: signing.Key | None = None,
    step: Step = lambda _: None,
) -> Done:
    """Lock a month for good: nothing is dated in it from now on, and its statements are signed.

    Source: 250-10-45-17 for why what is learned later belongs into later periods.

    Args:
        actor: a controller.
        period: the month, YYYY-MM.
        entity: one entity; None: every one that is open.
        key: signs the checkpoint; None: none is made.
        step: is told what is being done.

    Returns:
        what was locked and signed, and how it differs from what an earlier lock of the month signed.

    Raises:
        acts.Refused: an item of the checklist is open, the month is locked already or not over, or the figures do not
            foot. The sentence says which and what to do; nothing was done.
    """
    last = _last_day(period)
    with acts.begin(actor, "lock", _subject(period, entity), _owners(entity)) as act:
        due = [owner for owner in _owners(entity) if not _is_closed(owner, last)]
        if not due:
            raise acts.Refused(_locked_already(period, _owners(entity)[0]))
        if (day := acts.ledger_day(act.at)) < last:
            raise acts.Refused(f"{period} ends on {last}, and it is {day}; a month is locked when it is over.")
        step(f"Reading the entries through {last}")
        ledgers = books.of_each(due, last, known_on=day)
        open_ = [item.says for item in _checked(period, entity, ledgers, step) if not item.done]
        if open_:
            raise acts.Refused(f"{period} cannot be locked yet. {' '.join(open_)}")
        step(f"Signing the statements of {period}")
        locks = _add(act, "locked", period, dict.fromkeys(due, last))
        done = _sign(act, period, locks, ledgers)
        if key is not None:
            checkpoints.make(act, key)
    return done


def ask_to_unlock(actor: acts.Actor, period: str, *, entity: str | None = None) -> None:
    """Ask for a locked month to be reopened, which another controller then may do.

    Args:
        actor: a controller, with a reason.
        period: the month that was locked last.
        entity: one entity; None: every one whose month is locked.

    Raises:
        acts.Refused: the month cannot be reopened, somebody has asked already, or there is no reason.
    """
    last = _last_day(period)
    with acts.begin(actor, "ask to unlock", _subject(period, entity), _owners(entity)) as act:
        reasons.require(actor, f"ask to unlock {period}")
        back = _reopenable(period, _owners(entity))
        before = [by for owner in back if (by := who_asked(period, owner))]
        if before:
            raise acts.Refused(f"{before[0]} has asked for {period} already; another controller reopens it.")
        _add(act, "asked", period, dict.fromkeys(back, last))


def unlock(actor: acts.Actor, period: str, *, entity: str | None = None) -> Done:
    """Reopen the month that was locked last; its signed statements stay as they are, and it counts as restated.

    Args:
        actor: a controller other than the one who asked, with a reason.
        period: the month that was locked last.
        entity: one entity; None: every one whose month is locked.

    Returns:
        what was reopened, and how the statements of now differ from the signed ones.

    Raises:
        acts.Refused: nobody asked, the actor asked, the month cannot be reopened, or there is no reason.
    """
    last = _last_day(period)
    with acts.begin(actor, "unlock", _subject(period, entity), _owners(entity)) as act:
        reasons.require(actor, f"unlock {period}")
        back = _reopenable(period, _owners(entity))
        askers = [who_asked(period, owner) for owner in back]
        if not all(askers):
            raise acts.Refused(
                f"nobody has asked for {period} yet; one controller asks for it, with a reason, and another "
                "one reopens it."
            )
        if actor.person in askers:
            raise acts.Refused(f"{actor.person} asked for {period} and cannot reopen it; another controller has to.")
        ledgers = books.of_each(back, last)
        found = [statements.differences(period, owner, statements.make(period, ledgers[owner])) for owner in back]
        differences = pl.concat(found)
        _add(act, "reopened", period, back)
        act.body["differs"] = _counted(differences)
    return Done(period, tuple(back), differences, pl.DataFrame())


def asked(period: str, *, entity: str | None = None) -> bool:
    """Whether somebody has asked for the month of every entity that could be reopened."""
    owners = [owner for owner in _owners(entity) if closed.of_month(period, owner) in (closed.LOCKED, closed.ASKED)]
    return bool(owners) and all(who_asked(period, owner) for owner in owners)


def who_asked(period: str, entity: str) -> str:
    """Who asked for a locked month to be reopened; empty where nobody has."""
    said = closed.periods().filter(
        (pl.col("period") == period) & (pl.col("entity") == entity) & (pl.col("state") == closed.ASKED)
    )
    return str(said["by"].item()) if said.height else ""


def _checked(period: str, entity: str | None, ledgers: dict[str, books.Posted], step: Step) -> list[checklist.Item]:
    last = _last_day(period)
    step(f"Comparing what is due through {last} with what is posted")
    unposted = propose.unposted(last)
    return checklist.items(period, ledgers, entity=entity, unposted=unposted, step=step)


def _sign(act: events.Act, period: str, locks: pl.DataFrame, ledgers: dict[str, books.Posted]) -> Done:
    """Add the statements of each lock, as they are known on its day."""
    made, differences = [], []
    try:
        for number, entity in locks.select("no", "entity").iter_rows():
            now = statements.make(period, ledgers[entity])
            differences.append(statements.differences(period, entity, now, before=number))
            made.append(now.with_columns(lock_no=pl.lit(number, pl.Int64), entity=pl.lit(entity)))
    except identities.DoesNotFoot as fault:
        raise acts.Refused(str(fault)) from fault
    signed, differs = pl.concat(made), pl.concat(differences)
    covering.cover(act, "statements", signed.drop("entity"))
    if not differs.is_empty():
        act.body["differs"] = _counted(differs)
    return Done(period, tuple(locks["entity"]), differs, signed.select("entity", "report", "rows", "sha256"))


def _counted(differences: pl.DataFrame) -> dict[str, str]:
    """How many rows of each report differ, for the event log."""
    counts = differences.group_by("report").len().sort("report")
    return {report: str(count) for report, count in counts.iter_rows()}


def _add(act: events.Act, state: str, period: str, through: Mapping[str, date | None]) -> pl.DataFrame:
    """Add a lock row for each entity, with the last day that is closed or meant."""
    frame = pl.DataFrame(
        {"entity": list(through), "through": list(through.values())}, schema={"entity": pl.String, "through": pl.Date}
    )
    said = {
        "book": closed.MAIN, "state": state, "period": period, "locked_on": acts.ledger_day(act.at),
        "by": act.actor, "reason": act.reason, "opening": False,
    }  # fmt: skip
    return covering.cover(act, "locks", frame.with_columns(pl.lit(value).alias(name) for name, value in said.items()))


def _owners(entity: str | None) -> list[str]:
    known = knowledge.entities()
    if entity is not None and entity not in known:
        raise acts.Refused(f"entity: saw {entity!r}; expected one of {', '.join(filter(None, known)) or 'none'}.")
    return known if entity is None else [entity]


def _is_closed(entity: str, last: date) -> bool:
    day = closed.through(closed.MAIN, entity)
    return day is not None and day >= last


def _locked_already(period: str, entity: str) -> str:
    """Who locked a month, and when."""
    locks = closed.in_force().filter((pl.col("entity") == entity) & (pl.col("through") >= _last_day(period)))
    by, day = locks.select("by", "locked_on").row(0)
    return f"{period} is locked already, since {day} by {by}. Nothing was done."


def _reopenable(period: str, entities: list[str]) -> dict[str, date | None]:
    """The entities whose last lock is of this month, each with the day through which the lock before it closed."""
    last = _last_day(period)
    due = [entity for entity in entities if _is_closed(entity, last)]
    if not due:
        raise acts.Refused(f"{period} is not locked; there is nothing to reopen.")
    made = closed.in_force().filter(pl.col("entity").is_in(due))
    back = {}
    for entity, locks in made.group_by("entity", maintain_order=True):
        newest = locks.row(-1, named=True)
        if newest["opening"]:
            raise acts.Refused(f"{period} was closed in another system, before these books began; it stays closed.")
        if newest["period"] != period:
            raise acts.Refused(
                f"{period} cannot be reopened while {newest['period']} is locked after it; begin with the last one."
            )
        back[str(entity[0])] = locks["through"][-2] if locks.height > 1 else None
    return back


def _last_day(period: str) -> date:
    try:
        return periods.last_day(period)
    except ValueError as fault:
        raise acts.Refused(f"period: saw {period!r}; expected a month as YYYY-MM, such as 2026-03.") from fault


def _subject(period: str, entity: str | None) -> str:
    return f"{period} of {entity}" if entity else period

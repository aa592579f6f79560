"""What every act has in common: a person with a role, a moment, the lock of the store, one transaction, one event.

Worked example: Ben, a preparer, calls `approve_run`. `begin` finds that a preparer may not approve, leaves the books
untouched, writes the event "refused" with his name and the rule, and raises `Refused` with one sentence for him.

The day of the ledger. A lock ends the day: what comes after it is known on the next one, even within the same hours.
So everything known on the day of a lock counts as known before it, in the store as in `ratable run`.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

import ratable
from ratable.ledger import events, models, store
from ratable.operations import people

_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
_STEP_BACK = timedelta(seconds=1)


class Refused(Exception):
    """An act that the books do not allow, with one sentence that says why and what to do."""


class Denied(Refused):
    """An act that the role of the person does not allow; the refusal is in the event log."""


@dataclass(frozen=True)
class Actor:
    """Who acts, and by which clock."""

    person: str
    clock: Callable[[], datetime]
    reason: str = ""
    on_behalf_of: str = ""


@contextmanager
def begin(actor: Actor, verb: str, subject: str = "", entities: Collection[str] = ()) -> Iterator[events.Act]:
    """One act: everything done inside is committed with its event, or nothing is.

    Args:
        actor: who acts.
        verb: the act, one of `people.MAY`.
        subject: what it is about, such as "run 3".
        entities: those that it is about, each of which the role of the person has to cover.

    Yields:
        the event to be: the act adds to its `body` and may complete its `subject`.

    Raises:
        Denied: the person may not do this.
        Refused: the clock of this machine has been turned back.
    """
    denied = ""
    with transaction.atomic():
        store.lock()
        no, _, last = events.last()
        at = moment(actor, last)
        denied = _denial(actor, verb, entities, date.fromisoformat(at[:10]))
        act = events.Act(no + 1, at, actor.person, verb, subject, normal(actor.reason), actor.on_behalf_of)
        act.code = ratable.__version__
        if denied:
            act.action, act.body = "refused", {"act": verb, "why": denied}
        else:
            yield act
        events.append(act)
    if denied:
        raise Denied(denied)


def _denial(actor: Actor, verb: str, entities: Collection[str], on: date) -> str:
    """Why the actor may not do this to all of these entities; the first reason, or empty."""
    return next(filter(None, (people.denial(actor.person, verb, owner, on=on) for owner in [None, *entities])), "")


def normal(text: str) -> str:
    """A text in Unicode normal form C, as all is kept."""
    return unicodedata.normalize("NFC", text)


def ledger_day(at: str) -> date:
    """The day of the ledger at a moment: the calendar day in UTC, or a later one where a lock has ended that day."""
    today = date.fromisoformat(at[:10])
    imported = models.Import.objects.aggregate(day=Max("known_on"))["day"]
    locked = models.Lock.objects.filter(state="locked").aggregate(day=Max("locked_on"))["day"]
    after = locked + timedelta(days=1) if locked else today
    return max(today, after, imported or today)


def moment(actor: Actor, last: str) -> str:
    """The moment of an act by its clock, never before the last act.

    Raises:
        Refused: the clock has been turned back.
    """
    now = actor.clock()
    if last and now < datetime.strptime(last, _MOMENT).replace(tzinfo=UTC) - _STEP_BACK:
        raise Refused(
            f"the clock says {now:{_MOMENT}}, but the last act was at {last}. Nothing was done; set the clock."
        )
    # Two acts within the tolerance keep their order.
    return max(now.strftime(_MOMENT), last)

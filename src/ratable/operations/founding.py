"""Begins the books of a company and gives people their roles.

Worked example: Cora's first import makes the books, and herself their controller; `grant(cora, "dana", "approver",
{"USD": 5000000})` then lets Dana approve runs of up to 50,000.00 USD. `grant(cora, "ada", "auditor", None,
people.Scope(("DE",), date(2026, 3, 31)))` lets Ada look into DE until the end of March, and not a day longer.

Refused: a role for oneself; an auditor without a last day; a way from administering to finance, or back, by the acts
of one person.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl
from django.db import transaction

import ratable
from ratable.ledger import canonical, covering, events, knowledge, models, store
from ratable.operations import acts, people

AUDIT = timedelta(days=366)  # An auditor who stays longer is asked for again.


def found(actor: acts.Actor, *, name: str, company: str, role: str = "controller") -> None:
    """Begin the books, once: the company, and the person who does it as its controller.

    Args:
        actor: who begins them.
        name: of the company.
        company: its id, which no other company has.
        role: what they become; "administrator" where others are to keep the books.

    Raises:
        acts.Refused: that is a program that reviews, and no person.
    """
    _refuse_agent(actor)
    with transaction.atomic():
        store.lock()
        if models.Company.objects.exists():
            return
        at = acts.moment(actor, "")
        models.Company.objects.create(id=company, name=name, created_at=at)
        act = events.Act(1, at, actor.person, "found", name, actor.reason, code=ratable.__version__)
        _add_grant(act, actor.person, role)
        events.append(act)


def appoint(actor: acts.Actor) -> None:
    """Make the person who starts the application on its machine the administrator of books that have none.

    Args:
        actor: a person without a role, who becomes it.

    Raises:
        acts.Refused: the books have an administrator, the person has a role, or is a program that reviews.
    """
    _refuse_agent(actor)
    with transaction.atomic():
        store.lock()
        no, _, last = events.last()
        at = acts.moment(actor, last)
        day = date.fromisoformat(at[:10])
        held = people.role(actor.person, on=day)
        if people.administered(on=day) or held != people.NONE:
            raise acts.Refused(
                f"{actor.person} has the role {held} here; an administrator is appointed where there is none, once, "
                "from among those without a role."
            )
        act = events.Act(no + 1, at, actor.person, "appoint", actor.person, actor.reason, code=ratable.__version__)
        _add_grant(act, actor.person, people.ADMINISTRATOR)
        events.append(act)


def grant(
    actor: acts.Actor,
    person: str,
    role: str,
    limits: Mapping[str, int] | None = None,
    scope: people.Scope = people.EVERYWHERE,
) -> None:
    """Give a person a role, or "none" to end all access.

    Args:
        actor: an administrator, or a controller where there is none; nobody changes their own role.
        person: who receives it.
        role: one of `people.ROLES`, or "none".
        limits: the most that one approval may total, by currency in minor units; none: no limit.
        scope: the entities that it is held for, and its last day, which the role of an auditor always has.

    Raises:
        acts.Refused: there is no such role or entity, or the actor may not give it.
    """
    if role not in (*people.ROLES, people.NONE):
        raise acts.Refused(f"role: saw {role!r}; expected one of {', '.join((*people.ROLES, people.NONE))}.")
    if not person.strip() or person != person.strip():
        raise acts.Refused(f"person: saw {person!r}; expected a name, without spaces around it.")
    with acts.begin(actor, "grant a role", person) as act:
        day = date.fromisoformat(act.at[:10])
        barrier = people.barrier(actor.person, person, role, on=day)
        if barrier:
            raise acts.Refused(barrier)
        _refuse_scope(role, scope, day)
        _add_grant(act, person, role, limits or {}, scope)


def _refuse_agent(actor: acts.Actor) -> None:
    if people.is_agent(actor.person):
        raise acts.Refused(f"{actor.person} is a program that reviews; no role is given to it.")


def _refuse_scope(role: str, scope: people.Scope, day: date) -> None:
    known = [name for name in knowledge.entities() if name]
    strange = sorted(set(scope.entities) - set(known)) if known else []
    if strange:
        raise acts.Refused(f"entity: saw {strange[0]!r}; expected one of {', '.join(known)}.")
    if role == "auditor" and (scope.until is None or scope.until > day + AUDIT):
        raise acts.Refused(
            f"until: saw {scope.until or 'no day'}; the role of an auditor ends, by {day + AUDIT} at the latest. "
            "Say when."
        )
    if scope.until is not None and scope.until < day:
        raise acts.Refused(f"until: saw {scope.until}, which is over; expected today, {day}, or a later day.")


def _add_grant(
    act: events.Act,
    person: str,
    role: str,
    limits: Mapping[str, int] | None = None,
    scope: people.Scope = people.EVERYWHERE,
) -> None:
    said = {currency: str(most) for currency, most in (limits or {}).items()}
    owners = sorted(set(scope.entities))
    row = {"limits": canonical.text(said), "entities": canonical.text(owners), "until": scope.until}
    frame = pl.DataFrame([{"person": person, "role": role, **row}], schema_overrides={"until": pl.Date})
    covering.cover(act, "grants", frame)
    until = scope.until.isoformat() if scope.until else None
    act.body["grant"] = {"person": person, "role": role, "limits": said, "entities": owners, "until": until}

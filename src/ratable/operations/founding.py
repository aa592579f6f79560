"""Begins the books of a company and gives people their roles.

Worked example: Cora's first import makes the books, and herself their controller; `grant(cora, "dana", "approver",
{"USD": 5000000})` then lets Dana approve runs of up to 50,000.00 USD.
"""

import polars as pl
from django.db import transaction

import ratable
from ratable.ledger import canonical, covering, events, models, store
from ratable.operations import acts, people


def found(actor: acts.Actor, *, name: str, company: str) -> None:
    """Begin the books, once: the company, and the person who does it as its controller.

    Args:
        actor: who begins them.
        name: of the company.
        company: its id, which no other company has.
    """
    with transaction.atomic():
        store.lock()
        if models.Company.objects.exists():
            return
        at = acts.moment(actor, "")
        models.Company.objects.create(id=company, name=name, created_at=at)
        act = events.Act(1, at, actor.person, "found", name, actor.reason, code=ratable.__version__)
        _add_grant(act, actor.person, "controller", {})
        events.append(act)


def grant(actor: acts.Actor, person: str, role: str, limits: dict[str, int] | None = None) -> None:
    """Give a person a role, or "none" to end all access.

    Args:
        actor: a controller or administrator; nobody changes their own role.
        person: who receives it.
        role: one of `people.ROLES`, or "none".
        limits: the most that one approval may total, by currency in minor units; none: no limit.

    Raises:
        acts.Refused: there is no such role, or the actor may not give it.
    """
    if role not in (*people.ROLES, people.NONE):
        raise acts.Refused(f"role: saw {role!r}; expected one of {', '.join((*people.ROLES, people.NONE))}.")
    if person == actor.person:
        raise acts.Refused(f"{person} cannot change the role of {person}; another controller has to.")
    with acts.begin(actor, "grant a role", person) as act:
        _add_grant(act, person, role, limits or {})


def _add_grant(act: events.Act, person: str, role: str, limits: dict[str, int]) -> None:
    said = {currency: str(most) for currency, most in limits.items()}
    covering.cover(act, "grants", pl.DataFrame([{"person": person, "role": role, "limits": canonical.text(said)}]))
    act.body["grant"] = {"person": person, "role": role, "limits": said}

"""What happened: changes since a close, the event log, whether all is as it was written; and who is here."""

import json
from datetime import date
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from ratable.api import callers, outgoing, pages, problems, routing, shapes
from ratable.core import amounts
from ratable.ledger import arithmetic, changes, models, verification
from ratable.operations import people

router = Router(tags=["history"])


class Since(Schema):
    """From which day on, and through which."""

    since: Annotated[shapes.Day | None, Field(description="As that day ended; none: since the last lock.")] = None
    through: Annotated[shapes.Day | None, Field(description="Last day of bills.")] = None


class Log(pages.Ask):
    """Which events."""

    actor: shapes.Text = ""
    action: shapes.Text = ""
    search: Annotated[shapes.Text, Field(description="Words in subject, reason or body.")] = ""


class From(Schema):
    """From which day on."""

    since: Annotated[shapes.Day | None, Field(description="Acts from this day on; trusts what is older.")] = None


@routing.read(router, "/changes", outgoing.Changes)
def list_changes(request: routing.Asking, asked: Query[Since]) -> outgoing.Changes:
    """Read what became known since the last close, and what each cause does to revenue and bills."""
    _sees_all(request)
    since, through = (date.fromisoformat(day) if day else None for day in (asked.since, asked.through))
    found = changes.since_close(since=since, through=through)
    rows = amounts.written(found.rows).rename({"import": "import_no"}).to_dicts()
    return outgoing.Changes(since=found.since, through=found.through, rows=[outgoing.Change(**row) for row in rows])


@routing.read(router, "/events", outgoing.Events, roles=callers.LOG_READERS)
def list_events(request: routing.Asking, ask: Query[Log]) -> HttpResponse:
    """List the event log."""
    _sees_all(request)
    found = models.Event.objects.all()
    for name in ("actor", "action"):
        if value := getattr(ask, name):
            found = found.filter(**{name: value})
    if ask.search:
        found = found.filter(body__icontains=ask.search)
    shown, following = pages.of_query(found, ask)
    return routing.listed(request, outgoing.Events(rows=[_event(row) for row in shown], next=following), following)


@routing.read(router, "/verification", outgoing.Verification, roles=callers.LOG_READERS)
def verify_books(request: HttpRequest, asked: Query[From]) -> outgoing.Verification:
    """Check that nothing in the books was changed, removed, or added past the event log."""
    faults = verification.verify(since=date.fromisoformat(asked.since) if asked.since else None)
    return outgoing.Verification(
        sound=not faults, events=models.Event.objects.count(),
        faults=[outgoing.Fault(says=str(fault)) for fault in faults],
    )  # fmt: skip


@routing.read(router, "/people", outgoing.People, roles=callers.EVERYONE - {"viewer"})
def list_people(request: HttpRequest) -> outgoing.People:
    """List who has which role."""
    return outgoing.People(rows=[outgoing.Person(**_person(name)) for name in people.everyone()])


@routing.read(router, "/me", outgoing.Me, tagged=False)
def get_me(request: routing.Asking) -> outgoing.Me:
    """Read who you are here, and what your key opens."""
    caller = request.auth
    return outgoing.Me(**_person(caller.person), scopes=sorted(caller.scopes), key=caller.key)


def _sees_all(request: routing.Asking) -> None:
    """What concerns the whole company is for those who see all of it."""
    if people.entities(request.auth.person) is not None:
        raise problems.Problem("forbidden", f"{request.auth.person} sees some entities only; this is about all.")


def _person(name: str) -> shapes.Row:
    own = people.entities(name)
    limits = {currency: arithmetic.money(most, currency).replace(",", "") for currency, most in
              people.limits(name).items()}  # fmt: skip
    return {"person": name, "role": people.role(name), "limits": limits,
            "entities": None if own is None else sorted(own)}  # fmt: skip


def _event(row: models.Event) -> outgoing.Event:
    return outgoing.Event(
        no=row.no, at=row.at, actor=row.actor, on_behalf_of=row.on_behalf_of, action=row.action, subject=row.subject,
        reason=row.reason, body=json.loads(row.body), previous=row.previous, hash=row.hash,
    )  # fmt: skip

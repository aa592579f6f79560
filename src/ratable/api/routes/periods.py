"""Months: where they stand, what is still to do, and the acts that close and reopen them."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from ratable.api import outgoing, routing, shapes
from ratable.ledger import closed, knowledge, signing
from ratable.operations import people
from ratable.operations import periods as closing

router = Router(tags=["periods"])


class Of(Schema):
    """Whose month."""

    entity: Annotated[shapes.Text | None, Field(description="This entity alone; none: every one.")] = None


@routing.read(router, "/periods", outgoing.Periods)
def list_periods(request: routing.Asking) -> outgoing.Periods:
    """List where each entity stands."""
    own = people.entities(request.auth.person)
    owners = [entity for entity in knowledge.entities() if own is None or entity in own]
    states = [closed.state(closed.MAIN, entity) for entity in owners]
    return outgoing.Periods(rows=[outgoing.Period.model_validate(state, from_attributes=True) for state in states])


@routing.read(router, "/periods/{period}", outgoing.Checklist)
def get_checklist(request: routing.Asking, period: shapes.Month, of: Query[Of]) -> outgoing.Checklist:
    """Read what has to be true before a month is locked, as it is now."""
    entity = request.auth.entity(of.entity)
    items = [outgoing.Item.model_validate(one, from_attributes=True) for one in closing.checked(period, entity=entity)]
    return outgoing.Checklist(period=period, entity=entity, ready=all(item.done for item in items), items=items)


@routing.act(router, "/periods/{period}/soft-close", outgoing.Softened, verb="soft-close")
def soft_close_period(request: routing.Asking, period: shapes.Month, of: Query[Of]) -> outgoing.Softened:
    """Warn everybody who still books that a month is being closed."""
    return outgoing.Softened(
        period=period, entities=list(closing.soft_close(request.auth.actor(), period, entity=_whose(request, of)))
    )


@routing.act(router, "/periods/{period}/lock", outgoing.Closed, verb="lock")
def lock_period(request: routing.Asking, period: shapes.Month, of: Query[Of], said: shapes.Said) -> outgoing.Closed:
    """Lock a month for good and sign its statements."""
    actor = request.auth.actor(said.reason)
    return _told(closing.lock(actor, period, entity=_whose(request, of), key=signing.key()))


@routing.act(router, "/periods/{period}/ask-to-unlock", outgoing.Softened, verb="ask to unlock")
def ask_to_unlock_period(
    request: routing.Asking, period: shapes.Month, of: Query[Of], said: shapes.Because
) -> outgoing.Softened:
    """Ask for the month locked last to be reopened, which another controller then may do."""
    entity = _whose(request, of)
    closing.ask_to_unlock(request.auth.actor(said.reason), period, entity=entity)
    return outgoing.Softened(period=period, entities=knowledge.entities() if entity is None else [entity])


@routing.act(router, "/periods/{period}/unlock", outgoing.Closed, verb="unlock")
def unlock_period(
    request: routing.Asking, period: shapes.Month, of: Query[Of], said: shapes.Because
) -> outgoing.Closed:
    """Reopen a month that another controller has asked for."""
    return _told(closing.unlock(request.auth.actor(said.reason), period, entity=_whose(request, of)))


def _whose(request: HttpRequest, of: Of) -> str | None:
    caller = request.auth
    return caller.entity(of.entity)  # type: ignore[no-any-return]  # Django ships no types.


def _told(done: closing.Done) -> outgoing.Closed:
    return outgoing.Closed(
        period=done.period, entities=list(done.entities), differences=done.differences.height,
        statements=[outgoing.Statement(**row) for row in done.statements.to_dicts()],
    )  # fmt: skip

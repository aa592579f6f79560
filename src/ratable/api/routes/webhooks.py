"""Webhooks: whom to tell of events, what became of each telling, and the secret that a receiver checks with."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from ratable.api import callers, pages, problems, routing, shapes
from ratable.operations import people
from ratable.webhooks import endpoints, models

router = Router(tags=["webhooks"])

_READERS = people.MAY[endpoints.VERB]


class EndpointAsked(shapes.Sent):
    """Whom to tell of what."""

    model_config = shapes.sent(url="https://hooks.example.com/ratable", events=["post", "lock"])
    url: Annotated[shapes.Text, Field(description="https, to a public address.")]
    events: Annotated[
        list[shapes.Text], Field(description="Actions to be told of; none: all.", max_length=50, default_factory=list)
    ]


class Endpoint(Schema):
    """An address that is told of events; `events` empty: of all."""

    model_config = shapes.shown(
        no=1, url="https://hooks.example.com/ratable", events=["lock", "post"], made_by="cora", active=True
    )
    no: int
    url: str
    events: list[str]
    made_by: str
    active: bool


class Endpoints(Schema):
    """All endpoints."""

    rows: list[Endpoint]


class Secret(Schema):
    """What `Ratable-Signature` is made with, beside the one before while there is one."""

    model_config = shapes.shown(endpoint=1, secret="rtw_...")  # noqa: S106  an example
    endpoint: int
    secret: str


class Delivery(Schema):
    """One event on its way to one endpoint: waiting, sent, or dead after its last attempt."""

    model_config = shapes.shown(
        no=9, endpoint=1, event=41, state="dead", attempts=10, next_try="2026-04-02T09:00:00Z", last_status=503,
        last_error="saw status 503; expected 200 to 299, without a redirect",
    )  # fmt: skip
    no: int
    endpoint: int
    event: int
    state: str
    attempts: int
    next_try: datetime
    last_status: int | None
    last_error: str


class Deliveries(Schema):
    """A page of deliveries."""

    rows: list[Delivery]
    next: str | None


class Asked(pages.Ask):
    """Which page, in which state."""

    state: Annotated[shapes.Text, Field(description="waiting, sent or dead; empty: all.")] = ""


@routing.act(router, "/webhooks", Endpoint, verb=endpoints.VERB, status=201)
def make_webhook(request: routing.Asking, said: EndpointAsked) -> Endpoint:
    """Tell an address of events from now on."""
    number, _ = endpoints.make(request.auth.actor(), said.url, said.events)
    return _endpoint(number)


@router.get("/webhooks", auth=callers.Right("webhooks", _READERS), response=Endpoints, operation_id="list_webhooks")
def list_webhooks(request: HttpRequest) -> Endpoints:
    """List whom events are told to."""
    return Endpoints(rows=[_shown(row) for row in models.Endpoint.objects.order_by("pk")])


@router.get(
    "/webhooks/{no}/secret", auth=callers.Right("webhooks", _READERS), response=Secret, operation_id="get_secret"
)
def get_secret(request: HttpRequest, no: shapes.Number) -> Secret:
    """Read the secret that a receiver checks with; no answer that is kept holds it."""
    found = models.Endpoint.objects.filter(pk=no, active=True).first()
    if found is None:
        raise problems.Problem("unknown", f"endpoint {no}: there is no active one of that number.")
    return Secret(endpoint=no, secret=endpoints.live_secrets(found)[0])


@routing.act(router, "/webhooks/{no}/rotate", Endpoint, verb=endpoints.VERB)
def rotate_webhook(request: routing.Asking, no: shapes.Number) -> Endpoint:
    """Give an endpoint a new secret; the present one signs beside it until the next time."""
    _endpoint(no)
    endpoints.rotate(request.auth.actor(), no)
    return _endpoint(no)


@routing.act(router, "/webhooks/{no}/disable", Endpoint, verb=endpoints.VERB)
def disable_webhook(request: routing.Asking, no: shapes.Number) -> Endpoint:
    """Tell an endpoint nothing more; what still waits for it is dead."""
    _endpoint(no)
    endpoints.disable(request.auth.actor(), no)
    return _endpoint(no)


@router.get(
    "/deliveries", auth=callers.Right("webhooks", _READERS), response=Deliveries, operation_id="list_deliveries"
)
def list_deliveries(request: HttpRequest, ask: Query[Asked]) -> HttpResponse:
    """List what is told, was told, and waits for a person because nobody heard it."""
    every = models.Delivery.objects.all()
    found = every.filter(state=ask.state) if ask.state else every
    shown, following = pages.of_query(found, ask)
    return routing.listed(request, Deliveries(rows=[_delivery(row) for row in shown], next=following), following)


@routing.act(router, "/deliveries/{no}/send-again", Delivery, verb=endpoints.VERB)
def send_delivery_again(request: routing.Asking, no: shapes.Number) -> Delivery:
    """Try a dead delivery again, from its first attempt."""
    if not models.Delivery.objects.filter(pk=no).exists():
        raise problems.Problem("unknown", f"delivery {no}: there is none of that number.")
    endpoints.send_again(request.auth.actor(), no)
    return _delivery(models.Delivery.objects.get(pk=no))


def _endpoint(number: int) -> Endpoint:
    found = models.Endpoint.objects.filter(pk=number).first()
    if found is None:
        raise problems.Problem("unknown", f"endpoint {number}: there is none of that number.")
    return _shown(found)


def _shown(row: models.Endpoint) -> Endpoint:
    return Endpoint(no=row.pk, url=row.url, events=row.events, made_by=row.made_by, active=row.active)


def _delivery(row: models.Delivery) -> Delivery:
    return Delivery(
        no=row.pk, endpoint=row.endpoint_id, event=row.event_no, state=row.state, attempts=row.attempts,
        next_try=row.next_try, last_status=row.last_status, last_error=row.last_error,
    )  # fmt: skip

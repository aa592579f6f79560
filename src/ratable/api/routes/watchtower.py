"""The watchtower: all that the agent did and what people made of it, as a list and as a chain of records."""

from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from ratable.api import callers, noticed, pages, problems, routing, shapes
from ratable.ledger import watchtower
from ratable.operations import people

router = Router(tags=["watchtower"])
RECORDS = "/watchtower/records"
MEDIA_TYPE = "application/jsonl"


class Wanted(pages.Ask):
    """Which acts."""

    kind: Literal["", "review", "question", "answer", "acceptance"] = ""
    subject: Annotated[shapes.Text, Field(description='Words of what it was about, such as "run 7".')] = ""
    person: Annotated[shapes.Text, Field(description="By or on behalf of whom.")] = ""


@routing.read(router, "/watchtower", noticed.Actions, roles=callers.LOG_READERS)
def list_actions(request: routing.Asking, ask: Query[Wanted]) -> HttpResponse:
    """List what the agent did and people decided on it, the newest first."""
    _sees_all(request)
    found = watchtower.actions(kind=ask.kind, subject=ask.subject, person=ask.person)
    shown, following = pages.of_frame(found, ask)
    rows = [noticed.Action(**row) for row in shown.to_dicts()]
    return routing.listed(request, noticed.Actions(rows=rows, next=following), following)


@routing.read(router, RECORDS, bytes, roles=callers.LOG_READERS)
def export_records(request: routing.Asking) -> HttpResponse:
    """Download a record of every act as JSON Lines, each with the hash of the one before it."""
    _sees_all(request)
    response = HttpResponse("".join(f"{line}\n" for line in watchtower.lines()), content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="watchtower.jsonl"'
    return response


def _sees_all(request: routing.Asking) -> None:
    person = request.auth.person
    if people.entities(person) is not None:
        raise problems.Problem("forbidden", f"{person} sees some entities only; this is about all.")

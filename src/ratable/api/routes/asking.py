"""Questions: in words, or as a query of the library; each is answered from the entries and written down.

Worked example: `POST /questions` with `{"question": "What is the deferred revenue balance of Acme?"}` answers with the
sentence, the figure 45166.45 USD and the entries that it sums, as question 17 of the watchtower;
`POST /queries/balance` with `{"parameters": {"customer": "acme"}}` asks the same without words.
"""

from typing import Any

from django.db.models import Max
from django.http import HttpRequest
from ninja import Router

from ratable.api import callers, noticed, problems, routing, shapes
from ratable.ledger import models, snapshots
from ratable.operations import asking, reviewing
from ratable.review.ask import answers, library
from ratable.review.ask import asking as library_of
from ratable.review.snapshot import Snapshot

router = Router(tags=["questions"])


@routing.read(router, "/queries", noticed.Queries)
def list_queries(request: HttpRequest) -> noticed.Queries:
    """List the queries that can be asked; names in braces stand for those of your own data."""
    return noticed.Queries(rows=[
        {"id": one.id, "title": one.title, "takes": list(one.takes), "needs": list(one.needs), "example": one.example}
        for one in library.QUERIES.values()
    ])  # fmt: skip


@routing.act(router, "/questions", noticed.Answer, verb=callers.ASK)
def ask_question(request: routing.Asking, said: noticed.Asking) -> noticed.Answer:
    """Ask a question in words.

    It is answered from the entries, refused, or asked back with choices; in each case it is written down.
    """
    seen = _snapshot(request, said.period)
    asked = asking.ask(request.auth.actor(), said.question, seen)
    return _told(asked.no, asked.answer)


@routing.act(router, "/queries/{query}", noticed.Answer, verb=callers.ASK)
def ask_query(request: routing.Asking, query: shapes.Text, said: noticed.Parameters) -> noticed.Answer:
    """Ask a query of the library by its id, without words."""
    if query not in library.QUERIES:
        raise problems.Problem("unknown", f"query {query!r}: there is none; /queries lists them.")
    seen = _snapshot(request, said.period)
    given = ", ".join(f"{name} {value}" for name, value in said.parameters.items())
    made = library_of.run(query, said.parameters, seen)
    no = reviewing.asked(request.auth.actor(), f"{query}: {given}" if given else query, made, snapshot=seen.name)
    return _told(no, made)


def _snapshot(request: routing.Asking, period: str | None) -> Snapshot:
    entity = request.auth.entity(None)
    last = models.Entry.objects.aggregate(last=Max("period"))["last"]
    if last is None:
        raise problems.Problem("refused", "nothing is posted yet, and answers are made of posted entries.")
    return asking.seen_by(request.auth.person, snapshots.snapshot(period or last), entity)


def _told(no: int, made: answers.Answer) -> noticed.Answer:
    told: dict[str, Any] = made.document() | {"parameters": {name: str(one) for name, one in made.parameters.items()}}
    return noticed.Answer(no=no, **told)

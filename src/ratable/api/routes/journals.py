"""Posted entries, and the chain behind each."""

from typing import Annotated

import polars as pl
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from ratable.api import pages, problems, routing, shapes
from ratable.core import amounts
from ratable.ledger import models, tracing
from ratable.operations import people

router = Router(tags=["entries"])

_EXACT = ("period", "customer", "product", "contract", "line", "currency", "entity", "kind", "source", "run")


class Asked(pages.Ask):
    """Which entries: those that have every value that is given."""

    period: Annotated[shapes.Month | None, Field(description="Month of posting.")] = None
    customer: shapes.Text | None = None
    product: shapes.Text | None = None
    contract: shapes.Text | None = None
    line: shapes.Text | None = None
    currency: shapes.Text | None = None
    entity: shapes.Text | None = None
    kind: shapes.Text | None = None
    source: Annotated[shapes.Text | None, Field(description="Invoice line, credit note or amendment.")] = None
    run: shapes.Number | None = None


@routing.read(router, "/entries", shapes.Entries)
def list_entries(request: routing.Asking, ask: Query[Asked]) -> HttpResponse:
    """List posted entries by number."""
    wanted = {name: value for name in _EXACT if (value := getattr(ask, name)) is not None}
    found = _seen(request, **wanted)
    shown, following = pages.of_query(found, ask)
    return routing.listed(request, shapes.Entries(rows=_told(shown), next=following), following)


@routing.read(router, "/entries/{entry}", shapes.Entry)
def get_entry(request: routing.Asking, entry: shapes.Text) -> shapes.Entry:
    """Read an entry by its id, or how that begins."""
    return _told([_found(request, entry)])[0]


@routing.read(router, "/entries/{entry}/explanation", shapes.Explanation)
def explain_entry(request: routing.Asking, entry: shapes.Text) -> shapes.Explanation:
    """Explain an entry: the arithmetic, the obligation, the contract, the file and the row."""
    return shapes.Explanation(**tracing.explain(_found(request, entry).entry).document())


def _seen(request: HttpRequest, **wanted: object) -> QuerySet[models.Entry]:
    own = people.entities(request.auth.person)
    found = models.Entry.objects.filter(book="main", **wanted)
    return found if own is None else found.filter(entity__in=own)


def _found(request: HttpRequest, entry: str) -> models.Entry:
    row = tracing.found(entry)
    if not _seen(request, no=row.no).exists():
        raise problems.Problem("unknown", f"no posted entry of yours begins with {entry!r}.")
    return row


def _told(found: list[models.Entry]) -> list[shapes.Entry]:
    """Entries as they are shown, with their amounts as text."""
    names = [name for name in shapes.Entry.model_fields if name != "run"]
    rows = [{name: getattr(row, name) for name in names} | {"run": row.run_id} for row in found]
    if not rows:
        return []
    money = pl.DataFrame(
        {name: [row[name] for row in rows] for name in ("currency", "amount", "functional_amount")},
        schema_overrides={"amount": pl.Int64, "functional_amount": pl.Int64},
    )
    written = amounts.written(money).to_dicts()
    return [
        shapes.Entry(**(row | amount | {"entity": row["entity"] or None}))
        for row, amount in zip(rows, written, strict=True)
    ]

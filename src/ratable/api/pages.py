"""Long lists page by page, and answers that need not be sent twice.

Worked example: `GET /api/v1/entries?limit=100` gives entries 1 to 100 and `next`, which `?cursor=` takes for entries
101 to 200; a header `Link` says the same. The answer carries an ETag of the last event of the books: asked again with
`If-None-Match`, it is "304, as before" until somebody does something.

Refuses a cursor that is none of ours, or one of a list that has changed in between.
"""

import base64
import binascii
from typing import Annotated, Any
from urllib.parse import urlencode

import polars as pl
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import http
from ninja import Schema
from pydantic import Field

import ratable
from ratable.api import problems
from ratable.ledger import canonical, events, models
from ratable.operations import acts, clock

MOST = 500


class Ask(Schema):
    """Which page of a list."""

    cursor: Annotated[str, Field(description="`next` of the page before; empty: the first page.", max_length=200)] = ""
    limit: Annotated[int, Field(description="Rows of a page.", ge=1, le=MOST)] = 100


Page = tuple[list[Any], str | None]
"""The rows of a page, and the cursor of the next; None where it is the last."""


def of_query(found: QuerySet[Any], ask: Ask) -> Page:
    """A page of rows that have numbers, by their numbers."""
    after = _number(_read(ask.cursor)) if ask.cursor else 0
    rows = list(found.filter(no__gt=after).order_by("no")[: ask.limit + 1])
    more = len(rows) > ask.limit
    shown = rows[: ask.limit]
    return shown, _written(str(shown[-1].no)) if more else None


def of_frame(frame: pl.DataFrame, ask: Ask) -> tuple[pl.DataFrame, str | None]:
    """A page of a frame by place; a cursor serves until an import or an act changes what it counts in.

    Raises:
        problems.Problem: the list is no longer the one that the cursor is of.
    """
    stand = str(models.Event.objects.aggregate(last=Max("no"))["last"] or 0)
    first = 0
    if ask.cursor:
        place, _, then = _read(ask.cursor).partition(" ")
        first = _number(place)
        if then != stand:
            raise problems.Problem("stale", "cursor: the books have changed since the first page; begin again.")
    end = first + ask.limit
    return frame.slice(first, ask.limit), _written(f"{end} {stand}") if end < frame.height else None


def link(request: HttpRequest, response: HttpResponse, following: str | None) -> None:
    """Say in a header where the next page is."""
    if following is not None:
        asked = request.GET.dict() | {"cursor": following}
        response.headers["Link"] = f'<{request.path}?{urlencode(asked)}>; rel="next"'


def tag(request: HttpRequest, person: str) -> str:
    """The ETag of whatever a person reads at an address: the same until something happens or a day ends."""
    day = acts.ledger_day(clock.now().isoformat())
    parts = (ratable.__version__, events.last()[1], day.isoformat(), person, request.get_full_path())
    return f'"{canonical.sha256(canonical.text(list(parts)))[:32]}"'


def unchanged(request: HttpRequest, current: str) -> bool:
    """Whether the caller has the answer already."""
    held = http.parse_etags(request.headers.get("If-None-Match", ""))
    return current in held or "*" in held


def _written(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError):
        raise problems.Problem("invalid", f"cursor: saw {cursor!r}; expected `next` of a page.") from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise problems.Problem("invalid", f"cursor: saw {text!r} in it; expected `next` of a page.")
    return int(text)

"""Activity: the event log, by words, subject, person, act, amount and day; each event with all that it says.

Worked example: `/activity?actor=dana&action=approve` lists what Dana approved; `/activity?entry=5f1c` the proposal, the
approval and the posting that an entry came by; `/activity?amount=1,234.50` whatever names that sum, and the runs that
hold an entry of it. `/activity/41` is event 41 with its hash and the one before.

For auditors and those who decide, as over the interface; whoever sees some entities only does not see the log of all.
"""

from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse

from ratable.access import requests
from ratable.api import callers
from ratable.ledger import models, tracing
from ratable.operations import people
from ratable.reports import rendering
from ratable.web import downloads, frame, log, state, tables

_MOST_DECIMALS = 4
_FILTERS = ("words", "subject", "actor", "action", "amount", "since", "until", "entry")
_SHOWN: dict[str, pl.DataType] = {"no": pl.UInt32(), **dict.fromkeys(
    ("at", "actor", "on_behalf_of", "action", "subject", "reason", "hash"), pl.String()
)}  # fmt: skip
_AT_A_TIME = 100


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The log, the newest event first; more of it, or all that the filters select as a file."""
    if denied := denial(requests.person(request)):
        return frame.sentence(request, denied, status=403)
    found = selected(asked)
    if format_ := downloads.wanted(request):
        heading = rendering.Heading("events", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [_rows(found)], heading)
    table = _table(asked, found)
    if asked.get("cursor") and request.htmx:
        return HttpResponse(table.body())
    every = models.Event.objects
    return frame.page(request, "web/activity.html", {
        "table": table, "chosen": {name: asked.get(name) for name in _FILTERS}, "filtered": asked.some(*_FILTERS),
        "actors": every.values_list("actor", flat=True).distinct().order_by("actor"),
        "actions": every.values_list("action", flat=True).distinct().order_by("action"),
    })  # fmt: skip


@frame.screen
def event(request: HttpRequest, asked: state.State, no: int) -> HttpResponse:
    """One event as a page or a panel; `format=json` gives it as it is hashed."""
    if denied := denial(requests.person(request)):
        return frame.sentence(request, denied, status=403)
    row = models.Event.objects.filter(no=no).first()
    if row is None:
        raise state.Unclear(f"event {no}: there is none of that number.")
    said = log.body(row)
    if asked.get("format") == "json":
        return JsonResponse({"no": row.no, "hash": row.hash, "previous": row.previous, "body": said})
    last = models.Event.objects.order_by("-no").values_list("no", flat=True).first()
    return frame.page(request, "web/event.html", {
        "row": row, "at": log.moment(row.at), "code": said.get("code", ""), "said": list(log.said(said["what"])),
        "before": f"/activity/{no - 1}" if no > 1 else "", "following": f"/activity/{no + 1}" if no != last else "",
    })  # fmt: skip


def denial(person: str) -> str:
    """Why a person may not see the log, in one sentence; empty where they may."""
    held = people.role(person)
    if held not in callers.LOG_READERS:
        readers = ", ".join(name for name in people.ROLES if name in callers.LOG_READERS)
        return f"{person} has the role {held}; the event log is for these: {readers}."
    if people.entities(person) is not None:
        return f"{person} sees some entities only; the event log is about all."
    return ""


def selected(asked: state.State) -> QuerySet[models.Event]:
    """The events that an address asks for, the newest first.

    Raises:
        state.Unclear: a day or an amount that is none.
        tracing.Unknown: no entry has the id, or several begin so.
    """
    since, until = _day(asked, "since"), _day(asked, "until")
    said = {
        "actor": asked.get("actor"), "action": asked.get("action"), "body__icontains": asked.get("words"),
        "subject__icontains": asked.get("subject"), "at__gte": since and since.isoformat(),
        "at__lt": until and (until + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    found = models.Event.objects.filter(**{name: value for name, value in said.items() if value}).order_by("-no")
    if amount := asked.get("amount"):
        found = found.filter(_of_amount(amount))
    if entry := asked.get("entry"):
        found = found.filter(no__in=log.about(tracing.found(entry)))
    return found


def _table(asked: state.State, found: QuerySet[models.Event]) -> tables.Table:
    cursor = asked.get("cursor")
    rows = _rows((found.filter(no__lt=int(cursor)) if cursor.isdecimal() else found)[:_AT_A_TIME])
    more = asked.here(cursor=rows["no"][-1]) if rows.height == _AT_A_TIME else ""

    def of_event(row: tables.Row) -> str:
        return f"/activity/{row['no']}"

    columns = (
        tables.Column("no", "Event", "count", of_event, panel=True),
        tables.Column("at", "At, UTC", "day"),
        tables.Column("actor", "Who"),
        tables.Column("action", "Did"),
        tables.Column("subject", "What", wide=True),
        tables.Column("reason", "Why", wide=True),
        tables.Column("hash", "Hash", "entry"),
    )
    return tables.Table("events", "Event log", columns, rows, count=found.count(), more=more)


def _rows(found: QuerySet[models.Event]) -> pl.DataFrame:
    rows = list(found.values_list(*_SHOWN))
    shown = pl.DataFrame(rows, schema=_SHOWN, orient="row")
    return shown.with_columns(pl.col("at").map_elements(log.moment, return_dtype=pl.String)) if rows else shown


def _of_amount(written: str) -> Q:
    """What names a sum, whatever its currency: in its body, or as an entry of the run that it is about."""
    whole, _, part = written.strip("()- ").replace(",", "").partition(".")
    if not whole.isdecimal() or (part and not part.isdecimal()) or len(part) > _MOST_DECIMALS:
        raise state.Unclear(f"amount: saw {written!r}; expected a sum such as 1,234.50.")
    minor = {f"{whole}{part.ljust(decimals, '0')}" for decimals in range(len(part), _MOST_DECIMALS + 1)}
    sums = {int(digits) for digits in minor}
    runs: set[int] = set()
    for journal in (models.Entry, models.Draft):
        runs |= set(journal.objects.filter(amount__in=sums).values_list("run_id", flat=True).distinct())
    of_runs: list[Any] = list(models.Run.objects.filter(no__in=runs).values_list("event_id", flat=True))
    of_runs += models.Decision.objects.filter(run__in=runs).values_list("event_id", flat=True)
    named = Q(no__in=of_runs)
    for digits in sorted(sums):
        named |= Q(body__contains=f'"{digits}"')
    return named


def _day(asked: state.State, name: str) -> date | None:
    written = asked.get(name)
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise state.Unclear(f"{name}: saw {written!r}; expected a day such as 2026-03-31.") from None

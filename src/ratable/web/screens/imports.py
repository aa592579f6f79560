"""Imports: files come in here, first to be checked; below them what came in before.

Worked example: Ben drops `march.zip`, gets to `/imports/uploads/TOKEN`, which says "40 rows: 2 new, 38 known", and
imports it. The list then has import 7, march.zip, 40 rows, by ben, with the SHA-256 of the file.
"""

import json
from typing import Any
from urllib.parse import quote, urlencode

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.api import jobs
from ratable.bundle import reading
from ratable.ledger import models
from ratable.operations import acts, people
from ratable.reports import rendering
from ratable.web import downloads, frame, received, state, tables

AT_A_TIME = 100
_SLOW = 2 * 2**20  # Bytes that take over a second to check.
_KINDS = {"opening": ("open", "opening"), "facts": ("good", "facts"), "correction": ("warn", "correction")}
_COLUMNS = (
    tables.Column("no", "Import", "count", lambda row: f"/imports/{row['no']}"),
    tables.Column("kind", "Kind", "status"),
    tables.Column("name", "Name", "text", lambda row: f"/imports/{row['no']}"),
    tables.Column("by", "By"),
    tables.Column("at", "At", "day"),
    tables.Column("added", "New", "count"),
    tables.Column("corrected", "Changed", "count"),
    tables.Column("known", "Known", "count"),
    tables.Column("left_out", "Left out", "count"),
    tables.Column("sha256", "SHA-256", "entry", lambda row: f"/imports/{row['no']}"),
    tables.Column("reason", "Reason", "text"),
)


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The page, more of its list, the list as a file; or files that were sent."""
    denied = people.denial(requests.person(request), "import")
    if request.method == "POST":
        try:
            return _receive(request, denied)
        except (acts.Refused, reading.Unreadable) as refused:
            return _page(request, asked, denied, refused=str(refused))
    return _page(request, asked, denied)


@frame.screen
def of_job(request: HttpRequest, asked: state.State, job: int) -> HttpResponse:
    """From a job that imported to what it brought, or back to the files where it brought nothing."""
    seen = jobs.get(job)
    if seen is None or seen.person != requests.person(request):
        raise state.Unclear(f"job {job}: there is none of yours with that number.")
    no = (seen.result or {}).get("import")
    back = f"/imports/{no}" if no else f"/imports/uploads/{quote(asked.get('upload'), safe='')}"
    return HttpResponseRedirect(back, status=303)


def _page(request: HttpRequest, asked: state.State, denied: str, *, refused: str = "") -> HttpResponse:
    cursor = asked.get("cursor")
    before = int(cursor) if cursor.isdecimal() else 0
    kept = models.Import.objects.select_related("event").order_by("-no")
    if format_ := downloads.wanted(request):
        every = pl.DataFrame([_row(row) for row in kept], infer_schema_length=None)
        texts = every.drop("kind_said", strict=False).with_columns(pl.col(pl.Int64).cast(pl.String))
        given = {"through": asked.through.isoformat()}
        return downloads.file(format_, [texts], rendering.Heading("imports", given, downloads.NO_FINDINGS))
    some = [_row(row) for row in (kept.filter(no__lt=before) if before else kept)[:AT_A_TIME]]
    rows = pl.DataFrame(some, infer_schema_length=None).with_columns(
        kind=pl.Series([list(_KINDS[row["kind"]]) for row in some], dtype=pl.List(pl.String))
    ) if some else pl.DataFrame()  # fmt: skip
    more = asked.here(cursor=some[-1]["no"]) if len(some) == AT_A_TIME else ""
    table = tables.Table("imports", "Imports", _COLUMNS, rows, count=kept.count(), more=more, short=True)
    if cursor and request.htmx:
        return HttpResponse(table.body())
    return frame.page(request, "web/imports.html", {
        "table": table, "denied": denied, "refused": refused, "suffixes": ",".join(received.SUFFIXES),
        "may_correct": not people.denial(requests.person(request), "correct"),
    })  # fmt: skip


def _row(row: models.Import) -> dict[str, Any]:
    """An import in the columns of the list; rows are counted over its tables."""
    counts = json.loads(row.event.body)["what"].get("counts", {}).values()
    summed = {name: sum(int(of[name]) for of in counts) for name in ("added", "corrected", "known", "left_out")}
    files = json.loads(row.files)
    return {
        "no": row.no, "kind": row.kind, "name": row.name, "by": row.event.actor,
        "at": row.event.at[:16].replace("T", " "),
        **summed, "files": ", ".join(files), "sha256": next(iter(files.values()), None), "reason": row.reason or None,
    }  # fmt: skip


def _receive(request: HttpRequest, denied: str) -> HttpResponse:
    """Keep what was sent, and go on to its check, or to its columns where it is no table of a bundle."""
    if denied:
        raise acts.Refused(denied)
    made = received.keep(requests.person(request), request.FILES.getlist("files"))
    sent = received.files(made)
    then = f"/imports/uploads/{made.token}"
    if received.strange(sent):
        return HttpResponseRedirect(f"{then}/mapping", status=303)
    received.opened(made)
    if sum(map(len, sent.values())) < _SLOW:
        return HttpResponseRedirect(then, status=303)

    def work(step: jobs.Step) -> dict[str, Any]:
        step("Comparing with the books")
        return {"says": f"{received.checked(made).new} rows would come in."}

    no = jobs.start("check", requests.actor(request), work, reads=True)
    return HttpResponseRedirect(f"/jobs/{no}?{urlencode({'next': then})}", status=303)


def told(request: HttpRequest, says: str) -> None:
    """Say on the next page what was done."""
    messages.add_message(request, messages.SUCCESS, says, extra_tags="good")

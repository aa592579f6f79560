"""Exports: choose a layout, see what it would write, run it as an act, and have the files again years later.

Worked example: `/exports?period=2026-01&layout=xero` shows the control totals and the first rows of Xero's file of
January, and what was left out because the ERP has posted it itself. "Export" runs it as a job; the history then names
the file with its SHA-256, who made it, and gives it as a zip.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from ratable.access import requests
from ratable.api import archives, jobs
from ratable.api import models as interface
from ratable.exports import layout, options
from ratable.ledger import models
from ratable.operations import people
from ratable.reports import rendering
from ratable.web import downloads, figures, frame, log, state, tables

LAYOUTS = tuple(options.LAYOUTS)
TITLES = {
    "netsuite": "NetSuite", "quickbooks": "QuickBooks Online", "xero": "Xero", "sage_intacct": "Sage Intacct",
    "generic": "Generic CSV",
}  # fmt: skip
OPTIONS = ("layout", "detail", "accounts_by", "date_format", "lines_per_journal", "rows_per_file", "fixed")


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The form, the place of the preview, and what was exported before."""
    past = history()
    if format_ := downloads.wanted(request):
        heading = rendering.Heading("exports", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [past.drop("no")], heading)
    chosen = asked.some(*OPTIONS)
    said = {name: chosen.get(name, "") for name in OPTIONS}
    return frame.page(request, "web/exports.html", {
        "said": said, "layouts": [(name, TITLES.get(name, name)) for name in LAYOUTS], "details": options.DETAILS,
        "table": _table(past), "denied": people.denial(requests.person(request), "export", asked.entity),
        "preview": asked.link("/exports/preview", **chosen) if said["layout"] else "",
        "run": asked.link("/exports/run", **chosen),
    })  # fmt: skip


@frame.screen
def run(request: HttpRequest, asked: state.State) -> HttpResponse:
    """Export as a job, then back to the history."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    actor = requests.actor(request, request.POST.get("reason", "").strip())
    try:
        chosen = read(asked.asked, asked)
        options.resolve(chosen)
    except layout.ExportError as fault:
        return frame.sentence(request, str(fault), status=409)

    def work(step: jobs.Step) -> dict[str, Any]:
        made = archives.make(actor, chosen, known_on=asked.known_on, step=step)
        title = TITLES.get(chosen.layout, chosen.layout)
        return {"says": f"{figures.month(chosen.period)} is exported for {title}, event {made.event.no}.",
                "export": made.event.no, "notes": list(made.notes)}  # fmt: skip

    no = jobs.start("export", actor, work)
    return HttpResponseRedirect(f"/jobs/{no}?{urlencode({'next': asked.link('/exports')})}", status=303)


@frame.screen
def files(request: HttpRequest, asked: state.State, no: int) -> HttpResponse:
    """The files of an export as one zip."""
    denied = people.denial(requests.person(request), "export")
    if denied:
        return frame.sentence(request, denied, status=403)
    kept = interface.Archive.objects.filter(no=no).first()
    if kept is None:
        raise state.Unclear(f"export {no}: there are no files of it here.")
    answer = HttpResponse(bytes(kept.content), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{kept.name}"'
    return answer


def read(said: Mapping[str, str], asked: state.State) -> options.Options:
    """The options of an export out of an address.

    Raises:
        layout.ExportError: one of them cannot be read.
    """
    return options.Options(
        said.get("layout", ""), asked.period, Path(), detail=said.get("detail", ""), entity=asked.entity or "",
        accounts_by=said.get("accounts_by", ""), date_format=said.get("date_format", ""),
        lines_per_journal=_count(said, "lines_per_journal"), rows_per_file=_count(said, "rows_per_file"),
        fixed=_fixed(said.get("fixed", "")),
    )  # fmt: skip


def history() -> pl.DataFrame:
    """Every file that left the books, the newest first: no, at, by, what, file, rows, sha256, download."""
    held = set(interface.Archive.objects.values_list("no", flat=True))
    events = models.Event.objects.filter(action="export").order_by("-no")
    rows = [
        {"no": event.no, "at": log.moment(event.at), "by": event.actor, "what": event.subject, "file": file["file"],
         "rows": int(file["rows"]), "sha256": file["sha256"], "download": "zip" if event.no in held else None}
        for event in events
        for file in log.body(event)["what"].get("files", [])
    ]  # fmt: skip
    texts: dict[str, pl.DataType] = dict.fromkeys(("at", "by", "what", "file", "sha256", "download"), pl.String())
    return pl.DataFrame(rows, schema={"no": pl.UInt32(), **texts, "rows": pl.UInt32()}, orient="row").select(
        "no", "at", "by", "what", "file", "rows", "sha256", "download"
    )


def _table(past: pl.DataFrame) -> tables.Table:
    columns = (
        tables.Column("at", "Exported", "day", lambda row: f"/activity/{row['no']}", panel=True),
        tables.Column("by", "By"),
        tables.Column("what", "What"),
        tables.Column("file", "File", "id"),
        tables.Column("rows", "Rows", "count"),
        tables.Column("sha256", "SHA-256", "id"),
        tables.Column("download", "Files", "text", lambda row: f"/exports/{row['no']}/files"),
    )
    return tables.Table("exports", "Files that were exported", columns, past, short=True)


def _count(said: Mapping[str, str], name: str) -> int | None:
    value = said.get(name, "")
    if value and not value.isdecimal():
        raise layout.ExportError(f"{name.replace('_', ' ')}: saw {value}; expected a number.")
    return int(value) if value else None


def _fixed(said: str) -> dict[str, str]:
    """One value for all rows of a column, as many as are needed: Location = Berlin; Class = SaaS."""
    pairs = [(line, *(part.strip() for part in line.partition("="))) for line in said.split(";") if line.strip()]
    for line, header, sign, _ in pairs:
        if not (header and sign):
            raise layout.ExportError(
                f"fixed value: saw {line.strip()}; expected Column = value, with a semicolon between two."
            )
    return {header: value for _, header, _, value in pairs}

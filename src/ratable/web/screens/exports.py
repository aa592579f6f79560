"""Exports: choose a layout, see what it would write, run it as an act, and have the files again years later.

Worked example: `/exports?period=2026-01&layout=xero` shows the control totals and the first rows of Xero's file of
January, and what was left out because the ERP has posted it itself. "Export" runs it as a job; the history then names
the file with its SHA-256, who made it, and gives it as a zip. A ledger that is none of the layouts is served by
the header of its own template: `keep` holds the CSV for a day, and the address names it.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.api import archives, jobs
from ratable.api import models as interface
from ratable.exports import layout, options, template
from ratable.ledger import models
from ratable.operations import acts, people
from ratable.reports import rendering
from ratable.web import downloads, figures, frame, log, received, state, tables

TEMPLATE = template.UNKNOWN_LEDGER.name
LAYOUTS = options.NAMES
TITLES = {
    "netsuite": "NetSuite", "quickbooks": "QuickBooks Online", "xero": "Xero", "sage_intacct": "Sage Intacct",
    "generic": "Generic CSV", TEMPLATE: "The header of my ledger",
}  # fmt: skip
OPTIONS = ("layout", "detail", "accounts_by", "date_format", "lines_per_journal", "rows_per_file", "fixed", "template")


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The form, the place of the preview, and what was exported before."""
    past = history()
    if format_ := downloads.wanted(request):
        heading = rendering.Heading("exports", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [past.drop("no")], heading)
    chosen, person = asked.some(*OPTIONS), requests.person(request)
    said = {name: chosen.get(name, "") for name in OPTIONS}
    return frame.page(request, "web/exports.html", {
        "said": said, "layouts": [(name, TITLES.get(name, name)) for name in LAYOUTS], "details": options.DETAILS,
        "table": _table(past), "denied": people.denial(person, "export", asked.entity),
        "template": _named(said["template"], person) if said["template"] else "",
        "preview": asked.link("/exports/preview", **chosen) if _complete(said) else "",
        "run": asked.link("/exports/run", **chosen),
    })  # fmt: skip


@frame.act(of="exports")
def run(request: HttpRequest, asked: state.State) -> HttpResponse:
    """Export as a job, then back to the history."""
    actor = requests.actor(request, request.POST.get("reason", "").strip())
    try:
        with opened(asked.asked, asked, actor.person) as chosen:
            options.resolve(chosen)
    except layout.ExportError as fault:
        return frame.sentence(request, str(fault), status=409)

    def work(step: jobs.Step) -> dict[str, Any]:
        with opened(asked.asked, asked, actor.person) as chosen:
            made = archives.make(actor, chosen, known_on=asked.known_on, step=step)
        title = TITLES.get(chosen.layout, chosen.layout)
        return {"says": f"{figures.month(chosen.period)} is exported for {title}, event {made.event.no}.",
                "export": made.event.no, "notes": list(made.notes)}  # fmt: skip

    no = jobs.start("export", actor, work)
    return HttpResponseRedirect(f"/jobs/{no}?{urlencode({'next': asked.link('/exports')})}", status=303)


@frame.act(of="exports")
def keep(request: HttpRequest, asked: state.State) -> HttpResponse:
    """Keep the template of a ledger for a day, and lead to what its header would be filled with."""
    sent = request.FILES.getlist("template")
    if len(sent) != 1 or not str(sent[0].name).lower().endswith(".csv"):
        seen = sent[0].name if sent else "no file"
        raise acts.Refused(f"template: saw {seen}; expected the CSV downloaded from your ledger.")
    kept = received.keep(requests.person(request), sent)
    chosen = asked.some(*OPTIONS) | {"layout": TEMPLATE, "template": kept.token}
    return HttpResponseRedirect(asked.link("/exports", **chosen), status=303)


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


@contextmanager
def opened(said: Mapping[str, str], asked: state.State, person: str) -> Iterator[options.Options]:
    """The options of an export out of an address, with its template as a file for as long as they are used.

    Raises:
        layout.ExportError: one of them cannot be read.
        state.Unclear: the person keeps no such template.
    """
    with tempfile.TemporaryDirectory(prefix="ratable-") as folder:
        chosen, token = read(said, asked), said.get("template", "")
        if token and chosen.layout == TEMPLATE:
            path = Path(folder) / _named(token, person)
            path.write_bytes(received.files(received.held(token, person))[path.name])
            chosen = replace(chosen, template=path)
        try:
            yield chosen
        except layout.ExportError as fault:
            raise layout.ExportError(str(fault).replace(f"{folder}/", "")) from fault


def _complete(said: Mapping[str, str]) -> bool:
    """Whether what was chosen can be looked at: a layout, and for the header of a ledger its template."""
    return bool(said["layout"] and (said["layout"] != TEMPLATE or said["template"]))


def _named(token: str, person: str) -> str:
    """The name of a template that a person keeps."""
    return next(iter(received.files(received.held(token, person))))


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

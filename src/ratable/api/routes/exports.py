"""Exports for a ledger: written as an act, and downloaded as one zip."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from ratable.api import archives, models, outgoing, pages, problems, routing, shapes
from ratable.exports import options
from ratable.ledger import models as kept

router = Router(tags=["exports"])


@routing.act(router, "/exports", outgoing.Export, verb="export", status=201)
def export_journal(request: routing.Asking, said: outgoing.ExportAsked) -> HttpResponse:
    """Write what was posted in a month in the layout of a ledger.

    The act is logged with the SHA-256 of each file; `download` is where the files are.
    """
    entity = request.auth.entity(said.entity or None)
    known_on = date.fromisoformat(said.known_on) if said.known_on else None
    choices = said.dict(include={"detail", "accounts_by", "date_format", "fixed", "lines_per_journal",
                                 "rows_per_file"})  # fmt: skip
    asked = options.Options(said.layout, said.period, Path(), entity=entity or "", **choices)
    made = archives.make(request.auth.actor(said.reason), asked, known_on=known_on)
    response = routing.rendered(_export(made.event, available=True, notes=list(made.notes)), 201)
    response.headers["Location"] = f"/api/v1/exports/{made.event.no}"
    return response


@routing.read(router, "/exports", outgoing.Exports)
def list_exports(request: HttpRequest, ask: Query[pages.Ask]) -> HttpResponse:
    """List what was exported, with the hashes of its files."""
    found, following = pages.of_query(kept.Event.objects.filter(action="export"), ask)
    held = set(models.Archive.objects.values_list("no", flat=True))
    rows = [_export(row, available=row.no in held) for row in found]
    return routing.listed(request, outgoing.Exports(rows=rows, next=following), following)


@routing.read(router, "/exports/{no}", outgoing.Export)
def get_export(request: HttpRequest, no: shapes.Number) -> outgoing.Export:
    """Read an export."""
    row = kept.Event.objects.filter(no=no, action="export").first()
    if row is None:
        raise problems.Problem("unknown", f"export {no}: there is none of that number.")
    return _export(row, available=models.Archive.objects.filter(no=no).exists())


@routing.read(router, "/exports/{no}/files", bytes)
def download_export(request: HttpRequest, no: shapes.Number) -> HttpResponse:
    """Download the files of an export as one zip."""
    row = models.Archive.objects.filter(no=no).first()
    if row is None:
        raise problems.Problem("unknown", f"export {no}: there are no files of it here.")
    response = HttpResponse(bytes(row.content), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.name}"'
    return response


def _export(row: kept.Event, *, available: bool, notes: list[str] | None = None) -> outgoing.Export:
    said: dict[str, Any] = json.loads(row.body)["what"]
    return outgoing.Export(
        no=row.no, at=row.at, by=row.actor, what=row.subject, notes=notes or [],
        files=[outgoing.ExportFile(**file) for file in said.get("files", [])],
        download=f"/api/v1/exports/{row.no}/files" if available else None,
    )  # fmt: skip

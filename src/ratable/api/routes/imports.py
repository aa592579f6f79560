"""Imports: a bundle comes in as a job; what came in is read."""

import json
from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from ratable.api import answers, jobs, pages, problems, routing, shapes, uploads
from ratable.ledger import models
from ratable.operations import import_bundle

router = Router(tags=["imports"])


class Brought(Schema):
    """How a bundle comes in."""

    name: Annotated[shapes.Text, Field(description="What it is called in the books; empty: by its media type.")] = ""
    correct: Annotated[bool, Field(description="Rows that say otherwise become new versions; takes a reason.")] = False
    opening: Annotated[bool, Field(description="The rows are history, as in the first import.")] = False
    reason: shapes.Reason = ""
    wait: Annotated[int, Field(ge=0, le=30, description="Seconds to wait for the end of the job.")] = 0


def _once(request: routing.Asking, do: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to the files that were sent; the job as it is when it is over, where that was asked for."""
    response = answers.once(request, request.auth.person, uploads.fingerprint(request), do)
    seconds = int(request.GET.get("wait") or 0)
    if not seconds or "Location" not in response.headers:
        return response
    later = job_answer(jobs.wait(int(response.headers["Location"].rpartition("/")[2]), seconds), response.status_code)
    if answers.REPLAYED in response.headers:
        later.headers[answers.REPLAYED] = response.headers[answers.REPLAYED]
    return later


@routing.act(router, "/imports", shapes.Job, verb="import", status=202, once=_once)
def import_bundle_(request: routing.Asking, how: Query[Brought]) -> HttpResponse:
    """Bring a bundle into the books.

    The content is a bundle (JSON, YAML, zip or workbook), or a form with one or several files. The answer names a job,
    which says how far it is; the import is whole or not at all. What is no bundle is refused at once.
    """
    opened = uploads.opened(uploads.received(request), how.name)
    actor = request.auth.actor(how.reason)

    def work(step: jobs.Step) -> dict[str, Any]:
        done = import_bundle.import_opened(
            actor, opened, correction=how.correct, opening=how.opening or None, step=step
        )
        return _told(done)

    return job_answer(jobs.get(jobs.start("import", actor, work)), 202)


def job_answer(seen: jobs.Seen | None, status: int) -> HttpResponse:
    """A job as an answer, with its address."""
    if seen is None:
        raise problems.Problem("unknown", "job: there is none of that number.")
    response = routing.rendered(shapes.Job.model_validate(seen, from_attributes=True), status)
    response.headers["Location"] = jobs.address(seen.no)
    return response


@routing.read(router, "/imports", shapes.Imports)
def list_imports(request: HttpRequest, ask: Query[pages.Ask]) -> HttpResponse:
    """List the imports."""
    found, following = pages.of_query(models.Import.objects.select_related("event"), ask)
    return routing.listed(request, shapes.Imports(rows=[_import(row) for row in found], next=following), following)


@routing.read(router, "/imports/{no}", shapes.Import)
def get_import(request: HttpRequest, no: shapes.Number) -> shapes.Import:
    """Read an import."""
    row = models.Import.objects.select_related("event").filter(no=no).first()
    if row is None:
        raise problems.Problem("unknown", f"import {no}: there is none of that number.")
    return _import(row)


@routing.read(router, "/jobs/{no}", shapes.Job, tagged=False)
def get_job(request: routing.Asking, no: shapes.Number, wait: Annotated[int, Field(ge=0, le=30)] = 0) -> HttpResponse:
    """Read how far a job of yours is, when it is over or after `wait` seconds."""
    seen = jobs.get(no)
    if seen is None or seen.person != request.auth.person:
        raise problems.Problem("unknown", f"job {no}: you have none of that number.")
    return job_answer(jobs.wait(no, wait) if wait else seen, 200)


def _told(done: import_bundle.Imported) -> dict[str, Any]:
    """What a job says of an import: counts, and the findings of its file."""
    found = done.findings.select("code", "severity", "table", "id", "column", "value", "message")
    return {
        "import": done.no, "kind": done.kind, "added": done.added, "known": done.known, "corrected": done.corrected,
        "left_out": done.left_out, "findings": found.head(pages.MOST).to_dicts(), "findings_in_all": found.height,
    }  # fmt: skip


def _import(row: models.Import) -> shapes.Import:
    return shapes.Import(
        no=row.no, name=row.name, kind=row.kind, reason=row.reason, by=row.event.actor, at=row.event.at,
        known_on=row.known_on, files=json.loads(row.files), totals=json.loads(row.totals),
        counts=json.loads(row.event.body)["what"].get("counts", {}),
    )  # fmt: skip

"""Every report by name, as the command line prints it: JSON, and the very bytes of its CSV, XLSX and Parquet."""

import io
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from ratable.api import outgoing, routing, shapes
from ratable.ledger import books
from ratable.operations import acts, clock
from ratable.reports import books as reports
from ratable.reports import names, rendering, workbook

router = Router(tags=["reports"])

MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WRITERS: dict[str, Callable[..., None]] = {**rendering.WRITERS, "xlsx": workbook.write}
# One value for each name, whichever there are; an empty one is the report's own default.
_NAMES = Literal[shapes.REPORTS]  # type: ignore[valid-type]  # A list of values that is not written out.
_GRAINS = Literal[("", *names.GRAINS)]  # type: ignore[valid-type]  # As above.
_ACCOUNTS = Literal[("", *names.ROLLED_ACCOUNTS)]  # type: ignore[valid-type]  # As above.
_BASES = Literal[("", *names.BASES)]  # type: ignore[valid-type]  # As above.


class Asked(Schema):
    """What a report is asked for, as on the command line."""

    through: Annotated[shapes.Day, Field(description="Last day of the books.")]
    known_on: Annotated[shapes.Day | None, Field(description="Only what was known and posted by then.")] = None
    by: Annotated[
        str, Field(description=f"Any of {', '.join(names.DIMENSIONS)}, separated by commas.", max_length=200)
    ] = ""
    grain: _GRAINS = ""
    account: _ACCOUNTS = ""
    basis: _BASES = ""
    entity: Annotated[shapes.Text | None, Field(description="This entity alone.")] = None
    format: Literal["json", "csv", "xlsx", "parquet"] = "json"


@routing.read(router, "/reports", outgoing.ReportNames)
def list_reports(request: HttpRequest) -> outgoing.ReportNames:
    """List the reports with the choices that each takes."""
    return outgoing.ReportNames(rows=[{"report": name, "takes": takes} for name, takes in names.REPORTS.items()])


@routing.read(router, "/reports/{name}", outgoing.Report)
def get_report(request: routing.Asking, name: Path[_NAMES], asked: Query[Asked]) -> HttpResponse:
    """Read a report from what is posted.

    The answer is the very file that `ratable report` writes in the same format.
    """
    choices = names.Choices(names.dimensions(asked.by), asked.grain or None, asked.account or None, asked.basis or None)
    names.check(name, choices)
    entity = request.auth.entity(asked.entity)
    through = date.fromisoformat(asked.through)
    known_on = date.fromisoformat(asked.known_on) if asked.known_on else None
    made = books.books(through, known_on=known_on, entity=entity or None)
    # Said where it was not asked for too: asked again on a later day, it gives the same report.
    known = known_on or acts.ledger_day(clock.now().isoformat())
    parameters = _parameters(through, known, entity, choices)
    heading = rendering.Heading(name, parameters, made.findings, made.notes)
    out = io.BytesIO()
    _WRITERS[asked.format](out, reports.parts(made, name, choices), heading)
    response = HttpResponse(out.getvalue(), content_type=MEDIA_TYPES[asked.format])
    if asked.format != "json":
        response.headers["Content-Disposition"] = f'attachment; filename="{name}-{through}.{asked.format}"'
    return response


def _parameters(through: date, known: date, entity: str | None, choices: names.Choices) -> dict[str, Any]:
    asked: dict[str, Any] = {"through": through.isoformat(), "known_on": known.isoformat()}
    if entity:
        asked["entity"] = entity
    return asked | {name: list(v) if isinstance(v, tuple) else v for name, v in choices.given().items()}

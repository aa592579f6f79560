"""Any table as a file: the frame behind a screen by the writers of the command line, so that the bytes are the same.

Worked example: `/roll-forward?period=2026-03&by=customer&format=csv` answers what
`ratable report roll-forward --through 2026-03-31 --by customer --format csv` prints.
"""

import io
from collections.abc import Iterable

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.reports import rendering, workbook

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NO_FINDINGS = pl.DataFrame()


def wanted(request: HttpRequest) -> str:
    """The format that an address asks for; empty: the screen."""
    format_ = str(request.GET.get("format", ""))
    return format_ if format_ in _TYPES else ""


def file(format_: str, parts: Iterable[pl.DataFrame], heading: rendering.Heading) -> HttpResponse:
    """A report as a file to be kept, named after itself and its last day.

    Raises:
        names.Refused: more than a worksheet holds.
    """
    out = io.BytesIO()
    write = workbook.write if format_ == "xlsx" else rendering.WRITERS[format_]
    write(out, parts, heading)
    name = f"{heading.report}-{heading.parameters['through']}.{format_}"
    answer = HttpResponse(out.getvalue(), content_type=_TYPES[format_])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

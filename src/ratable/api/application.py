"""The interface at /api/v1: its routes, how faults are answered, and its document.

Worked example: `GET /api/v1/reports/rpo?through=2026-03-31` with a key of the scope read answers what
`ratable report rpo --through 2026-03-31 --format json` prints.
"""

import json
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, errors

import ratable
from ratable.api import documents, problems
from ratable.api.routes import (
    asking,
    choices,
    exports,
    findings,
    flags,
    history,
    imports,
    journals,
    manual,
    periods,
    reports,
    runs,
    tables,
    watchtower,
    webhooks,
)

api = NinjaAPI(
    title="ratable", version=ratable.__version__, urls_namespace="api", openapi_url="", docs_url="",
    description=documents.PREFACE,
)  # fmt: skip
for part in (
    imports, tables, findings, runs, flags, manual, periods, journals, reports, asking, exports, history, watchtower,
    choices, webhooks,
):  # fmt: skip
    api.add_router("", part.router)
for fault in (Exception, Http404, errors.HttpError, errors.ValidationError):
    api.add_exception_handler(fault, problems.answer)  # type: ignore[arg-type]  # Each is of the class that it is for.


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the interface."""
    return documents.complete(api)


def openapi(_: HttpRequest) -> HttpResponse:
    """The document as it is served; it holds nothing of the books, and takes no key."""
    return HttpResponse(json.dumps(document(), ensure_ascii=False, indent=1), content_type="application/json")

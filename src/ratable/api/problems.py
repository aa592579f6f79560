"""What goes wrong, as programs read it: application/problem+json (RFC 9457), one kind for each thing to do about it.

Worked example: Ben approves his own run 3 and is answered with status 409 and
`{"type": "urn:ratable:problem:refused", "title": "The books do not allow this", "status": 409, "detail": "ben prepared
run 3 and cannot approve it; another person has to.", "instance": "/api/v1/runs/3/approve"}`.

No answer ever holds a traceback: what nobody foresaw is logged, and told as `failed`.
"""

import json
import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.core import exceptions
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import errors

from ratable.bundle import reading
from ratable.exports import layout
from ratable.ledger import changes, signing, tracing
from ratable.operations import acts
from ratable.reports import identities, names

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger("ratable.api")

KINDS: dict[str, tuple[int, str]] = {
    "bad-request": (400, "The request cannot be read"),
    "key-missing": (400, "An unsafe call needs a key"),
    "unauthenticated": (401, "Nobody is signed in"),
    "forbidden": (403, "The caller may not do this"),
    "unknown": (404, "There is no such thing"),
    "method": (405, "Not in this way"),
    "refused": (409, "The books do not allow this"),
    "stale": (409, "The list has changed"),
    "too-large": (413, "The content is too large"),
    "invalid": (422, "A value is not one that is expected"),
    "unreadable": (422, "This is no bundle"),
    "key-reused": (422, "The key was used for another call"),
    "failed": (500, "The server failed"),
    "unavailable": (503, "The database failed"),
}
"""Kind of a problem: its status, and its title."""

_OF: dict[type[Exception], str] = {
    acts.Denied: "forbidden",
    acts.Refused: "refused",
    identities.DoesNotFoot: "refused",
    changes.NotClosed: "refused",
    signing.BadKey: "refused",
    layout.ExportError: "invalid",
    names.Refused: "invalid",
    reading.Unreadable: "unreadable",
    tracing.Unknown: "unknown",
    exceptions.RequestDataTooBig: "too-large",
    OperationalError: "unavailable",
    InterfaceError: "unavailable",
}


@dataclass
class Problem(Exception):
    """A kind of KINDS, one sentence for whoever called, and findings where there are some."""

    kind: str
    detail: str
    findings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The status that it is answered with."""
        return KINDS[self.kind][0]

    def told(self, instance: str) -> dict[str, Any]:
        """The problem as JSON, about an address."""
        status, title = KINDS[self.kind]
        said = {
            "type": f"urn:ratable:problem:{self.kind}", "title": title, "status": status, "detail": self.detail,
            "instance": instance,
        }  # fmt: skip
        return said | ({"findings": self.findings} if self.findings else {})


def foreseen(fault: Exception) -> Problem | None:
    """What a fault means to whoever called; None where nobody foresaw it."""
    if isinstance(fault, Problem):
        return fault
    if isinstance(fault, errors.ValidationError):
        return _invalid(fault)
    if isinstance(fault, errors.HttpError):
        return Problem("bad-request", f"{fault}.")
    if isinstance(fault, Http404):
        return Problem("unknown", "There is nothing at this address; /api/v1/openapi.json lists all there is.")
    kind = next((_OF[one] for one in type(fault).__mro__ if one in _OF), None)
    return Problem(kind, " ".join(str(fault).split())) if kind else None


def answer(request: HttpRequest, fault: Exception) -> HttpResponse:
    """The answer to a fault, whatever it is."""
    problem = foreseen(fault)
    if problem is None:
        _LOG.error("%s %s failed", request.method, request.path, exc_info=fault)
        problem = Problem("failed", "Something went wrong here that nobody foresaw; it was logged. Nothing was done.")
    content = json.dumps(problem.told(request.path), ensure_ascii=False)
    response = HttpResponse(content, status=problem.status, content_type=MEDIA_TYPE)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="ratable"'
    return response


def nowhere(request: HttpRequest, **_: str) -> HttpResponse:
    """The answer to an address below /api/ where nothing is."""
    return answer(request, Http404())


def _invalid(fault: errors.ValidationError) -> Problem:
    """The first value that is not as expected; one in the address names something that there is not."""
    said = fault.errors[0]
    where, *place = said["loc"]
    name = ".".join(str(part) for part in place) or where
    more = f" ({len(fault.errors) - 1} more)" if len(fault.errors) > 1 else ""
    message = str(said["msg"]).removeprefix("Value error, ")
    return Problem("unknown" if where == "path" else "invalid", f"{name}: {message}.{more}".replace("..", "."))


class Told:
    """What Django answers below /api/ without asking the interface, such as 405, as a problem too."""

    def __init__(self, answer_: Any) -> None:
        self._answer = answer_

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the application, or the problem that it stands for."""
        response: HttpResponse = self._answer(request)
        if not request.path.startswith("/api/") or response.status_code < HTTPStatus.BAD_REQUEST:
            return response
        if MEDIA_TYPE in response.headers.get("Content-Type", ""):
            return response
        kind = {404: "unknown", 405: "method", 403: "forbidden", 413: "too-large", 500: "failed"}.get(
            response.status_code, "bad-request"
        )
        problem = answer(request, Problem(kind, f"{request.method} {request.path}: {KINDS[kind][1].lower()}."))
        problem.status_code = response.status_code
        if "Allow" in response.headers:
            problem.headers["Allow"] = response.headers["Allow"]
        return problem

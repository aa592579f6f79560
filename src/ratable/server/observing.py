"""Gives every request a name, counts it, and leaves one line about it.

Worked example: GET /journals?customer=acme is answered with `X-Request-Id: 9f2c61d0a4b7e358`; the same id stands in its
line of the log and on the page of an error, so that a person who reads it out can be helped. "acme" stands in neither.
"""

import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ratable.server import logs, metrics

HEADER = "X-Request-Id"
_UNKNOWN = "unknown"


class Observed:
    """The outermost of all that stands around the application."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the application, with the id of the request."""
        request.request_id = secrets.token_hex(8)
        logs.bind(request=request.request_id)
        begun = time.perf_counter()
        response = self._answer(request)
        seconds = time.perf_counter() - begun
        response.headers[HEADER] = request.request_id
        route = _route(request)
        metrics.count(route, response.status_code, seconds)
        logs.say(
            "request", method=request.method, route=route, status=response.status_code, ms=round(seconds * 1000),
            person=_person(request),
        )  # fmt: skip
        return response


def _route(request: HttpRequest) -> str:
    """The name of the address, not the address: who reads the log learns of no contract or customer."""
    probe = getattr(request, "probe", "")
    if probe:
        return str(probe)
    if request.resolver_match is not None:
        return request.resolver_match.view_name or request.resolver_match.route or _UNKNOWN
    return "static" if request.path.startswith("/static/") else _UNKNOWN


def _person(request: HttpRequest) -> str:
    """Who asked, as far as the application has looked; nothing is read for the log alone."""
    known = getattr(request, "auth", None)
    person = getattr(known, "person", "")
    if person:
        return str(person)
    account = getattr(request, "_cached_user", None)
    return str(account.get_username()) if account is not None and account.is_authenticated else ""

"""What machines ask of the running application: /healthz, /readyz and /metrics.

Worked example: with the database down, `/healthz` still answers 200, since the process lives, and `/readyz` answers 503
with {"ready": false, "database": "cannot be reached", ...}; a proxy then sends people elsewhere or tells them to wait.

They are answered before anything asks for the name of this host or for a cookie, and without TLS, so that a probe on
the same machine needs none of them. `/metrics` answers this machine alone: what came through the proxy is refused.
"""

import ipaddress
import json
from collections.abc import Callable

from django.db import Error, connection
from django.db.migrations import executor
from django.http import HttpRequest, HttpResponse

from ratable.ledger import models
from ratable.server import metrics

_GOOD = "good"


class Probes:
    """Answers the three, and hands everything else on."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to a probe, or that of the application."""
        asked = {"/healthz": _alive, "/readyz": _ready, "/metrics": _measured}.get(request.path)
        if asked is None:
            return self._answer(request)
        request.probe = request.path[1:]
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        response = asked(request)
        response.headers["Content-Length"] = str(len(response.content))
        return response


def state() -> dict[str, str]:
    """What the application needs before it can serve anybody: "good", or what is wrong, for each of three things."""
    found = dict.fromkeys(("database", "migrations", "books"), "not known")
    try:
        connection.ensure_connection()
        found["database"] = _GOOD
        waiting = _waiting_migrations()
        found["migrations"] = f"{waiting} to be applied" if waiting else _GOOD
        if not waiting:
            found["books"] = _GOOD if models.Company.objects.exists() else "not begun"
    except Error:
        found["database"] = "cannot be reached"
    return found


def _alive(_: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


def _ready(_: HttpRequest) -> HttpResponse:
    found = state()
    ready = set(found.values()) == {_GOOD}
    said = json.dumps({"ready": ready, **found})
    return HttpResponse(f"{said}\n", status=200 if ready else 503, content_type="application/json")


def _measured(request: HttpRequest) -> HttpResponse:
    # Whatever came by the proxy is marked as TLS by it; see SECURE_PROXY_SSL_HEADER.
    if request.is_secure() or not ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "0.0.0.0").is_loopback:  # noqa: S104  stands for nobody
        return HttpResponse("Metrics are given to this machine alone.\n", status=403, content_type="text/plain")
    return HttpResponse(metrics.text(), content_type=metrics.CONTENT_TYPE)


def _waiting_migrations() -> int:
    planner = executor.MigrationExecutor(connection)
    return len(planner.migration_plan(planner.loader.graph.leaf_nodes()))

"""Findings that wait for an answer, and the answers."""

from typing import Annotated

import polars as pl
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from ratable.api import pages, problems, routing, shapes
from ratable.ledger import models, pending
from ratable.operations import disposing

router = Router(tags=["findings"])


class Asked(pages.Ask):
    """Which page, of which code."""

    code: Annotated[shapes.Text, Field(description="Only findings of this code.")] = ""


@routing.read(router, "/findings", shapes.Findings)
def list_findings(request: HttpRequest, ask: Query[Asked]) -> HttpResponse:
    """List the findings that nobody has answered."""
    waiting = pending.findings()
    shown, following = pages.of_frame(waiting.filter(pl.col("code") == ask.code) if ask.code else waiting, ask)
    rows = [shapes.Finding(**row) for row in shown.select(*shapes.Finding.model_fields).to_dicts()]
    return routing.listed(request, shapes.Findings(rows=rows, next=following), following)


@routing.act(router, "/findings/{no}/dispose", shapes.Disposal, verb="dispose of a finding")
def dispose_finding(request: routing.Asking, no: shapes.Number, said: shapes.Disposal) -> shapes.Disposal:
    """Answer a finding, and those alike."""
    if not models.Finding.objects.filter(no=no).exists():
        raise problems.Problem("unknown", f"finding {no}: there is none of that number.")
    disposing.dispose(request.auth.actor(said.reason), no, said.verdict)
    return said

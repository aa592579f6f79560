"""Revisions: changes of the company's own data, what each would move by month, and whether another person agrees.

Worked example: `/revisions/3` says "products setup, method: in the books point_in_time, in the revision straight_line",
and that March would have 900.00 less revenue and every later month 100.00 more. Ben, who wrote it, reads there that
Dana approves it; Dana has two buttons.
"""

from functools import lru_cache
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.api import jobs
from ratable.api import models as api
from ratable.bundle import sources
from ratable.core import findings
from ratable.ledger import impact, models
from ratable.operations import acts, choices, import_bundle, people, revisions
from ratable.reports import rendering
from ratable.web import downloads, frame, noticed, own, state, tables
from ratable.web.screens import revision_new, upload

_CHANGES = (*upload.CHANGES[:-1], tables.Column("now", "In the revision"))
_LIST = (
    tables.Column("no", "Revision", "count", lambda row: f"/revisions/{row['no']}"),
    tables.Column("state", "State", "status"),
    tables.Column("memo", "Why", "text", lambda row: f"/revisions/{row['no']}"),
    tables.Column("prepared_by", "Written by"),
    tables.Column("at", "At", "day"),
    tables.Column("by", "Decided by"),
    tables.Column("reason", "Reason", "text"),
)


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """Every revision, the newest first."""
    decided = {row.revision_id: row for row in models.RevisionDecision.objects.all()}
    some = [_row(row, decided.get(row.no)) for row in models.Revision.objects.select_related("event").order_by("-no")]
    if format_ := downloads.wanted(request):
        texts = [row | {"no": str(row["no"]), "state": row["state"][1]} for row in some]
        heading = rendering.Heading("revisions", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [pl.DataFrame(texts, infer_schema_length=None)], heading)
    table = tables.Table("revisions", "Revisions", _LIST, pl.DataFrame(some, infer_schema_length=None), short=True)
    return frame.page(request, "web/revisions.html", {"table": table})


@frame.screen
def one(request: HttpRequest, asked: state.State, no: int) -> HttpResponse:
    """One revision; its impact as a file; or what a person decided."""
    if not models.Revision.objects.filter(no=no).exists():
        raise state.Unclear(f"revision {no}: there is none of that number.")
    if request.method == "POST":
        try:
            return _act(request, no)
        except acts.Refused as refused:
            return _page(request, asked, no, refused=str(refused))
    if format_ := downloads.wanted(request):
        found = impact_of(no)
        heading = rendering.Heading(
            f"impact-of-revision-{no}", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS
        )
        return downloads.file(format_, [_months(found)], heading)
    return _page(request, asked, no)


def _row(row: models.Revision, decision: models.RevisionDecision | None) -> dict[str, Any]:
    return {
        "no": row.no, "state": list(own.STATES[decision.verb if decision else revisions.WAITING]), "memo": row.memo,
        "prepared_by": row.prepared_by, "at": row.event.at[:16].replace("T", " "),
        "by": decision.by if decision else None, "reason": (decision.reason or None) if decision else None,
    }  # fmt: skip


def _act(request: HttpRequest, no: int) -> HttpResponse:
    """Approve, reject, or work out once more what it moves."""
    verb, actor = request.POST.get("verb", ""), requests.actor(request, request.POST.get("reason", "").strip())
    if verb == "impact":
        denied = people.denial(actor.person, "reject a revision")
        if denied:
            raise acts.Refused(denied)
        return revision_new.started(request, no)
    if verb == "approve":
        alone = request.POST.get("override") == "on"
        done = revisions.approve(actor, no, request.POST.get("hash", ""), override=alone)
        says = (
            f"Revision {no} is approved and counts from now on, as import {done.no}. Propose, and what it moves is due."
        )
    elif verb == "reject":
        revisions.reject(actor, no)
        says = f"Revision {no} is rejected."
    else:
        raise acts.Refused(f"verb: saw {verb!r}; expected approve or reject.")
    messages.add_message(request, messages.SUCCESS, says, extra_tags="good")
    return HttpResponseRedirect(request.path, status=303)


def _page(request: HttpRequest, asked: state.State, no: int, *, refused: str = "") -> HttpResponse:
    row, person, known = models.Revision.objects.get(no=no), requests.person(request), revisions.state(no)
    # What was decided is history: the books have its rows, and nothing differs any more.
    held = _held(no, _last_import()) if known == revisions.WAITING else None
    decision = models.RevisionDecision.objects.filter(revision=no).first()
    found, job = impact_of(no), _job(no)
    alone = row.prepared_by == person and choices.chosen("single_person") == "on"
    told = noticed.by_row(held.checked.findings if held else findings.none())
    changes = held.checked.changes if held else pl.DataFrame(schema=import_bundle.CHANGES)
    return frame.page(request, "web/revision.html", {
        "row": row, "status": own.STATES[known], "waits": known == revisions.WAITING, "decision": decision,
        "import_no": _import(decision),
        "changes": tables.Table("changes", "What differs", _CHANGES, changes, short=True),
        "said": _said(revisions.document(no).source), "findings": noticed.table("findings", told, most=100),
        "impact": found, "job": job, "moves": _table(found), "between": _accounts(found), "refused": refused,
        "stale": held is not None and not held.as_prepared, "alone": alone,
        "denied": revisions.denial(person, no), "may_reject": not people.denial(person, "reject a revision"),
        "reason": request.POST.get("reason", ""),
    })  # fmt: skip


@lru_cache(maxsize=8)
def _held(no: int, _: str) -> revisions.Held:
    """A revision beside the books, which change by imports alone."""
    return revisions.held(no)


def _last_import() -> str:
    """The hash of the event of the last import."""
    return str(models.Import.objects.order_by("-no").values_list("event__hash", flat=True).first())


def _said(source: sources.Source) -> list[tables.Table]:
    """The rows of the revision as it states them."""
    said = []
    for name, rows in source.tables.items():
        columns = tuple(tables.Column(column, column, "text") for column in rows.columns if column != "row")
        said.append(tables.Table(name, f"Rows of {name}", columns, rows, short=True))
    return said


def _import(decision: models.RevisionDecision | None) -> int | None:
    """The import that an approval was."""
    return (
        models.Import.objects.filter(event=decision.event_id).values_list("no", flat=True).first() if decision else None
    )


def _job(no: int) -> jobs.Seen | None:
    last = api.Job.objects.filter(kind=f"impact of revision {no}").order_by("-no").values_list("no", flat=True).first()
    return jobs.get(last) if last else None


def impact_of(no: int) -> dict[str, Any] | None:
    """What was worked out last about a revision; None where nothing was yet."""
    seen = _job(no)
    return seen.result if seen and seen.state == jobs.DONE else None


def _months(found: dict[str, Any] | None) -> pl.DataFrame:
    return pl.DataFrame((found or {}).get("months", []), schema=impact.MONTHS)


def _table(found: dict[str, Any] | None) -> tables.Table:
    """Revenue and deferred revenue by month, before, after and the difference; figures that nobody has posted."""
    titles = {"revenue": "Revenue", "deferred_revenue": "Deferred"}
    words = {"before": "as it is", "after": "revised", "change": "change"}
    columns = tuple(
        tables.Column(f"{role}_{what}", f"{title} {said}", "money")
        for role, title in titles.items()
        for what, said in words.items()
    )
    first = (tables.Column("period", "Month", "period"), tables.Column("currency", "Currency"))
    rows = _months(found).with_columns(soft=pl.lit(value=True))
    sums = tables.sums(rows, *(f"revenue_{what}" for what in words)) if rows.height else None
    return tables.Table("moves", "What it moves by month", (*first, *columns), rows, totals=sums, soft="soft")


def _accounts(found: dict[str, Any] | None) -> tables.Table:
    rows = pl.DataFrame((found or {}).get("accounts", []), schema=impact.ACCOUNTS).with_columns(soft=pl.lit(value=True))
    columns = (
        tables.Column("role", "Role", "words"), tables.Column("account", "Account", "id"),
        tables.Column("currency", "Currency"), tables.Column("before", "As it is", "money"),
        tables.Column("after", "Revised", "money"), tables.Column("change", "Change", "money"),
    )  # fmt: skip
    return tables.Table("between", "What it moves by account", columns, rows, short=True, soft="soft")

"""One finding that waits: what was noticed, what hangs on it, and the answer: resolved or accepted, and why.

Worked example: finding 7 keeps contract C-9 outside the books for a float amount. Dana, who did not import it, accepts
that it stays out: "sales will send it again". It leaves the queue, and the checklist of the close.
"""

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.core import findings as codes
from ratable.ledger import models, rows
from ratable.operations import acts, choices, disposing, people
from ratable.web import frame, state
from ratable.web.screens import review

_LIKE = """SELECT d.verdict, d.reason, e.actor, e.at FROM dispositions d JOIN findings f ON f.no = d.finding_no
  JOIN events e ON e.no = d.event_no WHERE f.code = %s ORDER BY d.no DESC LIMIT 5"""
_SAID: dict[str, pl.DataType] = dict.fromkeys(("verdict", "reason", "actor", "at"), pl.String())


@frame.screen
def view(request: HttpRequest, asked: state.State, no: int) -> HttpResponse:
    """The finding as a page or a panel; a POST answers it."""
    found: models.Finding | None = models.Finding.objects.filter(no=no).select_related("import_no__event").first()
    if found is None:
        raise state.Unclear(f"finding {no}: there is none of that number.")
    if request.method != "POST":
        return _page(request, asked, found, "")
    actor = requests.actor(request, request.POST.get("words", "").strip())
    verdict = request.POST.get("verdict", "")
    try:
        disposing.dispose(actor, no, verdict)
    except acts.Refused as refused:
        return _page(request, asked, found, str(refused))
    messages.add_message(request, messages.SUCCESS, f"Finding {no} is {verdict}.", extra_tags="good")
    return HttpResponseRedirect(asked.link("/review"), status=303)


def _page(request: HttpRequest, asked: state.State, found: models.Finding, refused: str) -> HttpResponse:
    waiting = review.findings()
    numbers = waiting["no"]
    place = numbers.index_of(found.no)
    near = {} if place is None else {"before": place - 1, "following": place + 1}
    around = {
        name: asked.link(f"/review/findings/{numbers[at]}") for name, at in near.items() if 0 <= at < numbers.len()
    }
    code = codes.CODES.get(found.code)
    return frame.page(request, "web/review_finding.html", around | {
        "finding": found, "waits": place is not None, "expected": code.expected if code else "",
        "remedy": code.remedy if code else "", "refused": refused, "words": request.POST.get("words", ""),
        "like": list(rows.select(_LIKE, [found.code], _SAID).iter_rows(named=True)),
        "denied": _denied(requests.person(request), found), "at": f"/review/findings/{found.no}",
    })  # fmt: skip


def _denied(person: str, found: models.Finding) -> str:
    """Why a person may not answer a finding, in one sentence; empty where they may."""
    own = found.import_no.event.actor == person and choices.chosen("single_person") != "on"
    mine = f"You made import {found.import_no_id}; another approver or controller answers its findings."
    return people.denial(person, "dispose of a finding") or (mine if own else "")

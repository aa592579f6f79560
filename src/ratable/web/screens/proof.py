"""Proof: whether everything is as it was written, the bundle with which others check it, and the checkpoints signed.

Worked example: Cora presses "Verify everything" after the close; a job reads every event, row and file, and the page
then says "Verified up to event 41 on 2026-04-02 09:30", or names the first bad row of each check. The line of each
checkpoint is what an auditor keeps outside.
"""

import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.api import archives, jobs
from ratable.api import models as interface
from ratable.ledger import checkpoints, models, verification
from ratable.operations import acts, people, proving
from ratable.web import frame, log, state, tables
from ratable.web.screens import activity

ADDRESS = "/activity/proof"
_BUNDLE = "proof.zip"
_VERIFY = "verify"


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """What was found when it was last verified, the newest bundle, and the checkpoints."""
    person = requests.person(request)
    if denied := activity.denial(person):
        return frame.sentence(request, denied, status=403)
    bundle = interface.Archive.objects.filter(name=_BUNDLE).order_by("-no").values_list("no", flat=True).first()
    made = models.Event.objects.filter(no=bundle).first() if bundle else None
    return frame.page(request, "web/proof.html", {
        "table": _checkpoints(), "events": models.Event.objects.count(), "bundle": made,
        "made_at": log.moment(made.at) if made else "", "denied": people.denial(person, "export"), **_verified(),
    })  # fmt: skip


@frame.act(of="proof")
def act(request: HttpRequest, asked: state.State) -> HttpResponse:
    """Verify, make a bundle, or sign a checkpoint."""
    if denied := activity.denial(requests.person(request)):
        return frame.sentence(request, denied, status=403)
    actor, verb = requests.actor(request), request.POST.get("verb", "")
    if verb == "checkpoint":
        made = proving.checkpoint(actor)
        says = f"Signed {made.size:,} events. Keep the line of the checkpoint outside these books."
        messages.add_message(request, messages.SUCCESS, says, extra_tags="good")
        return HttpResponseRedirect(ADDRESS, status=303)
    no = (
        jobs.start(_VERIFY, actor, verify, reads=True)
        if verb == _VERIFY
        else jobs.start("proof", actor, _bundling(actor))
    )
    return HttpResponseRedirect(f"/jobs/{no}?next={ADDRESS}", status=303)


@frame.screen
def anchor(request: HttpRequest, asked: state.State, no: int) -> HttpResponse:
    """The line of a checkpoint, to be kept outside."""
    if denied := activity.denial(requests.person(request)):
        return frame.sentence(request, denied, status=403)
    row = models.Checkpoint.objects.filter(no=no).first()
    if row is None:
        raise state.Unclear(f"checkpoint {no}: there is none of that number.")
    (line,) = (found.line() for found in checkpoints.first_over(row.event_id - 1))
    answer = HttpResponse(f"{line}\n", content_type="application/jsonl")
    answer["Content-Disposition"] = f'attachment; filename="anchor-{no}.jsonl"'
    return answer


def verify(step: jobs.Step) -> dict[str, Any]:
    """Verify everything, as a job: up to which event, and the first bad row of each check."""
    last = models.Event.objects.order_by("-no").values_list("no", flat=True).first() or 0
    faults = [str(fault) for fault in verification.verify(step=step)]
    says = f"Verified up to event {last}: all is as it was written."
    if faults:
        says = f"{len(faults)} check{'s' if len(faults) > 1 else ''} found something that is not as it was written."
    return {"says": says, "event": last, "faults": faults}


def _bundling(actor: acts.Actor) -> jobs.Work:
    def work(step: jobs.Step) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix="ratable-") as folder:
            path = Path(folder) / _BUNDLE
            written = proving.proof(actor, path, step=step)
            no = models.Event.objects.order_by("-no").values_list("no", flat=True).first()
            archives.keep(no, _BUNDLE, path)
        return {"says": f"The proof bundle holds {written.events:,} events and {written.rows:,} rows.", "event": no}

    return work


def _verified() -> dict[str, Any]:
    """What the last verification found, by the job that did it."""
    seen = jobs.last(_VERIFY, among=(jobs.DONE,))
    if seen is None or seen.result is None or seen.ended_at is None:
        return {"verified": None}
    return {
        "verified": seen.result, "by": seen.person, "on": f"{seen.ended_at:%Y-%m-%d %H:%M}",
        "since": models.Event.objects.filter(no__gt=seen.result["event"]).count(),
    }  # fmt: skip


def _checkpoints() -> tables.Table:
    rows = [
        {"no": row.no, "at": log.moment(row.event.at), "by": row.event.actor, "size": row.event_id - 1,
         "root": row.root, "key": row.key, "event": row.event_id, "line": "line"}
        for row in models.Checkpoint.objects.select_related("event").order_by("-no")
    ]  # fmt: skip
    texts: dict[str, pl.DataType] = dict.fromkeys(("at", "by", "root", "key", "line"), pl.String())
    numbers: dict[str, pl.DataType] = dict.fromkeys(("no", "size", "event"), pl.UInt32())
    columns = (
        tables.Column("no", "Checkpoint", "count"),
        tables.Column("at", "Signed, UTC", "day", lambda row: f"/activity/{row['event']}", panel=True),
        tables.Column("by", "By"), tables.Column("size", "Events", "count"), tables.Column("root", "Root", "id"),
        tables.Column("key", "Key", "entry"),
        tables.Column("line", "To keep outside", "text", lambda row: f"/activity/checkpoints/{row['no']}"),
    )  # fmt: skip
    return tables.Table("checkpoints", "Checkpoints", columns, pl.DataFrame(rows, schema=texts | numbers), short=True)

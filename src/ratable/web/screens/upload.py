"""What files would do to the books, before they do it: counts, differences, findings by row; then the import.

Worked example: 40 rows of which 38 are known, one is new, and one says 35.00 where the books say 31.00. The page shows
both amounts side by side; the file comes in as a correction, once Ben has said why, or goes back to where it came from.
Nothing is kept until then.
"""

from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.api import jobs
from ratable.ledger import models as ledger
from ratable.operations import acts, import_bundle, people
from ratable.reports import rendering
from ratable.web import downloads, figures, frame, models, noticed, received, state, tables

MOST = 200
COUNTS = (
    tables.Column("table", "Table", "id"),
    tables.Column("added", "New", "count"),
    tables.Column("corrected", "Changed", "count"),
    tables.Column("known", "Known", "count"),
    tables.Column("left_out", "Left out", "count"),
)
TOTALS = (
    tables.Column("table", "Table", "id"),
    tables.Column("rows", "Rows", "count"),
    tables.Column("column", "Column", "id"),
    tables.Column("currency", "Currency"),
    tables.Column("said", "Sum", "text", tone="num"),
)
CHANGES = (
    tables.Column("table", "Table", "id"),
    tables.Column("id", "Id", "id"),
    tables.Column("column", "Column", "id"),
    tables.Column("before", "In the books"),
    tables.Column("now", "In the file"),
)


@frame.screen
def view(request: HttpRequest, asked: state.State, token: str) -> HttpResponse:
    """The check, one of its tables as a file, or the import itself."""
    upload = received.held(token, requests.person(request))
    if request.method == "POST":
        return _import(request, asked, upload)
    if received.strange(received.files(upload)) and not upload.mapping:
        return HttpResponseRedirect(f"{request.path}/mapping", status=303)
    return _page(request, asked, upload)


def _page(request: HttpRequest, asked: state.State, upload: models.Upload, *, refused: str = "") -> HttpResponse:
    found = received.checked(upload)
    told = noticed.by_row(found.findings)
    files = {
        "findings": told,
        "changes": found.changes,
        "counts": found.counts.with_columns(pl.col(pl.Int64).cast(pl.String)),
    }
    if format_ := downloads.wanted(request):
        name = asked.get("table", "findings")
        if name not in files:
            raise state.Unclear(f"table: saw {name!r}; expected {', '.join(files)}.")
        heading = rendering.Heading(f"import-{name}", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [files[name]], heading)
    person = requests.person(request)
    verb = "correct" if found.kind == "correction" else "import"
    return frame.page(request, "web/upload.html", {
        "upload": upload, "files": list(received.files(upload)), "checked": found, "refused": refused,
        "sums": {name: int(found.counts[name].sum()) for name in ("added", "corrected", "known", "left_out")},
        "counts": tables.Table("counts", "Rows by table", COUNTS, found.counts, short=True),
        "totals": tables.Table("totals", "Control totals", TOTALS, written(found.totals)),
        "changes": tables.Table(
            "changes", "What differs", CHANGES, found.changes.head(MOST), count=found.changes.height
        ),
        "findings": noticed.table("findings", told, most=MOST), "denied": people.denial(person, verb),
        "reason": request.POST.get("reason", ""), "may_open": _may_open(found),
    })  # fmt: skip


def written(totals: pl.DataFrame) -> pl.DataFrame:
    """Control totals with their sums in words: wider than any amount, they are no cell of money."""
    said = [
        None if amount is None else figures.money(int(amount), currency) if currency else str(amount)
        for currency, amount in totals.select("currency", "amount").iter_rows()
    ]
    shown = totals.drop("amount").with_columns(said=pl.Series(said, dtype=pl.String))
    return shown.filter((totals["amount"] != 0).fill_null(value=True))


def _may_open(found: import_bundle.Checked) -> bool:
    """Whether these rows may still be history: nothing is posted or locked, and something came in before."""
    begun = ledger.Entry.objects.exists() or ledger.Lock.objects.exists()
    return found.kind == "facts" and not begun


def _import(request: HttpRequest, asked: state.State, upload: models.Upload) -> HttpResponse:
    """Start the import; what the books refuse is said by its job, and the files wait on."""
    reason, kind = request.POST.get("reason", "").strip(), request.POST.get("kind", "facts")
    correction, opening = kind == "correction", kind == "opening"
    actor = requests.actor(request, reason)
    denied = people.denial(actor.person, "correct" if correction else "import")
    if denied:
        raise acts.Refused(denied)
    if correction and not reason:
        return _page(request, asked, upload, refused="A correction says why: give a reason, which stands in the log.")
    opened = received.opened(upload)

    def work(step: jobs.Step) -> dict[str, Any]:
        done = import_bundle.import_opened(actor, opened, correction=correction, opening=opening or None, step=step)
        upload.delete()
        says = (
            f"Import {done.no}: {figures.counted(done.added, 'new row')}, {done.corrected} changed, "
            f"{done.known} known, {done.left_out} left out."
        )
        return {"import": done.no, "says": says}

    token = upload.token
    no = jobs.start("import", actor, work)
    then = f"/imports/jobs/{no}?{urlencode({'upload': token})}"
    return HttpResponseRedirect(f"/jobs/{no}?{urlencode({'next': then})}", status=303)

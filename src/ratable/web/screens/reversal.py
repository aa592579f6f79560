"""Takes a posted entry back: a form for the day, the reason and the document, from the trace of the entry.

Worked example: entry 5f1c of 31 January should not have been posted, and January is locked. Ben reverses it on 1
February with the reason and the e-mail; the reversal waits as run 6 for another person, and names 5f1c as its source.
"""

from django.http import HttpRequest, HttpResponse

from ratable.access import requests
from ratable.ledger import closed, models, tracing
from ratable.operations import acts, clock, manual, people
from ratable.web import frame, state
from ratable.web.screens import manual_journal


@frame.screen
def view(request: HttpRequest, asked: state.State, entry: str) -> HttpResponse:
    """The form; a POST prepares the reversal."""
    row = tracing.found(entry)
    ended = closed.through(row.book, row.entity)
    context = {
        "row": row, "denied": people.denial(requests.person(request), "enter manually", row.entity), "ended": ended,
        "again": models.Entry.objects.filter(kind="reversal", source=row.entry).first(),
    }  # fmt: skip
    if request.method != "POST":
        first = row.date if ended is None or row.date > ended else max(clock.now().date(), ended)
        return frame.page(request, "web/reversal.html", context | {"values": {"date": first.isoformat()}, "errors": {}})
    typed = manual_journal.Typed({name: request.POST.get(name, "").strip() for name in ("date", "memo")})
    ground = manual_journal.supported(request, typed)
    on = manual_journal.day_of(typed)
    if on is not None and not typed.errors:
        try:
            made = manual.reverse(requests.actor(request), [row.entry], on, ground)
            return manual_journal.prepared(request, asked, made)
        except acts.Refused as refused:
            manual_journal.place_of(refused, typed)
    return manual_journal.answered(request, typed, "web/reversal.html", context)

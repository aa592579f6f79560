"""Long work: the step that it is at, and what came of it; then back to where it was asked for.

Worked example: Dana posts run 4 and gets to `/jobs/7?next=/review/4`, which says "Waiting", then "Posting run 4", asks
again every 700 ms, and takes her back to run 4 with "Entries 101 to 142 are posted." The page can be left: the work
goes on, and its address shows what came of it.

A person sees their own work; auditors and controllers see everybody's.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from ratable.access import requests
from ratable.api import jobs
from ratable.operations import people
from ratable.web import frame, state

_SEE_ALL = ("auditor", "controller")
_WORDS = {
    jobs.QUEUED: ("open", "Waiting for its turn"),
    jobs.RUNNING: ("open", "Under way"),
    jobs.DONE: ("good", "Done"),
    jobs.REFUSED: ("bad", "Not done"),
    jobs.FAILED: ("bad", "Failed"),
}


@frame.screen
def view(request: HttpRequest, asked: state.State, no: int) -> HttpResponse:
    """The job as it stands; once it is done, the address in `next`."""
    seen = jobs.get(no)
    person = requests.person(request)
    if seen is None or (seen.person != person and people.role(person) not in _SEE_ALL):
        raise state.Unclear(f"job {no}: there is none of yours with that number.")
    then = asked.get("next")
    then = then if url_has_allowed_host_and_scheme(then, allowed_hosts=None) else ""
    result = seen.result or {}
    if seen.state == jobs.DONE and then and seen.person == person:
        messages.add_message(request, messages.SUCCESS, result.get("says") or "Done.", extra_tags="good")
        return HttpResponseClientRedirect(then) if request.htmx else HttpResponseRedirect(then, status=303)
    sign, word = _WORDS[seen.state]
    context = {
        "job": seen, "sign": sign, "word": word, "then": then, "refused": result.get("detail", ""),
        "told": _told(result) if seen.state == jobs.DONE else {}, "here": request.get_full_path(),
    }  # fmt: skip
    if request.htmx:
        return render(request, "web/parts/job.html", context)
    return frame.page(request, "web/job.html", context)


def _told(result: dict[str, object]) -> dict[str, str]:
    """What came of it, each thing by its name; what is a list is counted."""
    return {
        name.replace("_", " "): str(len(value)) if isinstance(value, list | dict) else str(value)
        for name, value in result.items()
        if value is not None
    }

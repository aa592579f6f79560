"""What stands around every screen: the rail, the month with its state, the entity, who is here, and what waits.

Worked example: with February locked and run 4 waiting, the bar says "Mar 2026, open" and the rail says "Review 1".

A view is a function of the request and of its `State`; `screen` makes one of it, and turns every refusal into a page
with one sentence.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from ratable.access import requests
from ratable.bundle import reading
from ratable.core import periods
from ratable.ledger import entries, events, models, pending, tracing
from ratable.operations import acts, people, revisions
from ratable.reports import identities, names
from ratable.web import calendar, figures, raised, saved, state

_READ = "calendar"
_NOT_BY_LOOKING = "Nothing was done yet: press the button again."  # Come back from signing in, or by a bookmark.
View = Callable[[HttpRequest, state.State], HttpResponse]

# Name of a screen, its address, and the key that follows `g`.
WORK = (
    ("Close", "/", "c"), ("Review", "/review", "v"), ("Journals", "/journals", "j"),
    ("Roll-forward", "/roll-forward", "r"), ("Waterfall", "/waterfall", "w"), ("Contracts", "/contracts", "k"),
    ("Invoices", "/invoices", "i"), ("Exports", "/exports", "e"), ("Ask", "/ask", "q"),
    ("Watchtower", "/watchtower", "n"), ("Activity", "/activity", "a"),
)  # fmt: skip
REPORTS = (("RPO", "/rpo", "u"), ("Trial balance", "/trial-balance", "t"), ("Balances", "/balances", "b"))
SETTINGS = (
    ("Imports", "/imports", "m"), ("Products and SSPs", "/products", "p"), ("Accounts", "/accounts-map", "l"),
    ("Policies", "/policies", "o"), ("People", "/people", "h"),
)  # fmt: skip


def screen(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that is given the state its address asks for, and whose refusals are pages with one sentence."""

    @wraps(view)
    def answered(request: HttpRequest, **named: str) -> HttpResponse:
        try:
            return view(request, _state(request), **named)
        except (state.Unclear, tracing.Unknown) as missing:
            return sentence(request, str(missing), status=404)
        except (acts.Refused, names.Refused, identities.DoesNotFoot, reading.Unreadable) as refused:
            return sentence(request, str(refused), status=409)

    return answered


def act(of: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view that does what a form of another screen asks for, and that leads whoever only opens its address there.

    Args:
        of: the name of that screen in web/urls.py, which takes the same parts of the address.
    """

    def made(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, asked: state.State, **named: str) -> HttpResponse:
            if request.method == "POST":
                return view(request, asked, **named)
            messages.add_message(request, messages.INFO, _NOT_BY_LOOKING, extra_tags="warn")
            return HttpResponseRedirect(replace(asked, path=reverse(of, kwargs=named)).here(), status=303)

        return screen(answered)

    return made


def sentence(request: HttpRequest, says: str, *, status: int) -> HttpResponse:
    """A page that says what was not done, and why."""
    return page(request, "web/sentence.html", {"says": says}, status=status)


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A screen within the frame; for a panel, the screen alone."""
    asked = _state(request) if status == HTTPStatus.OK else state.State(request.path, calendar.read())
    person = requests.person(request)
    around = {
        "state": asked, "person": person, "role": people.role(person), "company": company(),
        "entities": [entity for entity in asked.months.entities if entity], "month": asked.month,
        "months": asked.months.months(asked.period), "work": _rail(WORK, asked), "settings": _rail(SETTINGS, asked),
        "reports": _rail(REPORTS, asked),
        "waiting": waiting(person), "head": events.last(), "scales": figures.SCALES,
        "views": saved.of_screen(person, asked.path), "address": request.get_full_path(),
        "panel": _in_panel(request), "theme": request.COOKIES.get("theme", ""),
        "before": asked.here(period=periods.shifted(asked.period, -1), cursor=None),
        "after": asked.here(period=periods.shifted(asked.period, 1), cursor=None),
    }  # fmt: skip
    return render(request, template, around | context, status=status)


def company() -> str:
    """The name of the company whose books these are."""
    return str(models.Company.objects.values_list("name", flat=True).first() or "No books yet")


def waiting(person: str) -> int:
    """What needs a person: runs and revisions that are not decided, findings and flags without an answer."""
    runs = int(models.Run.objects.exclude(decision__verb__in=entries.OVER).count())
    return runs + revisions.waiting() + pending.findings().height + raised.waiting(person).height


def _state(request: HttpRequest) -> state.State:
    """What the address asks for, with the calendar read once for each request."""
    if not hasattr(request, _READ):
        setattr(request, _READ, calendar.read())
    asked = state.of(request, getattr(request, _READ))
    own = people.entities(requests.person(request))
    return asked if own is None else asked.within(own)


def _rail(items: tuple[tuple[str, str, str], ...], asked: state.State) -> list[dict[str, Any]]:
    def current(address: str) -> bool:
        return asked.path == address if address == "/" else asked.path.startswith(address)

    return [
        {"name": name, "href": asked.link(address), "key": key, "current": current(address)}
        for name, address, key in items
    ]


def _in_panel(request: HttpRequest) -> bool:
    return str(request.headers.get("HX-Target")) == "panel"

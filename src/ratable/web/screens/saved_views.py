"""Keeps the view that a person looks at under a name, and lets it go; both lead back to the screen.

Worked example: "Customers" typed in the menu View of the roll-forward by customer keeps its address for who typed it.
Views are a convenience of one person: they are no part of the books and of no event.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.web import frame, saved, state


@frame.act(of="close")
def keep(request: HttpRequest, _: state.State) -> HttpResponse:
    """Keep an address under a name."""
    name, address = request.POST.get("name", "").strip(), request.POST.get("address", "")
    made = saved.keep(requests.person(request), name, address)
    messages.add_message(request, messages.SUCCESS, f"This view is kept as {made.name}.", extra_tags="good")
    return HttpResponseRedirect(made.address, status=303)


@frame.act(of="close")
def drop(request: HttpRequest, _: state.State) -> HttpResponse:
    """Let a view go."""
    no = request.POST.get("no", "")
    gone = saved.drop(requests.person(request), int(no)) if no.isdecimal() else None
    if gone is None:
        raise state.Unclear("view: you keep none of that number.")
    messages.add_message(request, messages.SUCCESS, f"The view {gone.name} is no longer kept.", extra_tags="good")
    return HttpResponseRedirect(gone.address, status=303)

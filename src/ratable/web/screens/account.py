"""One's own account: name, role, limits, second factor, sessions."""

from django.http import HttpRequest, HttpResponse

from ratable.access import requests
from ratable.operations import people
from ratable.web import frame, state


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """What the books know of the person who looks, and where to change how they sign in."""
    person = requests.person(request)
    return frame.page(request, "web/account.html", {"limits": people.limits(person), "asked": asked})

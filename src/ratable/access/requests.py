"""Who asks, and whether they said so lately.

Worked example: Dana is signed in and presses "approve". `actor(request, reason)` is Dana by the clock of this machine;
for a lock or a role, `confirm(request)` first sends her to type her password again, unless she did within five minutes.
"""

from allauth.account import adapter, decorators
from allauth.core import exceptions
from django.contrib import auth
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest

from ratable.access import sessions
from ratable.operations import acts, clock


def person(request: HttpRequest) -> str:
    """The name in the books of whoever asks; empty where nobody is signed in."""
    return str(request.user.get_username()) if request.user.is_authenticated else ""


def actor(request: HttpRequest, reason: str = "") -> acts.Actor:
    """Whoever asks, as who acts on the books."""
    return acts.Actor(person(request), clock.now, reason)


def confirm(request: HttpRequest) -> None:
    """Go on only where the person has shown lately that it is they: before roles, keys, locks.

    Whoever has a password or a second factor is asked for it, unless it was within five minutes; what they sent is
    then done at once. Whoever has neither, because they come by the company's provider, signs in again unless they did
    within a quarter of an hour; they come back to the screen, and send it again.

    Raises:
        allauth.core.exceptions.ReauthenticationRequired: they have not; the middleware asks them, and comes back.
        allauth.core.exceptions.ImmediateHttpResponse: they have not, and sign in again.
    """
    if adapter.get_adapter().get_reauthentication_methods(request.user):
        _ask(request)
    elif not sessions.fresh(request):
        back = request.get_full_path()
        auth.logout(request)  # Or the sign-in page would let them through.
        raise exceptions.ImmediateHttpResponse(redirect_to_login(back))


def _ask(request: HttpRequest) -> None:
    try:
        decorators.reauthentication_required(lambda _: None)(request)
    except exceptions.ReauthenticationRequired:
        # What was sent is kept with its query, and found again by an address that has none.
        request.GET = request.GET.copy()
        request.META["QUERY_STRING"] = ""
        raise

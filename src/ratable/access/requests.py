"""Who asks, and whether they said so lately.

Worked example: Dana is signed in and presses "approve". `actor(request, reason)` is Dana by the clock of this machine;
for a lock or a role, `confirm(request)` first sends her to type her password again, unless she did within five minutes.
"""

from allauth.account import decorators
from django.http import HttpRequest

from ratable.operations import acts, clock


def person(request: HttpRequest) -> str:
    """The name in the books of whoever asks; empty where nobody is signed in."""
    return str(request.user.get_username()) if request.user.is_authenticated else ""


def actor(request: HttpRequest, reason: str = "") -> acts.Actor:
    """Whoever asks, as who acts on the books."""
    return acts.Actor(person(request), clock.now, reason)


def confirm(request: HttpRequest) -> None:
    """Go on only where the person has shown again, within five minutes, that it is they: before roles, keys, locks.

    Raises:
        allauth.core.exceptions.ReauthenticationRequired: they have not; the middleware asks them, and comes back.
    """
    decorators.reauthentication_required(lambda _: None)(request)

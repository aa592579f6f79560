"""How long somebody stays signed in: 30 minutes without a request, and 12 hours at most.

Worked example: Dana signs in at 9:00, works until 11:10 and comes back at 11:45: she signs in again. Ben works without
a pause, and signs in again at 21:00.
"""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from ratable.operations import clock

IDLE, WHOLE = timedelta(minutes=30), timedelta(hours=12)
FRESH = timedelta(minutes=15)
_BEGAN, _SEEN = "signed_in_at", "seen_at"
_MINUTE = timedelta(minutes=1)


def begin(request: HttpRequest | None, **_: Any) -> None:
    """Count from now; called when somebody signs in."""
    if request is not None:
        request.session[_BEGAN] = request.session[_SEEN] = clock.now().isoformat()


def over(request: HttpRequest) -> bool:
    """Whether the session of a request has lasted too long, or rested too long; one that does not say when is over."""
    now, began, seen = clock.now(), _moment(request, _BEGAN), _moment(request, _SEEN)
    if began is None or seen is None or now - began >= WHOLE or now - seen >= IDLE:
        return True
    if now - seen >= _MINUTE:  # To the minute is enough, and spares a write for each request.
        request.session[_SEEN] = now.isoformat()
    return False


def fresh(request: HttpRequest) -> bool:
    """Whether somebody signed in a moment ago, which stands for a password where they have none here."""
    began = _moment(request, _BEGAN)
    return began is not None and clock.now() - began < FRESH


def _moment(request: HttpRequest, name: str) -> datetime | None:
    kept = request.session.get(name)
    return datetime.fromisoformat(kept) if kept else None

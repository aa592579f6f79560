"""The pages of what went wrong: what happened, whether anything was saved, and the id under which it is logged.

Worked example: an address that leads nowhere gets "There is no such page. Nothing was saved." and request
9f2c61d0a4b7e358. No page shows a traceback. What programs are told below /api/ is made by `ratable.api.problems`.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template import loader

_NOTHING_SAVED = "Nothing was saved."


@dataclass(frozen=True)
class Fault:
    """A status with its words for people: what happened, what was saved, what to do."""

    status: int
    title: str
    happened: str
    saved: str
    next: str


BAD_REQUEST = Fault(
    400, "That could not be read", "The browser sent something that this application does not understand.",
    _NOTHING_SAVED, "Go back, reload the page and try again.",
)  # fmt: skip
FORBIDDEN = Fault(
    403, "That is not allowed", "Your role does not allow this.", _NOTHING_SAVED,
    "A controller or administrator gives roles, under People.",
)  # fmt: skip
FORGED = Fault(
    403, "That page was too old", "What was sent did not come from a page that this application gave you just now.",
    _NOTHING_SAVED, "Go back, reload the page and send it again.",
)  # fmt: skip
NOT_FOUND = Fault(
    404, "There is no such page", "The address leads nowhere here: it was mistyped, or what it names is gone.",
    _NOTHING_SAVED, "Start again from the first page.",
)  # fmt: skip
BROKEN = Fault(
    500, "Something broke here", "The application met a fault of its own. It is in the log under the number below.",
    "An act is saved whole or not at all.", "Look in the activity log whether yours is there before you send it again.",
)  # fmt: skip


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _page(request, BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the sentence that says what is not allowed and who could change it, where there is one."""
    return _page(request, FORBIDDEN, str(exception))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, where a form came without the token of its page."""
    return _page(request, FORGED)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _page(request, NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page(request, BROKEN)


def _page(request: HttpRequest, fault: Fault, happened: str = "") -> HttpResponse:
    number = getattr(request, "request_id", "")
    happened = happened or fault.happened
    shown = {"fault": fault, "happened": happened, "request_id": number}
    # Without the request: what fills a page from it may be what broke.
    return HttpResponse(loader.render_to_string("server/fault.html", shown), status=fault.status)

"""What every answer tells the browser: run and load nothing but ours, be framed by nobody, keep no copy of figures."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_POLICY = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self' {}",
    "frame-ancestors 'none'",
    "base-uri 'none'",
))  # fmt: skip


class SecurityHeaders:
    """Adds them to every answer; styles and scripts alone may be kept."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer
        # A browser counts where a form is sent on to: whoever signs in with a provider is.
        self._policy = _POLICY.format(settings.FORM_TARGETS).replace(" ;", ";")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the application, with its headers."""
        response = self._answer(request)
        response.headers.setdefault("Content-Security-Policy", self._policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

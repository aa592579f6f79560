"""Denies by default: whoever is not signed in, or has no role in the books, gets to the sign-in pages and no further.

Worked example: a stranger who asks for /journals is sent to /accounts/login/?next=/journals. Vic, whose role ended
while he was looking at a page, gets one sentence at his next click, and is signed out everywhere by then.

Each request asks the books anew, so that a role that ends takes its sessions with it.
"""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import auth
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django_htmx.http import HttpResponseClientRedirect

from ratable.access import refusing, requests, sessions
from ratable.operations import choices, people

_ASKS_ITSELF = "/api/"  # Its callers show keys.
_ENTRANCES = frozenset({
    "account_login", "account_logout", "account_inactive", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "account_signup", "mfa_authenticate", "mfa_login_webauthn",
    "openid_connect_login", "openid_connect_callback", "socialaccount_login_cancelled", "socialaccount_login_error",
})  # fmt: skip
_CLOSED = frozenset({  # Of allauth, and not of this application: it sends no mail, and people are invited.
    "account_email", "account_email_verification_sent", "account_confirm_email", "account_reset_password",
    "account_reset_password_done", "account_confirm_login_code", "account_set_password", "socialaccount_signup",
    "socialaccount_connections",
})  # fmt: skip
_OF_SECOND_FACTORS = "mfa_"
_WITHOUT_SECOND_FACTOR = frozenset({"account_logout", "account_reauthenticate"})


class SignedIn:
    """Lets through who may be here."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to whoever may have it; else the way to sign in, or a sentence."""
        name = _name(request)
        if name in _CLOSED:
            raise Http404
        refused = _ended(request)
        if request.path.startswith(_ASKS_ITSELF):
            return self._answer(request)
        if refused:
            return refusing.page(request, refused)
        if not request.user.is_authenticated:
            return self._answer(request) if name in _ENTRANCES else _sign_in(request)
        if _lacks_second_factor(request, name):
            return redirect("mfa_activate_totp")
        return self._answer(request)


def _name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""


def _sign_in(request: HttpRequest) -> HttpResponse:
    """The way to sign in and back; for a part of a page, the whole page goes there."""
    if request.htmx:
        back = request.htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(redirect_to_login(back).url)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")


def _ended(request: HttpRequest) -> str:
    """End a session that lasted too long, or whose person has no role any more; for the latter, a sentence."""
    if not request.user.is_authenticated:
        return ""
    person = requests.person(request)
    outside = people.role(person) == people.NONE
    if outside or sessions.over(request):
        auth.logout(request)
    return f"{person} has no role in these books. {refusing.who_invites()} can give one." if outside else ""


def _lacks_second_factor(request: HttpRequest, name: str) -> bool:
    """Whether a person who may do more than look has yet to set up a second factor, where the company wants one."""
    if name.startswith(_OF_SECOND_FACTORS) or name in _WITHOUT_SECOND_FACTOR:
        return False
    if people.role(requests.person(request)) == "viewer" or choices.chosen("second_factor") != "on":
        return False
    return not is_mfa_enabled(request.user)

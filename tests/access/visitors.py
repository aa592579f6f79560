"""People at their browsers, for tests of sign-in.

Worked example: `visitors.account("dana")` lets Dana sign in with PASSWORD; `visitors.signed_in("dana")` is her browser
afterwards; a path that she may not see answers with a redirect or a sentence.
"""

import re

from django.http import HttpResponse
from django.test import Client

from ratable.access.models import Account

PASSWORD = "a long walk by the river"  # noqa: S105  of nobody
LOGIN = "/accounts/login/"

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>")
_INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=")


def browser() -> Client:
    """A browser in which nobody is signed in."""
    return Client(SERVER_NAME="localhost")


def account(person: str, **more: object) -> Account:
    """An account that can be signed in to."""
    made: Account = Account.objects.create_user(person, password=PASSWORD, **more)
    return made


def sign_in(visitor: Client, person: str, password: str = PASSWORD) -> HttpResponse:
    """What the sign-in page answers to a name and a password."""
    answer: HttpResponse = visitor.post(LOGIN, {"login": person, "password": password})
    return answer


def signed_in(person: str) -> Client:
    """The browser of a person who has an account and has just signed in."""
    visitor = browser()
    assert sign_in(visitor, person).status_code == 302
    return visitor


def is_in(visitor: Client) -> bool:
    """Whether the application knows who is at this browser and lets them in."""
    return bool(visitor.get("/accounts/sessions/").status_code == 200)


def text(answer: HttpResponse) -> str:
    """The page as text."""
    return str(answer.content.decode())


def inline(answer: HttpResponse) -> list[str]:
    """What the content policy of the application would not let a browser run or apply."""
    page = text(answer)
    scripts = [
        found.group() for found in _SCRIPT.finditer(page)
        if "src=" not in found["attributes"] and 'type="application/json"' not in found["attributes"]
    ]  # fmt: skip
    return scripts + _INLINE.findall(page)

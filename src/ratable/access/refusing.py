"""The page that somebody gets who may not come in: one sentence, and who can change it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ratable.operations import people


def page(request: HttpRequest, sentence: str) -> HttpResponse:
    """403 with a sentence."""
    return render(request, "access/refused.html", {"sentence": sentence}, status=403)


def who_invites() -> str:
    """Who lets people in, in words."""
    names = [person for person in people.everyone() if not people.denial(person, "invite")]
    return " or ".join(names) or "whoever starts the application"

"""An unsafe call is done once, however often it is sent: its answer is kept with what it did, under the caller's key.

Worked example: a program posts run 3 with `Idempotency-Key: close-2026-01`, and the line breaks before the answer. It
sends the same call again and gets the answer that it missed, with `Idempotent-Replayed: true`; nothing is posted twice.

Refuses a call without a key, and a key that was used for another call. Two calls at once wait for each other.
"""

import re
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from ratable.api import models, problems
from ratable.ledger import canonical, store
from ratable.operations import clock

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
REPLAYED = "Idempotent-Replayed"


def once(request: HttpRequest, person: str, asked: str, do: Callable[[], HttpResponse]) -> HttpResponse:
    """Do what is asked, or give the answer that was given.

    Args:
        request: the call; its header Idempotency-Key names it.
        person: who calls; the keys of two people have nothing to do with each other.
        asked: SHA-256 of the content of the call.
        do: does it. What it raises is answered as a problem; what the books refuse is an answer like any other.

    Raises:
        problems.Problem: there is no key, or it was used for another call.
    """
    key = _key(request)
    asked = canonical.sha256(canonical.text([request.method, request.get_full_path(), asked]))
    with transaction.atomic():
        store.lock()
        kept = models.Answer.objects.filter(person=person, key=key).first()
        if kept is not None:
            return _again(kept, asked)
        try:
            response = do()
        except Exception as fault:
            problem = problems.foreseen(fault)
            if problem is None or problem.kind == "unavailable":
                raise
            response = problems.answer(request, problem)
        models.Answer.objects.create(
            person=person, key=key, asked=asked, status=response.status_code, body=response.content.decode(),
            location=response.headers.get("Location", ""), made_at=clock.now(),
        )  # fmt: skip
    return response


def of_body(request: HttpRequest) -> str:
    """SHA-256 of the content of a call."""
    return canonical.sha256(request.body)


def _key(request: HttpRequest) -> str:
    key = str(request.headers.get("Idempotency-Key", ""))
    if not key:
        raise problems.Problem(
            "key-missing", "send the header Idempotency-Key with a text of your own: the same call again has the same."
        )
    if not _KEY.fullmatch(key):
        raise problems.Problem(
            "bad-request", "Idempotency-Key: expected 1 to 200 letters, digits and signs of ASCII without spaces."
        )
    return key


def _again(kept: models.Answer, asked: str) -> HttpResponse:
    if kept.asked != asked:
        raise problems.Problem(
            "key-reused", f"Idempotency-Key: {kept.key!r} was used for another call; take a new one for this."
        )
    refused = kept.status >= 400
    response = HttpResponse(
        kept.body, status=kept.status, content_type=problems.MEDIA_TYPE if refused else "application/json"
    )
    response.headers[REPLAYED] = "true"
    if kept.location:
        response.headers["Location"] = kept.location
    return response

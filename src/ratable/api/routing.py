"""How a route is made: nothing is reached without a right, no act without a key, no list is sent twice for nothing.

Worked example:

    @routing.act(router, "/runs/{no}/post", shapes.Posted, verb="post")
    def post(request: HttpRequest, no: int) -> shapes.Posted: ...

takes the scope and the roles of "post", a header Idempotency-Key, and keeps the answer with what was posted.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from ratable.api import answers, callers, pages

View = TypeVar("View", bound=Callable[..., Any])


class Asking(HttpRequest):
    """A request of which it is known who asks."""

    auth: callers.Caller


Once = Callable[[Asking, Callable[[], HttpResponse]], HttpResponse]


def _by_body(request: Asking, do: Callable[[], HttpResponse]) -> HttpResponse:
    return answers.once(request, request.auth.person, answers.of_body(request), do)


def read(
    router: Router, path: str, answer: Any, *, roles: frozenset[str] = callers.EVERYONE, tagged: bool = True
) -> Callable[[View], View]:
    """Register what gives something to read.

    Args:
        router: of the subject.
        path: below /api/v1.
        answer: the shape of the answer.
        roles: who may see it.
        tagged: it changes by acts alone, so that it has an ETag.
    """

    def register(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: Asking, *args: Any, **asked: Any) -> HttpResponse:
            current = pages.tag(request, request.auth.person) if tagged else ""
            if tagged and pages.unchanged(request, current):
                response = HttpResponse(status=304)
            else:
                response = rendered(view(request, *args, **asked), 200)
            if tagged:
                response.headers["ETag"] = current
            return response

        router.get(path, auth=callers.to_read(roles), response={200: answer}, **_said(view))(wrapped)
        return view

    return register


def act(
    router: Router, path: str, answer: Any, *, verb: str, status: int = 200, once: Once = _by_body
) -> Callable[[View], View]:
    """Register an act on the books.

    Args:
        router: of the subject.
        path: below /api/v1.
        answer: the shape of the answer.
        verb: the act, one of `callers.OF_VERB`.
        status: of the answer where it is done.
        once: sees to it that the same call is done once; by `answers.once`.
    """

    def register(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: Asking, *args: Any, **asked: Any) -> HttpResponse:
            return once(request, lambda: rendered(view(request, *args, **asked), status))

        router.post(path, auth=callers.to_act(verb), response={status: answer}, **_said(view))(wrapped)
        return view

    return register


def rendered(made: Schema | HttpResponse, status: int) -> HttpResponse:
    """The answer of a view as it is sent."""
    if isinstance(made, HttpResponse):
        return made
    return HttpResponse(made.model_dump_json(), status=status, content_type="application/json")


def listed(request: HttpRequest, made: Schema, following: str | None) -> HttpResponse:
    """A page of a list, with the address of the next one in a header."""
    response = rendered(made, 200)
    pages.link(request, response, following)
    return response


def _said(view: Callable[..., Any]) -> dict[str, Any]:
    """What the document of the interface says about a view: its docstring."""
    first, _, rest = (inspect.getdoc(view) or "").partition("\n\n")
    return {"operation_id": view.__name__, "summary": first.rstrip("."), "description": rest or first}

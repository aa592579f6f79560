"""Choices of a company about its own controls: what counts now, and choosing otherwise.

Worked example: `POST /choices/revisions_only` with `{"value": "on", "reason": "Prices go through two people."}` lets
products, SSPs, accounts and policies change by revisions alone from then on.
"""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from ratable.api import problems, routing, shapes
from ratable.operations import choices

router = Router(tags=["choices"])


class Choice(Schema):
    """A choice: its value, and those that it may have; the first counts until another one is set."""

    model_config = shapes.shown(name="single_person", value="off", values=["off", "on"])
    name: str
    value: str
    values: list[str]


class Choices(Schema):
    """Every choice."""

    rows: list[Choice]


class Chosen(shapes.Sent):
    """A value and why."""

    model_config = shapes.sent(value="on", reason="Prices go through two people.")
    value: Annotated[shapes.Text, Field(description="One of its values.")]
    reason: shapes.Reason


@routing.read(router, "/choices", Choices)
def list_choices(request: HttpRequest) -> Choices:
    """List what the company chose about its controls."""
    return Choices(rows=[_told(name) for name in choices.CHOICES])


@routing.act(router, "/choices/{name}", Choice, verb="set a choice")
def set_choice(request: routing.Asking, name: shapes.Text, said: Chosen) -> Choice:
    """Choose otherwise, with a reason."""
    if name not in choices.CHOICES:
        raise problems.Problem("unknown", f"choice: saw {name!r}; expected one of {', '.join(choices.CHOICES)}.")
    choices.set_choice(request.auth.actor(said.reason), name, said.value)
    return _told(name)


def _told(name: str) -> Choice:
    return Choice(name=name, value=choices.chosen(name), values=list(choices.CHOICES[name]))

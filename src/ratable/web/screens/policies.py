"""Policies: dated accounting choices, which of them is in force; and choices of the company about its own controls.

Worked example: proration = monthly_prorated from 2026-01-01 is in force in March, daily from 2025-01-01 is past. The
choice single_person is off; a controller turns it on with a reason, which stands in the log.

A policy changes by a revision, which a second person approves; a choice by the act of a controller.
"""

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.bundle import rules
from ratable.ledger import models
from ratable.operations import acts, choices, people
from ratable.reports import rendering
from ratable.web import downloads, frame, own, state, tables

_SAYS = {
    "single_person": "One person may approve what they prepared, each time with a reason; every report says so.",
    "revisions_only": "Products, SSPs, accounts, rules and policies change by revisions alone, never by an import.",
    "review": "The agent reviews what is proposed; off, it looks at nothing, and nothing waits for its flags.",
    "second_factor": "Whoever may do more than look signs in with a password and something else.",
}
_FIRST, *_REST = own.columns("policies", "name", "value", "from", "product", "entity")
_COLUMNS = (_FIRST, tables.Column("in_force", "In force", "status"), *_REST)
_NEVER = pl.date(1, 1, 1)


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The policies with their versions and the choices; or a choice that was made."""
    if request.method == "POST":
        try:
            return _choose(request)
        except acts.Refused as refused:
            return _page(request, asked, refused=str(refused))
    return _page(request, asked)


def in_force(policies: pl.DataFrame, asked: state.State) -> pl.Series:
    """For each policy whether it is in force on the last day of the month: "in force", "past", or "from then on".

    Of policies of one name, product and entity the latest `from` counts, as in core.policies.
    """
    begun = pl.col("from").fill_null(_NEVER) <= asked.through
    last = pl.col("from").fill_null(_NEVER).filter(begun).max().over("name", "product", "entity")
    counts = begun & (pl.col("from").fill_null(_NEVER) == last)
    word = pl.when(counts).then(pl.lit("in force")).when(begun).then(pl.lit("past")).otherwise(pl.lit("from then on"))
    return policies.select(word.alias("in_force"))["in_force"]


def _page(request: HttpRequest, asked: state.State, *, refused: str = "") -> HttpResponse:
    known = own.known()
    policies = own.texts("policies", known).with_columns(in_force(known["policies"], asked))
    if format_ := downloads.wanted(request):
        heading = rendering.Heading("policies", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [policies.drop("key", "versions")], heading)
    signs = {"in force": ("good", "in force"), "past": ("quiet", "past"), "from then on": ("open", "from then on")}
    status = pl.Series("in_force", [list(signs[word]) for word in policies["in_force"]], dtype=pl.List(pl.String))
    return frame.page(request, "web/policies.html", {
        "table": tables.Table("policies", "Policies", _COLUMNS, policies.with_columns(status), short=True),
        "unset": [name for name in rules.POLICY_VALUES if name not in set(policies["name"])], "refused": refused,
        "choices": _choices(), "revising": own.waiting(), "reason": request.POST.get("reason", ""),
        "denied": people.denial(requests.person(request), "propose a revision"),
        "may_not_choose": people.denial(requests.person(request), "set a choice"),
    })  # fmt: skip


def _choices() -> list[dict[str, object]]:
    """Every choice with its value, and who made it last."""
    last = {row.name: row for row in models.Setting.objects.select_related("event").order_by("no")}
    return [
        {
            "name": name, "value": choices.chosen(name), "says": _SAYS.get(name, ""),
            "others": [value for value in values if value != choices.chosen(name)], "row": last.get(name),
        }
        for name, values in choices.CHOICES.items()
    ]  # fmt: skip


def _choose(request: HttpRequest) -> HttpResponse:
    name, value = request.POST.get("name", ""), request.POST.get("value", "")
    choices.set_choice(requests.actor(request, request.POST.get("reason", "").strip()), name, value)
    messages.add_message(request, messages.SUCCESS, f"{name} is {value} now.", extra_tags="good")
    return HttpResponseRedirect(request.path, status=303)

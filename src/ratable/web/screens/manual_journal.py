"""A manual journal: one pair of accounts that a person writes, with a memo and the document behind it.

Worked example: Ben enters 250.00 USD from 2400 deferred revenue to 4000 revenue on 31 March, "rounding agreed with the
customer", and attaches the e-mail. It waits as run 5 until Dana has approved and posted it. Had he written "250,00" he
would read beside the field what was expected, and all else would stand as he typed it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect

from ratable.access import requests
from ratable.core import accounts, currencies
from ratable.ledger import knowledge
from ratable.operations import acts, drafting, manual, people
from ratable.web import frame, state

FIELDS = ("date", "debit", "credit", "amount", "currency", "entity", "line", "memo", "document")
MOST_BYTES = 20 * 2**20
_AMOUNT = r"[0-9]{1,15}"
_PLACE = re.compile(r"(?:manual journal, )?([a-z]+)(?:_role)?: ")


@dataclass(frozen=True)
class Typed:
    """What was typed, by field, and what is wrong with it."""

    values: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The form; a POST prepares the journal, or says beside each field what was expected."""
    denied = people.denial(requests.person(request), "enter manually")
    if request.method != "POST":
        typed = Typed({"date": asked.through.isoformat(), "entity": asked.entity or ""} | asked.some(*FIELDS))
        return _form(request, typed, denied)
    typed = Typed({name: request.POST.get(name, "").strip() for name in FIELDS})
    journal, ground = _journal(typed), supported(request, typed)
    if not typed.errors:
        try:
            made = manual.enter(requests.actor(request), journal, ground)
            return prepared(request, asked, made)
        except acts.Refused as refused:
            place_of(refused, typed)
    return answered(request, typed, "web/journal_new.html", _choices() | {"denied": denied})


def supported(request: HttpRequest, typed: Typed) -> manual.Ground:
    """The memo and the document of a form; what is missing is said beside its field."""
    document = request.FILES.get("document")
    if not typed.values.get("memo"):
        typed.errors["memo"] = "Say why, in words: the memo stands in the journal for good."
    if document is None or not document.size:
        typed.errors["document"] = "Attach the document that shows it, such as an e-mail or a calculation."
    elif document.size > MOST_BYTES:
        typed.errors["document"] = f"The document has more than {MOST_BYTES // 2**20} MiB; attach a smaller one."
    held = document.read() if document is not None and "document" not in typed.errors else b""
    return manual.Ground(typed.values.get("memo", ""), held)


def day_of(typed: Typed) -> date | None:
    """The day of a form; None, with what was expected beside its field, where it is none."""
    try:
        return date.fromisoformat(typed.values["date"])
    except ValueError:
        typed.errors["date"] = f"Saw {typed.values['date']!r}; expected a day such as 2026-03-31."
        return None


def place_of(refused: acts.Refused, typed: Typed) -> None:
    """Put what the books refuse beside the field that it is about, or above all of them."""
    found = _PLACE.match(str(refused))
    name = found[1] if found and found[1] in FIELDS else ""
    typed.errors[name or "all"] = str(refused).removeprefix("manual journal, ")


def prepared(request: HttpRequest, asked: state.State, made: drafting.Proposed) -> HttpResponse:
    """The way to the run that was made."""
    says = f"Run {made.run} waits for another person."
    messages.add_message(request, messages.SUCCESS, says, extra_tags="good")
    then = asked.link(f"/review/{made.run}")
    return HttpResponseClientRedirect(then) if request.htmx else HttpResponseRedirect(then, status=303)


def answered(request: HttpRequest, typed: Typed, template: str, context: dict[str, Any]) -> HttpResponse:
    """A form that was not accepted: where the page is still there, only what is wrong with it."""
    told = {"values": typed.values, "errors": typed.errors, "fields": {**typed.values, "document": ""}} | context
    if request.htmx:
        return render(request, "web/parts/form_errors.html", told)
    return frame.page(request, template, told)


def _form(request: HttpRequest, typed: Typed, denied: str) -> HttpResponse:
    told = _choices() | {"values": typed.values, "errors": {}, "denied": denied}
    return frame.page(request, "web/journal_new.html", told)


def _choices() -> dict[str, Any]:
    known = _accounts()
    return {
        "accounts": [{"value": f"{code}/{role}", "code": code, "role": role.replace("_", " "), "name": name}
                     for code, role, name in known.iter_rows()],
        "owners": [entity for entity in knowledge.entities() if entity], "currencies": sorted(currencies.EXPONENTS),
    }  # fmt: skip


def _accounts() -> pl.DataFrame:
    """Every account that may be posted to, with each role that it serves: code, role, name."""
    chart = accounts.Chart(knowledge.current("accounts"), knowledge.current("account_rules"))
    serves = pl.concat([known.select("role", code="account") for known in (chart.rules, accounts.DEFAULT)])
    named = accounts.in_force(chart).unique("code", keep="first")
    return serves.unique().join(named, on="code").select("code", "role", "name").sort("code", "role")


def _journal(typed: Typed) -> pl.DataFrame:
    """The one row of the form (manual.JOURNAL); what cannot be read is said beside its field."""
    said, errors = typed.values, typed.errors
    row: dict[str, Any] = {"entity": said["entity"], "currency": said["currency"], "line": said["line"] or None}
    row["date"] = day_of(typed)
    for side in ("debit", "credit"):
        row[side], _, row[f"{side}_role"] = said[side].partition("/")
        if not row[f"{side}_role"]:
            errors[side] = "Choose an account."
    row["amount"] = _amount(typed)
    if not said["currency"]:
        errors["currency"] = "Choose a currency."
    return pl.DataFrame([row], manual.JOURNAL) if not errors else pl.DataFrame(schema=manual.JOURNAL)


def _amount(typed: Typed) -> int | None:
    """The amount in minor units."""
    decimals = currencies.EXPONENTS.get(typed.values["currency"], 2)
    plain = typed.values["amount"].replace(",", "") if re.fullmatch(
        r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", typed.values["amount"]) else typed.values["amount"]  # fmt: skip
    fraction = rf"(\.[0-9]{{1,{decimals}}})?" if decimals else ""
    if not re.fullmatch(_AMOUNT + fraction, plain):
        example = "1200" if not decimals else f"1200.{'0' * decimals}"
        typed.errors["amount"] = f"Saw {typed.values['amount']!r}; expected an amount such as {example}."
        return None
    whole, _, part = plain.partition(".")
    return int(whole + part.ljust(decimals, "0"))

"""Search: views of one's own, screens, contracts, customers, invoices and entries by id or name, eight of each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ratable.access import requests
from ratable.ledger import knowledge, models
from ratable.web import frame, places, saved, state

_EACH = 8


@dataclass(frozen=True)
class Found:
    """One thing that was found: its name, what it is, and where it leads."""

    name: str
    what: str
    href: str


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The list of what fits the words typed so far; with none, the views and the screens."""
    words = asked.get("words").strip().lower()
    screens = [
        Found(name, "screen", address)
        for name, address, _ in (*frame.WORK, *frame.REPORTS, *frame.SETTINGS)
        if words in name.lower()
    ]  # fmt: skip
    views = [
        Found(view.name, "saved view", view.address)
        for view in saved.of(requests.person(request))
        if words in view.name.lower()
    ]
    # Names of customers and contracts belong to entities; who sees some alone finds them on their screens.
    facts = _facts(words) if words and asked.own is None else ()
    found = [*_question(asked), *views, *screens, *facts]
    return render(request, "web/parts/found.html", {"found": found, "words": words})


def _question(asked: state.State) -> Iterator[Found]:
    """What was typed as a question, where it is more than one word."""
    said = asked.get("words").strip()
    if " " in said:
        yield Found(f"Ask: {said}", "question", asked.link("/ask", q=said))


def _facts(words: str) -> Iterator[Found]:
    kinds: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("contracts", "contract", places.contract), ("customers", "customer", _of_customer),
        ("invoices", "invoice", places.invoice), ("credit_notes", "credit note", places.credit_note),
    )  # fmt: skip
    for table, what, address in kinds:
        known = knowledge.current(table)
        named = [name for name in ("id", "name") if name in known.columns]
        fits = pl.any_horizontal(pl.col(name).str.to_lowercase().str.contains(words, literal=True) for name in named)
        for id_ in known.filter(fits)["id"].head(_EACH):
            yield Found(id_, what, address(id_))
    entries = models.Entry.objects.filter(entry__startswith=words).values_list("entry", flat=True)[:_EACH]
    yield from (Found(entry, "entry", f"/entries/{entry}") for entry in entries)


def _of_customer(customer: str) -> str:
    return f"/contracts?{urlencode({'customer': customer})}"

"""Answers to a flag of the review, and its proposal: shown by month first, then accepted as an ordinary act.

Worked example: Dana says of flag 5f1c "false alarm", "the order form says 12,000.00", until 28 September, and is shown
the next item of run 7. Ben accepts the proposal of 91d0 after he has read its months: it becomes import 9.
"""

from datetime import date
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ratable.access import requests
from ratable.api import jobs
from ratable.ledger import flagged
from ratable.operations import accepting, acts, answering
from ratable.web import frame, queues, raised, state, tables
from ratable.web.screens import flag_page, review_item, review_run

_SAID = {flagged.ERROR: "an error, which waits until it is put right", flagged.EXCEPTION: "an accepted exception",
         flagged.FALSE_ALARM: "a false alarm", flagged.DUPLICATE: "a duplicate"}  # fmt: skip
_MONTHS = (
    tables.Column("period", "Month", "period"), tables.Column("currency", "Currency"),
    tables.Column("before", "Before", "money"), tables.Column("change", "Change", "money"),
    tables.Column("after", "After", "money"), tables.Column("billed", "Billed", "money"),
)  # fmt: skip


@frame.screen
def view(request: HttpRequest, asked: state.State, flag: str) -> HttpResponse:
    """The flag as a page or a panel; a POST answers it and shows the next item."""
    of = int(asked.get("of")) if asked.get("of").isdecimal() else None
    if request.method != "POST":
        return flag_page.page(request, asked, flag, of=of)
    said = request.POST
    verdict, words = said.get("verdict", ""), said.get("words", "").strip()
    actor = requests.actor(request, words)
    try:
        raised.one(flag, actor.person)
        answering.answer(actor, flag, verdict, until=None if verdict == flagged.ERROR else _day(said.get("until", "")))
    except acts.Refused as refused:
        typed = {"words": words, "verdict": verdict, "until": said.get("until", "")}
        return flag_page.page(request, asked, flag, of=of, refused=str(refused), typed=typed)
    return _next(request, asked, flag, of, f"Flag {flag[:8]} is answered: {_SAID[verdict]}.")


@frame.screen
def proposal(request: HttpRequest, asked: state.State, flag: str) -> HttpResponse:
    """The proposal of a flag before and after, by month; a POST accepts it."""
    if request.method == "POST":
        return _accept(request, asked, flag)
    try:
        told: dict[str, Any] = flag_page.proposal(request, asked, flag)
    except acts.Refused as refused:
        told = {"refused": str(refused)}
    else:
        months = told.pop("months")
        sums = tables.sums(months, "before", "change", "after", "billed")
        table = tables.Table("proposal", "Revenue before and after, by month", _MONTHS, months, sums, short=True)
        told["table"] = table if months.height else None
    if request.htmx:
        return render(request, "web/parts/proposal.html", told)
    return frame.page(request, "web/review_proposal.html", told)


def _accept(request: HttpRequest, asked: state.State, flag: str) -> HttpResponse:
    actor = requests.actor(request, request.POST.get("words", "").strip())
    shown = raised.one(flag, actor.person)
    if not actor.reason:
        raise acts.Refused(f"flag {flag[:8]}: say why its proposal is accepted.")

    def work(step: jobs.Step) -> dict[str, Any]:
        made = accepting.accept(actor, str(shown["id"]), step=step)
        return {"says": f"The proposal of flag {flag[:8]} is accepted; it became {made.became}."}

    no = jobs.start("accept a proposal", actor, work)
    then = asked.link(f"/review/flags/{shown['id']}", of=asked.get("of") or None)
    return HttpResponseRedirect(f"/jobs/{no}?{urlencode({'next': then})}", status=303)


def _next(request: HttpRequest, asked: state.State, flag: str, of: int | None, says: str) -> HttpResponse:
    """The next item of the queue, or of the list; the list behind a panel follows."""
    if of is None:
        messages.add_message(request, messages.SUCCESS, says, extra_tags="good")
        rest = raised.waiting(requests.person(request))["id"]
        to = raised.address(asked, rest[0]) if request.htmx and rest.len() else asked.link("/review")
        return HttpResponseRedirect(to, status=303)
    held, filters, item = queues.held(of), asked.some(*queues.FILTERS), f"flags/{flag}"
    queue = queues.of(held, requests.person(request))
    after = queues.following(queue, filters, item)
    if not request.htmx:
        messages.add_message(request, messages.SUCCESS, says, extra_tags="good")
        to = review_run.item_address(asked, of, after) or asked.link(f"/review/{of}", **filters)
        return HttpResponseRedirect(to, status=303)
    told = review_run.context(queue, requests.person(request)) | {"changed": _changed(asked, queue, flag)}
    return review_item.after_act(request, asked, held, after, told)


def _changed(asked: state.State, queue: queues.Queue, flag: str) -> tables.Table:
    """The row behind the panel that shows the flag: its own, or that of the entry which it is on."""
    about = queue.raised.filter(pl.col("id") == flag)
    own = queue.rows.filter(pl.col("entry").is_in(about["subject"].implode()))
    item = f"entries/{own['no'][0]}" if own.height and about["table"].to_list() == ["entries"] else f"flags/{flag}"
    return review_run.changed(asked, queue, item)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise acts.Refused(f"until: saw {written!r}; expected a day such as 2026-09-28.") from None

"""Close: where the month stands, what needs a person, and the figures that a controller reads first.

Worked example: March 2026 in progress: 41,200.00 USD recognized (38,900.00 in February), 310,000.00 deferred, seven of
eight steps done, "Draft journals: 117 entries are due and not posted" with the button "Propose".

The figures come from books that stay in memory. The steps are computed when they are asked for, by the page itself a
moment after it is shown: they read the whole log, which takes seconds in a large company.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ratable.access import requests
from ratable.api import jobs, reviews
from ratable.core import periods
from ratable.ledger import books, entries, models, pending, signing
from ratable.operations import people, propose
from ratable.operations import periods as closing
from ratable.reports import postings
from ratable.reports import roll_forward as report
from ratable.web import charts, checklists, figures, frame, state
from ratable.web.screens import roll_forward

_PAST, _AHEAD = 9, 5  # Months of the chart before and after the one shown.
# An item of the checklist, the step of the close it belongs to, where it is mended, and what the link says.
_STEPS = (
    ("imports complete", "Imports", "/imports", "See imports"),
    ("findings disposed", "Findings", "/review", "Answer findings"),
    ("drafts posted", "Draft journals", "/review", "To the review"),
    ("review flags answered", "Flags of the review", "/review", "Answer flags"),
    ("roll-forward foots", "Roll-forward foots", "/roll-forward", "See roll-forward"),
    ("sub-ledger equals exports", "Tie-out to exports", "/exports", "See exports"),
    ("chain verified", "Log verified", "/activity", "See activity"),
    ("previous month locked", "Month before", "/", "See month before"),
)


@dataclass(frozen=True)
class Figure:
    """One key figure with that of the month before, in minor units, and where it leads."""

    title: str
    kind: str
    amount: int
    before: int | None
    href: str

    @property
    def change(self) -> int | None:
        """What it moved by; None where there is nothing to compare with."""
        return None if self.before is None else self.amount - self.before


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The month, its figures and charts; the steps come in a moment."""
    if not models.Import.objects.exists():
        return frame.page(request, "web/begin.html", {})
    ledger = books.books(asked.through, known_on=asked.known_on, entity=asked.entity)
    currencies = ledger.outcome.lines["currency"].unique().sort().to_list()
    rolled = {account: _rolled(ledger, account) for account in roll_forward.ACCOUNTS}
    currency = asked.get("currency") or _largest(rolled["deferred_revenue"], currencies)
    return frame.page(request, "web/close.html", {
        "currencies": currencies, "currency": currency, "figures": list(_figures(ledger, rolled, currency, asked)),
        "charts": _charts(ledger, rolled["deferred_revenue"], currency, asked), "runs": _runs(), "notes": ledger.notes,
        "findings": pending.findings().height,
    })  # fmt: skip


@frame.screen
def steps(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The checklist of the month as it stands now, with what a person may do about each item."""
    person = requests.person(request)
    found = checklists.of(asked.period, asked.entity, person=person)
    items = {item.name: item for item in found.items}
    shown = [
        {"title": title, "done": item.done, "says": item.says, "href": asked.link(href), "button": button}
        for name, title, href, button in _STEPS
        if (item := items.get(name))
    ]
    said = {
        "steps": shown, "left": sum(not step["done"] for step in shown), "state": asked, "month": asked.month,
        "denied": {act: people.denial(person, verb) for act, verb in
                   {"propose": "propose", "lock": "lock", "soft": "soft-close", "unlock": "unlock"}.items()},
        "asked_for": closing.asked(asked.period, entity=asked.entity), "after": f"{found.after:,}", "at": found.at,
    }  # fmt: skip
    if request.htmx:
        return render(request, "web/parts/steps.html", said)
    return frame.page(request, "web/close_steps.html", said)


@frame.act(of="close")
def act(request: HttpRequest, asked: state.State) -> HttpResponse:
    """Propose, close softly, lock, or ask for a locked month: a job where it may take long."""
    if request.POST.get("verb") in ("lock", "ask", "unlock"):
        requests.confirm(request)
    verb, reason = request.POST.get("verb", ""), request.POST.get("reason", "").strip()
    actor, entity = requests.actor(request, reason), asked.entity
    back = asked.link("/")
    if verb == "soft":
        closing.soft_close(actor, asked.period, entity=entity)
        says = f"{figures.month(asked.period)} is soft-closed: whoever still books in it is warned."
    elif verb == "ask":
        closing.ask_to_unlock(actor, asked.period, entity=entity)
        says = f"You have asked for {figures.month(asked.period)}. Another controller reopens it."
    else:
        return _job(request, asked, verb)
    messages.add_message(request, messages.SUCCESS, says, extra_tags="good")
    return HttpResponseRedirect(back, status=303)


def _job(request: HttpRequest, asked: state.State, verb: str) -> HttpResponse:
    """The acts that read the whole store, as jobs that can be left."""
    actor, period, entity = requests.actor(request, request.POST.get("reason", "").strip()), asked.period, asked.entity

    def work(step: jobs.Step) -> dict[str, Any]:
        if verb == "propose":
            made = propose.propose(actor, asked.through, step=step)
            behind = reviews.after_proposal(actor, made.run, step=step)
            says = f"Run {made.run}: {made.rows:,} entries wait for review." if made.run else "Nothing is due."
            return {"says": f"{says} The agent is looking at them." if behind else says}
        if verb == "lock":
            done = closing.lock(actor, period, entity=entity, key=signing.key(), step=step)
            return {"says": f"{figures.month(period)} is locked; {done.statements.height} statements are signed."}
        closing.unlock(actor, period, entity=entity)
        return {"says": f"{figures.month(period)} is open again; what was signed stays."}

    no = jobs.start(verb, actor, work)
    then = asked.link("/review") if verb == "propose" else asked.link("/")
    return HttpResponseRedirect(f"/jobs/{no}?{urlencode({'next': then})}", status=303)


def _rolled(ledger: books.Posted, account: str) -> pl.DataFrame:
    return ledger.once(("roll-forward", account), lambda: ledger.roll_forward(account=account))


def _largest(rolled: pl.DataFrame, currencies: list[str]) -> str:
    """The currency in which most entries are, so that the first figures are those that matter."""
    counted = rolled.group_by("currency").agg(pl.col("billings").abs().sum()).sort("billings", descending=True)
    return str(counted["currency"][0]) if counted.height else (currencies or ["USD"])[0]


def _figures(
    ledger: books.Posted, rolled: dict[str, pl.DataFrame], currency: str, asked: state.State
) -> Iterator[Figure]:
    revenue = _recognized(ledger, currency)
    before = periods.shifted(asked.period, -1)
    earned = asked.link("/journals", role="revenue", currency=currency, movement="all")
    yield Figure("Recognized", "recognized", revenue.get(asked.period, 0), revenue.get(before), earned)
    for account, title in roll_forward.ACCOUNTS.items():
        own = rolled[account].filter((pl.col("currency") == currency) & (pl.col("period") == asked.period))
        opening, closing = (int(own[name].sum()) for name in ("opening", "closing"))
        href = asked.link("/roll-forward", account=account, currency=currency)
        yield Figure(title, roll_forward.KINDS[account], closing, opening, href)
    left = ledger.once("rpo", ledger.rpo).filter(pl.col("currency") == currency)
    href = asked.link("/rpo", currency=currency)
    yield Figure("Remaining obligations", "total", int(left["total"].sum()), None, href)


def _recognized(ledger: books.Posted, currency: str) -> dict[str, int]:
    """Revenue by month of posting, in minor units."""
    lines = ledger.outcome.lines.lazy().filter(pl.col("currency") == currency).select("line_no")
    moved = postings.changes(ledger.outcome, "revenue", "month").join(lines, on="line_no", how="semi")
    by_month = moved.group_by(period=pl.col("date").dt.to_string("%Y-%m")).agg(pl.col("change").sum())
    return dict(by_month.collect().iter_rows())


def _charts(ledger: books.Posted, deferred: pl.DataFrame, currency: str, asked: state.State) -> list[dict[str, object]]:
    """Recognized revenue by month with the months to come, the deferred balance, and this month's roll-forward."""
    earned = _recognized(ledger, currency)
    ahead = ledger.once("waterfall", ledger.waterfall).filter(pl.col("currency") == currency)
    first = periods.shifted(asked.period, -_PAST)
    months = [month for step in range(_PAST + 1) if (month := periods.shifted(first, step)) in earned]
    coming = [name for step in range(1, _AHEAD + 1) if (name := periods.shifted(asked.period, step)) in ahead.columns]
    bars = [_point(month, earned[month], asked, currency) for month in months]
    bars += [_to_come(month, int(ahead[month].sum()), asked, currency) for month in coming]
    own = deferred.filter(pl.col("currency") == currency)
    balances = [
        charts.Point(_label(period), closing, "", asked.link("/roll-forward", period=period, currency=currency))
        for period, closing in own.select("period", "closing").tail(_PAST + 1).iter_rows()
    ]
    drawn: list[dict[str, object]] = [
        {"title": "Recognized revenue by month", "points": bars,
         "svg": charts.bars(bars, currency=currency, kind="recognized", title=f"Recognized revenue, {currency}")},
        {"title": "Deferred revenue at the end of each month", "points": balances,
         "svg": charts.balance(balances, currency=currency, kind="deferred", title=f"Deferred revenue, {currency}")},
    ]  # fmt: skip
    for row in own.filter(pl.col("period") == asked.period).iter_rows(named=True):
        drawn.append({"title": f"Deferred revenue of {figures.month(asked.period)}", "points": _bridged(row),
                      "svg": roll_forward.bridge(row, _leads(asked, row), "deferred_revenue")})  # fmt: skip
    return drawn


def _leads(asked: state.State, row: dict[str, Any]) -> roll_forward.Address:
    return lambda name: roll_forward.leads(asked, "deferred_revenue", name)(row)


def _bridged(row: dict[str, Any]) -> list[charts.Point]:
    return [charts.Point(name, row[name]) for name in ("opening", *report.KINDS, "closing")]


def _point(month: str, amount: int, asked: state.State, currency: str) -> charts.Point:
    final = asked.months.month(month, asked.entity).state == "locked"
    href = asked.link("/journals", period=month, role="revenue", currency=currency, movement="all")
    return charts.Point(_label(month), amount, "" if final else "open", href)


def _to_come(month: str, amount: int, asked: state.State, currency: str) -> charts.Point:
    return charts.Point(_label(month), amount, "future", asked.link("/scheduled", month=month, currency=currency))


def _label(period: str) -> str:
    """Mar, or Jan 26 where a year begins."""
    name, year = figures.month(period).split(" ")
    return f"{name} {year[2:]}" if period.endswith("-01") else name


def _runs() -> list[models.Run]:
    """The runs that wait, each with where it stands."""
    return list(models.Run.objects.exclude(decision__verb__in=entries.OVER).order_by("-no"))

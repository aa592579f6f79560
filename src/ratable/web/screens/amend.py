"""Amend a contract: what changes, what each treatment would do, which one is signed and why.

Worked example: `/contracts/C-1/amend?op-0=change&price_change-0=3000.00&effective_on=2026-07-01&...&step=compare` shows
each month before and under each treatment: catch-up moves 1,500.00 at once, prospective none. Ben signs "catch_up, the
service is one series that is partly done"; the amendment is imported as a fact, and the next proposal has its entries.

Nothing is written before it is signed.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.core import findings
from ratable.core import tables as schema
from ratable.ledger import books, closed, knowledge, owners, scope, tracing, whatif
from ratable.operations import acts, clock, import_bundle, people, typed
from ratable.web import amending, frame, places, state, tables

_SHORTEST = 12  # Letters that criteria in words have at least.


@dataclass(frozen=True)
class Option:
    """One treatment: what it is called, its paragraph, what it means, and what it comes to or why it cannot be."""

    name: str
    title: str
    paragraph: str
    means: str
    barred: str = ""
    sums: tuple[dict[str, object], ...] = ()
    automatic: str = ""


@dataclass(frozen=True)
class Weighed:
    """The treatments of an amendment side by side: the months as a table, and each as an option."""

    table: tables.Table
    options: tuple[Option, ...]
    warnings: tuple[str, ...]


@frame.screen
def view(request: HttpRequest, asked: state.State, contract: str) -> HttpResponse:
    """The wizard; a POST signs."""
    stated = knowledge.stated(within=scope.of_account(f"contract {contract}"))
    terms = stated["contracts"].filter(pl.col("id") == contract)
    if terms.is_empty():
        raise tracing.Unknown(f"contract {contract!r} is not in the books.")
    asked.allow(owners.of_contract(contract, stated))
    given = {name: str(value) for name, value in (request.POST or request.GET).items()}
    draft = amending.Draft(contract, _lines(contract, stated), _begun(contract, stated) | given)
    comparing = given.get("step") in ("compare", "sign")
    errors, weighed = _weigh(draft, asked, stated) if comparing else ({}, None)
    if request.method == "POST" and not errors:
        errors = _unsigned(draft, weighed)
        if not errors:
            try:
                return _signed(request, asked, draft)
            except acts.Refused as refused:
                errors = {"": str(refused)}
    standing = {row["line"]: row for row in books.books(asked.through).of(contract=contract).outcome.lines.to_dicts()}
    return frame.page(request, "web/amend.html", {
        "contract": contract, "terms": terms.row(0, named=True), "draft": draft, "errors": errors, "weighed": weighed,
        "head": draft.head(errors),
        "lines": [(*draft.line(at, errors), standing.get(line)) for at, line in enumerate(draft.lines)],
        "added": [draft.added(len(draft.lines) + at, errors) for at in range(draft.adds)],
        "products": stated["products"]["id"].sort().to_list(), "methods": schema.METHODS,
        "frequencies": schema.FREQUENCIES, "kept": draft.kept(), "back": asked.link(places.contract(contract)),
        "here": places.contract(contract, "amend"), "more": asked.here(adds=draft.adds + 1, step=None),
        "denied": people.denial(requests.person(request), "import"), "chosen": given.get("treatment", ""),
        "criteria": given.get("criteria", ""), "edit": asked.link(places.contract(contract, "amend"), **draft.kept()),
    })  # fmt: skip


def _lines(contract: str, stated: whatif.Tables) -> tuple[str, ...]:
    """The lines of a contract, those that amendments added among them, in the order of their ids."""
    own = stated["contract_lines"].filter(pl.col("contract") == contract)["id"]
    amendments = stated["amendments"].filter(pl.col("contract") == contract)
    changes = stated["amendment_changes"].join(amendments, left_on="amendment", right_on="id", how="semi")
    added = changes.filter(pl.col("op") == "add")["line"]
    removed = changes.filter(pl.col("op") == "remove")["line"].implode()
    every = pl.concat([own, added.rename("id")]).unique().sort()
    return tuple(every.filter(~every.is_in(removed)))


def _begun(contract: str, stated: whatif.Tables) -> dict[str, str]:
    """What a form holds before anything is typed: a free id, and today as the day of approval."""
    taken = set(stated["amendments"]["id"])
    count = stated["amendments"].filter(pl.col("contract") == contract).height + 1
    free = next(name for no in range(count, count + len(taken) + 1) if (name := f"A-{contract}-{no}") not in taken)
    return {"id": free, "approved_on": f"{clock.now():%Y-%m-%d}"}


def _weigh(draft: amending.Draft, asked: state.State, stated: whatif.Tables) -> tuple[dict[str, str], Weighed | None]:
    """What is wrong with an amendment, by field; where nothing is, its treatments side by side."""
    if draft.amendment in stated["amendments"]["id"]:
        return {"id": "There is an amendment of this id already; choose another one."}, None
    tried = whatif.tried(typed.opened(draft.document(), _named(draft)).source)
    if errors := draft.errors(tried.findings) | draft.missing():
        return errors, None
    return {}, _weighed(draft, asked, tried)


def _weighed(draft: amending.Draft, asked: state.State, tried: whatif.Tried) -> Weighed:
    days = (date.fromisoformat(draft.get(name)) for name in ("effective_on", "approved_on"))
    through = max(asked.through, *days)
    before = tried.before(through)
    automatic = tried.after(through)
    chosen, why = automatic.treatments.filter(pl.col("amendment") == draft.amendment).select("treatment", "why").row(0)
    states = {chosen: automatic}
    for name in amending.TREATMENTS:
        if name != chosen and (name != "separate" or draft.only_adds()):
            states[name] = tried.treated(draft.amendment, name).after(through)
    months = _months(before, states)
    entity = owners.of_contract(draft.contract, tried.stated)
    signs = [asked.months.month(period, entity) for period in months["period"]]
    shown = months.with_columns(
        state=pl.Series([[one.sign, one.state] for one in signs], dtype=pl.List(pl.String)),
        locked=pl.Series([one.state == closed.LOCKED for one in signs], dtype=pl.Boolean),
    )
    columns = (
        tables.Column("period", "Month", "period"), tables.Column("state", "State", "status"),
        tables.Column("currency", "Currency"), tables.Column("before", "Before", "money"),
        *(tables.Column(name, amending.TREATMENTS[name][0], "money") for name in amending.TREATMENTS if name in states),
    )  # fmt: skip
    table = tables.Table(
        "treatments", "Revenue by month, before and under each treatment", columns, shown,
        tables.sums(shown, "before", *states), soft="locked", short=True,
    )  # fmt: skip
    options = tuple(_option(name, states.get(name), before, through) for name in amending.TREATMENTS)
    marked = tuple(Option(**(vars(one) | {"automatic": why})) if one.name == chosen else one for one in options)
    warned = tried.findings.filter(pl.col("severity") == "warns")["message"]
    return Weighed(table, marked, tuple(warned))


def _months(before: whatif.State, states: dict[str, whatif.State]) -> pl.DataFrame:
    """Revenue by month: currency, period, before, and a column for each treatment."""
    key = ["currency", "period"]
    parts = {"before": before} | states
    each = [one.revenue.group_by(key).agg(pl.col("amount").sum().alias(name)) for name, one in parts.items()]
    wide = pl.concat(each, how="diagonal").group_by(key).agg(pl.col(*parts).sum())
    return wide.sort("period", "currency")


def _option(name: str, after: whatif.State | None, before: whatif.State, through: date) -> Option:
    title, paragraph, means = amending.TREATMENTS[name]
    if after is None:
        rule = findings.CODES["separate_only_adds"]
        return Option(name, title, paragraph, means, f"It takes {rule.expected}. {rule.remedy}")
    month = f"{through:%Y-%m}"

    def total(rows: pl.DataFrame, currency: str, since: str = "") -> int:
        return int(rows.filter((pl.col("currency") == currency) & (pl.col("period") > since))["amount"].sum())

    currencies = pl.concat([before.revenue, after.revenue])["currency"].unique().sort()
    sums = tuple(
        {
            "currency": currency,
            "at_once": total(after.at_once, currency) - total(before.at_once, currency),
            "remaining": total(after.revenue, currency, month),
            "was": total(before.revenue, currency, month),
            "through": through,
        }
        for currency in currencies
    )
    return Option(name, title, paragraph, means, sums=sums)


def _unsigned(draft: amending.Draft, weighed: Weighed | None) -> dict[str, str]:
    """What keeps an amendment from being signed, by field."""
    options = {one.name: one for one in weighed.options} if weighed else {}
    errors = {}
    chosen = options.get(draft.get("treatment"))
    if chosen is None or chosen.barred:
        errors["treatment"] = chosen.barred if chosen else "Choose one of the treatments."
    if len(draft.get("criteria")) < _SHORTEST:
        errors["criteria"] = "Say in words which criteria the terms meet, so that somebody else can follow."
    return errors


def _signed(request: HttpRequest, asked: state.State, draft: amending.Draft) -> HttpResponse:
    """Import the amendment, and go to what it did."""
    reason = f"{draft.get('reason').rstrip('.')}. {draft.get('criteria')}"
    opened = typed.opened(draft.document(draft.get("treatment"), reason), _named(draft))
    done = import_bundle.import_opened(requests.actor(request, reason), opened)
    text = (
        f"Amendment {draft.amendment} is in the books as import {done.no}. Propose the month; its entries then wait "
        "for review."
    )
    messages.add_message(request, messages.SUCCESS, text, extra_tags="good")
    place = asked.link(places.contract(draft.contract), amendment=draft.amendment)
    return HttpResponseRedirect(f"{place}#comparison", status=303)


def _named(draft: amending.Draft) -> str:
    return f"amendment {draft.amendment}"

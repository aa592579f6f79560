"""A run that waits: what the agent flagged, its entries by risk x amount, and the decision on the whole.

Worked example: run 4, "Reviewed by the agent: 412 entries, 61 of 63 checks, 3 flags", 92% without any signal. One flag
blocks: Dana, who did not prepare the run, may approve it despite that, with a reason. She filters the nine with a late
fact, opens the first, goes through them by key, marks the 381 without a signal as reviewed at once, having typed 381,
and reads "All 412 entries reviewed, 2 flagged, ready to approve" with the hash. She approves at that hash, and posts.

A run that is over says what became of it; where another proposal replaced it, what is different now.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRefresh

from ratable.access import requests
from ratable.api import jobs, reviews
from ratable.ledger import attention, entries, flagged, models, noted
from ratable.operations import acts, choices, decide, drafting, noting, people
from ratable.reports import rendering
from ratable.review import flags
from ratable.web import downloads, figures, filters, frame, places, queues, raised, state, tables
from ratable.web.screens import review

_AT_A_TIME = 200
_TYPED_ABOVE = 100  # As many entries are marked at once without typing how many they are.
_CHANGING = ("import", "correct", "propose", "dispose of a finding")


@dataclass(frozen=True)
class Total:
    """The sum of some entries in one currency, in minor units."""

    currency: str
    amount: int


@frame.screen
def view(request: HttpRequest, asked: state.State, run: int) -> HttpResponse:
    """The queue, more of its rows, or all of it as a file."""
    held = queues.held(run)
    if not queues.waits(held):
        return _over(request, held, "")
    queue = queues.of(held, requests.person(request))
    if format_ := downloads.wanted(request):
        return _file(format_, queue, asked)
    start = int(asked.get("cursor")) if asked.get("cursor").isdecimal() else 0
    table = listed(asked, queue, start)
    if start and request.htmx:
        return HttpResponse(table.body(asked.scale))
    return _page(request, asked, queue, table)


@frame.screen
def looking(request: HttpRequest, asked: state.State, run: int) -> HttpResponse:
    """What the agent is at with a run, asked again and again; the page anew once it is done."""
    job = reviews.under_way(queues.held(run).no)
    if job is None:
        return HttpResponseClientRefresh() if request.htmx else HttpResponseRedirect(asked.link(f"/review/{run}"))
    return render(request, "web/parts/looking.html", {"job": job, "here": asked.link(f"/review/{run}/looking")})


@frame.act(of="review-run")
def act(request: HttpRequest, asked: state.State, run: int) -> HttpResponse:
    """Approve at the hash shown, reject, post, or mark all that is without a signal."""
    held = queues.held(run)
    try:
        return _done(request, asked, held)
    except acts.Refused as refused:
        if not queues.waits(held) or request.POST.get("hash", held.hash) != held.hash:
            return _over(request, held, str(refused))
        queue = queues.of(held, requests.person(request))
        return _page(request, asked, queue, listed(asked, queue, 0), refused=str(refused))


def _done(request: HttpRequest, asked: state.State, held: models.Run) -> HttpResponse:
    said, reason = request.POST, request.POST.get("reason", "").strip()
    actor, here = requests.actor(request, reason), asked.link(f"/review/{held.no}")
    verb = said.get("verb", "")
    if verb == "post":
        return _post(request, held, here)
    if verb == "agent":
        return _review(request, held, here)
    if verb == "approve":
        override, despite = (said.get(name) == "yes" for name in ("override", "despite"))
        decide.approve(actor, held.no, said.get("hash", ""), override=override, despite=despite)
        says = f"Run {held.no} is approved at {held.hash[:12]}. It can be posted now."
    elif verb == "reject":
        decide.reject(actor, held.no)
        says, here = f"Run {held.no} is rejected; the next proposal starts anew.", asked.link("/review")
    elif verb == "clean":
        says = _mark_clean(actor, held, said.get("typed", ""))
    else:
        raise acts.Refused(f"run {held.no}: saw {verb!r}; expected agent, approve, reject, post or clean.")
    messages.add_message(request, messages.SUCCESS, says, extra_tags="good")
    return HttpResponseRedirect(here, status=303)


def _post(request: HttpRequest, held: models.Run, then: str) -> HttpResponse:
    """Posting hashes every draft again, and may take a while."""
    actor = requests.actor(request)

    def work(step: jobs.Step) -> dict[str, Any]:
        step(f"Posting {held.rows:,} entries of run {held.no}")
        done = decide.post(actor, held.no)
        return {"says": f"Entries {done.first:,} to {done.last:,} are posted."}

    if denied := people.denial(actor.person, "post"):
        raise acts.Refused(denied)
    no = jobs.start("post", actor, work)
    return HttpResponseRedirect(f"/jobs/{no}?{urlencode({'next': then})}", status=303)


def _review(request: HttpRequest, held: models.Run, then: str) -> HttpResponse:
    """Let the agent look at the run, which takes seconds; what it says first stays, however it ends."""
    no = reviews.start(requests.actor(request), held.no)
    return HttpResponseRedirect(f"/jobs/{no}?{urlencode({'next': then})}", status=303)


def _mark_clean(actor: acts.Actor, held: models.Run, typed: str) -> str:
    clean = queues.of(held, actor.person).clean
    if clean.height > _TYPED_ABOVE and typed.strip().replace(",", "") != str(clean.height):
        raise acts.Refused(f"count: saw {typed!r}; expected {clean.height}, the number of entries that are marked.")
    take_up(actor, held.no)
    shown = noting.Shown(held.no, held.hash)
    count = noting.note(actor, shown, clean["entry"].to_list(), kind=noted.REVIEWED)
    return f"{figures.counted(count, 'entry', 'entries')} without a signal {'is' if count == 1 else 'are'} reviewed."


def take_up(actor: acts.Actor, run: int) -> None:
    """Whoever marks the first entry of a run takes its review up."""
    if decide.may_take_up(actor, run):
        decide.review(actor, run)


def listed(asked: state.State, queue: queues.Queue, start: int) -> tables.Table:
    """The items that an address asks for as a table, from a place on: flags on no entry, then entries."""
    wanted = asked.some(*queues.FILTERS)
    shown = queue.shown(wanted)
    every = pl.concat([_loose(queue.loose(wanted)), _said(shown)])
    end = start + filters.at_a_time(asked, _AT_A_TIME)
    part, more = every[start:end], asked.here(cursor=end) if end < every.height else ""
    sums = tables.sums(shown, "amount") if shown.height else None
    return tables.Table(
        "queue", "Items that wait", _columns(asked, queue.run.no), part, sums, every.height, more, ids="named"
    )


def changed(asked: state.State, queue: queues.Queue, item: str) -> tables.Table:
    """One item as a table, to be put in the place of what it was."""
    kind, _, id_ = item.partition("/")
    rows = (
        _said(queue.rows.filter(pl.col("no").cast(pl.String) == id_)) if kind == "entries"
        else _loose(queue.raised.filter(pl.col("id") == id_))
    )  # fmt: skip
    return tables.Table("queue", "Items that wait", _columns(asked, queue.run.no), rows, ids="named")


def item_address(asked: state.State, run: int, item: str) -> str:
    """Where an item of a queue stands, with the filters that the address has; empty for none."""
    if not item:
        return ""
    path = f"/review/{run}/{item}" if item.startswith("entries/") else f"/review/{item}"
    more = {} if item.startswith("entries/") else {"of": run}
    return asked.link(path, **asked.some(*queues.FILTERS), **more)


def _columns(asked: state.State, run: int) -> tuple[tables.Column, ...]:
    def to_item(row: tables.Row) -> str:
        return item_address(asked, run, str(row["item"]))

    return (
        tables.Column("about", "Item", "id", to_item, panel=True),
        tables.Column("state", "State", "status"),
        tables.Column("why", "What is odd", "text", wide=True),
        tables.Column("customer", "Customer"),
        tables.Column("contract", "Contract", "id", lambda row: places.contract(row["contract"])),
        tables.Column("kind", "Kind", "words"),
        tables.Column("origin_period", "For", "period"),
        tables.Column("currency", "Currency"),
        tables.Column("affected", "Affected", "money", to_item, panel=True),
        tables.Column("amount", "Amount", "money", to_item, panel=True),
    )


def context(queue: queues.Queue, person: str) -> dict[str, Any]:
    """What the line of progress and the decision show; a panel brings it anew after each mark."""
    run, counts = queue.run, queue.counts
    sums = drafting.totals_of(run)
    own = run.prepared_by == person
    alone = own and choices.chosen("single_person") == "on" and not people.denial(person, "approve")
    may = decide.approvers(run.no)
    return {
        "run": run, "counts": counts, "share": queue.share, "totals": [Total(*one) for one in sums.items()],
        "standing": entries.state(run.no), "ready": counts["looked"] == counts["all"] and not counts["unanswered"],
        "may": may, "alone": alone, "approves": (person in may or alone) and not counts["unanswered"],
        "why_not": "" if person in may or alone else _why_not(run, person),
        "denied": {verb: people.denial(person, verb) for verb in ("post", "reject")},
        "blocking": [
            {"says": row["says"], "href": f"/review/flags/{row['id']}"} for row in queue.blocking.iter_rows(named=True)
        ],
    }  # fmt: skip


def _why_not(run: models.Run, person: str) -> str:
    """Why a person may not approve a run, in one sentence."""
    if run.prepared_by == person:
        return f"You prepared run {run.no}, and whoever prepares a run does not approve it."
    return (
        people.denial(person, "approve") or f"Run {run.no} is above your limit, or holds entities that are not yours."
    )


def _page(
    request: HttpRequest, asked: state.State, queue: queues.Queue, table: tables.Table, *, refused: str = ""
) -> HttpResponse:
    person, clean = requests.person(request), queue.clean
    found = review.findings() if queue.run.kind == "proposal" else None
    answer = frame.page(request, "web/review_run.html", context(queue, person) | {
        "table": table, "filters": asked.some(*queues.FILTERS), "signals": list(queue.signals.iter_rows(named=True)),
        "kinds": queue.rows["kind"].unique().sort().to_list(), "marks": queues.MARKS,
        "of_months": queue.rows["period"].unique().sort().to_list(), "refused": refused,
        "clean": {"count": clean.height, "typed": clean.height > _TYPED_ABOVE, "totals": _totals(clean)},
        "reviews": not people.denial(person, "mark an entry"), "own": queue.run.prepared_by == person,
        "findings": None if found is None else review.findings_table(found), "agent": _agent(queue, person),
        "checked": queue.checked, "classes": queues.CLASSES,
    })  # fmt: skip
    answer.status_code = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return answer


def _agent(queue: queues.Queue, person: str) -> dict[str, Any]:
    """What is said of the review of the run by the agent."""
    found = queue.raised
    return {
        "on": raised.on(), "review": raised.last(queue.run.no), "waits": flagged.open_(found).height,
        "informs": found.filter(pl.col("class") == flags.INFORMS).height,
        "answered": found.filter(pl.col("state") == flagged.ANSWERED).height, "may": people.role(person) != people.NONE,
        "job": reviews.under_way(queue.run.no), "looking": f"/review/{queue.run.no}/looking",
    }  # fmt: skip


def _totals(rows: pl.DataFrame) -> list[Total]:
    return [Total(*one) for one in tables.sums(rows, "amount").iter_rows()]


_ITEMS = ("item", "named", "about", "state", "why", "customer", "contract", "kind", "origin_period", "currency",
          "affected", "amount")  # fmt: skip


def _said(rows: pl.DataFrame) -> pl.DataFrame:
    """Entries with the words of the table: what is odd in one sentence, and the state with its sign."""
    mark, answered, waits = pl.col("mark"), pl.col("answered"), pl.col("waits")
    sign = (
        pl.when(mark == noted.REVIEWED).then(pl.lit("good"))
        .when((mark == queues.OPEN) & (waits == flags.BLOCKS)).then(pl.lit("bad"))
        .when((mark == queues.OPEN) & waits.is_null()).then(pl.lit("open"))
        .when((mark == noted.FLAGGED) & answered).then(pl.lit("quiet")).otherwise(pl.lit("warn"))
    )  # fmt: skip
    word = (
        pl.when((mark == noted.FLAGGED) & answered).then(pl.lit("flag answered"))
        .when((mark == queues.OPEN) & waits.is_not_null()).then(waits.replace(_WORDS)).otherwise(mark)
    )  # fmt: skip
    says = pl.concat_list(pl.col("flag_says"), "says").list.drop_nulls()
    more = pl.when(says.list.len() > 1).then(pl.format(" And {} more.", says.list.len() - 1)).otherwise(pl.lit(""))
    return rows.with_columns(
        item=pl.format("entries/{}", "no"), named=pl.format("item-{}", "no"), about=pl.col("entry").str.head(8),
        state=pl.concat_list(sign, word), why=says.list.first() + more,
    ).select(*_ITEMS)  # fmt: skip


def _loose(found: pl.DataFrame) -> pl.DataFrame:
    """Flags on no single entry with the words of the table."""
    return found.with_columns(
        item=pl.format("flags/{}", "id"), named=pl.format("flag-{}", "id"), about=raised.about(), state=raised.sign(),
        why="says", kind="table", origin_period="period", affected="amount", amount=pl.lit(None, pl.Int64),
    ).select(*_ITEMS)  # fmt: skip


_WORDS = {name: word for name, (_, word) in raised.SIGNS.items()}


def _file(format_: str, queue: queues.Queue, asked: state.State) -> HttpResponse:
    """The items that an address asks for, in their order: each flag on no single entry, then each entry."""
    wanted, run = asked.some(*queues.FILTERS), queue.run
    flagged_ = {"check": pl.col("checks").list.join(", "), "class": pl.col("classes").list.join(", ")}
    says = pl.concat_list(pl.col("flag_says"), "says").list.drop_nulls().list.join(" ")
    entries_ = queue.shown(wanted).with_columns(**flagged_, says=says, signals=pl.col("signals").list.join(", "))
    loose = queue.loose(wanted).with_columns(
        about=pl.format("{}/{}", "table", "subject"), flag="id", affected="amount", mark="state",
        amount=pl.lit(None, pl.Int64), origin_period="period",
    )  # fmt: skip
    rows = pl.concat([loose, entries_.with_columns(risk=pl.col("risk").cast(pl.String))], how="diagonal")
    rows = rows.select("flag", "about", *(name for name in attention.ROWS if name != "no"), *_OF_FLAGS)
    parameters = {"through": run.through.isoformat(), "run": str(run.no), "hash": run.hash} | dict(asked.asked)
    return downloads.file(format_, [rows], rendering.Heading("review", parameters, downloads.NO_FINDINGS))


_OF_FLAGS = ("affected", "check", "class", "mark", "signals", "says", "risk")


def _over(request: HttpRequest, run: models.Run, refused: str) -> HttpResponse:
    """What became of a run, and where another waits, what is different in it."""
    decided = list(models.Decision.objects.filter(run=run).select_related("event").order_by("no"))
    newer = next((one for one in queues.waiting() if one.no > run.no and one.kind == run.kind), None)
    before, after = (drafting.totals_of(one) if one else {} for one in (run, newer))
    changes = [
        {"currency": currency, "before": before.get(currency, 0), "after": after.get(currency, 0),
         "change": after.get(currency, 0) - before.get(currency, 0)}
        for currency in sorted(before | after)
    ]  # fmt: skip
    between = models.Event.objects.filter(no__gt=run.event_id, action__in=_CHANGING).order_by("no")
    answer = frame.page(request, "web/review_over.html", {
        "run": run, "last": decided[-1] if decided else None, "decided": decided, "refused": refused, "newer": newer,
        "changes": changes if newer else [], "events": list(between) if newer else [],
        "words": decide.WORDS[entries.state(run.no)], "marks": noted.marks(run.no).height,
    })  # fmt: skip
    answer.status_code = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return answer

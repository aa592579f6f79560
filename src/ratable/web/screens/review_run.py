"""A run that waits: its entries by risk x amount, what was made of them, and the decision on the whole.

Worked example: run 4, 412 entries, 92% without any signal. Dana filters the nine with a late fact, opens the first,
goes through them by key, marks the 381 without a signal as reviewed at once, having typed 381, and reads "All 412
entries reviewed, 2 flagged, ready to approve" with the hash. She approves at that hash, and posts.

A run that is over says what became of it; where another proposal replaced it, what is different now.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from ratable.access import requests
from ratable.api import jobs
from ratable.ledger import attention, entries, models, noted
from ratable.operations import acts, choices, decide, drafting, noting, people
from ratable.reports import rendering
from ratable.web import downloads, figures, frame, places, queues, state, tables
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
    shown = queue.shown(asked.some(*queues.FILTERS))
    if format_ := downloads.wanted(request):
        return _file(format_, shown, asked, held)
    start = int(asked.get("cursor")) if asked.get("cursor").isdecimal() else 0
    table = listed(asked, held.no, shown, start)
    if start and request.htmx:
        return HttpResponse(table.body())
    return _page(request, asked, queue, table)


@frame.screen
def act(request: HttpRequest, asked: state.State, run: int) -> HttpResponse:
    """Approve at the hash shown, reject, post, or mark all that is without a signal."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    held = queues.held(run)
    try:
        return _done(request, asked, held)
    except acts.Refused as refused:
        if not queues.waits(held) or request.POST.get("hash", held.hash) != held.hash:
            return _over(request, held, str(refused))
        queue = queues.of(held, requests.person(request))
        table = listed(asked, held.no, queue.rows, 0)
        return _page(request, asked, queue, table, refused=str(refused))


def _done(request: HttpRequest, asked: state.State, held: models.Run) -> HttpResponse:
    said, reason = request.POST, request.POST.get("reason", "").strip()
    actor, here = requests.actor(request, reason), asked.link(f"/review/{held.no}")
    verb = said.get("verb", "")
    if verb == "post":
        return _post(request, held, here)
    if verb == "approve":
        decide.approve(actor, held.no, said.get("hash", ""), override=said.get("override") == "yes")
        says = f"Run {held.no} is approved at {held.hash[:12]}. It can be posted now."
    elif verb == "reject":
        decide.reject(actor, held.no)
        says, here = f"Run {held.no} is rejected; the next proposal starts anew.", asked.link("/review")
    elif verb == "clean":
        says = _mark_clean(actor, held, said.get("typed", ""))
    else:
        raise acts.Refused(f"run {held.no}: saw {verb!r}; expected approve, reject, post or clean.")
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


def listed(asked: state.State, run: int, shown: pl.DataFrame, start: int) -> tables.Table:
    """Rows of a queue as a table, from a place on."""
    filters = asked.some(*queues.FILTERS)

    def to_item(row: tables.Row) -> str:
        return asked.link(f"/review/{run}/entries/{row['no']}", **filters)

    columns = (
        tables.Column("entry", "Entry", "entry", to_item, panel=True),
        tables.Column("state", "State", "status"),
        tables.Column("why", "What is odd", "text", wide=True),
        tables.Column("customer", "Customer"),
        tables.Column("contract", "Contract", "id", lambda row: places.contract(row["contract"])),
        tables.Column("kind", "Kind", "words"),
        tables.Column("origin_period", "For", "period"),
        tables.Column("currency", "Currency"),
        tables.Column("amount", "Amount", "money", to_item, panel=True),
    )  # fmt: skip
    part = shown[start : start + _AT_A_TIME]
    more = asked.here(cursor=start + _AT_A_TIME) if start + _AT_A_TIME < shown.height else ""
    sums = tables.sums(shown, "amount") if shown.height else None
    return tables.Table("queue", "Entries that wait", columns, _said(part), sums, shown.height, more, ids="named")


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
        "findings": None if found is None else review.findings_table(found),
    })  # fmt: skip
    answer.status_code = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return answer


def _totals(rows: pl.DataFrame) -> list[Total]:
    return [Total(*one) for one in tables.sums(rows, "amount").iter_rows()]


def _said(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the words of the table: what is odd in one sentence, and the state with its sign."""
    mark, answered = pl.col("mark"), pl.col("answered")
    sign = (
        pl.when(mark == noted.REVIEWED).then(pl.lit("good")).when(mark == queues.OPEN).then(pl.lit("open"))
        .when(answered).then(pl.lit("quiet")).otherwise(pl.lit("warn"))
    )  # fmt: skip
    word = pl.when((mark == noted.FLAGGED) & answered).then(pl.lit("flag answered")).otherwise(mark)
    more = pl.when(pl.col("says").list.len() > 1).then(pl.format(" And {} more.", pl.col("says").list.len() - 1))
    return rows.with_columns(
        state=pl.concat_list(sign, word), named=pl.format("item-{}", "no"),
        why=pl.col("says").list.first() + more.otherwise(pl.lit("")),
    )  # fmt: skip


def _file(format_: str, shown: pl.DataFrame, asked: state.State, run: models.Run) -> HttpResponse:
    signals, says = (pl.col(name).list.join(separator) for name, separator in (("signals", ", "), ("says", " ")))
    rows = shown.select(
        *(name for name in attention.ROWS if name != "no"), "mark", signals, says, risk=pl.col("risk").cast(pl.String)
    )
    parameters = {"through": run.through.isoformat(), "run": str(run.no), "hash": run.hash} | dict(asked.asked)
    return downloads.file(format_, [rows], rendering.Heading("review", parameters, downloads.NO_FINDINGS))


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

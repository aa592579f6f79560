"""One entry of a run that waits: what it is, what is odd, what was expected, and everything that it rests on.

Worked example: draft 5f1c of run 4, 5,000.00 USD of bills of line L-1: "5,000.00 USD, where 100.00 is usual on this
line (the median of 12 posted)"; the arithmetic, the share of the price, the contract as it was known, its clause; the
last bills of the line; what was said of the like before; deferred revenue before and after. `a` says reviewed and goes
on to the next, `r` asks for the reason of a flag.
"""

from http import HTTPStatus
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.ledger import attention, listing, models, noted, tracing
from ratable.operations import acts, noting, people
from ratable.web import figures, frame, queues, raised, state, tables
from ratable.web.screens import entry as trace
from ratable.web.screens import flag_page, review_run

_PEERS = 6
_GOES_ON = (noted.REVIEWED, noted.FLAGGED)


@frame.screen
def view(request: HttpRequest, asked: state.State, run: int, no: int) -> HttpResponse:
    """The entry as a page or a panel; a POST notes something on it and shows the next."""
    held = queues.held(run)
    if request.method == "POST":
        return _noted(request, asked, held, no)
    if not queues.waits(held):
        return HttpResponseRedirect(asked.link(f"/review/{run}"))
    return _page(request, asked, held, no)


def _noted(request: HttpRequest, asked: state.State, held: models.Run, no: int) -> HttpResponse:
    kind = request.POST.get("kind", "")
    actor = requests.actor(request, request.POST.get("words", "").strip())
    draft = _draft(held, no)
    try:
        if kind != noted.COMMENT:
            review_run.take_up(actor, held.no)
        shown = noting.Shown(held.no, request.POST.get("hash", ""))
        noting.note(actor, shown, [draft.entry] if draft else [], kind=kind)
    except acts.Refused as refused:
        return _page(request, asked, held, no, refused=str(refused), words=actor.reason)
    filters = asked.some(*queues.FILTERS)
    queue = queues.of(held, actor.person)
    item = f"entries/{no}"
    left = {name: value for name, value in filters.items() if name != "mark"}
    after = queues.following(queue, left, item) if kind in _GOES_ON else item
    if not request.htmx:
        to = review_run.item_address(asked, held.no, after) or asked.link(f"/review/{held.no}", **filters)
        return HttpResponseRedirect(to, status=303)
    told = review_run.context(queue, actor.person) | {"changed": review_run.changed(asked, queue, item)}
    return after_act(request, asked, held, after, told)


def after_act(
    request: HttpRequest, asked: state.State, held: models.Run, after: str, told: dict[str, Any]
) -> HttpResponse:
    """What a panel shows after an act: the next item, with what changed in the list behind it."""
    kind, _, id_ = after.partition("/")
    if kind == "entries":
        return _page(request, asked, held, int(id_), told=told)
    if kind == "flags":
        return flag_page.page(request, asked, id_, of=held.no, told=told)
    return frame.page(request, "web/review_done.html", told)


def _page(request: HttpRequest, asked: state.State, held: models.Run, no: int, **more: Any) -> HttpResponse:
    person = requests.person(request)
    draft = _draft(held, no)
    queue = queues.of(held, person)
    own = queue.rows.filter(pl.col("no") == no)
    if draft is None or own.is_empty():
        raise state.Unclear(f"run {held.no} has no entry of the number {no} that you may see.")
    filters = asked.some(*queues.FILTERS)
    walk, here = queue.walk(filters), f"entries/{no}"
    explained = tracing.foresee(draft)
    around = {
        name: review_run.item_address(asked, held.no, queues.near(walk, here, by))
        for name, by in (("before", -1), ("following", 1))
    }
    item = own.row(0, named=True)
    answer = frame.page(request, "web/review_item.html", around | {
        "run": held, "draft": draft, "item": item, "here": asked.link(f"/review/{held.no}/entries/{no}", **filters),
        "at": f"/review/{held.no}/entries/{no}", "place": walk.index(here) if here in walk else None, "of": len(walk),
        "flags": _raised(asked, queue, draft), "explain": asked.link("/ask", query="why-entry", entry=draft.entry),
        "odd": [(attention.SIGNALS[name].title, says)
                for name, says in zip(item["signals"], item["says"], strict=True)],
        "steps": [trace.step(draft, link) for link in explained.chain], "expected": _expected(draft, explained),
        "usual": _usual(draft), "peers": _peers(draft), "balances": _balances(asked, draft),
        "notes": list(noted.of_entry(held.no, draft.entry).iter_rows(named=True)),
        "like": list(noted.of_the_like(
            draft.entry, contract=draft.contract, kind=draft.kind, but=held.no).iter_rows(named=True)),
        "denied": _denied(held, person, draft.entity),
        "mute": people.denial(person, "comment on an entry", draft.entity),
    } | more)  # fmt: skip
    answer.status_code = HTTPStatus.CONFLICT if more.get("refused") else HTTPStatus.OK
    return answer


def _draft(held: models.Run, no: int) -> models.Draft | None:
    found: models.Draft | None = models.Draft.objects.filter(no=no, run=held).select_related("run").first()
    return found


def _raised(asked: state.State, queue: queues.Queue, draft: models.Draft) -> list[dict[str, Any]]:
    """The flags on the entry, each with its sign and where it is answered."""
    own = queue.raised.filter((pl.col("table") == "entries") & (pl.col("subject") == draft.entry))
    return [
        row | {"href": review_run.item_address(asked, queue.run.no, f"flags/{row['id']}")}
        for row in own.with_columns(sign=raised.sign()).iter_rows(named=True)
    ]


def _denied(held: models.Run, person: str, entity: str) -> str:
    """Why a person may not mark an entry of a run, in one sentence; empty where they may."""
    own = f"You prepared run {held.no}; another person reviews it." if held.prepared_by == person else ""
    return people.denial(person, "mark an entry", entity) or own


def _expected(draft: models.Draft, explained: tracing.Explanation) -> tuple[str, bool] | None:
    """What the arithmetic comes to, and whether that is the amount of the draft; None where it says no figure."""
    said = next((link.figures.get("comes_to") for link in explained.chain if link.step == "span"), None)
    if said is None:
        return None
    return said, said.removeprefix("-") == figures.plain(draft.amount, draft.currency)


def _posted(draft: models.Draft) -> Any:
    """What is posted of the kind on the line."""
    same = {"account": draft.account, "line": draft.line, "kind": draft.kind, "currency": draft.currency}
    return models.Entry.objects.filter(**same).order_by("-no")


def _usual(draft: models.Draft) -> int | None:
    """The median of what is posted of the kind on the line, in minor units."""
    amounts = sorted(_posted(draft).values_list("amount", flat=True)) if draft.line else []
    return amounts[(len(amounts) - 1) // 2] if amounts else None


def _peers(draft: models.Draft) -> tables.Table | None:
    """The last of what is posted of the kind on the line."""
    names = ("date", "entry", "origin_period", "currency", "amount")
    found = list(_posted(draft).values_list(*names)[:_PEERS]) if draft.line else []
    if not found:
        return None
    columns = (
        tables.Column("date", "Date", "day"),
        tables.Column("entry", "Entry", "entry", lambda row: f"/entries/{row['entry']}"),
        tables.Column("origin_period", "For", "period"), tables.Column("currency", "Currency"),
        tables.Column("amount", "Amount", "money", lambda row: f"/entries/{row['entry']}"),
    )  # fmt: skip
    frame_ = pl.DataFrame(found, list(names), orient="row")
    return tables.Table("peers", "Posted before on the line", columns, frame_, short=True)


def _balances(asked: state.State, draft: models.Draft) -> tables.Table | None:
    """The balances that the entry moves, by what is posted, and with all that the run moves in them."""
    if draft.account is None:
        return None
    of = {"account": draft.account, "currency": draft.currency}
    rows_ = []
    for role in sorted({draft.debit_role, draft.credit_role}):
        posted = listing.Filter(until=draft.period, role=role, equal=of)
        drafts = listing.Filter("drafts", draft.run_id, until=draft.period, role=role, equal=of)
        before, moved = (int(listing.totals(one)["effect"].sum()) for one in (posted, drafts))
        scope = of | {"role": role, "until": draft.period}
        rows_.append({
            "role": role, "currency": draft.currency, "before": before, "moved": moved, "after": before + moved,
            "posted": asked.link("/journals", **scope),
            "drafts": asked.link("/journals", **scope, stage="draft", run=draft.run_id),
        })  # fmt: skip
    columns = (
        tables.Column("role", f"{draft.account}, end of {figures.month(draft.period)}", "words"),
        tables.Column("before", "Posted", "money", lambda row: row["posted"]),
        tables.Column("moved", "This run", "money", lambda row: row["drafts"]),
        tables.Column("after", "After it", "money"),
    )  # fmt: skip
    return tables.Table("balances", "Balances before and after", columns, pl.DataFrame(rows_), short=True)

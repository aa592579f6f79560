"""Runs: what is to be posted, and who decides on it."""

from collections import defaultdict
from datetime import date

import polars as pl
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from ratable.api import pages, problems, reviews, routing, shapes
from ratable.core import amounts
from ratable.ledger import arithmetic, entries, models
from ratable.operations import decide, drafting, people
from ratable.operations import propose as proposing
from ratable.reports import journal

router = Router(tags=["runs"])


@routing.act(router, "/runs", shapes.Proposed, verb="propose")
def propose_run(request: routing.Asking, said: shapes.Proposal) -> shapes.Proposed:
    """Propose what is to be posted through a day.

    It replaces the proposal that waits. Where nothing is to be posted, `run` is null. The agent reviews the run before
    this answers; in books of more than a few thousand entries it does so behind it, as a job.
    """
    actor = request.auth.actor()
    made = proposing.propose(actor, date.fromisoformat(said.through))
    reviews.after_proposal(actor, made.run)
    return proposed(made)


@routing.read(router, "/runs", shapes.Runs)
def list_runs(request: HttpRequest, ask: Query[pages.Ask]) -> HttpResponse:
    """List the runs."""
    found, following = pages.of_query(models.Run.objects.all(), ask)
    decided = _decisions([row.no for row in found])
    runs = [_run(row, decided[row.no]) for row in found]
    return routing.listed(request, shapes.Runs(rows=runs, next=following), following)


@routing.read(router, "/runs/{no}", shapes.Run)
def get_run(request: HttpRequest, no: shapes.Number) -> shapes.Run:
    """Read a run: its state, totals and hash, and what was decided."""
    return _told(no)


@routing.read(router, "/runs/{no}/drafts", shapes.JournalRows)
def list_drafts(request: routing.Asking, no: shapes.Number, ask: Query[pages.Ask]) -> HttpResponse:
    """List the rows of a run: its drafts, or the entries that they became."""
    _held(no)
    rows = entries.of_run(no)
    if (own := people.entities(request.auth.person)) is not None:
        rows = rows.filter(pl.col("entity").is_in(list(own)))
    shown, following = pages.of_frame(rows, ask)
    page = shapes.JournalRows(rows=[shapes.JournalRow(**row) for row in journal_rows(shown)], next=following)
    return routing.listed(request, page, following)


@routing.act(router, "/runs/{no}/review", shapes.Run, verb="review")
def review_run(request: routing.Asking, no: shapes.Number) -> shapes.Run:
    """Take a run up for review."""
    _held(no)
    decide.review(request.auth.actor(), no)
    return _told(no)


@routing.act(router, "/runs/{no}/approve", shapes.Run, verb="approve")
def approve_run(request: routing.Asking, no: shapes.Number, said: shapes.Approval) -> shapes.Run:
    """Approve a run at the hash that was shown."""
    _held(no)
    actor = request.auth.actor(said.reason)
    decide.approve(actor, no, said.hash, override=said.override, despite=said.despite)
    return _told(no)


@routing.act(router, "/runs/{no}/reject", shapes.Run, verb="reject")
def reject_run(request: routing.Asking, no: shapes.Number, said: shapes.Because) -> shapes.Run:
    """Reject a run with a reason."""
    _held(no)
    decide.reject(request.auth.actor(said.reason), no)
    return _told(no)


@routing.act(router, "/runs/{no}/post", shapes.Posted, verb="post")
def post_run(request: routing.Asking, no: shapes.Number) -> shapes.Posted:
    """Post an approved run; nothing ever changes what is posted."""
    _held(no)
    done = decide.post(request.auth.actor(), no)
    return shapes.Posted(run=no, first=done.first, last=done.last, rows=done.rows, totals=_money(done.totals))


def proposed(made: drafting.Proposed) -> shapes.Proposed:
    """A run as it is shown when it was made, with those who may approve it."""
    return shapes.Proposed(
        run=made.run, rows=made.rows, totals=_money(made.totals), hash=made.hash,
        approvers=decide.approvers(made.run) if made.run else [],
    )  # fmt: skip


def journal_rows(rows: pl.DataFrame) -> list[shapes.Row]:
    """Rows of a run as they are shown: amounts as text, and no entity where a company names none."""
    named = rows.select(*journal.COLUMNS).with_columns(pl.col("entity").replace("", None))
    return amounts.written(named).to_dicts()


def _held(no: int) -> models.Run:
    found: models.Run | None = models.Run.objects.filter(no=no).first()
    if found is None:
        raise problems.Problem("unknown", f"run {no}: there is none of that number.")
    return found


def _told(no: int) -> shapes.Run:
    return _run(_held(no), _decisions([no])[no])


def _decisions(runs: list[int]) -> dict[int, list[shapes.Decision]]:
    """The decisions on some runs, in order."""
    found: dict[int, list[shapes.Decision]] = defaultdict(list)
    for row in models.Decision.objects.filter(run__in=runs).select_related("event").order_by("no"):
        found[row.run_id].append(
            shapes.Decision(verb=row.verb, by=row.by, at=row.event.at, reason=row.reason, override=row.override)
        )
    return found


def _run(row: models.Run, decided: list[shapes.Decision]) -> shapes.Run:
    state = decided[-1].verb if decided else entries.DRAFT
    waits = state in (entries.DRAFT, "review")
    return shapes.Run(
        no=row.no, kind=row.kind, state=state, through=row.through, prepared_by=row.prepared_by, rows=row.rows,
        totals=_money(drafting.totals_of(row)), hash=row.hash, memo=row.memo, support=row.support,
        known_on=row.known_on, decisions=decided, approvers=decide.approvers(row.no) if waits else [],
    )  # fmt: skip


def _money(totals: dict[str, int]) -> dict[str, str]:
    return {currency: arithmetic.money(total, currency).replace(",", "") for currency, total in totals.items()}

"""Flags of the review: what is raised on a run or a month, answers to it, and the proposals that it carries.

Worked example: `GET /runs/7/flags` has three; `POST /flags/42b942af7a52d30e/answer` with `{"verdict": "false_alarm",
"reason": "As the order form says."}` answers one; `GET /flags/91d0/proposal` shows by month what `POST
/flags/91d0/accept` would do.
"""

from datetime import date

import polars as pl
from ninja import Router

from ratable.api import noticed, problems, routing, shapes
from ratable.core import amounts
from ratable.ledger import flagged, models
from ratable.operations import accepting, answering, choices, clock, people

router = Router(tags=["flags"])


@routing.read(router, "/runs/{no}/flags", noticed.Flags)
def list_flags_of_run(request: routing.Asking, no: shapes.Number) -> noticed.Flags:
    """List the flags of the last review of a run."""
    if not models.Run.objects.filter(no=no).exists():
        raise problems.Problem("unknown", f"run {no}: there is none of that number.")
    last = flagged.latest(run=no)
    found = _own(request, flagged.of_run(no, on=_today()))
    return noticed.Flags(
        rows=_told(found), reviewed=last is not None, checks=last and last.checked, ran=last and last.ran
    )


@routing.read(router, "/periods/{period}/flags", noticed.Flags)
def list_flags_of_period(request: routing.Asking, period: shapes.Month) -> noticed.Flags:
    """List the flags that count for a month: of its last review, and of the runs posted since."""
    found = _own(request, flagged.of_month(period, on=_today()))
    last = flagged.latest(period=period)
    return noticed.Flags(
        rows=_told(found), reviewed=last is not None, checks=last and last.checked, ran=last and last.ran
    )


@routing.read(router, "/flags/{flag}", noticed.Flag)
def get_flag(request: routing.Asking, flag: shapes.Text) -> noticed.Flag:
    """Read a flag by its id, or how that begins, with the answer that counts."""
    return _flag(request, flag)


@routing.act(router, "/flags/{flag}/answer", noticed.Flag, verb="answer a flag")
def answer_flag(request: routing.Asking, flag: shapes.Text, said: noticed.Verdict) -> noticed.Flag:
    """Answer a flag, with a reason.

    Whoever prepared what it is about does not; what blocks is only ever an error, or overridden at approval.
    """
    known = _flag(request, flag)
    until = date.fromisoformat(said.until) if said.until else None
    answering.answer(request.auth.actor(said.reason), known.id, said.verdict, until=until)
    return _flag(request, known.id)


@routing.read(router, "/flags/{flag}/proposal", noticed.Preview)
def preview_proposal(request: routing.Asking, flag: shapes.Text) -> noticed.Preview:
    """Read what the proposal of a flag would do, by month; nothing is done."""
    seen = accepting.preview(_flag(request, flag).id)
    months = amounts.written(seen.months).to_dicts() if seen.months.height else []
    rows = [noticed.Moved(**row) for row in months]
    return noticed.Preview(kind=seen.fix.kind, says=seen.says, document=seen.document, months=rows)


@routing.act(router, "/flags/{flag}/accept", noticed.Accepted, verb="accept a proposal")
def accept_proposal(request: routing.Asking, flag: shapes.Text, said: shapes.Because) -> noticed.Accepted:
    """Accept the proposal of a flag, with a reason: it becomes the ordinary act of the caller."""
    done = accepting.accept(request.auth.actor(said.reason), _flag(request, flag).id)
    return noticed.Accepted(flag=done.flag, became=done.became)


def _today() -> date:
    return clock.now().date()


def _own(request: routing.Asking, found: pl.DataFrame) -> pl.DataFrame:
    """Those of the entities that the caller sees; none while the review is switched off."""
    if choices.chosen("review") == "off":
        return found.clear()
    own = people.entities(request.auth.person)
    return found if own is None else found.filter(pl.col("entity").is_in(list(own)))


def _flag(request: routing.Asking, flag: str) -> noticed.Flag:
    shown = flagged.shown(flag)
    if shown is None:
        raise problems.Problem("unknown", f"flag {flag}: no review raised it.")
    known = _own(request, flagged.of_reviews([shown["review"]], on=_today())).filter(pl.col("no") == shown["no"])
    if known.is_empty():
        raise problems.Problem("forbidden", f"flag {flag}: it is of an entity that your role is not held for.")
    return _told(known)[0]


def _told(found: pl.DataFrame) -> list[noticed.Flag]:
    """Flags with amounts as text; one of no currency has none."""
    if found.is_empty():
        return []
    named = found.with_row_index("place")
    known = named.drop_nulls("currency")
    texts = amounts.written(known.select("place", "currency", "amount"))
    money = named.drop("amount").join(texts.select("place", "amount"), on="place", how="left", maintain_order="left")
    rows = money.with_columns(proposal=pl.col("fix").is_not_null(), kind="class").to_dicts()
    return [noticed.Flag(**row) for row in rows]

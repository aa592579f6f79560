"""Proposes what to post: target minus posted, as the drafts of a run.

Worked example: January is posted. `propose(ben, date(2026, 2, 28))` finds the bills and the revenue of February and
what has changed since in January, keeps them as run 4, and replaces run 3, which nobody had posted. Asked again after
run 4 is posted, it finds nothing, and makes no run.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

import ratable
from ratable.core import accounts
from ratable.core.bundles import Bundle
from ratable.ledger import closed, covering, cutover, differences, entries, events, knowledge, models, scope
from ratable.operations import acts, drafting, people
from ratable.reports.books import Books

_MAIN = "main"
# Acts that change neither the locks nor what counts as posted, and no facts but those that an import names.
_LEAVE_THE_REST = (
    "import", "correct", "propose", "reject", "refused", "review", "approve", "post", "enter manually", "export",
    "checkpoint", "grant a role", "appoint", "invite", "make a key", "revoke a key", "soft-close", "ask to unlock",
    "dispose of a finding", "mark an entry", "comment on an entry", "set a choice",
    "answer a flag", "accept a proposal", *people.AGENT_MAY,
)  # fmt: skip


def propose(
    actor: acts.Actor, through: date, *, book: str = _MAIN, step: Callable[[str], None] = lambda _: None
) -> drafting.Proposed:
    """Make a run of all that is missing from the books through a day, in place of the proposal that still waits.

    Args:
        actor: a preparer or controller.
        through: the last day of the books.
        book: the book to post to.
        step: is told what is being done.

    Returns:
        the run; its `run` is None where nothing is to be posted.

    Raises:
        acts.Refused: the actor may not propose, or the first proposal ends before the history that was brought in.
    """
    with acts.begin(actor, "propose", f"through {through}") as act:
        act.body |= {"through": through.isoformat(), "book": book}
        found = unposted(through, book=book, step=step)
        _replace(act)
        if found.is_empty():
            return drafting.NOTHING
        return drafting.draft(act, found, drafting.Purpose("proposal", book, through))


def unposted(through: date, *, book: str = _MAIN, step: Callable[[str], None] = lambda _: None) -> pl.DataFrame:
    """What is due through a day and not posted; only what was touched since it was sought last is looked at.

    Args:
        through: the last day of the books.
        book: the book to post to.
        step: is told what is being done.

    Returns:
        what `missing` returns for everything.

    Raises:
        acts.Refused: as `missing`.
    """
    last = _sought(through, book)
    if last is None:
        return missing(through, book=book, step=step)
    within = scope.of_imports(_last_import(last.event))
    if within is None:
        return missing(through, book=book, step=step)
    touched = within.accounts()
    kept = last.found.filter(~pl.col("account").is_in(touched))
    return differences.ordered([kept, missing(through, book=book, within=within, step=step)]) if touched else kept


@dataclass(frozen=True)
class _Sought:
    """The event at which all that was due was sought, and what of it is still not posted (differences.ROWS)."""

    event: int
    found: pl.DataFrame


def _sought(through: date, book: str) -> _Sought | None:
    """The last proposal through the same day that is posted, or waits in books to which nothing was posted since."""
    for last in models.Event.objects.filter(action="propose").order_by("-no"):
        said, since = json.loads(last.body), models.Event.objects.filter(no__gt=last.no)
        asked = {"through": through.isoformat(), "book": book}
        same = said["code"] == ratable.__version__ and asked.items() <= said["what"].items()
        if not same or since.exclude(action__in=_LEAVE_THE_REST).exists():
            return None
        run: models.Run | None = models.Run.objects.filter(event_id=last.no).first()
        if run is None or entries.state(run.no) == "post":
            return _Sought(last.no, pl.DataFrame(schema=differences.ROWS))
        if entries.state(run.no) not in entries.OVER and not since.filter(action="post").exists():
            return _Sought(last.no, entries.drafts(run.no).select(*differences.ROWS))
    return None


def _last_import(before: int) -> int:
    """The number of the last import before an event; 0 where there was none."""
    came = models.Import.objects.filter(event_id__lt=before).order_by("-no").values_list("no", flat=True)
    return int(came.first() or 0)


def missing(
    through: date,
    *,
    book: str = _MAIN,
    within: scope.Scope | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> pl.DataFrame:
    """What a proposal through a day would hold (differences.ROWS), in the order in which it would be posted.

    Args:
        through: the last day of the books.
        book: the book to post to.
        within: only what concerns these contracts and invoices; None: everything.
        step: is told what is being done.

    Raises:
        acts.Refused: nothing is posted yet, and the day lies before the end of the history that was brought in.
    """
    due = _due(through, book, within, step)
    step("Comparing with what is posted")
    posted = entries.posted(book=book, within=within, columns=differences.ROWS)
    return differences.between(due, posted, closed=closed.last_days(book=book), through=through)


def _due(through: date, book: str, within: scope.Scope | None, step: Callable[[str], None]) -> pl.DataFrame:
    """The target of what is looked at; the facts behind a million lines need not stay while they are compared."""
    step("Reading the facts")
    bundle = knowledge.bundle(book=book, within=within)
    _refuse_part_of_history(bundle, through, book)
    step(f"Recognizing through {through}")
    return target(bundle, through)


def target(bundle: Bundle, through: date) -> pl.DataFrame:
    """What should be posted through a day (differences.ROWS): the journal of the engine, by month."""
    books = ratable.recognize(bundle, through)
    named = books.journal.join(
        books.outcome.lines.select("line", "account"), on="line", how="left", maintain_order="left"
    )
    due = named.with_columns(pl.col("entity").fill_null("")).select(*differences.ROWS)
    return cutover.apply(due, _taken_over(bundle, books))


def _refuse_part_of_history(bundle: Bundle, through: date, book: str) -> None:
    """The months that were locked before the cut-over are posted as one, and locked with that."""
    last = bundle["locks"]["through"].max()
    if isinstance(last, date) and through < last and not entries.begun(book=book):
        raise acts.Refused(
            f"--through: saw {through}; expected {last} or later, since the first proposal posts all of the history "
            f"that the opening import locks through {last}."
        )


def _taken_over(bundle: Bundle, books: Books) -> pl.DataFrame:
    """The lines with an opening balance (cutover.LINES)."""
    stated = bundle["opening_balances"].sort("as_of").unique("contract_line", keep="last", maintain_order=True)
    if stated.is_empty():
        return pl.DataFrame(schema=cutover.LINES)
    lines = books.outcome.lines
    assigned = accounts.assign(books.chart, lines)
    roles = ("receivable", "deferred_revenue", "revenue")
    codes = assigned.accounts.filter(pl.col("role").is_in(roles)).pivot("role", index="profile", values="account")
    locks = bundle["locks"].select("through", of="entity")
    every = locks.filter(pl.col("of").is_null())["through"].max()
    own = locks.drop_nulls("of").group_by("of").agg(own=pl.col("through").max())
    last = pl.max_horizontal("as_of", "own", pl.lit(every, pl.Date))
    return (
        lines.join(stated, left_on="line", right_on="contract_line")
        .join(assigned.of_line, on="line_no")
        .join(codes, on="profile")
        .join(own, left_on="entity", right_on="of", how="left")
        .with_columns(pl.col("entity").fill_null(""), first_open=last.dt.offset_by("1d"))
        .select(*cutover.LINES)
    )


def _replace(act: events.Act) -> None:
    """End the proposal that nobody has posted; what it holds is proposed anew."""
    waiting = entries.latest(kind="proposal")
    if waiting is None:
        return
    run = models.Run.objects.get(no=waiting)
    decided = {"run_no": run.no, "verb": "replace", "by": act.actor, "reason": "", "hash": run.hash, "override": False}
    covering.cover(act, "decisions", pl.DataFrame([decided]))
    drafting.drop(run.no)

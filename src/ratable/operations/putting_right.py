"""Fixes of entries that wait or are posted: proposed anew, taken back, or converted anew, each by its ordinary act.

Worked example: an entry of 1,000.00 CAD was converted at 0.74 to 740.00 USD, where 0.73 was in force. While it waits,
a new proposal converts it anew. Once it is posted, a manual journal takes 10.00 USD from its accounts, the other way
round: prepared by whoever accepts the proposal, approved by another person.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from ratable.core import currencies, periods
from ratable.ledger import closed, entries, models, rows
from ratable.operations import acts, manual, propose
from ratable.review import proposals

MONTHS: dict[str, pl.DataType] = {
    "period": pl.String(), "currency": pl.String(), "before": pl.Int64(), "after": pl.Int64(), "change": pl.Int64(),
    "billed": pl.Int64(),
}  # fmt: skip
"""Revenue of a month before and after, and what changes in its bills, in minor units; other months are left out."""


def says(fix: proposals.Fix) -> str:
    """What accepting a fix does, in words."""
    if _by_proposal(fix):
        return "What is due less what is booked is proposed; another person approves it."
    if _converts(fix):
        return "A manual journal posts the difference in the functional currency, once another person has approved it."
    return "A manual journal takes the entries back, once another person has approved it."


def done(actor: acts.Actor, shown: dict[str, Any], fix: proposals.Fix, today: date, step: Callable[[str], None]) -> str:
    """Do what a fix says, by the ordinary act; that act in words, such as "run 9".

    Args:
        actor: a preparer or controller.
        shown: the flag that carries the fix.
        fix: of kind post.
        today: the day of the act.
        step: is told what is being done.

    Raises:
        acts.Refused: no such entry is posted, or the ordinary act is refused.
    """
    if _by_proposal(fix):
        made = propose.propose(actor, _through(shown), step=step)
        return f"run {made.run}" if made.run else "nothing: the books hold all that is due"
    ground = manual.Ground(f"{shown['says']} Proposed by flag {shown['flag']}.", str(shown["fix"]).encode())
    posted = _posted(fix)
    if _converts(fix):
        return f"run {manual.enter(actor, _difference(posted, fix, today), ground).run}"
    return f"run {manual.reverse(actor, posted['entry'].to_list(), _open_day(posted, today), ground).run}"


def months(fix: proposals.Fix, today: date) -> pl.DataFrame:
    """What a fix would do to revenue, by month (MONTHS); nothing where only a new proposal can say it.

    Raises:
        acts.Refused: no such entry is posted.
    """
    if _by_proposal(fix):
        return pl.DataFrame(schema=MONTHS)
    posted = _posted(fix)
    moved = _difference(posted, fix, today) if _converts(fix) else _swapped(posted, _open_day(posted, today))
    signed = (pl.col("credit_role") == "revenue").cast(pl.Int64) - (pl.col("debit_role") == "revenue").cast(pl.Int64)
    sums = moved.group_by("currency", period=pl.col("date").dt.to_string("%Y-%m")).agg(
        change=(signed * pl.col("amount")).sum()
    )
    nothing = pl.lit(0, pl.Int64)
    changed = sums.filter(pl.col("change") != 0).sort("currency", "period")
    return changed.with_columns(before=nothing, after="change", billed=nothing).select(*MONTHS)


def _by_proposal(fix: proposals.Fix) -> bool:
    """Whether a new proposal does it: of a line always, of an entry while it waits."""
    return fix.table == "contract_lines" or (_converts(fix) and models.Draft.objects.filter(entry=fix.row).exists())


def _converts(fix: proposals.Fix) -> bool:
    return "functional_amount" in fix.values


def _through(shown: dict[str, Any]) -> date:
    """The end of the last proposal, so that what is proposed anew reaches as far."""
    made = models.Run.objects.filter(kind="proposal").order_by("-no")
    last: date | None = made.values_list("through", flat=True).first()
    return last or periods.last_day(str(shown["period"]))


def _posted(fix: proposals.Fix) -> pl.DataFrame:
    """The posted entries of a fix (`entries.SCHEMA`): one, or all of a run, as `reverses` says."""
    named = fix.values.get("reverses", fix.row)
    condition, given = (
        ("run_no = %s", int(named)) if fix.table == "runs" and named.isdecimal() else ("entry = %s", named)
    )
    query = f"SELECT {', '.join(entries.SCHEMA)} FROM entries WHERE {condition} ORDER BY no"  # noqa: S608  names of our own
    found = rows.select(query, [given], entries.SCHEMA)
    if found.is_empty():
        raise acts.Refused(f"the proposal is about {fix.table} {named}; no entry of it is posted.")
    return found


def _open_day(posted: pl.DataFrame, today: date) -> date:
    """The day after the entries, or the first open one where that is locked; never one to come."""
    ended = closed.last_days().filter(pl.col("entity").is_in(posted["entity"].unique().implode()))["closed"].max()
    days = [day for day in (posted["date"].max(), ended) if isinstance(day, date)]
    return min(max(date.fromordinal(day.toordinal() + 1) for day in days), today) if days else today


def _swapped(posted: pl.DataFrame, on: date) -> pl.DataFrame:
    """Entries the other way round."""
    return posted.with_columns(
        date=pl.lit(on), debit="credit", credit="debit", debit_role="credit_role", credit_role="debit_role"
    )


def _difference(posted: pl.DataFrame, fix: proposals.Fix, today: date) -> pl.DataFrame:
    """What an entry should have been in the functional currency less what it was (`manual.JOURNAL`)."""
    row = posted.row(0, named=True)
    home = row["functional_currency"]
    due = int(Decimal(fix.values["functional_amount"]).scaleb(currencies.EXPONENTS[home]))
    more = due - row["functional_amount"]
    if more == 0:
        raise acts.Refused(f"entry {fix.row} is {fix.values['functional_amount']} {home} already; nothing is to do.")
    on = _open_day(posted, today)
    sides = posted if more > 0 else _swapped(posted, on)
    told = sides.with_columns(date=pl.lit(on), currency=pl.lit(home), amount=pl.lit(abs(more), pl.Int64))
    return told.select(*manual.JOURNAL)

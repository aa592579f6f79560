"""Locked periods: what becomes known too late is posted on the first open day, with the month it belongs to.

Worked example: January and February are locked on 4 February and 4 March; an order of 1 January is recorded on 10
March. What was posted through February under what was known then is nothing; what the order makes of January and
February, 1,000.00 each, is posted on 1 March as two movements of kind catch_up with origin 2026-01 and 2026-02.

Posted through a lock = the target under what was known when it was made. Each later state of knowledge posts its
difference from the state before on the day after the last lock. Nothing is ever dated inside a locked period.
"""

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl

from ratable.engine import outcome

_KEY = ["line", "origin", "kind", "debit_role", "credit_role", "source"]


def stages(locks: pl.DataFrame, entity: str | None, known_on: date | None) -> list[tuple[date, date]]:
    """The locks that count for an entity, as (locked_on, through) in order of making; a later one never reopens."""
    counts = pl.col("entity").is_null() | pl.col("entity").eq_missing(pl.lit(entity, dtype=pl.String))
    if known_on is not None:
        counts &= pl.col("locked_on") <= known_on
    made = locks.filter(counts).group_by("locked_on").agg(pl.col("through").max()).sort("locked_on")
    made = made.with_columns(pl.col("through").cum_max())
    return list(made.select("locked_on", "through").iter_rows())


def post(made: list[tuple[date, date]], known: Callable[[date | None], pl.DataFrame]) -> pl.DataFrame:
    """Movements as they were posted, one state of knowledge after the other.

    Source: 250-10-45-17 for late information; house rule for the day it is posted on.

    Args:
        made: locks in order (engine.locks.stages), at least one.
        known: the target movements under what was known on a day (None: under all that is known), without
            reclassifications: outcome.MOVEMENTS with `line` in place of line_no.

    Returns:
        the same columns; no row is dated inside a period that was locked before its fact was known. Late rows that
        touch revenue are of kind catch_up and all keep the month they belong to in `origin`.
    """
    posted = []
    earlier: pl.DataFrame | None = None
    closed: date | None = None
    for locked_on, through in [*made, (None, None)]:
        target = known(locked_on)
        if earlier is not None and closed is not None:
            posted.append(_late(earlier, target, closed))
        fresh = target if closed is None else target.filter(pl.col("date") > closed)
        posted.append(fresh if through is None else fresh.filter(pl.col("date") <= through))
        earlier, closed = target, through
    return pl.concat(posted)


def _late(before: pl.DataFrame, after: pl.DataFrame, closed: date) -> pl.DataFrame:
    """What a new state of knowledge changes inside the closed period, dated on the first open day."""
    signed = pl.concat(
        [
            before.filter(pl.col("date") <= closed).with_columns(-pl.col("amount")),
            after.filter(pl.col("date") <= closed),
        ]
    ).with_columns(pl.col("kind", "debit_role", "credit_role").cast(pl.String))
    # One direction for each pair of roles, so that a difference nets against what was posted the other way round.
    swap = pl.col("debit_role") > pl.col("credit_role")
    signed = signed.with_columns(
        debit_role=pl.when(swap).then("credit_role").otherwise("debit_role"),
        credit_role=pl.when(swap).then("debit_role").otherwise("credit_role"),
        amount=pl.when(swap).then(-pl.col("amount")).otherwise("amount"),
    )
    revenue = (pl.col("debit_role") == "revenue") | (pl.col("credit_role") == "revenue")
    # What a late fact does to the revenue of a month is one figure, whatever events it passed through on the way.
    deferred = (pl.col("debit_role") == "deferred_revenue") | (pl.col("credit_role") == "deferred_revenue")
    signed = signed.with_columns(
        kind=pl.when(revenue).then(pl.lit("catch_up")).otherwise("kind"),
        source=pl.when(revenue & deferred).then(None).otherwise("source"),
    )
    changed = signed.group_by(_KEY).agg(pl.col("amount").sum()).filter(pl.col("amount") != 0)
    back = pl.col("amount") < 0
    return changed.select(
        "line",
        date=pl.lit(closed + timedelta(days=1)),
        origin="origin",
        kind=pl.col("kind").cast(outcome.KINDS),
        debit_role=pl.when(back).then("credit_role").otherwise("debit_role").cast(outcome.ROLES),
        credit_role=pl.when(back).then("debit_role").otherwise("credit_role").cast(outcome.ROLES),
        amount=pl.col("amount").abs(),
        source="source",
    ).select("line", *(c for c in outcome.MOVEMENTS if c != "line_no"))


def late(moments: pl.DataFrame, made: list[tuple[date, date]]) -> pl.DataFrame:
    """Facts that became known after a lock of the period that they belong to.

    Args:
        moments: day (first day that the fact can move), known_on, and any other columns.
        made: locks in order.
    """
    too_late = pl.lit(value=False)
    for locked_on, through in made:
        too_late |= (pl.col("known_on") > locked_on) & (pl.col("day") <= through)
    return moments.filter(too_late)

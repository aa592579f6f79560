"""Fold the events of each account (contract or lone invoice) in order: amendments and credit notes.

Worked example: a contract amended in April and July with a credit note in May has three events; another has one. Pass
one applies the first event of both together, pass two and three those of the first contract alone: the number of
passes is the longest history, never the number of contracts.

Within a day amendments come before credit notes, each by id. The amendments of one contract and day are one event;
where together they leave every line as it was they are none.
"""

import polars as pl

from ratable.core import findings
from ratable.engine import amended_terms, credit_notes, modifications, position
from ratable.engine.position import Position


def fold(
    standing: Position, amendments: pl.DataFrame, changes: pl.DataFrame, credits: pl.DataFrame
) -> tuple[Position, pl.DataFrame]:
    """Apply every event of every account in its order.

    Args:
        standing: where the lines stand before any event.
        amendments: amendment, account, day, treatment.
        changes: amendment, op, line, price, price_change, quantity, end, ssp.
        credits: account, day, note, cause, invoice, bill, amount, tax, row: one row per credited invoice line.

    Returns:
        where the lines stand after their last event, and the findings of refused credit notes.
    """
    acts = amendments.select("account", "amendment", "treatment", event="day").with_columns(
        turn=pl.int_range(pl.len()).over("account", "event", order_by="amendment")
    )
    events = _in_order(acts, credits)
    if events.is_empty():
        return standing, findings.none()
    done = [standing.of(standing.lines.join(events, on="account", how="anti").select("line_no"))]
    pending = standing.of(standing.lines.join(events, on="account", how="semi").select("line_no"))
    faults = []
    for turn in position.passes(events["turn"]):
        now = events.filter(pl.col("turn") == turn)
        finished = pending.lines.join(now, on="account", how="anti").select("line_no")
        if len(finished):
            done.append(pending.of(finished))
            pending = pending.of(pending.lines.join(now, on="account", how="semi").select("line_no"))
        parts, refused = _one_event_each(pending, now, acts, changes, credits)
        pending = position.union(parts)
        faults.append(refused)
    return position.union([*done, pending]), findings.combine(faults)


def _one_event_each(
    pending: Position, now: pl.DataFrame, acts: pl.DataFrame, changes: pl.DataFrame, credits: pl.DataFrame
) -> tuple[list[Position], pl.DataFrame]:
    """Split the accounts by what happens to them in this pass, and apply it."""
    parts, faults = [], findings.none()
    amended = now.filter(pl.col("what") == "amendment").select("account", event="day")
    credited = now.filter(pl.col("what") == "credit").select("account", event="day", note="key")
    if len(amended):
        some = pending.of(pending.lines.join(amended, on="account", how="semi").select("line_no"))
        parts.append(_one_day_of_amendments(some, acts.join(amended, on=["account", "event"], how="semi"), changes))
    if len(credited):
        some = pending.of(pending.lines.join(credited, on="account", how="semi").select("line_no"))
        rows = credits.rename({"day": "event"}).join(credited, on=["account", "event", "note"], how="semi")
        after, faults = credit_notes.apply(some, rows)
        parts.append(after)
    return parts, faults


def _one_day_of_amendments(standing: Position, acts: pl.DataFrame, changes: pl.DataFrame) -> Position:
    """Apply the amendments of one day of each account one after the other, unless together they change nothing."""
    changes = changes.drop("row", strict=False).join(acts.select("amendment", "account", "turn"), on="amendment")
    days = acts.group_by("account", "event").agg(treatment=pl.lit(""), source=pl.lit(""))
    _, outline, _ = amended_terms.amend(standing, days, changes)
    acts = acts.join(outline, on="account", how="semi")
    for turn in position.passes(acts["turn"]):
        these = acts.filter(pl.col("turn") == turn).select("account", "event", "treatment", source="amendment")
        own = changes.filter(pl.col("turn") == turn).with_columns(turn=pl.lit(0))
        standing = modifications.apply(standing, these, own.join(these, on="account", how="semi"))
    return standing


def _in_order(acts: pl.DataFrame, credits: pl.DataFrame) -> pl.DataFrame:
    """account, turn, what, day, key: the k-th event of every account has turn k."""
    happened = pl.concat(
        [
            acts.select("account", day="event", key=pl.lit(""), what=pl.lit("amendment"), rank=pl.lit(0)).unique(),
            credits.select("account", "day", key="note", what=pl.lit("credit"), rank=pl.lit(1)).unique(),
        ]
    ).sort("account", "day", "rank", "key")
    return happened.with_columns(turn=pl.int_range(pl.len()).over("account"))

"""Checks that every posted entry had the right to be posted: a run, another person's approval of it, an open period.

Worked example: run 3 was prepared by Ben, over 42 rows and 12,345.67 USD, with a hash. Its entries pass where Dana
approved that hash before it was posted, where there are 42 of them over 12,345.67 USD, where none is dated in a month
that a lock had closed before the event that posted it, and where they are the 42 drafts that the hash is over: an entry
is its draft under a number of its own, with the day on which it was posted.
"""

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from ratable.ledger import canonical, chain, covering, rows, stored
from ratable.ledger.faults import Fault

_POSTED = """SELECT run_no, book, entity, currency, count(*), CAST(sum(amount) AS bigint), min(no), max(no), min(date)
  FROM entries WHERE no >= %s GROUP BY run_no, book, entity, currency ORDER BY min(no)"""
_SETS = {
    "run": pl.Int64(), "book": pl.String(), "entity": pl.String(), "currency": pl.String(), "rows": pl.Int64(),
    "amount": pl.Int64(), "first": pl.Int64(), "last": pl.Int64(), "earliest": pl.Date(),
}  # fmt: skip
_DECIDED = """SELECT r.no, r.kind, r.prepared_by, r.rows, r.totals, r.hash, p.no, p.event_no,
  a.by, a.event_no, a.override FROM runs r LEFT JOIN decisions p ON p.run_no = r.no AND p.verb = 'post'
  LEFT JOIN decisions a ON a.run_no = r.no AND a.verb = 'approve' AND a.hash = r.hash AND a.no < p.no
  ORDER BY r.no, a.no"""
_RUNS = {
    "run": pl.Int64(), "kind": pl.String(), "prepared_by": pl.String(), "rows": pl.Int64(), "totals": pl.String(),
    "hash": pl.String(), "post": pl.Int64(), "event": pl.Int64(), "by": pl.String(), "approved": pl.Int64(),
    "override": pl.Boolean(),
}  # fmt: skip
_PREPARED = "SELECT r.no, e.body FROM runs r JOIN events e ON e.no = r.event_no"
_FIRST_DRAFT = pl.col("body").str.json_path_match("$.what.run.first").cast(pl.Int64, strict=False)
_LOCKS = "SELECT book, entity, through, event_no FROM locks WHERE state IN ('locked', 'reopened') ORDER BY no"
_CLOSED = {"book": pl.String(), "entity": pl.String(), "through": pl.Date(), "event": pl.Int64()}
_CHOSEN = "SELECT value, event_no FROM settings WHERE name = 'single_person' ORDER BY no"
_WRONG_ROW = """SELECT no FROM entries
  WHERE no >= %s AND (amount <= 0 OR debit = credit OR functional_amount <= 0) ORDER BY no LIMIT 1"""

_OF_THE_AGENT = ("reviews", "review_flags", "questions")
_ASTRAY = "SELECT min(no) FROM entries WHERE run_no = %s AND no >= %s AND no NOT BETWEEN %s AND %s"


def agent(log: chain.Log) -> Iterator[Fault]:
    """Check that no event of the agent added anything but reviews, flags and answers to questions."""
    actors = rows.select(
        "SELECT no AS event FROM events WHERE actor LIKE %s AND no >= %s",
        ["agent:%", log.first],
        {"event": pl.Int64()},
    )
    others = log.ranges.filter(~pl.col("table").is_in(_OF_THE_AGENT)).join(actors, on="event", how="semi")
    if others.height:
        event, table = others.sort("event").select("event", "table").row(0)
        yield Fault(stored.EVENTS, event, f"the agent added rows to {table}, which people alone do")


def runs(log: chain.Log) -> pl.DataFrame:
    """Every run with how it was prepared, approved and posted, and the entries that the log says it became.

    Returns:
        one row per run: run, run_* (of the run), approvals, own_from, own_to (numbers of its entries), draft (the
        number of its first draft).
    """
    decided = rows.select(_DECIDED, [], _RUNS).group_by("run", maintain_order=True).agg(
        pl.col("kind", "prepared_by", "rows", "totals", "hash", "post", "event").first().name.prefix("run_"),
        approvals=pl.struct("by", "override", "approved"),
    )  # fmt: skip
    added = log.ranges.filter(pl.col("table") == "entries")
    own = added.select(run_event="event", own_from="from", own_to="to")
    prepared = rows.select(_PREPARED, [], {"run": pl.Int64(), "body": pl.String()})
    first = prepared.select("run", draft=_FIRST_DRAFT)
    return decided.join(own, on="run_event", how="left").join(first, on="run", how="left")


def entries(log: chain.Log, known: pl.DataFrame, drafts: pl.Series, *, whole: bool) -> Iterator[Fault]:
    """Check the entries that events added, and the runs that they came from.

    Args:
        log: the events that count.
        known: `runs` of that log.
        drafts: for each of the entries, in order, the digest of the draft that it was (`as_drafts`).
        whole: whether these are all events.
    """
    added = log.ranges.filter(pl.col("table") == "entries").sort("from")
    start = 1 if whole else added["from"].to_list()[0] if added.height else rows.count("entries") + 1
    yield from _balanced(start)
    sets = rows.select(_POSTED, [start], _SETS).join_asof(
        added.select("event", first="from"), on="first", strategy="backward"
    )
    posted = known.filter(pl.col("run_event") >= log.first)
    yield from _approved(sets, known, start)
    yield from list(_whole(sets, posted)) or _as_approved(posted, drafts, start)
    yield from _open(sets, start)


def _balanced(start: int) -> Iterator[Fault]:
    """Each entry is one debit and one credit of one amount above zero, so that every sum of entries balances."""
    wrong = rows.select(_WRONG_ROW, [start], {"no": pl.Int64()})
    if wrong.height:
        yield Fault("entries", wrong["no"][0], "saw no amount above zero between two different accounts")


def _approved(sets: pl.DataFrame, runs: pl.DataFrame, start: int) -> Iterator[Fault]:
    """The first entry that the event which posted its run did not add, or whose run nobody approved who may."""
    chosen = rows.select(_CHOSEN, [], {"value": pl.String(), "event": pl.Int64()})
    posted = sets.group_by("run", maintain_order=True).agg(pl.col("first").min(), pl.col("last").max())
    for row in posted.join(runs, on="run", how="left", maintain_order="left").iter_rows(named=True):
        run, first = row["run"], row["first"]
        own = row["own_from"] or 0, row["own_to"] or 0
        if row["run_post"] is None:
            yield Fault("entries", first, f"comes from run {run}, which nobody posted")
        elif first < own[0] or row["last"] > own[1]:
            astray = rows.select(_ASTRAY, [run, start, *own], {"no": pl.Int64()})["no"][0]
            yield Fault("entries", astray, f"was not added by event {row['run_event']}, which posted its run {run}")
        elif not any(_allowed(approval, row["run_prepared_by"], chosen) for approval in row["approvals"]):
            yield Fault("entries", first, f"comes from run {run}, which nobody who may approved at its hash")
        else:
            continue
        return


def _allowed(approval: dict[str, Any], preparer: str, chosen: pl.DataFrame) -> bool:
    """Whether an approval is by another person, or by the preparer where the company let one person act then."""
    if approval["by"] is None or approval["by"] != preparer:
        return approval["by"] is not None
    values = chosen.filter(pl.col("event") < approval["approved"])["value"]
    return bool(approval["override"]) and values.len() > 0 and values[-1] == "on"


def _whole(sets: pl.DataFrame, runs: pl.DataFrame) -> Iterator[Fault]:
    """Every run has as many entries, over the same totals, as were approved."""
    counts = dict(sets.group_by("run").agg(pl.col("rows").sum()).iter_rows())
    posted: dict[int, dict[str, int]] = {}
    for run, currency, amount in (
        sets.group_by("run", "currency").agg(pl.col("amount").sum()).sort("currency").iter_rows()
    ):
        posted.setdefault(run, {})[currency] = amount
    for run, expected, totals in runs.select("run", "run_rows", "run_totals").iter_rows():
        count, sums = counts.get(run, 0), posted.get(run, {})
        approved = {currency: int(total) for currency, total in json.loads(totals).items()}
        if (count, sums) != (expected, approved):
            seen = f"saw {count} entries over {sums} in minor units"
            yield Fault("runs", run, f"{seen}; expected {expected} over {approved}, as approved")
            return


def _as_approved(posted: pl.DataFrame, drafts: pl.Series, start: int) -> Iterator[Fault]:
    """The first run whose entries are not, row by row, the drafts that its approved hash is over."""
    own = posted.drop_nulls("own_from").sort("own_from").select("run", "own_from", "own_to", "run_hash")
    for run, first, to, expected in own.iter_rows():
        seen = canonical.of_all(drafts[first - start : to - start + 1])
        if seen != expected:
            which = f"row {first}" if first == to else f"one of rows {first} to {to}"
            hashes = f"saw drafts that hash to {seen[:16]}; expected {expected[:16]}"
            yield Fault("entries", first, f"{which} is not what run {run} held when it was approved: {hashes}")
            return


def as_drafts(posted: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """The digests of the drafts that entries were, under the numbers that those had.

    Args:
        posted: entries, all of their columns.
        known: `runs` of the log.
    """
    begun = known.select("own_from", "draft", run_no="run")
    place = pl.col("no") - pl.col("own_from") + pl.col("draft")
    return covering.digests(posted.join(begun, on="run_no", how="left", maintain_order="left").select(
        place.alias("no"), *(name for name in stored.schema("drafts") if name not in ("no", "digest"))
    ))  # fmt: skip


def _open(sets: pl.DataFrame, start: int) -> Iterator[Fault]:
    """No entry is dated in a period that was closed before the event that posted it."""
    closed = rows.select(_LOCKS, [], _CLOSED).rename({"event": "closed"}).sort("closed").set_sorted("closed")
    late = (
        sets.with_columns(before=pl.col("event") - 1).sort("before")
        .join_asof(closed, left_on="before", right_on="closed", by=["book", "entity"], check_sortedness=False)
        .filter(pl.col("earliest") <= pl.col("through")).sort("first")
    )  # fmt: skip
    if late.is_empty():
        return
    at = late.row(0, named=True)
    query = """SELECT no FROM entries WHERE no >= %s AND run_no = %s AND book = %s AND entity = %s AND date <= %s
      ORDER BY no LIMIT 1"""
    given = [start, at["run"], at["book"], at["entity"], at["through"].isoformat()]
    no = rows.select(query, given, {"no": pl.Int64()})["no"][0]
    yield Fault(
        "entries", no, f"is dated by {at['through']}, which event {at['closed']} had closed before it was posted"
    )

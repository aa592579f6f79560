"""A long history: a store of as many events as entries, by many small runs on many days.

Worked example: 1,000,000 rows are 167,000 runs of three entries, 300 to a day. Ben enters each by hand, Dana approves
and posts it: three events with what they add, three entries. The first run is made by these acts themselves. All others
are its copies under their own numbers, days, ids and hashes, written at once with the guards of the database lifted,
and put into the chain of the log as the acts would have put them there: `verify` finds nothing.

Run as `python -m bench.history ROWS`, on an empty database; prints how many events and entries there are and the last
day. Fewer than one row is refused.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from django.db import connection, transaction

from bench import acts as bench_acts
from ratable.core import identifiers
from ratable.ledger import canonical, covering, events, models, rows, store, stored
from ratable.operations import acts, decide, manual

FIRST_DAY = date(2024, 1, 1)
RUNS_PER_DAY = 300
ENTRIES = 3  # Of each run, as many as it has events.

_GROUND = manual.Ground("Revenue of what the customer took over the counter", b"One receipt for all.")
_WRITTEN = ("runs", "decisions", "entries", "events")


def build(total: int) -> dict[str, Any]:
    """Fill an empty store with that many events and entries, or as many more as make the last day a whole one."""
    _first_run()
    days = -(-total // (2 * ENTRIES * RUNS_PER_DAY))
    runs = _copies(days * RUNS_PER_DAY)
    posted = _entries(runs)
    runs = runs.with_columns(_hashes(posted))
    frames = {"runs": _runs(runs), "decisions": _decisions(runs), "entries": posted}
    frames["events"] = _events(runs, frames)
    with _unguarded():
        for table in _WRITTEN:
            rows.add(table, frames[table].select(covering.columns(table)))
    return {"rows": rows.count("events") + rows.count("entries"), "last_day": runs["day"][-1].isoformat()}


def main() -> None:
    """Fill the store that RATABLE_DATABASE_URL names."""
    parser = argparse.ArgumentParser(prog="python -m bench.history", description="Fill a store with a long history.")
    parser.add_argument("rows", type=int, help="events and entries")
    asked = parser.parse_args()
    if asked.rows < 1:
        parser.error(f"rows is {asked.rows}; expected 1 or more")
    store.open_(create=True)
    sys.stdout.write(json.dumps(build(asked.rows)) + "\n")


def _first_run() -> None:
    def clock() -> datetime:
        return datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, 8, tzinfo=UTC)

    bench_acts.begin(clock)
    journal = pl.DataFrame(
        {
            "date": FIRST_DAY, "entity": "", "currency": "USD", "line": None, "debit": "2400", "credit": "4000",
            "debit_role": "deferred_revenue", "credit_role": "revenue",
            "amount": [1250 * n for n in range(1, ENTRIES + 1)],
        },
        schema=manual.JOURNAL,
    )  # fmt: skip
    made = manual.enter(acts.Actor("ben", clock), journal, _GROUND)
    decide.approve(acts.Actor("dana", clock), made.run or 0, made.hash)
    decide.post(acts.Actor("dana", clock), made.run or 0)


def _copies(last: int) -> pl.DataFrame:
    """The runs after the first: run, day, and the number of the event that prepares it."""
    run = pl.int_range(2, last + 1, dtype=pl.Int64)
    first = models.Run.objects.get().event_id
    return pl.select(run=run).with_columns(
        day=pl.lit(FIRST_DAY) + pl.duration(days=(pl.col("run") - 1) // RUNS_PER_DAY),
        event=first + ENTRIES * (pl.col("run") - 1),
    )


def _copied(table: str, runs: pl.DataFrame) -> pl.DataFrame:
    """The rows of the first run once for each of the others, under the numbers of their own; `place` is that within."""
    first = stored.read(table, 1, ENTRIES)
    replaced = [name for name in ("run_no", "known_on", "digest", "event_no", "hash") if name in first.columns]
    every = runs.join(first.drop(replaced).rename({"no": "place"}), how="cross", maintain_order="left_right")
    return every.with_columns(no=first.height * (pl.col("run") - 1) + pl.col("place"), run_no="run", known_on="day")


def _entries(runs: pl.DataFrame) -> pl.DataFrame:
    month = pl.col("day").dt.to_string("%Y-%m")
    every = _copied("entries", runs).with_columns(date="day", period=month, origin_period=month)
    named = every.with_columns(entry=identifiers.of(every.select("run_no", "date", "amount")))
    return named.with_columns(_digests("entries", named))


def _hashes(posted: pl.DataFrame) -> pl.Series:
    """The hash of each run, over its drafts: entries before they had a number and a day of posting."""
    drafts = covering.digests(posted.with_columns(no="place").select(_hashed("drafts")))
    return _sets(drafts, ENTRIES).alias("hash")


def _runs(runs: pl.DataFrame) -> pl.DataFrame:
    return _copied("runs", runs).with_columns(through="day", event_no="event")


def _decisions(runs: pl.DataFrame) -> pl.DataFrame:
    return _copied("decisions", runs).with_columns(event_no=pl.col("event") + pl.col("place"))


def _events(runs: pl.DataFrame, added: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Three events for each run, chained to the last one of the store."""
    each = {table: covering.digests(added[table].select(_hashed(table))) for table in ("runs", "decisions")}
    told = runs.select(
        "run", "day", "hash",
        prepared=_sets(each["runs"], 1),
        approved=_sets(each["decisions"].gather_every(2), 1),
        decided=_sets(each["decisions"].gather_every(2, 1), 1),
        posted=_sets(added["entries"]["digest"], ENTRIES),
    )  # fmt: skip
    said = [json.loads(event.body) for event in models.Event.objects.order_by("-no")[:ENTRIES][::-1]]
    company, (no, previous, _) = models.Company.objects.get().id, events.last()
    chained = []
    # One at a time: each hash is over the one before.
    for row in told.iter_rows(named=True):
        for event in _said(said, row):
            no, body = no + 1, canonical.text(event)
            hash_ = events.hashed(company, no, previous, body)
            chained.append((no, body, previous, hash_, *(event[name] for name in _TOLD)))
            previous = hash_
    return pl.DataFrame(chained, schema=["no", "body", "previous", "hash", *_TOLD], orient="row")


_TOLD = ("at", "actor", "on_behalf_of", "action", "subject", "reason")


def _said(first: list[dict[str, Any]], row: dict[str, Any]) -> list[dict[str, Any]]:
    """What the three events of the first run said, as another run says it."""
    run, hash_ = row["run"], row["hash"]
    decided = ("decision", {"run": str(run), "hash": hash_})
    of_run = [("run", {"no": str(run), "hash": hash_}), decided, decided]
    added = [
        {"runs": _range(run, 1, row["prepared"])},
        {"decisions": _range(2 * run - 1, 1, row["approved"])},
        {
            "decisions": _range(2 * run, 1, row["decided"]),
            "entries": _range(ENTRIES * (run - 1) + 1, ENTRIES, row["posted"]),
        },
    ]
    own = {"at": f"{row['day']}T09:30:00.000000Z", "subject": f"run {run}"}
    return [
        event | own | {"what": event["what"] | {name: event["what"][name] | its, "rows": covers}}
        for event, (name, its), covers in zip(first, of_run, added, strict=True)
    ]


def _range(first: int, count: int, digest: str) -> dict[str, str]:
    return {"from": str(first), "to": str(first + count - 1), "digest": digest}


def _hashed(table: str) -> list[str]:
    return [name for name in covering.columns(table) if name != "digest"]


def _digests(table: str, frame: pl.DataFrame) -> pl.Series:
    return covering.digests(frame.select(_hashed(table))).alias("digest")


def _sets(digests: pl.Series, size: int) -> pl.Series:
    """The digest over each so many digests in turn."""
    every = digests.to_list()
    over = [canonical.of_all(every[first : first + size]) for first in range(0, len(every), size)]
    return pl.Series(over, dtype=pl.String)


@contextmanager
def _unguarded() -> Iterator[None]:
    """One transaction in which no trigger looks at what is added; they are there again after it."""
    with transaction.atomic(), connection.cursor() as cursor:
        guards = []
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            guards = cursor.fetchall()
        for name, _ in guards:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _, text in guards:
            cursor.execute(text)


if __name__ == "__main__":
    main()

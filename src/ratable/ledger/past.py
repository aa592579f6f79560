"""The store as it stood after an event, for whatever reads it: nothing is copied, and nothing of the store changes.

Worked example: event 40 says that run 7 will be reviewed. Later run 7 is replaced and February posted. Inside
`after(40, drafts)` every reader finds run 7 waiting with those drafts, and no entry of February: `snapshots.snapshot`
gives the snapshot of then, and the checks of then raise the flags of then.

Views of this connection alone stand before the tables, each with the rows that were there, and go when it is over.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from django.db import connection, transaction

from ratable.ledger import facts, models, rows, stored

_PARENTS = {"findings": "imports", "statements": "locks", "review_flags": "reviews"} | {
    facts.PREFIX + table: "imports" for table in facts.MODELS
}
_DRAFTS = "drafts"


@contextmanager
def after(event: int, drafts: pl.DataFrame | None = None) -> Iterator[None]:
    """Read the store as it stood after an event; what is written inside is lost.

    Args:
        event: its number.
        drafts: drafts that waited then and are gone since (`entries.DRAFTS`, whose digests are not looked at); None:
            those that are there.
    """
    place = "main" if connection.vendor == "sqlite" else "public"
    with stored.only_reading(), transaction.atomic():
        for table in [stored.EVENTS, *stored.covered()]:
            there = f'SELECT * FROM {place}."{table}" WHERE {_there(table, event, place)}'  # noqa: S608  names of our own
            _run(f'CREATE TEMP VIEW "{table}" AS {there}')
        waited = f"SELECT * FROM {place}.{_DRAFTS} WHERE run_no IN (SELECT no FROM runs)"  # noqa: S608  names of our own
        _run(f"CREATE TEMP TABLE {_DRAFTS} AS {waited}")
        if drafts is not None:
            rows.add(_DRAFTS, drafts)
        yield
        transaction.set_rollback(True)


def _there(table: str, event: int, place: str) -> str:
    """Which rows of a table there were after an event, as SQL."""
    if table == stored.EVENTS:
        return f"no <= {event:d}"
    if table == "entries":
        return f"no <= {_last_entry(event):d}"
    if table in _PARENTS:
        parent = _PARENTS[table]
        column = f"{parent[:-1]}_no"
        return f"{column} <= (SELECT coalesce(max(p.no), 0) FROM {place}.{parent} p WHERE p.event_no <= {event:d})"  # noqa: S608  names of our own
    return f"event_no <= {event:d}"


def _last_entry(event: int) -> int:
    """The number of the last entry that was posted by an event; 0 where there was none."""
    posts = models.Event.objects.filter(action="post", no__lte=event).order_by("-no").values_list("body", flat=True)
    body = posts.first()
    return int(json.loads(body)["what"]["rows"]["entries"]["to"]) if body else 0


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)

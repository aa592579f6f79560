"""Entries as they are posted, the drafts of runs, and where each run stands.

Worked example: run 3 proposes 42 rows; `drafts(3)` has them, `state(3)` is "draft" and `latest()` is 3. Once it is
approved and posted, `drafts(3)` is empty, `posted()` ends with those 42 rows under new numbers, and `latest()` is None.
"""

from collections.abc import Iterable
from datetime import date

import polars as pl

from ratable.ledger import models, rows, scope, stored

SCHEMA = stored.schema("entries")
"""Columns and types of an entry; an entity of "" is the only one of a company that names none."""

DRAFTS = stored.schema("drafts")
"""Columns and types of a draft: those of an entry but `known_on`."""

OVER = ("post", "replace", "reject")  # Decisions that end a run.
DRAFT = "draft"


def posted(
    *,
    book: str = "main",
    through: date | None = None,
    known_on: date | None = None,
    within: scope.Scope | None = None,
    columns: Iterable[str] = SCHEMA,
) -> pl.DataFrame:
    """Entries of a book in the order of their numbers.

    Args:
        book: whose entries.
        through: only those dated by the end of this day; None: all.
        known_on: only those posted by the end of this day of the ledger; None: all.
        within: only those of these contracts and invoices; None: all.
        columns: those of SCHEMA that are wanted.
    """
    schema = {name: SCHEMA[name] for name in columns}
    limits = {"date": through, "known_on": known_on}
    asked = {name: day for name, day in limits.items() if day is not None}
    conditions = "".join(f" AND {name} <= %s" for name in asked)
    given: list[object] = [book, *(day.isoformat() for day in asked.values())]
    if within is not None:
        among, accounts = rows.among("account", within.accounts())
        conditions += f" AND {among}"
        given.append(accounts)
    query = f"SELECT {_names(schema)} FROM entries WHERE book = %s{conditions} ORDER BY no"  # noqa: S608  our own names
    return rows.select(query, given, schema)


def drafts(run_no: int) -> pl.DataFrame:
    """The drafts of a run in the order of their numbers (DRAFTS); none once it is posted, replaced or rejected."""
    query = f"SELECT {_names(DRAFTS)} FROM drafts WHERE run_no = %s ORDER BY no"  # noqa: S608  our own names
    return rows.select(query, [run_no], DRAFTS)


def digests(run_no: int) -> pl.Series:
    """The digests of the drafts of a run, as they are kept, in the order of their numbers."""
    query = "SELECT digest FROM drafts WHERE run_no = %s ORDER BY no"
    return rows.select(query, [run_no], {"digest": pl.String()})["digest"]


def of_run(run_no: int) -> pl.DataFrame:
    """The rows of a run in order, without their numbers: its drafts, or the entries that they became."""
    waiting = drafts(run_no)
    if not waiting.is_empty():
        return waiting.drop("no", "digest")
    query = f"SELECT {_names(DRAFTS)} FROM entries WHERE run_no = %s ORDER BY no"  # noqa: S608  our own names
    return rows.select(query, [run_no], DRAFTS).drop("no", "digest")


def state(run_no: int) -> str:
    """Where a run stands: draft, or the last decision: review, approve, reject, replace or post."""
    last = models.Decision.objects.filter(run=run_no).order_by("-no").values_list("verb", flat=True).first()
    return last or DRAFT


def latest(*, kind: str | None = None) -> int | None:
    """The newest run that is neither posted, replaced nor rejected; None where there is none.

    Args:
        kind: proposal or manual; None: either.
    """
    runs = models.Run.objects.exclude(decision__verb__in=OVER)
    if kind is not None:
        runs = runs.filter(kind=kind)
    newest: int | None = runs.order_by("-no").values_list("no", flat=True).first()
    return newest


def begun(*, book: str = "main") -> bool:
    """Whether a proposal was ever posted to a book; what people wrote by hand does not begin it."""
    return bool(models.Decision.objects.filter(verb="post", run__kind="proposal", run__book=book).exists())


def waiting_runs(last: date) -> pl.DataFrame:
    """The runs of the main book that hold drafts dated by a day: run and entity, in that order, a row for each pair."""
    query = "SELECT DISTINCT run_no, entity FROM drafts WHERE book = 'main' AND date <= %s ORDER BY run_no, entity"
    return rows.select(query, [last.isoformat()], {"run": pl.Int64(), "entity": pl.String()})


def stand() -> str:
    """The hash of the last event that added something which books are made of: an import, a lock or entries.

    It stands for all that came before it too, so that no other store has it, nor this one put back and written anew.
    """
    query = """SELECT e.hash FROM events e WHERE e.no = (SELECT max(m.no) FROM (
      SELECT max(event_no) AS no FROM imports UNION ALL SELECT max(event_no) FROM locks
      UNION ALL SELECT max(event_no) FROM decisions WHERE verb = 'post') m)"""
    return "".join(rows.select(query, [], {"hash": pl.String()})["hash"])


def _names(schema: dict[str, pl.DataType]) -> str:
    return ", ".join(f'"{name}"' for name in schema)

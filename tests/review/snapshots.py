"""Snapshots written out in a test: a company of few facts whose journal is what the engine makes of them.

Worked example: `of(bundle, "2026-03-31")` holds the entries of January and February, posted by the runs 1 and 2, and
those of March as drafts of run 3, which is under review. Ben prepared each run at nine on the third of the month that
follows, Dana opened it at ten, approved it at eleven and posted it five minutes later. Every other function takes a
snapshot and gives another that differs in one thing.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

import ratable
from ratable.core import bundles
from ratable.review import checks
from ratable.review import snapshot as snapshots
from ratable.review.snapshot import Snapshot
from tests import frames

PREPARER, APPROVER = "ben", "dana"
BY_HAND: dict[str, Any] = {
    "book": "main", "entity": "", "currency": "USD", "kind": "manual", "debit": "2400", "credit": "4000",
    "debit_role": "deferred_revenue", "credit_role": "revenue", "amount": 12_345, "rate": "1",
    "narrative": "Rounding agreed with the customer in their letter.",
}  # fmt: skip


def moment(text: str) -> datetime:
    """A moment as YYYY-MM-DD HH:MM[:SS]."""
    return datetime.fromisoformat(text)


def found(snapshot: Snapshot, check: str) -> pl.DataFrame:
    """The flags of one check (flags.SCHEMA), in the order of their subjects."""
    (chosen,) = [one for one in checks.CHECKS if one.id == check]
    return chosen.run(snapshot).sort("table", "subject", "period", "id")


def subjects(snapshot: Snapshot, check: str) -> list[str]:
    """What one check flags, as table/id."""
    return [f"{table}/{subject}" for table, subject in found(snapshot, check).select("table", "subject").iter_rows()]


def of(bundle: bundles.Bundle, through: str) -> Snapshot:
    """The journal of the engine: every month posted but the last, which waits as drafts and is under review."""
    last = frames.day(through)
    books = ratable.recognize(bundle, last)
    lines = books.outcome.lines.select("line", "contract", "account")
    named = books.journal.join(lines, on=["line", "contract"], how="left", nulls_equal=True, maintain_order="left")
    entries = _entries(named, last)
    locks = bundle["locks"].select(
        pl.col("entity").fill_null(""), "through", locked_at=pl.col("locked_on").cast(pl.Datetime("us"))
    )
    return Snapshot(
        name=f"through {through}", period=f"{last:%Y-%m}", through=last, today=_third(last), bundle=bundle, books=books,
        entries=entries, runs=_runs(entries), periods=locks.sort("locked_at", "entity"),
    )  # fmt: skip


def altered(snapshot: Snapshot, where: pl.Expr, **values: Any) -> Snapshot:
    """With other values, or expressions, in the entries that a condition chooses, of which there must be some."""
    assert not snapshot.entries.filter(where).is_empty(), "no entry is chosen"
    new = {
        name: pl.when(where).then(value if isinstance(value, pl.Expr) else pl.lit(value)).otherwise(pl.col(name))
        .cast(snapshots.ENTRIES[name])
        for name, value in values.items()
    }  # fmt: skip
    return replace(snapshot, entries=snapshot.entries.with_columns(**new))


def without(snapshot: Snapshot, where: pl.Expr) -> Snapshot:
    """Without the entries that a condition chooses."""
    assert not snapshot.entries.filter(where).is_empty(), "no entry is chosen"
    return replace(snapshot, entries=snapshot.entries.filter(~where))


def beside(snapshot: Snapshot, entries: pl.DataFrame) -> Snapshot:
    """With more entries (ENTRIES)."""
    return replace(snapshot, entries=pl.concat([snapshot.entries, entries]))


def ran(snapshot: Snapshot, run: int, **values: Any) -> Snapshot:
    """With other values in one run; moments may be written as text."""
    cells = {n: moment(v) if isinstance(v, str) and n.endswith("_at") else v for n, v in values.items()}
    chosen = pl.col("run") == run
    new = {n: pl.when(chosen).then(pl.lit(v, snapshots.RUNS[n])).otherwise(pl.col(n)) for n, v in cells.items()}
    return replace(snapshot, runs=snapshot.runs.with_columns(**new))


def by_hand(snapshot: Snapshot, *rows: dict[str, Any], **run: Any) -> Snapshot:
    """With one more run, of entries that a person wrote (BY_HAND unless a row says otherwise), under review.

    A row without a date is dated on the last day of the books; the run is prepared and approved on the next.
    """
    number = int(snapshot.runs["run"].max() or 0) + 1  # type: ignore[arg-type]  # The column holds whole numbers.
    posted = snapshot.entries.filter(pl.col("state") == "posted")["no"].max()
    first = int(posted or 0) + 1  # type: ignore[arg-type]  # The column holds whole numbers.
    written = []
    for place, row in enumerate(rows):
        given = BY_HAND | {"date": snapshot.through, "entry": f"hand-{number}-{place + 1}", "run": number} | row
        day = frames.day(given["date"]) if isinstance(given["date"], str) else given["date"]
        own = {"no": first + place, "state": "posted", "reviewed": True, "date": day, "period": f"{day:%Y-%m}"}
        known = {"origin_period": f"{day:%Y-%m}", "functional_currency": given["currency"],
                 "functional_amount": given["amount"]}  # fmt: skip
        written.append(known | given | own)
    next_day = datetime.combine(snapshot.through + timedelta(days=1), datetime.min.time())
    made: dict[str, Any] = {
        "run": number, "kind": "manual", "through": snapshot.through, "prepared_by": PREPARER,
        "prepared_at": next_day.replace(hour=9), "opened_at": next_day.replace(hour=10), "approved_by": APPROVER,
        "approved_at": next_day.replace(hour=11), "posted_by": APPROVER, "posted_at": next_day.replace(hour=12),
        "alone": False, "memo": "Rounding agreed with the customer in their letter.", "support": "ab12",
        "rows": len(rows),
    }  # fmt: skip
    said = {n: moment(v) if isinstance(v, str) and n.endswith("_at") else v for n, v in run.items()}
    entries = pl.concat([snapshot.entries, frames.of(snapshots.ENTRIES, *written)])
    return replace(snapshot, entries=entries, runs=pl.concat([snapshot.runs, frames.of(snapshots.RUNS, made | said)]))


def locked(snapshot: Snapshot, through: str, *, at: str, entity: str = "") -> Snapshot:
    """With one more lock."""
    lock = frames.of(snapshots.PERIODS, {"entity": entity, "through": through, "locked_at": moment(at)})
    return replace(snapshot, periods=pl.concat([snapshot.periods, lock]))


def whole(snapshot: Snapshot) -> Snapshot:
    """With every entry under review."""
    return replace(snapshot, entries=snapshot.entries.with_columns(reviewed=pl.lit(value=True)))


def shuffled(snapshot: Snapshot, seed: int) -> Snapshot:
    """With the rows of its tables in another order."""
    mixed = {name: getattr(snapshot, name).sample(fraction=1.0, shuffle=True, seed=seed)
             for name in ("entries", "runs", "periods", "imports")}  # fmt: skip
    return replace(snapshot, **mixed)


def _entries(journal: pl.DataFrame, last: date) -> pl.DataFrame:
    """The rows of a journal as ENTRIES, a run for each month."""
    draft = pl.col("period") == f"{last:%Y-%m}"
    run = pl.col("period").rank("dense").cast(pl.Int64)
    told = journal.sort("period", maintain_order=True).with_columns(
        entity=pl.col("entity").fill_null(""), book=pl.lit("main"), run=run, reviewed=draft,
        state=pl.when(draft).then(pl.lit("draft")).otherwise(pl.lit("posted")),
        functional_currency="currency", functional_amount="amount", rate=pl.lit("1"),
    )  # fmt: skip
    numbered = told.with_columns(no=pl.int_range(1, pl.len() + 1).over("state"))
    return numbered.select(pl.col(name).cast(kind) for name, kind in snapshots.ENTRIES.items())


def _runs(entries: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for run, month, state, count in entries.group_by("run", "period", "state").len().sort("run").iter_rows():
        end = date.fromisoformat(f"{month}-28") + timedelta(days=4)
        third = datetime.combine(_third(end - timedelta(days=end.day)), datetime.min.time())
        row: dict[str, Any] = {"run": run, "kind": "proposal", "through": end - timedelta(days=end.day),
                               "prepared_by": PREPARER, "prepared_at": third.replace(hour=9), "alone": False,
                               "memo": "", "support": "", "rows": count}  # fmt: skip
        if state == "posted":
            row |= {"opened_at": third.replace(hour=10), "approved_by": APPROVER, "posted_by": APPROVER,
                    "approved_at": third.replace(hour=11), "posted_at": third.replace(hour=11, minute=5)}  # fmt: skip
        rows.append(row)
    return frames.of(snapshots.RUNS, *rows)


def _third(last: date) -> date:
    """The third day of the month after."""
    return (last.replace(day=1) + timedelta(days=32)).replace(day=3)

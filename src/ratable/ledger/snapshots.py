"""The snapshot of the store that a review looks at: entries, the acts behind them, facts, locks and control totals.

Worked example: run 7 waits with 42 drafts for January, in books of 412 entries. `snapshot("2026-01", run=7)` has 454
rows, of which the 42 are reviewed; `snapshot("2026-01")` has 412, of which those of January are. Its name is the hash
of the last event that changed anything which it shows, so that a question asked in between leaves it as it was.

Books of more than a few hundred thousand entries are read for one run only as far as its accounts reach
(`ledger.scope`): the snapshot then says that it is not `whole`, and checks of a whole ledger cannot run on it.

Refuses a run that there is none of, or whose drafts are gone.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl
from django.db import connection

import ratable
from ratable.core import periods
from ratable.core.bundles import Bundle
from ratable.ledger import closed, entries, flagged, knowledge, models, pending, rows, scope, stored, totals
from ratable.reports import names
from ratable.review.snapshot import ENTRIES, IMPORTS, PERIODS, RUNS, WAITING, Close, Snapshot

WHOLE = 300_000
"""Entries up to which the whole ledger is read for one run."""

_TEXT, _NUMBER = pl.String(), pl.Int64()
_ACTS: dict[str, pl.DataType] = {"run": _NUMBER, "verb": _TEXT, "by": _TEXT, "alone": pl.Boolean(), "at": _TEXT}
_OWN_TOTALS = ("rows",)  # What a control record has beside its sums.


@dataclass(frozen=True)
class Asked:
    """What is asked for; the arguments of `snapshot`."""

    period: str
    run: int | None
    entity: str | None
    known_on: date | None
    today: date | None


def snapshot(
    period: str,
    *,
    run: int | None = None,
    entity: str | None = None,
    known_on: date | None = None,
    today: date | None = None,
) -> Snapshot:
    """All that a review may look at, as the store has it.

    Args:
        period: the month under review, YYYY-MM.
        run: its rows are under review, whether they wait or are posted; None: the entries of the month are.
        entity: only its rows are under review; None: those of all.
        known_on: what was known, posted and locked by the end of that day of the ledger counts; None: all of it.
        today: the day on which the review is made; None: that of the last act.

    Returns:
        the same for the same state of the store, kept in memory until something that it shows has changed.

    Raises:
        names.Refused: there is no such run, its drafts are gone, or there is no such entity.
    """
    asked = Asked(period, run, entity, known_on, today)
    if connection.in_atomic_block:
        return _made(stand(), asked)
    with stored.snapshot():
        name = stand()
        with _turn(name, asked):
            return _kept(name, asked)


def stand() -> str:
    """The hash of the last event that changed what snapshots show: facts, runs, notes, locks, roles, flags."""
    shown = ("imports", "runs", "decisions", "review_notes", "locks", "grants", "reviews", "flag_dispositions",
             "dispositions")  # fmt: skip
    last = " UNION ALL ".join(f"SELECT max(event_no) AS no FROM {table}" for table in shown)  # noqa: S608  tables of our own
    query = f"SELECT e.hash FROM events e WHERE e.no = (SELECT max(m.no) FROM ({last}) m)"  # noqa: S608  as above
    return "".join(rows.select(query, [], {"hash": _TEXT})["hash"])


@lru_cache(maxsize=16)
def _turn(_: str, __: Asked) -> threading.Lock:
    """Held by the one thread that makes a snapshot, for which the others that want it wait."""
    return threading.Lock()


@lru_cache(maxsize=2)
def _kept(name: str, asked: Asked) -> Snapshot:
    return _made(name, asked)


def _made(name: str, asked: Asked) -> Snapshot:
    if asked.entity is not None and asked.entity not in (known := knowledge.entities()):
        raise names.Refused(f"entity: saw {asked.entity!r}; expected one of {', '.join(known) or 'none'}.")
    waiting = _waiting(asked.run)
    through = _through(asked, waiting)
    within = _scope(waiting)
    bundle = knowledge.bundle(asked.known_on, within=within)
    journal = _journal(asked, waiting, through, within)
    return Snapshot(
        name=name,
        period=asked.period,
        through=through,
        today=asked.today or asked.known_on or _last_day(),
        bundle=bundle,
        books=ratable.recognize(bundle, through, known_on=asked.known_on),
        entries=journal,
        runs=_runs(journal, asked.known_on),
        periods=_locks(asked.known_on),
        imports=_control_totals(asked.known_on, bundle),
        waiting=_what_waits(asked),
        close=_close(asked, within),
        limits=_limits(),
        whole=within is None,
    )


def _waiting(run: int | None) -> pl.DataFrame:
    """The drafts of a run; none where it is posted."""
    if run is None:
        return pl.DataFrame(schema=entries.DRAFTS)
    if not models.Run.objects.filter(no=run).exists():
        raise names.Refused(f"run {run}: there is none; the review shows what waits.")
    if entries.state(run) in ("replace", "reject"):
        raise names.Refused(f"run {run} was replaced or rejected, and its drafts are gone.")
    return entries.drafts(run)


def _through(asked: Asked, waiting: pl.DataFrame) -> date:
    """The last day of the books that are looked at: that of a proposal, or the end of the month."""
    last = periods.last_day(asked.period)
    if asked.run is None:
        return last
    dated = waiting["date"].max()
    held = models.Run.objects.get(no=asked.run)
    if held.kind == "manual":
        return last  # What the engine makes of its own month may not be proposed yet.
    own: date = held.through
    return max(own, dated) if isinstance(dated, date) else own


def _scope(waiting: pl.DataFrame) -> scope.Scope | None:
    """What the rows of a run reach, where the ledger is too large to be read for them; None: everything is read."""
    if waiting.is_empty() or rows.count("entries") <= WHOLE:
        return None
    return scope.of_accounts(waiting["account"].drop_nulls().unique())


def _journal(asked: Asked, waiting: pl.DataFrame, through: date, within: scope.Scope | None) -> pl.DataFrame:
    """Posted entries and the drafts of the run (ENTRIES)."""
    posted = entries.posted(through=through, known_on=asked.known_on, within=within)
    in_month = pl.col("period") == asked.period
    chosen = in_month if asked.run is None else pl.col("run_no") == asked.run
    own = pl.lit(value=True) if asked.entity is None else pl.col("entity") == asked.entity
    drafts = waiting.with_columns(no=pl.int_range(pl.len(), dtype=pl.Int64) + 1)
    parts = [
        posted.with_columns(state=pl.lit("posted"), reviewed=chosen & own),
        drafts.with_columns(state=pl.lit("draft"), reviewed=own),
    ]
    return pl.concat([part.rename({"run_no": "run"}).select(*ENTRIES) for part in parts])


def _runs(journal: pl.DataFrame, known_on: date | None) -> pl.DataFrame:
    """The acts behind the runs that have rows in a journal (RUNS)."""
    by_then, given = _by_then("e.at", known_on)
    prepared = rows.select(
        f"""SELECT r.no AS run, r.kind, r.through, r.prepared_by, e.at AS prepared_at, r.memo, r.support, r."rows"
        FROM runs r JOIN events e ON e.no = r.event_no WHERE r.book = %s{by_then} ORDER BY r.no""",  # noqa: S608  names of our own
        [closed.MAIN, *given],
        {"run": _NUMBER, "kind": _TEXT, "through": pl.Date(), "prepared_by": _TEXT, "prepared_at": _TEXT,
         "memo": _TEXT, "support": _TEXT, "rows": _NUMBER},
    )  # fmt: skip
    decided = rows.select(
        f"""SELECT d.run_no AS run, d.verb, d."by", d.override AS alone, e.at FROM decisions d
        JOIN events e ON e.no = d.event_no WHERE TRUE{by_then} ORDER BY d.no""",  # noqa: S608  names of our own
        given,
        _ACTS,
    )
    last = {verb: decided.filter(pl.col("verb") == verb).unique("run", keep="last") for verb in ("approve", "post")}
    approved = last["approve"].select("run", "alone", approved_by="by", approved_at="at")
    posted = last["post"].select("run", posted_by="by", posted_at="at")
    named = prepared.join(journal.select("run").unique(), on="run", how="semi", maintain_order="left")
    for more in (approved, _opened(approved, decided), posted, _taken_back(journal)):
        named = named.join(more, on="run", how="left", maintain_order="left")
    moments = [pl.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%S%.6fZ", time_unit="us") for name in RUNS if "_at" in name]
    return named.with_columns(*moments, pl.col("alone").fill_null(value=False)).select(*RUNS)


def _opened(approved: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """When whoever approved a run first did something with it before: run, opened_at."""
    noted = rows.select(
        'SELECT n.run_no AS run, n.kind AS verb, n."by", e.at FROM review_notes n JOIN events e ON e.no = n.event_no',
        [],
        {name: kind for name, kind in _ACTS.items() if name != "alone"},
    )
    seen = pl.concat([decided.filter(pl.col("verb") == "review").drop("alone"), noted])
    own = seen.join(approved, left_on=["run", "by"], right_on=["run", "approved_by"])
    return own.filter(pl.col("at") <= pl.col("approved_at")).group_by("run").agg(opened_at=pl.col("at").min())


def _taken_back(journal: pl.DataFrame) -> pl.DataFrame:
    """The run whose entries the reversals of another take back: run, reverses."""
    reversals = journal.filter(pl.col("kind") == "reversal").select("book", "run", entry="source")
    taken = reversals.join(journal.select("book", "entry", reverses="run"), on=["book", "entry"])
    return taken.group_by("run").agg(pl.col("reverses").min())


def _locks(known_on: date | None) -> pl.DataFrame:
    """The locks in force (PERIODS)."""
    held = closed.in_force(known_on=known_on)
    moments = rows.select(
        "SELECT l.no, e.at AS locked_at FROM locks l JOIN events e ON e.no = l.event_no",
        [],
        {"no": _NUMBER, "locked_at": _TEXT},
    )
    at = pl.col("locked_at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.6fZ", time_unit="us")
    return held.join(moments, on="no", how="left", maintain_order="left").with_columns(at).select(*PERIODS)


def _control_totals(known_on: date | None, bundle: Bundle) -> pl.DataFrame:
    """What each import said of what it brought, beside what came of it in the store (IMPORTS).

    Sums are compared where every row of the table was new: of rows that came before too, an import brought none.
    """
    by_then, given = ("", []) if known_on is None else ("WHERE i.known_on <= %s ", [known_on])
    query = f"SELECT i.no, i.totals, e.body FROM imports i JOIN events e ON e.no = i.event_no {by_then}ORDER BY i.no"  # noqa: S608  names of our own
    found = rows.select(query, given, {"no": _NUMBER, "totals": _TEXT, "body": _TEXT})
    told = [pl.DataFrame(schema=IMPORTS)]
    for number, said, body in found.iter_rows():  # One for each import, and not for each of its rows.
        counts = json.loads(body)["what"].get("counts", {})
        told.append(pl.DataFrame(list(_tied(number, json.loads(said), counts, bundle)), schema=IMPORTS, orient="row"))
    return pl.concat(told)


_Row = tuple[int, str, str | None, int, int]


def _tied(
    number: int, said: dict[str, dict[str, dict[str, str]]], counts: dict[str, dict[str, str]], bundle: Bundle
) -> Iterator[_Row]:
    typed = {table: knowledge.brought(table, number) for table, its in counts.items() if _came(its)}
    for table, its in counts.items():
        yield number, table, None, _came(its), typed[table].height if table in typed else 0
    fresh = [table for table in typed if counts[table]["known"] == "0" and said.get(table)]
    if not fresh:
        return
    empty = {name: frame.clear() for name, frame in bundle.tables.items()}
    placed = [typed[table].select("row", table=pl.lit(table)).select("table", "row") for table in fresh]
    sums = totals.of_rows(empty | typed, bundle.tables, pl.concat(placed))
    held = sums.group_by("table", pl.col("currency").fill_null("")).agg(pl.col("amount").sum().cast(pl.Int64))
    amounts = {(table, currency): amount or 0 for table, currency, amount in held.iter_rows()}
    for table in fresh:
        for currency, figures in said[table].items():
            if stated := [int(text) for name, text in figures.items() if name not in _OWN_TOTALS]:
                yield number, table, currency or None, sum(stated), amounts.get((table, currency), 0)


def _came(counts: dict[str, str]) -> int:
    return int(counts["added"]) + int(counts["corrected"])


def _what_waits(asked: Asked) -> pl.DataFrame | None:
    """What waits for a person (WAITING); None for a day of the past, whose answers may have run out since."""
    if asked.known_on is not None:
        return None
    raised = flagged.open_(flagged.of_month(asked.period, on=asked.today or _last_day()))
    found = pending.findings()
    runs = entries.waiting_runs(periods.last_day(asked.period)).with_columns(pl.col("run").cast(pl.String))
    nobody = pl.lit(None, pl.String)
    parts = [
        runs.select("entity", kind=pl.lit("runs"), id="run", says=pl.format("Run {} is not posted.", "run")),
        found.select(kind=pl.lit("findings"), id=pl.col("no").cast(pl.String), entity=nobody, says="message"),
        raised.select("id", "entity", "says", kind=pl.lit("flags")),
    ]
    return pl.concat(part.select(*WAITING) for part in parts)


def _close(asked: Asked, within: scope.Scope | None) -> Close | None:
    """What was known when the last month was closed."""
    held = closed.in_force(known_on=asked.known_on)
    own = held if asked.entity is None else held.filter(pl.col("entity") == asked.entity)
    if own.is_empty():
        return None
    through, locked_on = own.select("through", "locked_on").row(-1)
    return Close(knowledge.bundle(locked_on, within=within), locked_on, through)


def _limits() -> dict[str, dict[str, int]]:
    """The most that each person may approve, by person and currency, of those who have a limit."""
    found = rows.select("SELECT person, limits FROM grants ORDER BY no", [], {"person": _TEXT, "limits": _TEXT})
    told = {person: json.loads(limits) for person, limits in found.iter_rows()}  # The last row of a person counts.
    return {person: {code: int(most) for code, most in limits.items()} for person, limits in told.items() if limits}


def _last_day() -> date:
    at = models.Event.objects.order_by("-no").values_list("at", flat=True).first()
    return date.fromisoformat(str(at)[:10]) if at else knowledge.ALWAYS


def _by_then(column: str, known_on: date | None) -> tuple[str, list[object]]:
    """The end of a WHERE clause that leaves out moments after a day, which come before its letter Z."""
    return ("", []) if known_on is None else (f" AND {column} < %s", [f"{known_on}Z"])

"""A history with at least one row in every table of the store, made by the acts that make such rows, but by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from ratable.ledger import canonical, checkpoints, covering, events, facts, models, rows, signing, stored
from ratable.operations import acts
from tests.stores import Store

KEY = signing.Key.from_private_bytes(bytes(range(32)))
CONTRACT = b"id,customer\nC-1,Halden\n"
DAY = date(2026, 3, 31)

_VALUES: dict[pl.DataType, Any] = {
    pl.Int64(): [1, 2], pl.Date(): [DAY, DAY], pl.String(): ["one", "tw\N{LATIN SMALL LETTER O WITH DIAERESIS}"],
    pl.Boolean(): [False, True], pl.Binary(): [b"\x00one", b""],
}  # fmt: skip


def small(store: Store) -> None:
    """Two rows or more in each table: an import, a run that is posted, one that waits, a lock, and a checkpoint."""
    with acts.begin(store.actor("ben"), "import", "contracts.csv") as act:
        sha256 = canonical.sha256(CONTRACT)
        models.File.objects.create(sha256=sha256, size=len(CONTRACT), content=CONTRACT)
        said = {"files": [canonical.text({"contracts.csv": sha256}), "{}"]}
        covering.cover(act, "imports", two("imports", said))
        for table in facts.MODELS:
            covering.cover(
                act, facts.PREFIX + table, two(facts.PREFIX + table, {"import_no": [1, 1], "key": ["a", "b"]})
            )
        covering.cover(act, "findings", two("findings", {"import_no": [1, 1]}))
    with acts.begin(store.actor("dana"), "dispose of a finding") as act:
        covering.cover(act, "dispositions", two("dispositions", {"finding_no": [1, 2]}))
    with acts.begin(store.actor("cora"), "set a choice") as act:
        covering.cover(act, "settings", two("settings"))
        covering.cover(act, "source_mappings", two("source_mappings"))
        revisions = {"document": [canonical.sha256(CONTRACT)] * 2, "prepared_by": ["ben", "ben"]}
        waiting = two("revisions", revisions)
        covering.cover(act, "revisions", pl.concat([waiting, waiting[:1]]))
        covering.cover(act, "revision_decisions", two("revision_decisions", {"revision_no": [1, 2]}))
    post(store, prepare(store))
    with acts.begin(store.actor("cora"), "lock", "2026-03") as act:
        through = {"book": ["main", "other"], "entity": ["", ""], "state": ["locked", "soft"]}
        covering.cover(act, "locks", two("locks", through))
        covering.cover(act, "review_notes", two("review_notes", {"run_no": [1, 1]}))
        covering.cover(act, "statements", two("statements", {"lock_no": [1, 1]}))
        reviewed(act)
        checkpoints.make(act, KEY)
    prepare(store, day=date(2026, 4, 1))
    checkpoint(store)


def reviewed(act: events.Act) -> None:
    """Two reviews with their flags and answers, two acceptances and two questions."""
    agent: dict[str, Any] = {"by": ["agent:review"] * 2}
    covering.cover(act, "reviews", two("reviews", agent | {"run_no": [1, 1], "intent": [1, 1]}))
    covering.cover(act, "review_flags", two("review_flags", {"review_no": [1, 2], "class": ["flags", "blocks"]}))
    for table in ("flag_dispositions", "acceptances"):
        covering.cover(act, table, two(table, {"review_flag_no": [1, 1]}))
    covering.cover(act, "questions", two("questions", agent))


def checkpoint(store: Store) -> checkpoints.Anchor:
    """The line that somebody outside keeps."""
    with acts.begin(store.actor("cora"), "checkpoint") as act:
        return checkpoints.make(act, KEY)


def two(table: str, given: dict[str, list[Any]] | None = None) -> pl.DataFrame:
    """Two rows of a table, with some columns given and any value in the others."""
    kinds = {name: kind for name, kind in stored.schema(table).items() if name not in ("no", "digest")}
    values = {name: (given or {}).get(name, _VALUES[kind]) for name, kind in kinds.items()}
    return pl.DataFrame(values, schema=kinds)


def prepare(store: Store, day: date = DAY, by: str = "ben") -> int:
    """A run of two drafts."""
    with acts.begin(store.actor(by), "propose") as act:
        no = rows.count("runs") + 1
        accounts: dict[str, list[Any]] = {
            "entry": [f"{no}-a", f"{no}-b"], "run_no": [no, no], "date": [day, day], "book": ["main"] * 2,
            "entity": [""] * 2, "debit": ["1200"] * 2, "credit": ["4000"] * 2, "currency": ["USD"] * 2,
        }  # fmt: skip
        drafts = covering.sealed("drafts", two("drafts", accounts))
        rows.add("drafts", drafts)
        run: dict[str, Any] = {
            "prepared_by": by, "rows": 2, "totals": canonical.text({"USD": "3"}), "support": "", "kind": "proposal",
            "hash": canonical.of_all(drafts["digest"]),
        }  # fmt: skip
        covering.cover(act, "runs", two("runs", {name: [value] * 2 for name, value in run.items()})[:1])
        act.body["run"] = {"no": str(no), "first": str(drafts["no"][0])}
    return no


def decide(act: events.Act, run: int, verb: str, *, override: bool = False) -> None:
    """A decision on a run at its hash."""
    hash_ = models.Run.objects.get(no=run).hash
    said: dict[str, Any] = {"run_no": run, "verb": verb, "by": act.actor, "hash": hash_, "override": override}
    covering.cover(act, "decisions", two("decisions", {name: [value] * 2 for name, value in said.items()})[:1])


def post(store: Store, run: int) -> None:
    """Approve a run by Dana and post it."""
    with acts.begin(store.actor("dana"), "approve", f"run {run}") as act:
        decide(act, run, "approve")
    with acts.begin(store.actor("dana"), "post", f"run {run}") as act:
        decide(act, run, "post")
        add_entries(act, run)


def add_entries(act: events.Act, run: int) -> None:
    """Entries from the drafts of a run."""
    drafts = stored.read("drafts", *stored.span("drafts")).filter(pl.col("run_no") == run)
    covering.cover(act, "entries", drafts.drop("no", "digest").with_columns(known_on=pl.lit(DAY)))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM drafts WHERE run_no = %s", [run])


@contextmanager
def unguarded() -> Iterator[None]:
    """What the database guards itself with taken away, and put back, as somebody can who owns it."""
    taken, back = _guards()
    for statement in taken:
        run(statement)
    yield
    for statement in back:
        run(statement)


def _guards() -> tuple[list[str], list[str]]:
    """The statements that take the guards away, and those that put them back."""
    if connection.vendor == "postgresql":
        tables = connection.introspection.table_names()
        words = ("DISABLE", "ENABLE")
        taken, back = ([f'ALTER TABLE "{table}" {word} TRIGGER ALL' for table in tables] for word in words)
        return taken, back
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    taken = ["PRAGMA foreign_keys = OFF", *(f'DROP TRIGGER "{name}"' for name, _ in triggers)]
    return taken, [*(sql for _, sql in triggers), "PRAGMA foreign_keys = ON"]


def run(statement: str, *given: object) -> None:
    """One statement of SQL, as anybody with a connection can give it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)

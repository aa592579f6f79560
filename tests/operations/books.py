"""Bundles brought into a store, proposed, approved and posted in one line, for tests."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from ratable.ledger import covering, differences, entries
from ratable.operations import acts, decide, drafting, import_bundle
from ratable.operations import propose as proposing
from tests import stores
from tests.stores import Store

LAW_8 = ["line", "period", "origin_period", "kind", "debit_role", "credit_role", "currency"]


def bundle(*, price: str = "1200.00", **more: Any) -> dict[str, Any]:
    """One contract of one line over 2026, billed once, by the month."""
    line = {"id": "L-1", "product": "access", "price": price, "proration": "monthly_prorated"}
    return {
        "customers": [{"id": "quill", "name": "Quill"}],
        "products": [{"id": "access", "name": "Access", "method": "straight_line"}],
        "contracts": [{
            "id": "C-1", "customer": "quill", "currency": "USD", "signed_on": "2026-01-01", "start": "2026-01-01",
            "end": "2026-12-31", "lines": [line],
        }],
    } | more  # fmt: skip


def bring(store: Store, folder: Path, given: dict[str, Any], **how: Any) -> import_bundle.Imported:
    """Import a bundle as Ben; with `correction`, because somebody asked for it."""
    path = folder / "bundle.yaml"
    path.write_text(yaml.safe_dump(given, sort_keys=False))
    return import_bundle.import_bundle(store.actor("ben", "asked for"), path, **how)


def propose(store: Store, through: str) -> drafting.Proposed:
    return proposing.propose(store.actor("ben"), date.fromisoformat(through))


def approve(store: Store, made: drafting.Proposed) -> int:
    """Approve as Dana; the number of the run."""
    assert made.run is not None
    decide.approve(store.actor("dana"), made.run, made.hash)
    return made.run


def post(store: Store, through: str) -> pl.DataFrame:
    """Propose, approve and post all that is due; the entries that it came to."""
    run = approve(store, propose(store, through))
    decide.post(store.actor("dana"), run)
    return entries.of_run(run)


def posted(store: Store, folder: Path, given: dict[str, Any], through: str) -> pl.DataFrame:
    """A bundle brought in and posted, made once for all tests that begin so; the entries."""

    def make() -> pl.DataFrame:
        bring(store, folder, given)
        return post(store, through)

    return stores.once(f"{given} posted through {through}", store, make)


def proposed(store: Store, folder: Path, given: dict[str, Any], through: str) -> drafting.Proposed:
    """A bundle brought in and proposed, made once for all tests that begin so."""

    def make() -> drafting.Proposed:
        bring(store, folder, given)
        return propose(store, through)

    return stores.once(f"{given} proposed through {through}", store, make)


def lock(store: Store, through: str, entity: str = "") -> None:
    """Lock a month as Cora does, without what a close has to show."""
    with acts.begin(store.actor("cora"), "lock") as act:
        covering.cover(act, "locks", pl.DataFrame([{
            "book": "main", "entity": entity, "state": "locked", "through": date.fromisoformat(through),
            "period": through[:7], "locked_on": acts.ledger_day(act.at), "by": "cora", "reason": "", "opening": False,
        }]))  # fmt: skip
    store.clock.pass_days(1)


def sums(journal: pl.DataFrame, by: list[str] = LAW_8) -> dict[tuple[Any, ...], int]:
    """Signed sums of a journal, each pair of roles in one direction."""
    plain = journal.with_columns(
        pl.lit(None, pl.String).alias(name) for name in differences.ROWS if name not in journal
    )
    directed = differences.directed(plain.with_columns(pl.col("entity").fill_null("")))
    each = directed.group_by(by).agg(pl.col("signed").sum()).filter(pl.col("signed") != 0)
    return {tuple(key): total for *key, total in each.select(*by, "signed").iter_rows()}

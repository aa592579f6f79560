"""A snapshot of one entity alone, for a person whose role is held for it.

Worked example: of three entities, `of(snapshot, "us")` has the 512 entries, 28 customers and 40 contracts of us; a
question about a customer of uk then finds no such customer. What all share, such as products and policies, stays.
"""

from dataclasses import replace

import polars as pl

from ratable.core import bundles, tables
from ratable.engine import contracts
from ratable.review.snapshot import Snapshot

_SHARED = ("entities", "products", "ssps", "accounts", "account_rules", "policies", "fx_rates")
_ISSUED = len("/2026-01-31")  # What the name of a bill of our own adds to that of its contract.


def of(snapshot: Snapshot, entity: str) -> Snapshot:
    """The part of a snapshot that is of one entity.

    Args:
        snapshot: the whole.
        entity: its id; empty: what belongs to none.

    Returns:
        entries, facts, runs, locks and books of that entity, with the findings about its rows and about what all share;
        control totals are left out, since they count all, and so are findings about rows that are in no table.
    """
    own = snapshot.books.of(entity=entity)
    lines = own.outcome.lines.select("contract", "line", "customer")
    entries = snapshot.entries.filter(pl.col("entity") == entity)
    close = snapshot.close and replace(snapshot.close, bundle=_bundle(snapshot.close.bundle, lines))
    facts = _bundle(snapshot.bundle, lines)
    outcome = replace(own.outcome, findings=_about(own.outcome.findings, facts))
    return replace(
        snapshot,
        entity=entity,
        bundle=replace(facts, findings=_about(facts.findings, facts)),
        books=replace(own, outcome=outcome),
        entries=entries,
        runs=snapshot.runs.filter(pl.col("run").is_in(entries["run"].unique().implode())),
        periods=snapshot.periods.filter(pl.col("entity") == entity),
        imports=snapshot.imports.clear(),
        waiting=None if snapshot.waiting is None else _theirs(snapshot.waiting, entity),
        close=close,
    )


def _theirs(waiting: pl.DataFrame, entity: str) -> pl.DataFrame:
    """The runs and flags of one entity that wait, and flags about more than one; whose a finding is, is not known."""
    return waiting.filter((pl.col("kind") != "findings") & (pl.col("entity").fill_null(entity) == entity))


def _about(findings: pl.DataFrame, own: bundles.Bundle) -> pl.DataFrame:
    """The findings about what all share, and about rows of these facts."""
    theirs = pl.concat([
        frame.select(id=pl.concat_str(tables.TABLES[name].key, separator="/", ignore_nulls=True), table=pl.lit(name))
        for name, frame in own.tables.items()
        if name not in _SHARED
    ])  # fmt: skip
    told = findings.join(theirs.with_columns(mine=True).unique(), on=["table", "id"], how="left", maintain_order="left")
    return told.filter(pl.col("mine").is_not_null() | pl.col("table").is_in(_SHARED)).select(findings.columns)


def _bundle(bundle: bundles.Bundle, lines: pl.DataFrame) -> bundles.Bundle:
    """The facts of some lines: contract, line and customer (ids)."""
    tables = contracts.of_accounts(bundle.tables, lines)
    invoices = tables["invoices"]["id"].implode()
    billed = pl.col("invoice").str.head(-_ISSUED).is_in(tables["contracts"]["id"].implode())
    for name in ("credit_notes", "payments"):
        tables[name] = tables[name].filter(pl.col("invoice").is_in(invoices) | billed)
    notes = tables["credit_notes"]["id"].implode()
    tables["credit_note_lines"] = tables["credit_note_lines"].filter(pl.col("credit_note").is_in(notes))
    customers = lines["customer"].drop_nulls().unique().implode()
    tables["customers"] = tables["customers"].filter(pl.col("id").is_in(customers))
    return replace(bundle, tables=tables)

"""Every version of the facts of a few accounts: where each came from, and what it changed.

Worked example: contract C-1 came with import 1 with the end 2026-12-31; import 5, a correction "signed copy arrived",
brought it again with the end 2027-03-31. `every` has both rows; `changes` has one: contracts C-1, version 2, end,
before 2026-12-31, now 2027-03-31.
"""

import json
from functools import lru_cache

import polars as pl

from ratable.bundle import faults, joining, writing
from ratable.core import tables
from ratable.ledger import entries, facts, knowledge, models, provenance, rows, scope

Tables = dict[str, pl.DataFrame]

CHANGES: dict[str, pl.DataType] = {
    "known": pl.Date(), "table": pl.String(), "id": pl.String(), "version": pl.Int64(), "column": pl.String(),
    "before": pl.String(), "now": pl.String(), "reason": pl.String(), "import_no": pl.Int64(), "origin": pl.String(),
}  # fmt: skip

_OURS: dict[str, pl.DataType] = {
    "key": pl.String(), "version": pl.Int64(), "known": pl.Date(), "import_no": pl.Int64(),
}  # fmt: skip
_FACTS = (
    "contracts", "contract_lines", "milestones", "price_tiers", "amendments", "amendment_changes", "minimums",
    "invoices", "invoice_lines", "credit_notes", "credit_note_lines", "usage", "milestones_reached",
)  # fmt: skip


def every(table: str, within: scope.Scope) -> pl.DataFrame:
    """All versions of the rows of a table that belong to some accounts, in the order in which they came.

    Returns:
        the columns of the bundle, and key, version, known (null: always), import_no, origin (import, file and row) and
        reason (of a correction, else empty).
    """
    held = facts.columns(table)
    said, given = within.condition(table) or ("TRUE", [])
    asked = ", ".join(f'f."{name}"' for name in [*held, "key", "version", "known_on", "import_no", "row"])
    kinds = {c.name: pl.String() if isinstance(c.dtype, pl.List) else c.dtype for c in held.values()}
    found = rows.select(
        f"SELECT {asked} FROM {facts.PREFIX}{table} f WHERE {said} ORDER BY f.no",  # noqa: S608  names of our own schema
        given, kinds | _OURS | {"row": pl.Int64()},
    )  # fmt: skip
    lists = [_items(c) for c in held.values() if isinstance(c.dtype, pl.List)]
    known = pl.when(pl.col("known") != knowledge.ALWAYS).then("known")
    imports = _imports(table, found["import_no"].unique().to_list())
    return found.with_columns(*lists, known=known).join(imports, on="import_no", how="left").with_columns(
        origin=pl.concat_str("origin", pl.format(", row {}", "row").fill_null(""))
    )  # fmt: skip


def changes(contract: str) -> pl.DataFrame:
    """What every version after the first changed of a contract's facts, cell by cell (CHANGES), as it became known."""
    return _kept(entries.stand(), contract)


@lru_cache(maxsize=512)
def _kept(_: str, contract: str) -> pl.DataFrame:
    within = scope.of_account(f"contract {contract}")
    stated = knowledge.stated(within=within)
    found = [_changes(table, every(table, within), stated) for table in _FACTS]
    return pl.concat([pl.DataFrame(schema=CHANGES), *found]).sort("known", "table", "id", "version", "column")


def _changes(table: str, versions: pl.DataFrame, stated: Tables) -> pl.DataFrame:
    versions = versions.filter(pl.len().over("key") > 1).sort("key", "version", maintain_order=True)
    if versions.is_empty():
        return pl.DataFrame(schema=CHANGES)
    declared = tables.TABLES[table]
    # In the words of a file, whose amounts have the decimals of their currency.
    typed = versions.with_columns(known_on="known").select(*declared.schema)
    words = writing.texts(stated | {table: typed}, table).drop("known_on", strict=False)
    compared = [name for name in words.columns if name not in joining.key(table)]
    kept = versions.select("known", "key", "version", "reason", "import_no", "origin", id=faults.label(table))
    cells = kept.hstack(words.select(compared)).unpivot(
        compared, index=kept.columns, variable_name="column", value_name="now"
    )  # fmt: skip
    before = cells.with_columns(before=pl.col("now").shift(1).over("key", "column"), table=pl.lit(table))
    return before.filter((pl.col("version") > 1) & pl.col("before").ne_missing(pl.col("now"))).select(*CHANGES)


def _items(said: tables.Column) -> pl.Expr:
    items = pl.col(said.name).str.split(";")
    return items.list.eval(pl.element().str.to_date("%Y-%m-%d")) if said.kind == "days" else items


def _imports(table: str, numbers: list[int]) -> pl.DataFrame:
    """Some imports in words, with the file that a table came from: import_no, origin, reason."""
    made = models.Import.objects.filter(no__in=numbers).values_list("no", "name", "files", "kind", "reason")
    told = [
        (no, f"import {no} ({name}), {' or '.join(provenance.files_of(table, json.loads(files)))}",
         reason if kind == "correction" else "")
        for no, name, files, kind, reason in made
    ]  # fmt: skip
    return pl.DataFrame(
        told, schema={"import_no": pl.Int64, "origin": pl.String, "reason": pl.String}, orient="row"
    )  # fmt: skip

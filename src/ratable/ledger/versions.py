"""Compares rows of a file with those of the store: which are new, which are known, which say something else.

Worked example: the store has contract C-1 with the end 2026-12-31. The same row in a file is `known`; with the end
2027-03-31 it is `changed`, shown as "contracts C-1, end: before 2026-12-31, now 2027-03-31"; C-2 is `added`. A new line
of C-1 is `extended`: it changes what C-1 promises. `known_on` is not compared; when a fact became known is for the
store to say.
"""

import polars as pl

from ratable.bundle import faults, joining, references, writing
from ratable.core import tables
from ratable.ledger import facts, knowledge

Tables = dict[str, pl.DataFrame]
STATES = ("added", "known", "changed", "extended")


def states(stated: Tables, kept: Tables) -> pl.DataFrame:
    """What each row of a file is to the store.

    Args:
        stated: every declared table of the file, typed.
        kept: every declared table of the store, in last versions.

    Returns:
        one row per row of the file with a whole key: table, row, state (one of STATES).
    """
    found = [_states(name, stated[name], kept) for name in tables.TABLES]
    return pl.concat(found)


def _states(name: str, rows: pl.DataFrame, kept: Tables) -> pl.DataFrame:
    key, compared = joining.key(name), _compared(name)
    rows = _comparable(rows)
    both = rows.join(
        _comparable(kept[name]).with_columns(_kept=pl.lit(value=True)), on=key, how="left", nulls_equal=True
    )
    alike = pl.all_horizontal(pl.lit(value=True), *(pl.col(c).eq_missing(pl.col(f"{c}_right")) for c in compared))
    parent = tables.TABLES[name].parent
    extends = pl.col(parent[1]).is_in(_parents(parent[0], kept).implode()) if parent else pl.lit(value=False)
    state = (
        pl.when(pl.col("_kept").is_null() & extends)
        .then(pl.lit("extended"))
        .when(pl.col("_kept").is_null())
        .then(pl.lit("added"))
        .when(alike)
        .then(pl.lit("known"))
        .otherwise(pl.lit("changed"))
    )
    return both.select(table=pl.lit(name), row="row", state=state)


def _parents(parent: str, kept: Tables) -> pl.Series:
    """Ids of the rows that own child rows; lines that amendments add own them like any other."""
    return (references.known_lines(kept) if parent == "contract_lines" else kept[parent])["id"]


def _compared(name: str) -> list[str]:
    return [c.name for c in tables.TABLES[name].columns if c.name not in (*joining.key(name), "known_on")]


def _comparable(rows: pl.DataFrame) -> pl.DataFrame:
    """Lists as the one text that the store keeps of them."""
    return rows.with_columns(pl.col(c).cast(pl.List(pl.String)).list.join(";") for c in _lists(rows))


def _lists(rows: pl.DataFrame) -> list[str]:
    return [name for name, kind in rows.schema.items() if isinstance(kind, pl.List)]


def differences(name: str, stated: Tables, kept: Tables, rows: pl.Series) -> pl.DataFrame:
    """What changed rows say otherwise, in the words of a file.

    Args:
        name: the table.
        stated: every declared table of the file, typed.
        kept: every declared table of the store.
        rows: the rows of the file that are asked about.

    Returns:
        one row per cell that differs: table, id, column, before, now (String; null where nothing is said).
    """
    both = {t: pl.concat([stated[t], kept[t]]) for t in tables.TABLES}
    words = writing.texts(both, name)
    key = joining.key(name)
    now = words.head(stated[name].height).with_columns(stated[name]["row"]).filter(pl.col("row").is_in(rows.implode()))
    before = words.tail(kept[name].height)
    pairs = now.with_columns(id=_label(name)).join(before, on=key, nulls_equal=True, suffix="_before")
    cells = [
        pairs.select("row", "id", column=pl.lit(c), before=f"{c}_before", now=c).filter(
            pl.col("before").ne_missing(pl.col("now"))
        )
        for c in _compared(name)
    ]
    return pl.concat(cells).sort("row").select(pl.lit(name).alias("table"), "id", "column", "before", "now")


def _label(name: str) -> pl.Expr:
    return faults.label(name).fill_null("(no id)")


def extensions(name: str, stated: Tables, rows: pl.Series) -> pl.DataFrame:
    """New rows of parents that the store has, which change what those say: as `differences`, without a column.

    Args:
        name: the table, which has a parent.
        stated: every declared table of the file, typed.
        rows: the rows of the file that are `extended`.
    """
    parent = tables.TABLES[name].parent
    if parent is None:
        raise AssertionError(f"{name}: rows without a parent are not new to one")
    asked = stated[name].filter(pl.col("row").is_in(rows.implode()))
    nothing = pl.lit(None, pl.String)
    owner = pl.format(f"new to {parent[0]} {{}}", pl.col(parent[1]))
    return asked.select(table=pl.lit(name), id=_label(name), column=nothing, before=nothing, now=owner)


def told(changes: pl.DataFrame) -> list[str]:
    """In words, what `differences` and `extensions` found."""
    new = pl.format("{} {} is {}, which are in the books", "table", "id", "now")
    other = pl.format("{} {}, {}: before {}, now {}", *(pl.col(c).fill_null("nothing") for c in changes.columns))
    return changes.select(pl.when(pl.col("column").is_null()).then(new).otherwise(other)).to_series().to_list()


def keys(name: str, rows: pl.DataFrame) -> pl.Series:
    """The text by which the versions of a row belong together: its key as a JSON list."""
    parts = pl.concat_list(pl.col(c).cast(pl.String) for c in joining.key(name))
    written = rows.select(key=pl.struct(k=parts).struct.json_encode())["key"]
    return written.str.strip_prefix('{"k":').str.strip_suffix("}")


def numbered(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with `key`, and `version`: 1, or one more than the store has of a row that is `changed`."""
    keyed = rows.with_columns(keys(name, rows), version=pl.lit(1, pl.Int64))
    changed = keyed.filter(pl.col("state") == "changed")["key"]
    if changed.is_empty():
        return keyed
    last = knowledge.versions(name, changed).select("key", last="version")
    found = keyed.join(last, on="key", how="left", maintain_order="left")
    return found.with_columns(version=pl.col("last").fill_null(0) + 1)


def as_kept(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of a bundle table in the columns of the store; what the store adds to them is there already."""
    kept = _comparable(rows)
    own = [pl.col(c) for c in ("key", "version", "import_no", "known_on", "row")]
    return kept.select(*own, *(pl.col(c.name).alias(column) for column, c in facts.columns(name).items()))

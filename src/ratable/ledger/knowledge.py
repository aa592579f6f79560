"""What the store knows: the facts of all imports as one bundle, now or as they were known on a day.

Worked example: contract C-1 was imported on 3 March and corrected on 9 April. `bundle()` holds it as corrected;
`bundle(known_on=date(2026, 3, 31))` as it was imported; `bundle(known_on=date(2026, 3, 2))` does not hold it at all.

The store keeps rows as they were stated. What a row leaves unsaid is filled in here, from what its contract says on the
day asked: a corrected end of a contract is at once the end of its lines.
"""

from datetime import date
from typing import Any

import polars as pl

from ratable.bundle import decimals, defaults
from ratable.core import bundles, findings, tables
from ratable.engine import contracts
from ratable.ledger import closed, facts, rows, scope

ALWAYS = date(1, 1, 1)
"""The day of what was never not known: a row of an opening import whose table tells no day."""

Tables = dict[str, pl.DataFrame]

_KEPT_FINDINGS: dict[str, pl.DataType] = findings.SCHEMA | {
    "left_out": pl.Boolean(), "import_no": pl.Int64(), "no": pl.Int64(),
}  # fmt: skip


def bundle(known_on: date | None = None, *, book: str = "main", within: scope.Scope | None = None) -> bundles.Bundle:
    """The facts of the store as `run` would have read them.

    Args:
        known_on: only what the store knew by the end of that day counts; None: all of it.
        book: whose locks count.
        within: only these contracts and invoices, and all that is shared; None: everything.

    Returns:
        sound tables, days filled in, with the locks in force as `locks`; the findings that still stand, and as
        `left_out` the rows at fault that wait outside the books.
    """
    known = stated(known_on, within)
    known["locks"] = _in_force(known["locks"], known_on, book)
    filled = defaults.fill(known)
    told = standing(known_on)
    left_out = told.filter("left_out").select("table", "id", "code").unique(maintain_order=True)
    return bundles.Bundle(
        filled if known_on is None else contracts.closed(filled, filled | _parents(within)),
        findings.combine([told.select(*findings.SCHEMA)]),
        left_out,
    )


def _parents(within: scope.Scope | None) -> Tables:
    """The tables that others hang on, with what was learned later: it takes its children along when it goes."""
    return {
        name: current(name, within=within) for name in ("contracts", "contract_lines", "amendment_changes", "invoices")
    }


def entities() -> list[str]:
    """The ids of the entities that keep books here; an empty text where it names none, or posts for none of them."""
    query = (
        "SELECT DISTINCT id FROM fact_entities UNION "
        "SELECT '' WHERE EXISTS (SELECT 1 FROM entries WHERE book = %s AND entity = '') ORDER BY id"
    )
    found = rows.select(query, [closed.MAIN], {"id": pl.String()})
    return found["id"].to_list() or [""]


def stated(known_on: date | None = None, within: scope.Scope | None = None) -> Tables:
    """Every table of a bundle as its rows were stated, each key in its last version; nothing is filled in."""
    return {name: current(name, known_on, within=within) for name in tables.TABLES}


def current(table: str, known_on: date | None = None, *, within: scope.Scope | None = None) -> pl.DataFrame:
    """The last version of each row of a table that was known by the end of a day, in the order of the store.

    Args:
        table: a table of a bundle.
        known_on: the day; None: all that is known.
        within: only rows of these contracts and invoices, and all of a table that is shared; None: every row.

    Returns:
        the columns of the bundle; `row` is the place in the file that the version came from.
    """
    by_then, given = _by_then("known_on", known_on)
    name = facts.PREFIX + table
    held = facts.columns(table)
    asked = ", ".join(f'f."{column}"' for column in [*held, "known_on", "row"])
    condition = None if within is None else within.condition(table)
    inside, ids = condition or ("TRUE", [])
    found = rows.select(
        f"""SELECT {asked} FROM {name} f WHERE {inside}{by_then}
        AND NOT EXISTS (SELECT 1 FROM {name} n WHERE n.key = f.key AND n.version > f.version{by_then}) ORDER BY f.no""",  # noqa: S608  names of our own schema
        [*ids, *given, *given],
        {column: _kind(c) for column, c in held.items()} | {"known_on": pl.Date(), "row": pl.Int64()},
    )
    return _as_in_a_bundle(table, found)


def learned(table: str, since: date) -> pl.DataFrame:
    """The versions of rows of a table that the store learned after a day, in the order of the store.

    Returns:
        the columns of the bundle, and import_no.
    """
    held = facts.columns(table)
    asked = ", ".join(f'"{column}"' for column in [*held, "known_on", "row", "import_no"])
    kinds = {column: _kind(c) for column, c in held.items()}
    found = rows.select(
        f"SELECT {asked} FROM {facts.PREFIX}{table} WHERE known_on > %s ORDER BY no",  # noqa: S608  names of our own schema
        [since],
        kinds | {"known_on": pl.Date(), "row": pl.Int64(), "import_no": pl.Int64()},
    )
    return _as_in_a_bundle(table, found).with_columns(found["import_no"])


def brought(table: str, import_no: int) -> pl.DataFrame:
    """The rows of a table that an import brought, as they were then, in the order of the store.

    Returns:
        the columns of the bundle; `row` is the place in the file.
    """
    held = facts.columns(table)
    asked = ", ".join(f'"{column}"' for column in [*held, "known_on", "row"])
    found = rows.select(
        f"SELECT {asked} FROM {facts.PREFIX}{table} WHERE import_no = %s ORDER BY no",  # noqa: S608  names of our own schema
        [import_no],
        {column: _kind(c) for column, c in held.items()} | {"known_on": pl.Date(), "row": pl.Int64()},
    )
    return _as_in_a_bundle(table, found)


def history(table: str, key: str) -> pl.DataFrame:
    """Every version of one row of a table, the first one first.

    Args:
        table: a table of a bundle.
        key: its key as `ledger.versions.keys` writes it.

    Returns:
        the columns of the bundle, version and import_no.
    """
    held = facts.columns(table)
    asked = ", ".join(f'"{column}"' for column in [*held, "known_on", "row", "version", "import_no"])
    found = rows.select(
        f"SELECT {asked} FROM {facts.PREFIX}{table} WHERE key = %s ORDER BY version",  # noqa: S608  names of our own schema
        [key],
        {column: _kind(c) for column, c in held.items()}
        | {"known_on": pl.Date(), "row": pl.Int64(), "version": pl.Int64(), "import_no": pl.Int64()},
    )
    return _as_in_a_bundle(table, found).with_columns(found["version"], found["import_no"])


def versions(table: str, keys: pl.Series) -> pl.DataFrame:
    """How many versions the store has of the rows with these keys: key, version."""
    query = f"SELECT key, max(version) FROM {facts.PREFIX}{table} GROUP BY key"  # noqa: S608  a table of our own
    found = rows.select(query, [], {"key": pl.String(), "version": pl.Int64()})
    return found.filter(pl.col("key").is_in(keys.implode()))


def standing(known_on: date | None = None) -> pl.DataFrame:
    """Findings that still count: no later import brought the row that they name, or showed them to be over.

    Args:
        known_on: only imports by the end of that day count, and opening ones, whose history was known before.

    Returns:
        one row per finding, in the order of the store: core.findings.SCHEMA, left_out, import_no, no.
    """
    by_then, given = _by_then("i.known_on", known_on, "i.kind = 'opening' OR ")
    ended, given_too = _by_then("j.known_on", known_on)
    told = rows.select(
        f"""SELECT f.code, f.severity, f."table", f.row_id, f."column", f.value, f.message, f."row", f.left_out,
        f.import_no, f.no FROM findings f JOIN imports i ON i.no = f.import_no WHERE NOT EXISTS (
        SELECT 1 FROM dispositions d JOIN imports j ON j.event_no = d.event_no WHERE d.finding_no = f.no{ended}
        ){by_then} ORDER BY f.no""",  # noqa: S608  names of our own schema
        given_too + given,
        _KEPT_FINDINGS,
    )
    later = [_brought(table, told["import_no"].min(), known_on) for table in told["table"].unique().drop_nulls()]
    if not later:
        return told
    named = told.join(pl.concat(later), on=["table", "id"], how="left", maintain_order="left")
    return named.filter((pl.col("brought") > pl.col("import_no")).fill_null(value=False).not_()).drop("brought")


def _brought(table: str, after: Any, known_on: date | None) -> pl.DataFrame:
    """The last import of each row of a table that came later than a given one: table, id, brought."""
    nothing = {"table": pl.String(), "id": pl.String(), "brought": pl.Int64()}
    if table not in tables.TABLES:
        return pl.DataFrame(schema=nothing)
    by_then, given = _by_then("known_on", known_on)
    key = tables.TABLES[table].key or ("role", "account")
    columns = {facts.column(name): c for name in key if (c := tables.TABLES[table].column(name))}
    asked = ", ".join(f'"{column}"' for column in columns)
    found = rows.select(
        f"SELECT {asked}, import_no FROM {facts.PREFIX}{table} WHERE import_no > %s{by_then}",  # noqa: S608  names of our own schema
        [after, *given],
        {column: _kind(c) for column, c in columns.items()} | {"brought": pl.Int64()},
    )
    label = pl.concat_str([_written(column, c) for column, c in columns.items()], separator="/", ignore_nulls=True)
    named = found.select(pl.lit(table).alias("table"), "brought", id=label)
    return named.group_by("table", "id").agg(pl.col("brought").max()).select(*nothing)


def _written(column: str, said: tables.Column) -> pl.Expr:
    """A cell of a key as files write it."""
    if said.kind == "quantity":
        exact = decimals.texts(pl.col(column), tables.QUANTITY_DECIMALS)
        return exact.str.strip_chars_end("0").str.strip_suffix(".")
    return pl.col(column).cast(pl.String)


def _in_force(opening: pl.DataFrame, known_on: date | None, book: str) -> pl.DataFrame:
    """The locks that hold: those of the opening import until they are made the store's own, and what it locked since.

    A month that was reopened is open: the locks that closed it count no more.
    """
    held = closed.in_force(book=book, known_on=known_on)
    own = held.select("through", "locked_on", entity=pl.col("entity").replace("", None), row=pl.lit(None, pl.Int64))
    before = opening.clear() if held["opening"].any() else opening
    return pl.concat([before, own])


def _by_then(column: str, known_on: date | None, unless: str = "") -> tuple[str, list[Any]]:
    """The end of a WHERE clause that leaves out what was learned later, and its values."""
    return ("", []) if known_on is None else (f" AND ({unless}{column} <= %s)", [known_on])


def _kind(said: tables.Column) -> pl.DataType:
    """How the store holds a column: lists as text."""
    return pl.String() if isinstance(said.dtype, pl.List) else said.dtype


def _as_in_a_bundle(table: str, held: pl.DataFrame) -> pl.DataFrame:
    """The columns of a bundle out of those of the store."""
    known = pl.col("known_on")
    cells = [_cell(facts.column(c.name), c) for c in tables.TABLES[table].columns if c.name != "known_on"]
    day = pl.when(known != ALWAYS).then(known).alias("known_on")
    return held.select(*cells, day, "row").select(*tables.TABLES[table].schema)


def _cell(column: str, said: tables.Column) -> pl.Expr:
    cell = pl.col(column)
    if said.kind in ("texts", "days"):
        items = cell.str.split(";")
        cell = items.list.eval(pl.element().str.to_date("%Y-%m-%d")) if said.kind == "days" else items
    return cell.alias(said.name)

"""Control totals of an import: rows and sums of amounts by table and currency, to be laid beside the source system's.

Worked example: two invoice lines of 31.00 and 35.00 USD with tax of 6.20 give `invoice_lines, USD, 2 rows, amount 6600`
and `invoice_lines, USD, 2 rows, tax 620`; customers, which have no amounts, give `customers, 1 row`.
"""

import polars as pl

from ratable.bundle import exponents
from ratable.core import tables
from ratable.ledger import canonical

Tables = dict[str, pl.DataFrame]

SCHEMA: dict[str, pl.DataType] = {
    "table": pl.String(),
    "currency": pl.String(),
    "rows": pl.Int64(),
    "column": pl.String(),
    "amount": pl.Int128(),
}


def of_rows(typed: Tables, kept: Tables, rows: pl.DataFrame) -> pl.DataFrame:
    """Totals of some rows.

    Args:
        typed: every declared table.
        kept: every declared table of the store; what the rows hang on may be there.
        rows: which of `typed` count: table, row.

    Returns:
        one row per table, currency and amount column that has values, of SCHEMA; a currency and a column are null where
        a table has none. `amount` is in minor units, and wide enough for any sum.
    """
    both = {name: pl.concat([typed[name], kept[name]]) for name in tables.TABLES}
    parts = [pl.DataFrame(schema=SCHEMA)]
    for (table,), some in rows.group_by("table", maintain_order=True):
        name = str(table)
        currency = exponents.currency_of_rows(both, name).head(typed[name].height)
        parts += _of_table(name, typed[name].with_columns(_currency=currency).join(some, on="row", how="semi"))
    return pl.concat(parts)


def _of_table(name: str, rows: pl.DataFrame) -> list[pl.DataFrame]:
    amounts = [
        c.name for c in tables.TABLES[name].columns if c.kind == "amount" and rows[c.name].null_count() < len(rows)
    ]
    counted: list[tuple[str | None, pl.Expr]] = [(c, pl.col(c).cast(pl.Int128).sum()) for c in amounts]
    return [
        rows.group_by(currency="_currency")
        .agg(rows=pl.len().cast(pl.Int64), amount=total)
        .select(pl.lit(name).alias("table"), "currency", "rows", pl.lit(column, pl.String).alias("column"), "amount")
        .sort("currency", nulls_last=True)
        for column, total in counted or [(None, pl.lit(None, pl.Int128))]
    ]


def as_json(totals: pl.DataFrame) -> str:
    """Totals as canonical JSON: {"invoice_lines":{"USD":{"amount":"6600","rows":"2"}}}."""
    said: dict[str, dict[str, dict[str, str]]] = {}
    for table, currency, rows, column, amount in totals.rows():
        of_currency = said.setdefault(table, {}).setdefault(currency or "", {"rows": str(rows)})
        if column:
            of_currency[column] = str(amount)
    return canonical.text(said)

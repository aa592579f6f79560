"""What the clauses of lines say, beside what the rows say: days, amounts and words to hold against each other.

Worked example: the row of C-12-1 begins on 2026-01-01, its clause names 15 January 2026 as the day of go-live: one row
with start 2026-01-01 and starts [2026-01-15]. A line that an amendment adds stands here too, under its amendment.

A clause is read row by row, because words are no columns; each different clause is read once.
"""

from datetime import date
from typing import Any

import polars as pl

from ratable.core import bundles
from ratable.review import clauses

_DAYS, _NUMBERS = pl.List(pl.Date()), pl.List(pl.Int64())
LINES: dict[str, pl.DataType] = {
    **dict.fromkeys(
        ("line", "contract", "table", "id", "product", "currency", "method", "clause", "customer", "entity"),
        pl.String(),
    ),
    **dict.fromkeys(("start", "end", "delivered_on", "contract_end"), pl.Date()),
    "price": pl.Int64(),
    **dict.fromkeys(("starts", "ends", "terminated", "delivered", "free_to"), _DAYS),
    "terms": _NUMBERS,
    "amounts": _NUMBERS,
    "currencies": pl.List(pl.String()),
    "words": pl.List(pl.String()),
}
"""Grain: a contract line, or one that an amendment adds, with its terms as signed; `table` and `id` name its row, the
lists are what its clause says (empty: nothing)."""


def lines(bundle: bundles.Bundle) -> pl.DataFrame:
    """Every line with a contract (LINES), as signed.

    Args:
        bundle: the facts.
    """
    heads = bundle["contracts"].select("currency", "customer", "entity", contract="id", contract_end="end")
    products = bundle["products"].select(product="id", product_method="method")
    owners = bundle["amendments"].select("contract", amendment="id")
    added = bundle["amendment_changes"].filter(pl.col("op") == "add").join(owners, on="amendment", how="left")
    own = ("product", "method", "clause", "start", "end", "delivered_on", "price")
    rows = pl.concat(
        [
            bundle["contract_lines"].select("contract", *own, line="id", id="id", table=pl.lit("contract_lines")),
            added.select(
                "contract", *own, "line", id=pl.format("{}/{}", "amendment", "line"), table=pl.lit("amendment_changes")
            ),
        ]
    )
    rows = rows.join(heads, on="contract", how="left").join(products, on="product", how="left")
    rows = rows.with_columns(method=pl.coalesce("method", "product_method"))
    texts = rows.select("clause", "currency").unique().drop_nulls()
    read = [_read(clause, currency) for clause, currency in texts.iter_rows()]
    schema = {name: kind for name, kind in LINES.items() if isinstance(kind, pl.List)}
    told = pl.concat([texts, pl.DataFrame(read, schema=schema)], how="horizontal")
    joined = rows.join(told, on=["clause", "currency"], how="left")
    nothing = [pl.col(name).fill_null(pl.lit([], dtype=kind)) for name, kind in schema.items()]
    return joined.with_columns(nothing).select(*LINES).sort("contract", "line", "id")


def _read(clause: str, currency: str) -> dict[str, Any]:
    reading = clauses.read(clause, currency)
    amounts = reading.of("amount")
    return {
        "starts": _sorted(reading, "begins"),
        "ends": _sorted(reading, "ends"),
        "terminated": _sorted(reading, "terminated"),
        "delivered": _sorted(reading, "delivered"),
        "free_to": _sorted(reading, "free_to"),
        "terms": sorted(reading.months()),
        "amounts": sorted({thing.amount for thing in amounts if thing.currency == currency}),
        "currencies": sorted({thing.currency for thing in amounts}),
        "words": sorted({thing.what for thing in reading.things}),
    }


def _sorted(reading: clauses.Reading, what: str) -> list[date]:
    return sorted(reading.days(what))


def quoted(clause: str, currency: str, day: date) -> str:
    """Where a clause says a day: its words and range of characters, as a citation."""
    found = [thing for thing in clauses.read(clause, currency).things if day in (thing.day, thing.other)]
    if not found:
        return "clause"
    return f'"{found[0].words}", characters {found[0].start} to {found[0].stop}'

"""Products and SSPs: how each product is recognized, what it sells for by itself, and what it was sold at in fact.

Worked example: plan has an SSP of 1,200.00 USD a year with a range from 1,000.00 to 1,300.00, observed. Of its 40 lines
in USD 34 were sold within that range, the lowest at 71% of its SSP: 85% inside.

What changes here is written by one person and counts once another one approves it (revisions).
"""

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.access import requests
from ratable.engine import standalone_prices
from ratable.ledger import books
from ratable.operations import people
from ratable.reports import rendering
from ratable.web import downloads, frame, own, state, tables

_PRODUCTS = own.columns("products", "id", "name", "method", "stream", "proration", "list_price")
_SSPS = own.columns("ssps", "product", "currency", "amount", "per", "from", "low", "high", "basis")
_OBSERVED: dict[str, pl.DataType] = {
    "product": pl.String(), "currency": pl.String(), "lines": pl.UInt32(), "lowest": pl.String(),
    "median": pl.String(), "highest": pl.String(), "ranged": pl.UInt32(), "inside": pl.String(),
}  # fmt: skip


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """Products, SSPs and observed prices, or one of the three as a file."""
    known = own.known()
    products, ssps = own.texts("products", known), own.texts("ssps", known)
    sold = books.books(asked.through, known_on=asked.known_on, entity=asked.entity).outcome.lines
    seen = observed(sold, known["ssps"])
    if format_ := downloads.wanted(request):
        name = asked.get("table", "products")
        files = {"products": products.drop("key", "versions"), "ssps": ssps.drop("key", "versions"), "observed": seen}
        if name not in files:
            raise state.Unclear(f"table: saw {name!r}; expected {', '.join(files)}.")
        heading = rendering.Heading(name, {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [files[name]], heading)
    return frame.page(request, "web/products.html", {
        "products": tables.Table("products", "Products", _PRODUCTS, products, short=True),
        "ssps": tables.Table("ssps", "Standalone selling prices", _SSPS, ssps, short=True),
        "observed": tables.Table("observed", "Observed prices", _columns(asked), seen, short=True),
        "revising": own.waiting(), "denied": people.denial(requests.person(request), "propose a revision"),
    })  # fmt: skip


def observed(sold: pl.DataFrame, ssps: pl.DataFrame) -> pl.DataFrame:
    """What lines were sold at, as shares of their SSP, by product and currency.

    Args:
        sold: obligations (engine.outcome.LINES).
        ssps: the SSP book, typed.

    Returns:
        product, currency, lines (with a price and an SSP), lowest, median, highest (price as a percent of the SSP),
        ranged (lines whose SSP has a range), inside (how many percent of those were sold within it).
    """
    price, ssp = (pl.col(name).cast(pl.Int128) for name in ("price", "ssp"))
    share = ((price * 1000 + ssp // 2) // ssp).cast(pl.Int64)
    each = standalone_prices.ranged(sold, ssps).with_columns(share=share)
    sums = each.group_by("product", "currency").agg(
        lines=pl.len(), lowest=pl.col("share").min(), highest=pl.col("share").max(),
        median=pl.col("share").sort().get(pl.len() // 2), ranged=pl.col("inside").count(),
        within=pl.col("inside").sum(),
    )  # fmt: skip
    percent = [_percent(pl.col(name)).alias(name) for name in ("lowest", "median", "highest")]
    part = pl.when(pl.col("ranged") > 0).then(pl.col("within").cast(pl.Int64) * 1000 // pl.col("ranged").cast(pl.Int64))
    told = sums.sort("product", "currency").with_columns(*percent, inside=_percent(part))
    return told.select(*(pl.col(name).cast(kind) for name, kind in _OBSERVED.items()))


def _percent(thousandths: pl.Expr) -> pl.Expr:
    return pl.format("{}.{}%", thousandths // 10, thousandths % 10)


def _columns(asked: state.State) -> tuple[tables.Column, ...]:
    def contracts(row: tables.Row) -> str:
        return asked.link("/contracts", product=row["product"], currency=row["currency"])

    return (
        tables.Column("product", "Product", "id"),
        tables.Column("currency", "Currency"),
        tables.Column("lines", "Lines sold", "count", contracts),
        tables.Column("lowest", "Lowest", "text", tone="num"),
        tables.Column("median", "Median", "text", tone="num"),
        tables.Column("highest", "Highest", "text", tone="num"),
        tables.Column("ranged", "With a range", "count"),
        tables.Column("inside", "Inside it", "text", tone="num"),
    )

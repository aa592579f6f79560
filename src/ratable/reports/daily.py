"""Daily journal in narrow columns: what is said once per span is written once per span.

Worked example: 366.00 over 2028 makes one row of `spans` (span 0, line I-1-1, 366.00 from 2028-01-01 to 2028-12-31, and
a sentence) and 366 rows of `days` (span 0, a date, 1.00, Dr deferred_revenue, Cr revenue). Everything else, from bills
to deliveries, is in `entries`, which are rows of the journal.
"""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from ratable.core import amounts
from ratable.engine import days
from ratable.reports.books import Books

CONVENTIONS = {
    "daily": "by the day",
    "monthly_prorated": "by the month, stub months by their days",
    "monthly_full_first": "by the month, the first one whole",
    "mid_month": "by the month, half a month at both ends",
}


def spans(books: Books) -> pl.DataFrame:
    """The spans that revenue over time is recognized by.

    Returns:
        span, entity, currency, contract, line, customer, product, first, last, start, end, amount (minor units of the
        whole span), narrative; one row per span.
    """
    names = ["line_no", "entity", "currency", "contract", "line", "customer", "product"]
    rows = books.outcome.spans.join(books.outcome.lines.select(names), on="line_no", how="left", maintain_order="left")
    last = pl.min_horizontal("last", "end", pl.lit(books.outcome.through))
    rows = rows.with_columns(last=last)
    money = amounts.text(pl.col("amount"), amounts.decimals_present(rows), separator=",")
    how = pl.col("proration").replace_strict(CONVENTIONS, return_dtype=pl.String)
    story = pl.format(
        "{} {} of {} recognized {} from {} to {} (line {}).",
        money, "currency", pl.coalesce("product", pl.lit("service")), how, "first", "end", "line",
    )  # fmt: skip
    return rows.select("span", *names[1:], "first", "last", "start", "end", "amount", narrative=story)


def parts(books: Books) -> Iterator[days.Part]:
    """Recognition by day of those spans, in parts that compute their rows (engine.days.DAYS) when asked."""
    return days.parts(books.outcome.spans, books.outcome.through)


def entries(books: Books) -> Iterator[pl.DataFrame]:
    """Journal rows by day of everything that no span carries."""
    rest = replace(books.outcome, revenue=books.outcome.unspanned)
    return replace(books, outcome=rest).journal_slices("day")

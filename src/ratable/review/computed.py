"""A snapshot of a bundle of which nothing is stored: its journal is what the engine makes, as if it were posted.

Worked example: examples/company through 2026-03-31 has 749 entries, all posted; its last lock, of February on 4 March,
is the last close, with the facts that were known on that day. Nobody prepared or approved anything: RUNS is empty.

Refuses nothing; what the bundle left out is in its findings.
"""

from dataclasses import replace
from datetime import date

import polars as pl

import ratable
from ratable.core import bundles
from ratable.engine import contracts
from ratable.review import snapshot


def of_bundle(bundle: bundles.Bundle, through: date, *, name: str, today: date | None = None) -> snapshot.Snapshot:
    """The snapshot of a bundle through a day.

    Args:
        bundle: the facts.
        through: the last day of the books; its month is the month under review.
        name: what the state is called.
        today: the day of the person who asks; default: `through`.
    """
    books = ratable.recognize(bundle, through)
    locks = bundle["locks"].filter(pl.col("locked_on") <= (today or through)).sort("through", "locked_on")
    moment = pl.col("locked_on").cast(pl.Datetime("us"))
    closed = locks.select(pl.col("entity").fill_null(""), "through", locked_at=moment).match_to_schema(snapshot.PERIODS)
    return snapshot.Snapshot(
        name=name,
        period=through.isoformat()[:7],
        through=through,
        today=today or through,
        bundle=bundle,
        books=books,
        entries=_entries(books.journal, books.outcome.lines, bundle["entities"]),
        runs=pl.DataFrame(schema=snapshot.RUNS),
        periods=closed,
        close=_close(bundle, locks),
    )


def _entries(journal: pl.DataFrame, lines: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """The rows of a journal as posted entries (ENTRIES); amounts in the functional currency are not known."""
    functional = dict(entities.select("id", "currency").rows())
    accounts = lines.select("line", "account").unique("line")
    rows = journal.with_row_index("no", 1).join(accounts, on="line", how="left", maintain_order="left")
    own = pl.col("entity").replace_strict(functional, default=None, return_dtype=pl.String)
    same = pl.col("currency") == own.fill_null(pl.col("currency"))
    known = rows.with_columns(
        pl.col("entity").fill_null(""),
        state=pl.lit("posted"), reviewed=pl.col("period") == pl.col("period").max(), run=pl.lit(None, pl.Int64),
        book=pl.lit("main"), functional_currency=own.fill_null(pl.col("currency")),
        functional_amount=pl.when(same).then("amount"), rate=pl.when(same).then(pl.lit("1")),
    )  # fmt: skip
    return known.select(pl.col(column).cast(kind) for column, kind in snapshot.ENTRIES.items())


def _close(bundle: bundles.Bundle, locks: pl.DataFrame) -> snapshot.Close | None:
    """What was known on the day of the last lock."""
    if locks.is_empty():
        return None
    last = locks.row(-1, named=True)
    facts = contracts.known(bundle.tables, last["locked_on"])
    return snapshot.Close(replace(bundle, tables=facts), last["locked_on"], last["through"])

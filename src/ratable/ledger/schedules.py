"""The months of one contract: what is billed and recognized as posted, and what is to come.

Worked example: contract C-1 of 12,000.00 for 2026, billed by the quarter in advance, through 31 March: January has
billed 3,000.00 and recognized 1,000.00; April has 3,000.00 to bill and 1,000.00 to come; the year has 12,000.00 each.

What is due in the past and not posted is to come in the last month of the books.
"""

from datetime import date
from functools import lru_cache

import polars as pl

from ratable.core import periods
from ratable.ledger import books, entries, knowledge, scope, whatif
from ratable.reports import postings

FIGURES = ("billed", "recognized", "to_bill", "to_come")
_KEY = ("contract", "line", "currency", "period")


def of_contract(contract: str, through: date, *, known_on: date | None = None) -> pl.DataFrame:
    """Billing and recognition of a contract by line and month.

    Args:
        contract: its id.
        through: the last day of the books.
        known_on: what was learned or posted later does not count; None: all of it.

    Returns:
        contract, line, currency, period (YYYY-MM of posting) and FIGURES (minor units); billed is net of credits and
        without tax. Over all rows of a line with a fixed price recognized + to_come is what it was contracted for.
    """
    return _kept(entries.stand(), contract, through, known_on)


@lru_cache(maxsize=512)
def _kept(_: str, contract: str, through: date, known_on: date | None) -> pl.DataFrame:
    ledger = books.books(through, known_on=known_on).of(contract=contract)
    lines = ledger.outcome.lines
    moved = ledger.outcome.movements("month")
    last = lines["end"].max()
    horizon = max(last if isinstance(last, date) else through, through)
    stated = knowledge.stated(known_on, scope.of_account(f"contract {contract}"))
    due = whatif.bills(stated, periods.last_day(f"{horizon:%Y-%m}"))
    billed = _by_month(postings.to(whatif.untaxed(moved), "receivable").collect(), "date", "change", "billed")
    recognized = _by_month(postings.to(moved, "revenue").collect(), "date", "change", "recognized")
    ahead = _by_month(ledger.outcome.remaining(), "month", "amount", "to_come")
    posted = pl.concat([billed, recognized, ahead], how="diagonal")
    named = posted.join(lines.select("line_no", "contract", "line", "currency"), on="line_no").drop("line_no")
    parts = [named, _to_bill(due, moved.join(lines, on="line_no"), through)]
    sums = pl.concat(parts, how="diagonal").group_by(_KEY).agg(pl.col(FIGURES).sum())
    return sums.filter(pl.any_horizontal(pl.col(FIGURES) != 0)).sort("period", "line").select(*_KEY, *FIGURES)


def _by_month(rows: pl.DataFrame, day: str, amount: str, called: str) -> pl.DataFrame:
    return rows.select("line_no", pl.col(amount).alias(called), period=pl.col(day).dt.to_string("%Y-%m"))


def _to_bill(due: pl.DataFrame, moved: pl.DataFrame, through: date) -> pl.DataFrame:
    """Bills that the terms lead to, less those that are posted; what is behind counts in the last month."""
    now = f"{through:%Y-%m}"
    fixed = moved.filter(pl.col("fixed") & (pl.col("kind").cast(pl.String) == "billing"))
    made = postings.to(whatif.untaxed(fixed), "receivable").collect()
    rows = pl.concat([
        due.select(*_KEY, to_bill="amount"),
        made.select("contract", "line", "currency", period=pl.lit(now), to_bill=-pl.col("change")),
    ])  # fmt: skip
    return rows.with_columns(period=pl.max_horizontal("period", pl.lit(now)))

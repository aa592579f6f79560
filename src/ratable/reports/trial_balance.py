"""Trial balance: every account with its opening balance, debits, credits and closing balance, period by period.

Worked example: 1,200.00 billed in January, 100.00 recognized: receivable 1100 closes at 1,200.00, deferred revenue 2400
at -1,100.00 and revenue 4000 at -100.00 (debits are positive), which together is zero.
"""

from datetime import date

import polars as pl

from ratable.core import accounts
from ratable.engine.outcome import Outcome
from ratable.reports import grouping, identities

_BOOK = ["entity", "currency"]


def table(outcome: Outcome, chart: accounts.Chart) -> pl.DataFrame:
    """Debits and credits of every account and month, from the account's first movement to `through`.

    Args:
        outcome: the books of one bundle.
        chart: its chart of accounts.

    Returns:
        period, entity, account, name, currency, opening, debit, credit, closing (minor units; opening and closing are
        debit-positive), sorted by entity, currency, account and period. In each period, entity and currency debits =
        credits, and closing balances sum to zero.

    Raises:
        identities.DoesNotFoot: they do not.
    """
    assigned = accounts.assign(chart, outcome.lines)
    posted = pl.concat([_posted(outcome, assigned, "debit"), _posted(outcome, assigned, "credit")], how="diagonal")
    return of(posted, chart, outcome.through)


def of(posted: pl.DataFrame, chart: accounts.Chart, through: date) -> pl.DataFrame:
    """The same of what was posted to accounts already.

    Args:
        posted: entity, currency, account, period (month number), debit, credit (minor units; either may be null).
        chart: names the accounts.
        through: the last day.
    """
    key = [*_BOOK, "account"]
    moved = posted.group_by(*key, "period").agg(pl.col("debit").sum(), pl.col("credit").sum())
    spans = moved.group_by(key).agg(first=pl.col("period").min())
    rows = grouping.dense(spans, grouping.period_of(through, "month"))
    rows = rows.join(moved, on=[*key, "period"], how="left", nulls_equal=True)
    rows = rows.sort(*key, "period").with_columns(pl.col("debit", "credit").fill_null(0))
    change = pl.col("debit") - pl.col("credit")
    rows = rows.with_columns(closing=change.cum_sum().over(key)).with_columns(opening=pl.col("closing") - change)
    named = accounts.named(accounts.in_force(chart), grouping.labelled(rows, "period", "month"))
    named = named.with_columns(name=pl.coalesce("account_name", "account"))
    shown = ("period", "entity", "account", "name", "currency", "opening", "debit", "credit", "closing")
    report = named.sort(*key, "period").select(shown)
    _check(report)
    return report


def _posted(outcome: Outcome, assigned: accounts.Assignment, side: str) -> pl.DataFrame:
    """What one side of the movements comes to: entity, currency, account, period and debit or credit."""
    books = outcome.lines.select("line_no", *_BOOK).join(assigned.of_line, on="line_no")
    kinds = books.select(*_BOOK, "profile").unique().with_row_index("book")
    of_line = books.join(kinds, on=[*_BOOK, "profile"], nulls_equal=True).select("line_no", "book")
    numbered = (
        outcome.movements("month")
        .lazy()
        .select("line_no", "amount", role=pl.col(f"{side}_role"), period=grouping.period(pl.col("date"), "month"))
    )
    sums = numbered.join(of_line.lazy(), on="line_no", how="left").group_by("book", "role", "period")
    totals = sums.agg(pl.col("amount").sum().alias(side)).collect().with_columns(pl.col("role").cast(pl.String))
    placed = totals.join(kinds, on="book", how="left")
    identities.known_lines("trial-balance", placed)
    return placed.join(assigned.accounts, on=["profile", "role"]).select(*_BOOK, "account", "period", side)


def _check(report: pl.DataFrame) -> None:
    sums = report.group_by("period", *_BOOK).agg(pl.col("opening", "debit", "credit", "closing").sum()).sort("period")
    identities.same("trial-balance", sums, ("debit", pl.col("debit")), ("credit", pl.col("credit")))
    none = pl.lit(0, dtype=pl.Int64)
    identities.same("trial-balance", sums, ("closing of all accounts", pl.col("closing")), ("no balance", none))

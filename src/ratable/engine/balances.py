"""Billed against recognized: which side of the balance sheet a line stands on, and the month-end reclassifications.

Worked example: item A (400.00) is delivered in February, item B (600.00) in March, both are invoiced in March. At the
end of February the contract has recognized 400.00 more than it billed: a contract asset of 400.00, reclassified from
deferred revenue; at the end of March the asset is moved back.

What is earned and awaits only time before it is billed is an unbilled receivable, line by line, never netted
(606-10-45-4). The rest of a contract is netted: deferred revenue above zero, a contract asset below (606-10-45-1).
"""

from datetime import date

import polars as pl

from ratable.core import periods
from ratable.engine import journal
from ratable.engine.position import Position


def sides(rows: pl.DataFrame, *, at: list[str]) -> pl.DataFrame:
    """Deferred revenue, unbilled receivable and contract asset of each line.

    Source: 606-10-45-1 to 45-4.

    Args:
        rows: one row per line and moment: account, awaits_time, billed, recognized (minor units, to date).
        at: columns that, with the account, make up the moment at which a contract is netted.

    Returns:
        the rows with deferred_revenue, unbilled_receivable and contract_asset; on each row
        billed - recognized = deferred_revenue - unbilled_receivable - contract_asset.
    """
    ahead = pl.col("billed") - pl.col("recognized")
    unbilled = pl.when(pl.col("awaits_time") & (ahead < 0)).then(-ahead).otherwise(0)
    rows = rows.with_columns(unbilled_receivable=unbilled, netted=ahead + unbilled)
    behind = pl.col("netted").sum().over("account", *at) < 0
    return rows.with_columns(
        deferred_revenue=pl.when(behind).then(0).otherwise("netted"),
        contract_asset=pl.when(behind).then(-pl.col("netted")).otherwise(0),
    ).drop("netted")


def totals(moved: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Billed (net of credits, without tax) and recognized of movements, summed by some columns.

    Args:
        moved: outcome.MOVEMENTS and the columns to sum by.
        by: the columns.

    Returns:
        one row per combination: those columns, billed, recognized (minor units).
    """
    debit, credit, amount = pl.col("debit_role"), pl.col("credit_role"), pl.col("amount")
    untaxed = (debit != "tax_payable") & (credit != "tax_payable")
    sign = (debit == "receivable").cast(pl.Int64) - (credit == "receivable").cast(pl.Int64)
    billed = sign * untaxed.cast(pl.Int64) * amount
    recognized = ((credit == "revenue").cast(pl.Int64) - (debit == "revenue").cast(pl.Int64)) * amount
    return moved.group_by(*by).agg(billed=billed.sum(), recognized=recognized.sum())


def reclassifications(moved: pl.DataFrame, lines: pl.DataFrame, through: date) -> pl.DataFrame:
    """Month-end entries that show unbilled receivables and contract assets beside deferred revenue.

    Source: 606-10-45-1 to 45-4.

    Args:
        moved: outcome.MOVEMENTS as posted.
        lines: line_no, account, awaits_time; lines of accounts that can never fall behind their bills may be left out.
        through: the last day; only month ends up to it are reclassified.

    Returns:
        outcome.MOVEMENTS of kind reclassification, each the change since the month end before.
    """
    some = moved.join(lines, on="line_no", how="semi")
    monthly = totals(some.with_columns(month=pl.col("date").dt.month_start()), "line_no", "month")
    monthly = _of_accounts_behind(monthly.join(lines, on="line_no").sort("line_no", "month"))
    grid = _month_ends(monthly, through)
    if grid.is_empty():
        return moved.head(0)
    found = sides(grid, at=["month"])
    rows = [_changes(found, role) for role in ("unbilled_receivable", "contract_asset")]
    return journal.paired(pl.concat(rows))


def _of_accounts_behind(monthly: pl.DataFrame) -> pl.DataFrame:
    """Months of the accounts that were ever behind their bills, net or on a line that is never netted."""
    ahead = monthly.select("account", "line_no", "month", "awaits_time", ahead=pl.col("billed") - pl.col("recognized"))
    # A line that awaits only time stands for itself, the rest of its account is netted.
    alone = pl.when("awaits_time").then("line_no")
    netted = (
        ahead.group_by("account", "month", alone=alone).agg(pl.col("ahead").sum()).sort("account", "alone", "month")
    )
    to_date = netted.select("account", ahead=pl.col("ahead").cum_sum().over("account", "alone"))
    behind = to_date.filter(pl.col("ahead") < 0).select("account").unique()
    return monthly.join(behind, on="account", how="semi")


def may_fall_behind(standing: Position, late: pl.DataFrame) -> pl.DataFrame:
    """Lines of accounts that may at some month end have recognized more than they billed.

    A line that billed all it will ever recognize before its first day of revenue, and had no event since, stays
    ahead; an account of such lines alone needs no month-end entry and, of millions of prepaid invoice lines, none does.

    Args:
        standing: where the lines stand after their last event.
        late: accounts some of whose bills may have been posted later than they are dated.

    Returns:
        line_no, account.
    """
    plain = standing.spans.filter(~pl.col("line_no").is_duplicated())
    if len(standing.moves):
        plain = plain.join(standing.moves, on="line_no", how="anti")
    early = standing.made.join(plain.select("line_no", "first"), on="line_no").filter(pl.col("day") <= pl.col("first"))
    billed = early.group_by("line_no").agg(billed=pl.col("amount").sum())
    ahead = plain.join(billed, on="line_no").filter(
        (pl.col("billed") >= pl.col("amount")) & (pl.col("amount") >= 0) & (pl.col("constant") == 0)
    )
    lines = standing.lines.select("line_no", "account")
    behind = lines.join(ahead, on="line_no", how="anti")
    accounts = pl.concat([behind.select("account"), late.select("account")]).unique()
    return lines.join(accounts, on="account", how="semi")


def _month_ends(monthly: pl.DataFrame, through: date) -> pl.DataFrame:
    """Totals to date of each line at every month end at which something of its account moved, and those between."""
    months = periods.month_number(pl.col("month"))
    bounds = monthly.group_by("account").agg(first=months.min(), last=months.max())
    lines = monthly.select("line_no", "account", "awaits_time").unique()
    count = (pl.col("last") - pl.col("first") + 1).cast(pl.Int64)
    grid = (
        lines.join(bounds, on="account")
        .with_columns(n=pl.int_ranges(0, count, dtype=pl.Int32))
        .explode("n")
        .with_columns(month=periods.first_of_month(pl.col("first") + pl.col("n")))
        .filter(pl.col("month").dt.month_end() <= through)
        .join(monthly.select("line_no", "month", "billed", "recognized"), on=["line_no", "month"], how="left")
        .sort("line_no", "month")
    )
    to_date = (pl.col(c).fill_null(0).cum_sum().over("line_no").alias(c) for c in ("billed", "recognized"))
    return grid.with_columns(*to_date)


def _changes(found: pl.DataFrame, role: str) -> pl.DataFrame:
    """Changes of one side from month end to month end; rows are sorted by line and month."""
    same_line = pl.col("line_no") == pl.col("line_no").shift(1)
    change = pl.col(role) - pl.when(same_line).then(pl.col(role).shift(1)).otherwise(0)
    return found.with_columns(change=change).select(
        "line_no",
        day=pl.col("month").dt.month_end(),
        kind=pl.lit("reclassification"),
        debit_role=pl.lit(role),
        credit_role=pl.lit("deferred_revenue"),
        amount="change",
        source=pl.lit(None, pl.String),
    )

"""Waterfall: what was booked, how much of it is recognized, and the month in which the rest will be.

Worked example: 400.00 a month for 24 months from July 2027, at the end of 2027: booked 9,600.00, recognized 2,400.00,
remaining 7,200.00, then eighteen columns `2028-01` to `2029-06` of 400.00 each.

By `deferred` it is the release of the deferred balance alone: what is billed already, by the month that earns it,
earliest first; `unscheduled` is what no fixed consideration will earn, such as usage paid in advance.
"""

from collections.abc import Sequence

import polars as pl

from ratable.engine.outcome import Outcome
from ratable.reports import balances, grouping, identities, names, postings, remaining

_FIGURES = ("booked", "recognized", "remaining")


def table(
    outcome: Outcome, *, by: str | Sequence[str] = (), basis: str = "contracted", lines: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Booked, recognized and remaining consideration with the months to come, one row for each group.

    Source: 606-10-50-13 to 50-15.

    Args:
        outcome: the books of one bundle.
        by: dimensions; the currency always is one.
        basis: contracted (all that was signed, billed or not) or deferred (the deferred balance).
        lines: the lines that are shown (rows of the outcome's); None: all. What a line releases of its contract's
            deferred balance does not change with what is shown beside it.

    Returns:
        currency, booked, recognized, remaining, one column YYYY-MM for each month from the one after `through` (from
        its own where something remains in it) to the last, all in minor units; one column per dimension; by `deferred`
        also unscheduled. Booked = recognized + remaining, and remaining is the sum of what follows it.

    Raises:
        names.Refused: a dimension or basis that there is not.
        identities.DoesNotFoot: a figure that does not foot.
    """
    groups = grouping.of(outcome.lines if lines is None else lines, by)
    left = to_come(outcome, basis).join(groups.of_line, on="line_no")
    spread = left.group_by("group", "month").agg(pl.col("amount").sum())
    earned = postings.recognized(outcome.movements("month")).join(groups.of_line, on="line_no")
    rows = groups.keys
    for sums in (
        earned.group_by("group").agg(pl.col("recognized").sum()),
        left.group_by("group").agg(remaining=pl.col("amount").sum()),
    ):
        rows = rows.join(sums, on="group", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("recognized", "remaining").fill_null(0))
    rows, months = _with_months(rows, spread, outcome)
    rows = rows.with_columns(booked=pl.col("recognized") + pl.col("remaining"))
    extra = ["unscheduled"] if basis == "deferred" else []
    report = rows.select("currency", *_FIGURES, *months, *groups.dimensions, *extra)
    spread_out = pl.sum_horizontal(*months, *extra) if months or extra else pl.lit(0, dtype=pl.Int64)
    identities.same("waterfall", report, ("remaining", pl.col("remaining")), ("the months together", spread_out))
    return report


def to_come(outcome: Outcome, basis: str) -> pl.DataFrame:
    """What remains of every line by the month that earns it: line_no, amount, month (number; null: no date).

    Raises:
        names.Refused: a basis that there is not.
        identities.DoesNotFoot: recognized + remaining is not what was contracted on a line.
    """
    names.one_of(basis, names.BASES, "basis")
    contracted = remaining.of(outcome, "waterfall")
    return contracted if basis == "contracted" else _released(outcome, contracted)


def _with_months(rows: pl.DataFrame, spread: pl.DataFrame, outcome: Outcome) -> tuple[pl.DataFrame, list[str]]:
    """The rows with a column for each month to come and `unscheduled`, and the names of the months."""
    this_month = grouping.period_of(outcome.through, "month")
    dated = spread.filter(pl.col("month").is_not_null() & (pl.col("amount") != 0))
    begins, ends = dated["month"].min(), dated["month"].max()
    first = begins if isinstance(begins, int) and begins <= this_month else this_month + 1
    last = ends if isinstance(ends, int) else first - 1
    numbers = pl.DataFrame({"month": pl.int_range(first, last + 1, dtype=pl.Int32, eager=True)})
    months = grouping.labelled(numbers, "month", "month")["month"].to_list()
    named = grouping.labelled(dated, "month", "month")
    wide = named.pivot("month", index="group", values="amount", aggregate_function="sum")
    rows = rows.join(wide, on="group", how="left", maintain_order="left")
    undated = spread.filter(pl.col("month").is_null()).select("group", unscheduled="amount")
    rows = rows.join(undated, on="group", how="left", maintain_order="left")
    zero = pl.lit(0, dtype=pl.Int64)
    columns = [pl.col(name).fill_null(0) if name in rows.columns else zero.alias(name) for name in months]
    return rows.with_columns(*columns, pl.col("unscheduled").fill_null(0)), months


def _released(outcome: Outcome, contracted: pl.DataFrame) -> pl.DataFrame:
    """The deferred balance by the month that earns it: line_no, month (null: no date), amount.

    A line releases its own balance by its own months, earliest first. A line that is ahead of its bills lowers what its
    contract has deferred, so the contract's releases stop when its net balance is used up.
    """
    sides = balances.sides(outcome).select("line_no", "account", "deferred_revenue")
    pots = sides.with_columns(pot=pl.col("deferred_revenue").sum().over("account"))
    full = pots.filter((pl.col("deferred_revenue") > 0) & (pl.col("pot") > 0))
    dated = contracted.join(full, on="line_no")
    undated = full.with_columns(amount=pl.col("deferred_revenue"), month=pl.lit(None, dtype=pl.Int32))
    rows = pl.concat([dated, undated.select(dated.columns)])
    rows = _used_up(rows.sort("line_no", "month", nulls_last=True), "deferred_revenue", ["line_no"])
    rows = _used_up(rows.sort("account", "month", "line_no", nulls_last=True), "pot", ["account"])
    return rows.filter(pl.col("amount") != 0).select("line_no", "amount", "month")


def _used_up(rows: pl.DataFrame, pot: str, among: list[str]) -> pl.DataFrame:
    """Amounts cut where their running total within a group has used up its pot."""
    through = pl.min_horizontal(pl.col("amount").cum_sum().over(among), pot)
    rows = rows.with_columns(through=through)
    before = pl.col("through").shift(1, fill_value=0).over(among)
    return rows.with_columns(amount=pl.col("through") - before).drop("through")

"""Obligations as last amended, and what is left to recognize after the day of the books.

Worked example: 9,600.00 over 24 months from July 2027; through 31 December 2027 2,400.00 are recognized and 18 rows of
400.00 remain, January 2028 to June 2029. A milestone not reached yet stays in the month of its line's end.
"""

from datetime import date, timedelta

import polars as pl

from ratable.core import periods
from ratable.engine import outcome, recognition
from ratable.engine.inception import Inception
from ratable.engine.position import Position


def describe(begun: Inception, standing: Position, through: date) -> pl.DataFrame:
    """Every obligation signed by a day, with its terms as signed (outcome.LINES).

    `allocated` and `contracted` are all that the line will ever recognize of its fixed consideration: per contract they
    sum to prices less discounts, reductions by credit notes and what removed lines gave up.
    """
    last = standing.spans.filter(pl.col("last") == periods.OPEN)
    allocated = last.select("line_no", allocated=pl.col("constant") + pl.col("amount"))
    amended = standing.lines.select("line_no", "end", "price", "ssp", "active")
    return (
        begun.lines.drop("end", "price", "ssp")
        .join(amended, on="line_no", maintain_order="left")
        .join(allocated, on="line_no", how="left", maintain_order="left")
        .filter(pl.col("active") & ((pl.col("available_from") <= through) | pl.col("contract").is_not_null()))
        .with_columns(pl.col("allocated").fill_null(0))
        .with_columns(contracted="allocated")
        .select(*outcome.LINES)
    )


def in_force(signed: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Obligations signed, with the terms in force: end, price, ssp and allocated are from `now`.

    Args:
        signed: described with every amendment that is signed.
        now: described without the amendments that have not taken effect yet.
    """
    terms = ["end", "price", "ssp", "allocated"]
    rows = signed.join(now.select("line", *terms), on="line", how="left", maintain_order="left", suffix="_now")
    later = pl.col("allocated_now").is_null()
    kept = {name: pl.when(later).then(name).otherwise(f"{name}_now") for name in ("end", "price", "ssp")}
    return rows.with_columns(**kept, allocated="allocated_now").select(*outcome.LINES)


def remaining(standing: Position, lines: pl.DataFrame, through: date, held_back: pl.DataFrame) -> pl.DataFrame:
    """Fixed consideration still to be recognized, by month (outcome.REMAINING).

    Source: 606-10-50-13 to 50-15.

    Args:
        standing: where the lines stand after their last event.
        lines: outcome.LINES of what is signed.
        through: the last day of the books.
        held_back: late movements that are posted after that day (outcome.MOVEMENTS).

    Returns:
        per line the rows sum to what is contracted less what is posted as recognized; billed or not.
    """
    after = through + timedelta(days=1)
    spans = standing.spans.join(lines, on="line_no", how="semi").filter(pl.col("last") >= after)
    cut = spans.filter(pl.col("first") < after).with_columns(day=pl.lit(through))
    cut = cut.with_columns(opening=recognition.earned(cut, standing.reached), first=pl.lit(after))
    ahead = pl.concat([cut.select(spans.columns), spans.filter(pl.col("first") >= after)])
    planned = recognition.by_month(ahead, standing.reached, periods.OPEN)
    revenue = pl.col("debit_role").is_in(["revenue"]) | pl.col("credit_role").is_in(["revenue"])
    sign = pl.when(pl.col("debit_role") == "revenue").then(-1).otherwise(1)
    moved = standing.moves.filter(revenue & (pl.col("day") > through)).select(
        "line_no", amount=pl.col("amount") * sign, month=pl.col("day").dt.month_start()
    )
    planned = planned.select("line_no", "amount", month="origin")
    rows = pl.concat([planned, moved, _unreached(standing, lines, after), _late_revenue(held_back, lines)])
    return (
        rows.group_by("line_no", "month")
        .agg(pl.col("amount").sum())
        .filter(pl.col("amount") != 0)
        .select(*outcome.REMAINING)
    )


def _late_revenue(held_back: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Revenue of locked months that is posted on a first open day after the day of the books."""
    late = held_back.join(lines.filter("fixed"), on="line_no", how="semi")
    sign = (pl.col("credit_role") == "revenue").cast(pl.Int64) - (pl.col("debit_role") == "revenue").cast(pl.Int64)
    return late.select("line_no", amount=pl.col("amount") * sign, month=pl.col("date").dt.month_start())


def _unreached(standing: Position, lines: pl.DataFrame, after: date) -> pl.DataFrame:
    """What the milestones that nobody reached yet will bring, in the month of the line's end."""
    open_spans = standing.spans.filter((pl.col("last") == periods.OPEN) & pl.col("proration").is_null())
    open_spans = open_spans.join(lines, on="line_no", how="semi").with_columns(day=pl.lit(periods.OPEN))
    reachable = recognition.earned(open_spans, standing.reached)
    rows = open_spans.select("line_no", "constant", "amount").hstack([reachable]).join(
        lines.select("line_no", line_end="end"), on="line_no"
    )  # fmt: skip
    month = pl.max_horizontal("line_end", pl.lit(after)).dt.month_start()
    return rows.select("line_no", amount=pl.col("constant") + pl.col("amount") - pl.col("earned"), month=month).filter(
        pl.col("amount") != 0
    )

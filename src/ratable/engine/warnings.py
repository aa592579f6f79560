"""Warnings: assumptions that the figures rest on, said aloud.

Worked example: a setup fee without a day of delivery is recognized on the line's start, with one finding
`delivery_assumed` that names the line and asks for the day.
"""

from datetime import date, timedelta

import polars as pl

from ratable.core import findings
from ratable.engine import position, recognition
from ratable.engine.contracts import Facts
from ratable.engine.inception import Inception
from ratable.engine.position import Position


def of(facts: Facts, begun: Inception, standing: Position, lines: pl.DataFrame, through: date) -> pl.DataFrame:
    """All warnings of one run.

    Findings: delivery_assumed, service_period_missing, ssp_missing, ended_unlike_billed; all warn.
    """
    return findings.combine(
        [
            _undelivered(facts, lines),
            _undated(facts, lines),
            _without_ssp(begun),
            _unlike(begun, standing, lines, through),
        ]
    )


def _undelivered(facts: Facts, lines: pl.DataFrame) -> pl.DataFrame:
    """Point-in-time lines of contracts that are recognized on their start for want of a day of delivery."""
    stated = [
        facts["contract_lines"].select("row", "delivered_on", line="id"),
        facts["amendment_changes"].filter(pl.col("op") == "add").select("row", "delivered_on", "line"),
    ]
    rows = pl.concat(stated).filter(pl.col("delivered_on").is_null())
    assumed = rows.join(lines.filter(pl.col("method") == "point_in_time"), on="line", how="semi")
    return findings.report(
        "delivery_assumed",
        "contract_lines",
        "delivered_on",
        assumed.select("row", id="line", value=pl.lit(None, pl.String)),
    )


def _undated(facts: Facts, lines: pl.DataFrame) -> pl.DataFrame:
    """Lone invoice lines without a service period, recognized when invoiced."""
    bare = facts["invoice_lines"].filter(
        pl.col("contract_line").is_null() & pl.col("service_start").is_null() & pl.col("service_end").is_null()
    )
    bare = bare.join(lines, left_on="id", right_on="line", how="semi")
    return findings.report(
        "service_period_missing",
        "invoice_lines",
        "service_start",
        bare.select("id", "row", value=pl.lit(None, pl.String)),
    )


def _without_ssp(begun: Inception) -> pl.DataFrame:
    """Fixed lines of contracts with several of them whose own price stands in for a missing SSP."""
    fixed = begun.lines.filter(pl.col("fixed") & pl.col("contract").is_not_null())
    several = fixed.filter((pl.len().over("contract") > 1) & (pl.col("ssp_basis") == "own_price"))
    return findings.report(
        "ssp_missing",
        "contract_lines",
        "ssp",
        several.select(id="line", value=pl.lit(None, pl.String), row=pl.lit(None, pl.Int64)),
    )


def _unlike(begun: Inception, standing: Position, lines: pl.DataFrame, through: date) -> pl.DataFrame:
    """Lines that ended with more or less billed than recognized, where the allocation gives no reason for it."""
    ended = lines.filter((pl.col("end") < through) & pl.col("contract").is_not_null())
    ended = ended.select("line_no", "line", "fixed", "allocated")
    if ended.is_empty():
        return findings.none()
    day = pl.lit(through + timedelta(days=1))
    to_date = recognition.through_day(standing.spans, standing.reached, ended.select("line_no", day=day))
    used = standing.use.filter(pl.col("day") <= through).group_by("line_no").agg(used=pl.col("amount").sum())
    topped = begun.true_ups.filter(pl.col("day") <= through).group_by("line_no").agg(topped=pl.col("amount").sum())
    taken = pl.col("amount").filter(pl.col("debit_role") == "revenue").sum()
    back = standing.moves.filter(pl.col("day") <= through).group_by("line_no").agg(taken=taken)
    billed = position.billed_through(standing, ended.select("line_no", event=pl.lit(through)))
    rows = ended.join(to_date, on="line_no").join(billed, on="line_no")
    for sums in (used, topped, back, standing.lines.select("line_no", "net")):
        rows = rows.join(sums, on="line_no", how="left")
    metered = pl.sum_horizontal("used", "topped") - pl.col("taken").fill_null(0)
    rows = rows.with_columns(recognized=pl.when("fixed").then("recognized").otherwise(metered))
    unlike = rows.filter((pl.col("billed") != pl.col("recognized")) & (pl.col("billed") != 0))
    unlike = unlike.filter(~pl.col("fixed") | (pl.col("net") == pl.col("allocated")))
    value = pl.format("billed {}, recognized {} minor units", "billed", "recognized")
    return findings.report(
        "ended_unlike_billed",
        "contract_lines",
        "end",
        unlike.select(id="line", value=value, row=pl.lit(None, pl.Int64)),
    )

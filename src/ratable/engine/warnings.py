"""Warnings: assumptions that the figures rest on, said aloud.

Worked example: a setup fee without a day of delivery is recognized on the line's start, with one finding
`delivery_assumed` that names the line and asks for the day.
"""

from datetime import date

import polars as pl

from ratable.core import findings
from ratable.engine import balances, journal, outcome
from ratable.engine.contracts import Facts
from ratable.engine.inception import Inception
from ratable.engine.position import Position


def of(facts: Facts, begun: Inception, standing: Position, lines: pl.DataFrame, through: date) -> pl.DataFrame:
    """All warnings of one run.

    Findings: delivery_assumed, service_period_missing, ssp_missing, ended_unlike_billed; all warn.
    """
    return findings.combine(
        [_undelivered(facts, lines), _undated(facts, lines), _without_ssp(begun), _unlike(begun, standing, lines, through)]
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
        "delivery_assumed", "contract_lines", "delivered_on", assumed.select("row", id="line", value=pl.lit(None, pl.String))
    )


def _undated(facts: Facts, lines: pl.DataFrame) -> pl.DataFrame:
    """Lone invoice lines without a service period, recognized when invoiced."""
    bare = facts["invoice_lines"].filter(
        pl.col("contract_line").is_null() & pl.col("service_start").is_null() & pl.col("service_end").is_null()
    )
    bare = bare.join(lines, left_on="id", right_on="line", how="semi")
    return findings.report(
        "service_period_missing", "invoice_lines", "service_start", bare.select("id", "row", value=pl.lit(None, pl.String))
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
    last = lines.filter((pl.col("end") < through) & pl.col("contract").is_not_null()).select("line_no", "line", "account", "fixed", "allocated")
    if last.is_empty():
        return findings.none()
    ended = standing.of(last.select("line_no"))
    true_ups = begun.true_ups.join(last, on="line_no", how="semi")
    revenue = outcome.as_movements(journal.recognition_of(ended, through, grain="month"))
    moved = pl.concat([journal.events(ended, true_ups, through), revenue])
    totals = balances.totals(moved, "line_no").filter((pl.col("billed") != pl.col("recognized")) & (pl.col("billed") != 0))
    due = ended.lines.select("line_no", "net")
    rows = totals.join(last, on="line_no").join(due, on="line_no")
    rows = rows.filter(~pl.col("fixed") | (pl.col("net") == pl.col("allocated")))
    value = pl.format("billed {}, recognized {} minor units", "billed", "recognized")
    return findings.report(
        "ended_unlike_billed", "contract_lines", "end", rows.select(id="line", value=value, row=pl.lit(None, pl.Int64))
    )

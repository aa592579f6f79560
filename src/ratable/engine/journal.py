"""Movements between accounts: every bill, credit, recognition and true-up as one debit, one credit and one amount.

Worked example: an invoice line of 31.00 plus 3.10 tax on 1 January, recognized over January, gives three movements:
receivable / deferred_revenue 31.00 and receivable / tax_payable 3.10 on the 1st, deferred_revenue / revenue 31.00 on the 31st.

A movement has a positive amount, so it balances by construction; what is negative by nature swaps its sides.
"""

from datetime import date

import polars as pl

from ratable.core import periods
from ratable.engine import outcome, position, recognition
from ratable.engine.position import Position

SIGNED: dict[str, pl.DataType] = {
    "line_no": pl.UInt32(),
    "day": pl.Date(),
    "kind": pl.String(),
    "debit_role": pl.String(),
    "credit_role": pl.String(),
    "amount": pl.Int64(),  # any sign
    "source": pl.String(),
}


def movements(standing: Position, true_ups: pl.DataFrame, through: date, *, grain: str) -> pl.DataFrame:
    """Everything that moves through a day, dated on the day it belongs to.

    Args:
        standing: where the lines stand after their last event.
        true_ups: billing.minimums.SCHEMA.
        through: the last day.
        grain: month (one recognition row per line and month, dated on its last day or the run's) or day.

    Returns:
        outcome.MOVEMENTS; `origin` is the month of `date`; no two rows agree in everything but the amount.
    """
    rest = pl.concat([_billing(standing), standing.moves.select(*SIGNED), _true_up_revenue(true_ups)])
    rest = rest.filter(pl.col("day") <= through)
    together = [c for c in SIGNED if c != "amount"]
    rest = rest.group_by(together).agg(pl.col("amount").sum())
    return pl.concat([paired(rest.select(*SIGNED)), paired(_recognition(standing, through, grain))])


def paired(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of SIGNED as movements with positive amounts; zero amounts fall away."""
    back = pl.col("amount") < 0
    rows = rows.filter(pl.col("amount") != 0)
    return rows.select(
        "line_no",
        date="day",
        origin=pl.col("day").dt.month_start(),
        kind=pl.col("kind").cast(outcome.KINDS),
        debit_role=pl.when(back).then("credit_role").otherwise("debit_role").cast(outcome.ROLES),
        credit_role=pl.when(back).then("debit_role").otherwise("credit_role").cast(outcome.ROLES),
        amount=pl.col("amount").abs(),
        source="source",
    )


def _signed(rows: pl.DataFrame, *, kind: str, debit: str, credit: str, source: str | None, amount: str = "amount") -> pl.DataFrame:
    return rows.select(
        "line_no",
        "day",
        kind=pl.lit(kind),
        debit_role=pl.lit(debit),
        credit_role=pl.lit(credit),
        amount=amount,
        source=pl.lit(None, pl.String) if source is None else pl.col(source),
    )


def _billing(standing: Position) -> pl.DataFrame:
    """Bills made, those that are due by their calendar, and tax."""
    due = position.bills(standing.lines, standing.calendar).filter(pl.col("due") < periods.OPEN)
    made = pl.concat([standing.made, due.select(standing.made.columns)])
    taxed = made.filter(pl.col("tax") != 0)
    return pl.concat(
        [
            _signed(made, kind="billing", debit="receivable", credit="deferred_revenue", source="bill"),
            _signed(taxed, kind="billing", debit="receivable", credit="tax_payable", source="bill", amount="tax"),
        ]
    )


def _true_up_revenue(true_ups: pl.DataFrame) -> pl.DataFrame:
    return _signed(true_ups, kind="true_up", debit="deferred_revenue", credit="revenue", source="minimum")


def _recognition(standing: Position, through: date, grain: str) -> pl.DataFrame:
    """Revenue of spans and of use, once per line and month (or day)."""
    cut = recognition.by_month if grain == "month" else recognition.by_day
    over_spans = cut(standing.spans, standing.reached, through)
    by_use = standing.use.filter(pl.col("day") <= through).select("line_no", "day", "amount")
    if grain == "month":
        over_spans = over_spans.with_columns(day=_last_day(through))
        by_use = by_use.with_columns(day=_last_day(through))
    several = pl.concat(
        [
            standing.spans.group_by("line_no").len().filter(pl.col("len") > 1).select("line_no"),
            standing.lines.filter("in_steps").select("line_no"),
        ]
    ).unique()
    folded = pl.concat([over_spans.join(several, on="line_no", how="semi"), by_use])
    folded = folded.group_by("line_no", "day").agg(pl.col("amount").sum()).filter(pl.col("amount") != 0)
    alone = over_spans.join(several, on="line_no", how="anti") if len(several) else over_spans
    rows = pl.concat([alone, folded])
    return _signed(rows, kind="recognition", debit="deferred_revenue", credit="revenue", source=None)


def _last_day(through: date) -> pl.Expr:
    return pl.min_horizontal(pl.col("day").dt.month_end(), pl.lit(through))

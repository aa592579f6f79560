"""Movements between accounts: every bill, credit, recognition and true-up as one debit, one credit and one amount.

Worked example: an invoice line of 31.00 plus 3.10 tax on 1 January, recognized over January, gives three movements:
receivable / deferred_revenue 31.00 and receivable / tax_payable 3.10 on the 1st, deferred_revenue / revenue 31.00 on
the 31st.

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


def events(standing: Position, true_ups: pl.DataFrame, through: date) -> pl.DataFrame:
    """Everything that moves through a day but plain recognition: bills, credits, modifications and true-ups.

    Args:
        standing: where the lines stand after their last event.
        true_ups: billing.minimums.SCHEMA.
        through: the last day.

    Returns:
        outcome.MOVEMENTS on the day they belong to; no two rows agree in everything but the amount.
    """
    rows = pl.concat([_billing(standing), standing.moves.select(*SIGNED), _true_up_revenue(true_ups)])
    together = [c for c in SIGNED if c != "amount"]
    summed = rows.filter(pl.col("day") <= through).group_by(together).agg(pl.col("amount").sum())
    return paired(summed.select(*SIGNED))


def recognition_of(standing: Position, through: date, *, grain: str) -> pl.DataFrame:
    """Plain recognition through a day, of spans and of use.

    Args:
        standing: where the lines stand after their last event.
        through: the last day.
        grain: month or day.

    Returns:
        outcome.REVENUE, one row per line and month (dated on its last day or the run's) or per line and day.
    """
    spans = standing.spans
    several = spans.filter(pl.col("line_no").is_duplicated() | pl.col("proration").is_null()).select("line_no").unique()
    cut = recognition.by_month if grain == "month" else recognition.by_day
    used = standing.use.filter(pl.col("day") <= through).select("line_no", "day", "amount")
    used = recognition.dated(used, through, grain)
    if several.is_empty() and used.is_empty():
        return cut(spans, standing.reached, through)
    alone = cut(spans.join(several, on="line_no", how="anti"), standing.reached, through)
    folded = pl.concat([cut(spans.join(several, on="line_no", how="semi"), standing.reached, through), used])
    folded = folded.group_by("line_no", "date", "origin").agg(pl.col("amount").sum()).filter(pl.col("amount") != 0)
    return pl.concat([alone, folded])


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


def _signed(
    rows: pl.DataFrame, *, kind: str, debit: str, credit: str, source: str | None, amount: str = "amount"
) -> pl.DataFrame:
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

"""What movements post to an account, with the sign of the side it stands on.

Worked example: the movement Dr deferred_revenue / Cr revenue 100.00 is a posting of -10000 to deferred revenue (a
balance on the credit side) and of +10000 to revenue; Dr contract_asset / Cr deferred_revenue 40.00 is +4000 to the
contract asset (a balance on the debit side) and +4000 to deferred revenue.
"""

import polars as pl

from ratable.engine.outcome import KINDS, Outcome

DEBIT_SIDED = ("receivable", "unbilled_receivable", "contract_asset", "cash")


def to(movements: pl.DataFrame, role: str) -> pl.LazyFrame:
    """The movements that touch a role, with `change`: what they add to its balance on its own side."""
    debited = pl.col("debit_role") == role
    up = debited if role in DEBIT_SIDED else ~debited
    touching = movements.lazy().filter(debited | (pl.col("credit_role") == role))
    return touching.with_columns(change=pl.when(up).then("amount").otherwise(-pl.col("amount")))


def changes(outcome: Outcome, role: str, grain: str) -> pl.LazyFrame:
    """What every posting adds to the balance of a role: line_no, date, kind, change.

    Plain recognition is read in its narrow form: with millions of rows, that is most of the time.
    """
    others = to(outcome.others(grain), role).select("line_no", "date", "kind", "change")
    if role not in ("revenue", "deferred_revenue"):
        return others
    sign = 1 if role == "revenue" else -1
    recognized = outcome.revenue(grain).lazy()
    kind = pl.lit("recognition", dtype=KINDS)
    return pl.concat([others, recognized.select("line_no", "date", kind=kind, change=sign * pl.col("amount"))])


def billed(movements: pl.DataFrame) -> pl.DataFrame:
    """Billed to date net of credit notes and without tax: one row per line_no with something billed, `billed`.

    Whatever its kind: a credit note that comes late takes revenue back as a catch-up.
    """
    others = ("tax_payable", "cash")
    own = ~(pl.col("debit_role").is_in(others) | pl.col("credit_role").is_in(others))
    bills = to(movements, "receivable").filter(own)
    return bills.group_by("line_no").agg(billed=pl.col("change").sum()).collect()


def recognized(movements: pl.DataFrame) -> pl.DataFrame:
    """Revenue to date net of what was taken back: one row per line_no with revenue, `recognized`."""
    return to(movements, "revenue").group_by("line_no").agg(recognized=pl.col("change").sum()).collect()

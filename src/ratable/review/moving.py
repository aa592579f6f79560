"""What moved since the last close: the schedule by the facts of then against that by the facts of now, and the cause.

Worked example: February of C-1-1 was 1,000.00 when February was closed and is 1,100.00 now; amendment AM-7 came in
between: one row with 100.00 more, cause "amendment", source "amendments/AM-7". Where no fact is new, the row has no
cause.
"""

from datetime import date

import polars as pl

from ratable.core import bundles
from ratable.engine import run

MOVED: dict[str, pl.DataType] = {
    **dict.fromkeys(("line", "contract", "period", "currency"), pl.String()),
    "before": pl.Int64(),
    "now": pl.Int64(),
    "cause": pl.String(),  # one of CAUSES, or correction; null: none
    "source": pl.String(),  # table/id of the fact; of several, the first
}
"""Grain: a line and month of origin whose revenue is another now than when the last month was closed."""
_CAUSES = (
    ("amendments", "amendment"), ("credit_notes", "credit note"), ("usage", "usage"), ("invoices", "invoice"),
    ("milestones_reached", "milestone"), ("minimums", "minimum"), ("contracts", "contract"),
)  # fmt: skip
_SHARED = (("ssps", "SSP"), ("policies", "policy"), ("products", "product"))


def since(then: bundles.Bundle, bundle: bundles.Bundle, through: date) -> pl.DataFrame:
    """What has moved in the months through a day, and why (MOVED).

    Args:
        then: the facts as they were known at the close.
        bundle: the facts now.
        through: the last day that was closed.
    """
    before, now = (_scheduled(facts, through) for facts in (then, bundle))
    both = before.rename({"amount": "before"}).join(
        now.rename({"amount": "now"}), on=["line", "contract", "period", "currency"], how="full", coalesce=True,
        nulls_equal=True,
    )  # fmt: skip
    moved = both.with_columns(pl.col("before", "now").fill_null(0)).filter(pl.col("before") != pl.col("now"))
    causes = _causes(then, bundle)
    by_contract = causes.filter(pl.col("contract").is_not_null()).unique("contract", keep="first", maintain_order=True)
    shared = causes.filter(pl.col("contract").is_null()).head(1)
    given = moved.join(by_contract, on="contract", how="left")
    if shared.height:
        given = given.with_columns(pl.col("cause", "source").fill_null(pl.lit(shared[name][0])).alias(name)
                                   for name in ("cause", "source"))  # fmt: skip
    return given.select(*MOVED).sort("line", "period")


def _scheduled(bundle: bundles.Bundle, through: date) -> pl.DataFrame:
    """Revenue by line and month of origin."""
    outcome = run.recognize(bundle, through)
    moved = outcome.movements("month")
    sign = (pl.col("credit_role") == "revenue").cast(pl.Int64) - (pl.col("debit_role") == "revenue").cast(pl.Int64)
    named = moved.join(outcome.lines.select("line_no", "line", "contract", "currency"), on="line_no")
    period = pl.col("origin").dt.to_string("%Y-%m")
    sums = named.with_columns(period=period, amount=sign * pl.col("amount"))
    sums = sums.group_by("line", "contract", "period", "currency").agg(pl.col("amount").sum())
    return sums.filter(pl.col("amount") != 0)


def _causes(before: bundles.Bundle, now: bundles.Bundle) -> pl.DataFrame:
    """Facts that are new since, by contract (null: they concern all), then rows that were corrected."""
    lines = now["contract_lines"].select("contract", contract_line="id")
    found = [pl.DataFrame(schema=dict.fromkeys(("contract", "cause", "source"), pl.String()))]
    for table, cause in _CAUSES:
        name = "contract_line" if table == "milestones_reached" else "id"
        new = now[table].join(before[table], on=name, how="anti")
        if table == "contracts":
            owned = new.with_columns(contract="id")
        elif table == "credit_notes":
            owned = new.with_columns(contract=pl.col("invoice").str.replace(r"/\d{4}-\d{2}-\d{2}$", ""))
        elif "contract" in new.columns:
            owned = new
        else:
            owned = new.join(lines, on="contract_line")
        found.append(owned.select("contract", cause=pl.lit(cause), source=pl.format(f"{table}/{{}}", name)))
    for table, cause in _SHARED:
        if not before[table].drop("row").equals(now[table].drop("row")):
            found.append(found[0].clear().vstack(pl.DataFrame(
                {"contract": [None], "cause": [cause], "source": [table]}, schema=found[0].schema)))  # fmt: skip
    for table in ("contract_lines", "contracts"):
        columns = [c for c in now[table].columns if c != "row"]
        new = now[table].select(columns).join(before[table].select("id"), on="id", how="semi")
        changed = new.join(before[table].select(columns), on=columns, how="anti", nulls_equal=True)
        owner = "contract" if table == "contract_lines" else "id"
        found.append(
            changed.select(contract=owner, cause=pl.lit("correction"), source=pl.format(f"{table}/{{}}", "id"))
        )
    return pl.concat(found).filter(pl.col("contract").is_not_null() | pl.col("cause").is_in([c for _, c in _SHARED]))

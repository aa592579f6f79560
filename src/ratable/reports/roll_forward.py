"""Roll-forward of one account: opening, signed movements by cause, closing.

Worked example: 600.00 billed to Bolt on 1 February, 100.00 a month recognized and 100.00 credited on 1 March:

| period | opening | billings | recognized | credit_notes | closing |
|---|---|---|---|---|---|
| 2026-02 | 0.00 | 600.00 | -100.00 | 0.00 | 500.00 |
| 2026-03 | 500.00 | 0.00 | -80.00 | -100.00 | 320.00 |

Every movement carries its sign, so that the columns simply add up. A kind of movement that has no column makes the
row fail its own identity, and nothing is reported.
"""

from collections.abc import Sequence

import polars as pl

from ratable.engine.outcome import Outcome
from ratable.reports import grouping, identities, names, postings

KINDS: dict[str, tuple[str, ...]] = {
    "billings": ("billing",),
    "recognized": ("recognition", "true_up", "breakage", "catch_up"),
    "credit_notes": ("credit_note",),
    "modifications": ("modification", "termination"),
    "reclassified": ("reclassification",),
    "fx": ("fx",),
}


def table(
    outcome: Outcome, *, by: str | Sequence[str] = (), account: str = "deferred_revenue", grain: str = "month"
) -> pl.DataFrame:
    """The roll-forward of an account, for each group and period from the group's first movement to `through`.

    Source: 606-10-50-8 and 50-10 (opening and closing balances, and what moved them).

    Args:
        outcome: the books of one bundle.
        by: dimensions; the currency always is one.
        account: deferred_revenue, unbilled_receivable or contract_asset.
        grain: month, quarter or year.

    Returns:
        period, currency, opening, billings, recognized, credit_notes, modifications, reclassified, fx, closing (minor
        units) and one column per dimension; opening + movements = closing on each row.

    Raises:
        names.Refused: a dimension, account or grain that there is not.
        identities.DoesNotFoot: a figure that does not foot.
    """
    names.one_of(account, names.ROLLED_ACCOUNTS, "account")
    names.one_of(grain, names.PERIOD_GRAINS, "grain")
    groups = grouping.of(outcome.lines, by)
    moved = _moved(outcome, groups, account, grain)
    spans = moved.group_by("group").agg(first=pl.col("period").min())
    rows = grouping.dense(spans, grouping.period_of(outcome.through, grain))
    rows = rows.join(moved, on=["group", "period"], how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("change", *KINDS).fill_null(0))
    rows = rows.with_columns(closing=pl.col("change").cum_sum().over("group"))
    rows = rows.with_columns(opening=pl.col("closing") - pl.col("change"))
    rows = grouping.labelled(rows.join(groups.keys, on="group", how="left", maintain_order="left"), "period", grain)
    report = rows.select("period", "currency", "opening", *KINDS, "closing", *groups.dimensions)
    _check(outcome, report, account)
    return report


def _moved(outcome: Outcome, groups: grouping.Groups, account: str, grain: str) -> pl.DataFrame:
    """What moved in each group and period: group, period, the columns of KINDS, and change, which is all of it."""
    moved = postings.changes(outcome, account, "month").with_columns(group=groups.number(pl.col("line_no")))
    # Days are few: they become periods, and kinds columns, when only the sums are left.
    by_kind = moved.group_by("group", "date", "kind").agg(pl.col("change").sum())
    columns = [
        pl.when(pl.col("kind").is_in(kinds)).then("change").otherwise(0).sum().alias(column)
        for column, kinds in KINDS.items()
    ]
    by_kind = by_kind.with_columns(period=grouping.period(pl.col("date"), grain))
    return by_kind.group_by("group", "period").agg(*columns, pl.col("change").sum()).collect()


def _check(outcome: Outcome, report: pl.DataFrame, account: str) -> None:
    identities.known_lines("roll-forward", report)
    through = pl.col("opening") + pl.sum_horizontal(*KINDS)
    identities.same("roll-forward", report, ("opening + movements", through), ("closing", pl.col("closing")))
    last = pl.col("period") == pl.col("period").max()
    closing = report.filter(last).group_by("currency").agg(closing=pl.col("closing").sum())
    currencies = grouping.of(outcome.lines, ())
    posted = postings.changes(outcome, account, "month").with_columns(group=currencies.number(pl.col("line_no")))
    sums = posted.group_by("group").agg(posted=pl.col("change").sum()).collect()
    books = sums.join(currencies.keys, on="group").select("currency", "posted")
    both = closing.join(books, on="currency", how="full", coalesce=True)
    identities.same("roll-forward", both, ("closing", pl.col("closing")), (f"posted to {account}", pl.col("posted")))

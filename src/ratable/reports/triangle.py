"""Triangle: what was booked in each month, by the month that recognizes it; earned months first, then those to come.

Worked example: C-1 was signed in January for 1,200.00 over the year, and C-2 in February for 600.00 over six months
from March. At the end of March nothing is behind:

| booked_in | 2026-01 | 2026-02 | 2026-03 | due | 2026-04 | ... | booked | recognized | remaining |
|---|---|---|---|---|---|---|---|---|---|
| 2026-01 | 100.00 | 100.00 | 100.00 | 0.00 | 100.00 | ... | 1,200.00 | 300.00 | 900.00 |
| 2026-02 | 0.00 | 0.00 | 100.00 | 0.00 | 100.00 | ... | 600.00 | 100.00 | 500.00 |

A line is booked in the month in which its contract was signed, or its lone invoice issued. What an amendment changes is
booked in the month of the contract that it amends: the books hold each line by the terms in force, so that the rows of
a triangle always add up to what is contracted today. `due` is what the months through the last one have earned and
nobody has posted yet.
"""

import polars as pl

from ratable.engine.outcome import Outcome
from ratable.reports import grouping, identities, postings, remaining

BOOKED_IN = pl.col("signed_on").dt.to_string("%Y-%m").fill_null("")
"""The month in which a line was booked; empty for a line that a correction took back after it was posted."""
DUE = "due"
_KEY = ["booked_in", "currency"]
_ZERO = pl.lit(0, dtype=pl.Int64)


def table(outcome: Outcome) -> pl.DataFrame:
    """Consideration by the month it was booked in and the month that recognizes it, one row for each currency.

    Source: 606-10-50-13 to 50-15.

    Args:
        outcome: the books of one bundle.

    Returns:
        booked_in (YYYY-MM), currency, one column YYYY-MM for each month from the first with revenue to the last of the
        books, due, one column YYYY-MM for each month to come, booked, recognized, remaining, all in minor units.
        Recognized is the sum of the months through the last one, remaining that of due and the months to come, booked
        that of both; each month through the last one sums to the revenue posted in it. Sorted by currency and month.

    Raises:
        identities.DoesNotFoot: a figure that does not foot.
    """
    placed = outcome.lines.select("line_no", "currency", booked_in=BOOKED_IN)
    last = grouping.period_of(outcome.through, "month")
    earned = _spread(placed, _posted(outcome))
    left = _spread(placed, remaining.of(outcome, "triangle"))
    coming = left.filter(pl.col("month") > last)
    months, ahead = _span(earned, until=last), _span(coming, since=last + 1)
    rows = placed.select(_KEY).unique().sort("currency", "booked_in")
    for sums in (
        _wide(earned),
        left.filter(pl.col("month") <= last).group_by(_KEY).agg(pl.col("amount").sum().alias(DUE)),
        _wide(coming),
        earned.group_by(_KEY).agg(recognized=pl.col("amount").sum()),
        left.group_by(_KEY).agg(remaining=pl.col("amount").sum()),
    ):
        rows = rows.join(sums, on=_KEY, how="left", maintain_order="left")
    figures = [*months, DUE, *ahead, "recognized", "remaining"]
    rows = rows.with_columns(
        (pl.col(name).fill_null(0) if name in rows.columns else _ZERO).alias(name) for name in figures
    )
    report = rows.with_columns(booked=pl.col("recognized") + pl.col("remaining")).select(
        *_KEY, *months, DUE, *ahead, "booked", "recognized", "remaining"
    )
    _check(outcome, report, months, ahead)
    return report


def _posted(outcome: Outcome) -> pl.DataFrame:
    """Revenue by line and month of posting: line_no, month (number), amount."""
    changes = postings.changes(outcome, "revenue", "month")
    by_day = changes.group_by("line_no", "date").agg(amount=pl.col("change").sum())
    return by_day.select("line_no", "amount", month=grouping.period(pl.col("date"), "month")).collect()


def _spread(placed: pl.DataFrame, amounts: pl.DataFrame) -> pl.DataFrame:
    """Amounts by month of booking and month of recognition, without zeros."""
    sums = amounts.join(placed, on="line_no").group_by(*_KEY, "month").agg(pl.col("amount").sum())
    return sums.filter(pl.col("amount") != 0)


def _span(amounts: pl.DataFrame, *, since: int | None = None, until: int | None = None) -> list[str]:
    """The labels of all months from the first to the last, or from or until a given one; none where nothing is."""
    first, last = amounts["month"].min(), amounts["month"].max()
    if not (isinstance(first, int) and isinstance(last, int)):
        return []
    numbers = pl.int_range(since or first, (until or last) + 1, dtype=pl.Int32, eager=True).to_frame("month")
    return grouping.labelled(numbers, "month", "month")["month"].to_list()


def _wide(amounts: pl.DataFrame) -> pl.DataFrame:
    named = grouping.labelled(amounts, "month", "month")
    return named.pivot("month", index=_KEY, values="amount", aggregate_function="sum")


def _check(outcome: Outcome, report: pl.DataFrame, months: list[str], ahead: list[str]) -> None:
    """Rows foot across, and columns down to the revenue of each month."""
    across = (
        ("recognized", pl.sum_horizontal(*months) if months else _ZERO),
        ("remaining", pl.sum_horizontal(DUE, *ahead)),
    )
    for name, total in across:
        identities.same("triangle", report, (name, pl.col(name)), ("the months together", total))
    down = report.group_by("currency").agg(pl.col(months).sum()).unpivot(index="currency", variable_name="period")
    currency = grouping.of(outcome.lines, ())
    posted = postings.to(outcome.movements("month"), "revenue").collect().join(currency.of_line, on="line_no")
    revenue = posted.group_by("group", period=grouping.period(pl.col("date"), "month")).agg(pl.col("change").sum())
    labelled = grouping.labelled(revenue.join(currency.keys, on="group"), "period", "month")
    both = down.join(labelled, on=["currency", "period"], how="full", coalesce=True)
    identities.same(
        "triangle", both, ("the months of all bookings", pl.col("value")), ("revenue posted", pl.col("change"))
    )

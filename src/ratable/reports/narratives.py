"""One plain sentence for each journal row: the amount, what for, how it was found, the dates, and the cause.

Worked example: "Recognized 1,000.00 USD of Platform Access for January 2026: straight-line by month over 2026-01-01 to
2026-12-31 of 12,000.00 allocated (contract C-1, line C-1-1)." A row that is posted later than the month it belongs to
says which month that is, and that it was locked.

Sentences are column expressions, one for each kind of row; what is the same on all rows of a line is put together
once for the line.
"""

import polars as pl

from ratable.core import amounts

_PRORATIONS = {
    "daily": "straight-line by day",
    "monthly_prorated": "straight-line by month",
    "monthly_full_first": "straight-line by month with the first month whole",
    "mid_month": "straight-line by month with half a month at each end",
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

_MONEY, _WHAT, _WHERE, _HOW = (pl.col(name) for name in ("money", "what", "where", "how"))
_DAY, _WHEN, _SOURCE = (pl.col(name) for name in ("day", "when", "source_named"))
_CREDITED, _DEBITED = (pl.col(name) for name in ("credit_role", "debit_role"))


def of_lines(lines: pl.DataFrame, products: pl.DataFrame) -> pl.DataFrame:
    """What the sentences say of a line: line_no, what, where, how.

    Args:
        lines: the lines of an outcome.
        products: id and name.
    """
    allocated = amounts.text(pl.col("allocated"), amounts.decimals_present(lines), separator=",")
    span = pl.format("{} to {}", pl.col("start").cast(pl.String), pl.col("end").cast(pl.String))
    by_time = pl.format(
        "{} over {} of {} allocated",
        pl.col("proration").replace_strict(_PRORATIONS, default=_PRORATIONS["daily"], return_dtype=pl.String),
        span.fill_null("its service"),
        allocated,
    )
    how = (
        pl.when(pl.col("method") == "usage").then(pl.lit("as used, at the price of its pricing period"))
        .when(pl.col("method") == "point_in_time").then(pl.format("when delivered, {} allocated", allocated))
        .when(pl.col("method") == "milestone").then(pl.format("by milestones reached, of {} allocated", allocated))
        .otherwise(by_time)
    )  # fmt: skip
    where = pl.format("({}, line {})", pl.col("account"), pl.col("line"))
    known = products.select(product="id", name="name").unique("product")
    named = lines.join(known, on="product", how="left", maintain_order="left")
    what = pl.coalesce("name", "product", pl.format("line {}", pl.col("line")))
    return named.select("line_no", what=what, where=where, how=how)


def written(rows: pl.DataFrame, *, grain: str = "month") -> pl.Series:
    """The sentence of each journal row, in the order of the rows.

    Args:
        rows: kind, debit_role, credit_role, amount, currency, date, origin, source and what `of_lines` says.
        grain: month or day, the grain of recognition.
    """
    when = pl.when(pl.lit(grain == "day") & (pl.col("kind") == "recognition")).then("day").otherwise("month")
    prepared = rows.select(
        "kind", "debit_role", "credit_role", "what", "where", "how", "date", "origin",
        money=pl.concat_str(
            amounts.text(pl.col("amount"), amounts.decimals_present(rows), separator=","), pl.lit(" "), "currency"
        ),
        source_named=pl.coalesce("source", "line"),
        day=pl.col("date").cast(pl.String),
        month=_month_name(pl.col("origin")),
    ).with_columns(when=when).with_row_index("row")  # fmt: skip
    sentences = _sentences()
    parts = [
        prepared.filter(pl.col("kind") == kind).select("row", narrative=sentences.get(kind, _POSTED))
        for kind in prepared["kind"].cast(pl.String).unique().sort()
    ]
    if not parts:
        return pl.Series("narrative", [], dtype=pl.String)
    said = pl.concat(parts).sort("row")["narrative"]
    late = prepared.select(late=_late())["late"]
    return pl.DataFrame({"said": said, "late": late}).select(narrative=pl.concat_str("said", "late")).to_series()


_POSTED = pl.format(
    "Posted {} of {} on {} as {}: debit {}, credit {} {}.",
    _MONEY, _WHAT, _DAY, pl.col("kind").cast(pl.String), _DEBITED.cast(pl.String), _CREDITED.cast(pl.String), _WHERE,
)  # fmt: skip


def _sentences() -> dict[str, pl.Expr]:
    """The sentence of each kind of row that the engine makes."""
    for_period, on_day = (_WHAT, _WHEN, _HOW, _WHERE), (_WHAT, _DAY, _SOURCE, _WHERE)
    late = (_WHAT, _DAY, _WHEN, _HOW, _WHERE)
    return {
        "billing": _billing(),
        "credit_note": _credit_note(),
        "reclassification": _reclassification(),
        "recognition": _revenue(
            pl.format("{} for {}: {} {}.", *for_period),
            pl.format("{} for {}: less was earned by then than recognized; {} {}.", *for_period),
        ),
        "catch_up": _revenue(
            pl.format("{} late, on {}: it belongs to {}, locked before this was known; {} {}.", *late)
        ),
        "modification": _revenue(
            pl.format("{} on {}: amendment {} brings revenue to date to the new terms at once {}.", *on_day)
        ),
        "termination": _revenue(
            pl.format("{} on {}: amendment {} ends the line, and nothing of it is left to deliver {}.", *on_day)
        ),
        "true_up": _revenue(pl.format("{} on {}: use fell short of minimum {} by this much {}.", *on_day)),
        "breakage": _revenue(pl.format("{} on {}: breakage of what will not be used {}.", _WHAT, _DAY, _WHERE)),
    }


def _revenue(rest: pl.Expr, rest_down: pl.Expr | None = None) -> pl.Expr:
    """Recognized, or taken back where revenue is debited."""
    down = pl.format("Took back {} of {}", _MONEY, rest if rest_down is None else rest_down)
    return pl.when(_DEBITED == "revenue").then(down).otherwise(pl.format("Recognized {} of {}", _MONEY, rest))


def _billing() -> pl.Expr:
    said = (_MONEY, _WHAT, _DAY, _SOURCE, _WHERE)
    billed = pl.format("Billed {} for {} on {} by {}: deferred until it is earned {}.", *said)
    lowered = pl.format("Took {} off the bills for {} on {} by {} {}.", *said)
    taxed = pl.format("Charged {} of tax on {} on {} by {}: owed to the authority, never revenue {}.", *said)
    return (
        pl.when(_CREDITED == "tax_payable").then(taxed)
        .when(_CREDITED == "receivable").then(lowered)
        .otherwise(billed)
    )  # fmt: skip


def _credit_note() -> pl.Expr:
    credited = pl.format("Credited {} of {} on {} by {}: ", _MONEY, _WHAT, _DAY, _SOURCE)
    why = (
        pl.when(_DEBITED == "revenue").then(pl.lit("off revenue that had been recognized "))
        .when(_DEBITED == "tax_payable").then(pl.lit("tax that is no longer owed "))
        .otherwise(pl.lit("out of deferred revenue, not yet earned "))
    )  # fmt: skip
    return pl.concat_str(credited, why, _WHERE, pl.lit("."))


def _reclassification() -> pl.Expr:
    """Into an asset, or back out of it."""
    said = (_MONEY, _WHAT, _DAY, _WHERE)
    asset = pl.format("Showed {} of {} as contract asset on {}: the contract has earned more than it billed {}.", *said)
    asset_back = pl.format(
        "Moved {} of {} out of contract asset on {}: less is now earned ahead of its bill {}.", *said
    )
    awaiting = pl.format("Showed {} of {} as unbilled receivable on {}: earned, and only time is awaited {}.", *said)
    awaiting_back = pl.format("Moved {} of {} out of unbilled receivable on {}: less is now earned unbilled {}.", *said)
    return (
        pl.when(_DEBITED == "contract_asset").then(asset)
        .when(_CREDITED == "contract_asset").then(asset_back)
        .when(_DEBITED == "unbilled_receivable").then(awaiting)
        .when(_CREDITED == "unbilled_receivable").then(awaiting_back)
        .otherwise(_POSTED)
    )  # fmt: skip


def _late() -> pl.Expr:
    """What a row adds that belongs to an earlier, locked month; late revenue has said so already."""
    late = pl.col("origin") < pl.col("date").dt.month_start()
    words = pl.format(" It belongs to {}, which was locked before this was known.", pl.col("month"))
    return pl.when(late & (pl.col("kind") != "catch_up")).then(words).otherwise(pl.lit(""))


def _month_name(day: pl.Expr) -> pl.Expr:
    names = dict(enumerate(_MONTHS, 1))
    month = day.dt.month().replace_strict(names, return_dtype=pl.String)
    return pl.format("{} {}", month, day.dt.year())

"""One plain sentence for each journal row: the amount, what for, how it was found, the dates, and the cause.

Worked example: "Recognized 1,000.00 USD of Platform Access for January 2026: straight-line by month over 2026-01-01 to
2026-12-31, 12,000.00 USD allocated (contract C-1, line C-1-1)." A credit note adds its cause and reason, an amendment
how it was treated and why, and a row that is posted later than the month it belongs to adds that month and the lock.

Sentences are column expressions, one for each kind of row; what is the same on all rows of a line is put together
once for the line.
"""

from dataclasses import dataclass

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
_DAY, _WHEN, _SOURCE, _BILL = (pl.col(name) for name in ("day", "when", "source_named", "bill"))
_CREDITED, _DEBITED = (pl.col(name) for name in ("credit_role", "debit_role"))
_OF_AMENDMENTS = ("modification", "termination")


@dataclass(frozen=True)
class Facts:
    """What the sentences quote: tables of the bundle, and how each amendment was treated (outcome.treatments)."""

    products: pl.DataFrame
    credit_notes: pl.DataFrame
    locks: pl.DataFrame
    treatments: pl.DataFrame


def of_lines(lines: pl.DataFrame, products: pl.DataFrame, *, changed: pl.Series) -> pl.DataFrame:
    """What the sentences say of a line: line_no, what, where, how.

    Args:
        lines: the lines of an outcome.
        products: id and name.
        changed: line_no of lines that were amended or credited, so that their terms are not those of every row.
    """
    last = pl.when(pl.col("line_no").is_in(changed.implode())).then(pl.lit(" as last changed")).otherwise(pl.lit(""))
    allocated = pl.format("{} allocated{}", _money("allocated", lines), last)
    span = pl.format("{} to {}", pl.col("start").cast(pl.String), pl.col("end").cast(pl.String))
    by_time = pl.format(
        "{} over {}, {}",
        pl.col("proration").replace_strict(_PRORATIONS, default=_PRORATIONS["daily"], return_dtype=pl.String),
        span.fill_null("its service"),
        allocated,
    )
    how = (
        pl.when(pl.col("method") == "usage").then(pl.lit("as used, at the price of its pricing period"))
        .when(pl.col("method") == "point_in_time").then(pl.format("when delivered, {}", allocated))
        .when(pl.col("method") == "milestone").then(pl.format("by milestones reached, {}", allocated))
        .otherwise(by_time)
    )  # fmt: skip
    where = pl.format("({}, line {})", pl.col("account"), pl.col("line"))
    known = products.select(product="id", name="name").unique("product")
    named = lines.join(known, on="product", how="left", maintain_order="left")
    what = pl.coalesce("name", "product", pl.format("line {}", pl.col("line")))
    return named.select("line_no", what=what, where=where, how=how)


def written(rows: pl.DataFrame, facts: Facts, *, grain: str = "month") -> pl.Series:
    """The sentences of each journal row, in the order of the rows.

    Args:
        rows: kind, debit_role, credit_role, amount, currency, date, origin, source, line, entity and what `of_lines`
            says.
        facts: what they quote.
        grain: month or day, the grain of recognition.
    """
    when = pl.when(pl.lit(grain == "day") & (pl.col("kind") == "recognition")).then("day").otherwise("month")
    own_bill = pl.col("source").is_null() | pl.col("source").str.starts_with(pl.concat_str("line", pl.lit("/")))
    prepared = rows.select(
        "kind", "debit_role", "credit_role", "what", "where", "how", "date", "origin", "source", "entity",
        money=_money("amount", rows),
        source_named=pl.coalesce("source", "line"),
        bill=pl.concat_str(
            pl.when(own_bill).then(pl.lit("bill ")).otherwise(pl.lit("invoice line ")), pl.coalesce("source", "line")
        ),
        day=pl.col("date").cast(pl.String),
        month=_month_name(pl.col("origin")),
    ).with_columns(when=when).with_row_index("row")  # fmt: skip
    sentences = _sentences()
    said = [
        prepared.filter(pl.col("kind") == kind).select("row", said=sentences.get(kind, _POSTED))
        for kind in prepared["kind"].cast(pl.String).unique().sort()
    ]
    if not said:
        return pl.Series("narrative", [], dtype=pl.String)
    together = pl.concat(said)
    for more in (_causes(prepared, facts), _late(prepared, facts.locks)):
        together = together.join(more, on="row", how="left")
    narrative = pl.concat_str("said", "because", "late", separator=" ", ignore_nulls=True)
    return together.sort("row").select(narrative=narrative).to_series()


_POSTED = pl.format(
    "Posted {} of {} on {} as {}: debit {}, credit {} {}.",
    _MONEY, _WHAT, _DAY, pl.col("kind").cast(pl.String), _DEBITED.cast(pl.String), _CREDITED.cast(pl.String), _WHERE,
)  # fmt: skip


def _sentences() -> dict[str, pl.Expr]:
    """The sentence of each kind of row that the engine makes."""
    for_period, on_day = (_WHAT, _WHEN, _HOW, _WHERE), (_WHAT, _DAY, _SOURCE, _WHERE)
    return {
        "billing": _billing(),
        "credit_note": _credit_note(),
        "reclassification": _reclassification(),
        "recognition": _revenue(
            pl.format("{} for {}: {} {}.", *for_period),
            pl.format("{} for {}: less was earned by then than recognized; {} {}.", *for_period),
        ),
        "catch_up": _revenue(pl.format("{} late, on {}: {} {}.", _WHAT, _DAY, _HOW, _WHERE)),
        "modification": _revenue(
            pl.format("{} on {}: amendment {} brings revenue to date to the new terms at once {}.", *on_day)
        ),
        "termination": _revenue(
            pl.format("{} on {}: amendment {} ends the line, and nothing of it is left to deliver {}.", *on_day)
        ),
        "true_up": _revenue(pl.format("{} on {}: its part of what use fell short of minimum {} {}.", *on_day)),
        "breakage": _revenue(pl.format("{} on {}: breakage of what will not be used {}.", _WHAT, _DAY, _WHERE)),
    }


def _revenue(rest: pl.Expr, rest_down: pl.Expr | None = None) -> pl.Expr:
    """Recognized, or taken back where revenue is debited."""
    down = pl.format("Took back {} of {}", _MONEY, rest if rest_down is None else rest_down)
    return pl.when(_DEBITED == "revenue").then(down).otherwise(pl.format("Recognized {} of {}", _MONEY, rest))


def _billing() -> pl.Expr:
    said = (_MONEY, _WHAT, _DAY, _BILL, _WHERE)
    billed = pl.format("Billed {} for {} on {} by {}, into deferred revenue {}.", *said)
    lowered = pl.format("Took {} off the bills for {} on {} by {}, out of deferred revenue {}.", *said)
    taxed = pl.format("Charged {} of tax on {} on {} by {}: owed to the authority, never revenue {}.", *said)
    return (
        pl.when(_CREDITED == "tax_payable").then(taxed)
        .when(_CREDITED == "receivable").then(lowered)
        .otherwise(billed)
    )  # fmt: skip


def _credit_note() -> pl.Expr:
    said = (_MONEY, _WHAT, _DAY, _SOURCE, _WHERE)
    earned = pl.format("Credited {} of {} on {} by credit note {}: taken off recognized revenue {}.", *said)
    taxed = pl.format("Credited {} of tax on {} on {} by credit note {}: no longer owed to the authority {}.", *said)
    unearned = pl.format("Credited {} of {} on {} by credit note {}: out of deferred revenue, unearned {}.", *said)
    return (
        pl.when(_DEBITED == "revenue").then(earned)
        .when(_DEBITED == "tax_payable").then(taxed)
        .otherwise(unearned)
    )  # fmt: skip


def _reclassification() -> pl.Expr:
    """Into an asset, or back out of it."""
    said = (_MONEY, _WHAT, _DAY, _WHERE)
    asset = pl.format("Showed {} of {} as a contract asset on {}: the contract earned more than it billed {}.", *said)
    asset_back = pl.format("Moved {} of {} out of contract assets on {}: less is now earned ahead of bills {}.", *said)
    awaiting = pl.format(
        "Showed {} of {} as an unbilled receivable on {}: earned and not yet billed, and only time must pass {}.", *said
    )
    awaiting_back = pl.format(
        "Moved {} of {} out of unbilled receivables on {}: less of it is now earned and unbilled {}.", *said
    )
    return (
        pl.when(_DEBITED == "contract_asset").then(asset)
        .when(_CREDITED == "contract_asset").then(asset_back)
        .when(_DEBITED == "unbilled_receivable").then(awaiting)
        .when(_CREDITED == "unbilled_receivable").then(awaiting_back)
        .otherwise(_POSTED)
    )  # fmt: skip


def _causes(prepared: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """What credit notes and amendments add, in their own words: row, because."""
    cause = pl.col("cause").str.replace_all("_", " ")
    notes = facts.credit_notes.select(
        source="id", because=pl.concat_str(cause, _unstopped("reason"), separator=", ", ignore_nulls=True)
    )
    notes = notes.filter(pl.col("because") != "").with_columns(pl.format("Cause: {}.", "because").alias("because"))
    treated = pl.col("treatment").str.replace("catch_up", "catch-up")
    treatments = facts.treatments.select(
        source="amendment", because=pl.format("It was treated as {}, because {}.", treated, _unstopped("why"))
    )
    kinds = pl.col("kind").cast(pl.String)
    credited = prepared.filter(kinds == "credit_note").select("row", "source").join(notes, on="source")
    amended = prepared.filter(kinds.is_in(_OF_AMENDMENTS)).select("row", "source").join(treatments, on="source")
    return pl.concat([credited, amended]).select("row", "because").unique("row")


def _late(prepared: pl.DataFrame, locks: pl.DataFrame) -> pl.DataFrame:
    """What a row adds that belongs to an earlier, locked month: row, late."""
    late = prepared.filter(pl.col("origin") < pl.col("date").dt.month_start()).select("row", "entity", "date", "month")
    closed = locks.select("locked_on", "through", of="entity", date=pl.col("through").dt.offset_by("1d"))
    held = late.join(closed, on="date").filter(pl.col("of").is_null() | (pl.col("of") == pl.col("entity")))
    locked = held.group_by("row").agg(pl.col("locked_on", "through").sort_by("locked_on").first())
    words = pl.format(
        "It belongs to {}; the books were locked through {} on {}, before this was known.",
        "month", pl.col("through").cast(pl.String), pl.col("locked_on").cast(pl.String),
    )  # fmt: skip
    plain = pl.format("It belongs to {}, which was locked before this was known.", "month")
    return late.join(locked, on="row", how="left").select("row", late=pl.coalesce(words, plain))


def _money(name: str, rows: pl.DataFrame) -> pl.Expr:
    """An amount for people, with its currency."""
    figure = amounts.text(pl.col(name), amounts.decimals_present(rows), separator=",")
    return pl.concat_str(figure, pl.lit(" "), "currency")


def _unstopped(name: str) -> pl.Expr:
    """Somebody's own words without a full stop at the end, on one line."""
    return pl.col(name).str.replace_all(r"\s+", " ").str.strip_chars_end(". ")


def _month_name(day: pl.Expr) -> pl.Expr:
    names = dict(enumerate(_MONTHS, 1))
    month = day.dt.month().replace_strict(names, return_dtype=pl.String)
    return pl.format("{} {}", month, day.dt.year())

"""Target minus posted: the entries that are missing from the books, and those that take back what is no longer due.

Worked example: recognition of 100.00 for January is posted and January is locked; a correction makes it 120.00. The
difference of 20.00 is dated on 1 February, the first open day, as a catch_up with origin 2026-01. Were January open, it
would be one more recognition row of January.

Rows that agree in all but their amount are one key (`KEY`), with the two roles of a pair in one direction, so that a
difference nets against what was posted the other way round. What is posted as it is due stays; a key of which nothing
else is posted takes the rows of the journal as they are, with their ids; any other key takes one row of the difference.

Inside locked periods only what changed counts. Where the rows of a line, month of origin and pair of roles
(`_SETTLED`) no longer come to what is posted there, all of them, late ones too, are compared as one sum.

What people wrote by hand is left alone: entries of kind manual and reversal count neither way.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from ratable.core import amounts, identifiers

BY_HAND = ("manual", "reversal")
"""Kinds of rows that a person wrote; no obligation stands behind them."""

ROWS: dict[str, pl.DataType] = {
    "entry": pl.String(),
    "date": pl.Date(),
    "period": pl.String(),  # of posting, YYYY-MM
    "origin_period": pl.String(),  # that the amount belongs to, YYYY-MM
    "entity": pl.String(),  # "" for the only one of a company that names none
    "currency": pl.String(),
    "kind": pl.String(),
    "contract": pl.String(),
    "line": pl.String(),
    "account": pl.String(),  # what nets, in words
    "customer": pl.String(),
    "product": pl.String(),
    "source": pl.String(),
    "debit": pl.String(),
    "credit": pl.String(),
    "debit_role": pl.String(),
    "credit_role": pl.String(),
    "amount": pl.Int64(),  # minor units, above zero
    "narrative": pl.String(),
}
KEY = [name for name in ROWS if name not in ("entry", "date", "amount", "narrative")]
_SETTLED = ["entity", "currency", "line", "account", "origin_period", "debit_role", "credit_role", "of", "by"]
_ORDER = ["date", "account", "line", "kind", "origin_period", "entry"]


def between(target: pl.DataFrame, posted: pl.DataFrame, *, closed: pl.DataFrame, through: date) -> pl.DataFrame:
    """The rows to post, so that the books come to the target.

    Source: 250-10-45-17 for what is learned after a period was reported.

    Args:
        target: what should be posted through the day (ROWS), as the journal of the engine has it.
        posted: what is posted (ROWS).
        closed: one row per entity with a locked period: entity, closed (its last locked day).
        through: the last day of the books; nothing is dated after it.

    Returns:
        ROWS in the order of the journal; none is dated in a locked period, and no id is one of those posted. With them
        the sums by line, month of origin and pair of roles are those of the target, unless `through` is locked.
    """
    kept = posted.filter(~pl.col("kind").is_in(BY_HAND) & (pl.col("date") <= through))
    due = directed(target).with_columns(due=pl.col("signed"), made=pl.lit(0, pl.Int64))
    made = directed(kept).with_columns(due=pl.lit(0, pl.Int64), made=pl.col("signed"))
    both = pl.concat([due, made]).join(closed, on="entity", how="left").with_columns(_of(), _by())
    settled = (pl.col("date") <= pl.col("closed")).fill_null(value=False)
    sums = both.filter(settled).group_by(_SETTLED).agg(change=(pl.col("due") - pl.col("made")).sum())
    changed = sums.filter(pl.col("change") != 0)
    late = _late(both.join(changed, on=_SETTLED, how="semi", nulls_equal=True))
    others = both.join(changed, on=_SETTLED, how="anti", nulls_equal=True).filter(~settled)
    found = pl.concat([late, _in_open_periods(others)]).filter(pl.col("date") <= through)
    return ordered([undirected(_named(found, posted))])


def ordered(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Rows in the order of the journal (ROWS)."""
    return pl.concat([part.select(*ROWS) for part in parts]).sort(_ORDER, nulls_last=True)


def directed(rows: pl.DataFrame, *more: str) -> pl.DataFrame:
    """Rows with the sides of each pair of roles in one direction, and `signed`: the amount with its sign.

    Args:
        rows: ROWS and more.
        more: columns beside ROWS that stay.
    """
    swap = pl.col("debit_role") > pl.col("credit_role")
    signed = pl.when(swap).then(-pl.col("amount")).otherwise("amount")
    return rows.select(*ROWS, *more).with_columns(*_swapped(swap), signed=signed)


def undirected(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the amount of `signed` above zero; where that is negative, the sides change places."""
    return rows.with_columns(*_swapped(pl.col("signed") < 0), amount=pl.col("signed").abs())


def _swapped(when: pl.Expr) -> list[pl.Expr]:
    """Debit and credit, each in the place of the other on some rows."""
    pairs = (("debit", "credit"), ("debit_role", "credit_role"))
    return [pl.when(when).then(other).otherwise(one).alias(one) for pair in pairs for one, other in (pair, pair[::-1])]


def _touches(role: str) -> pl.Expr:
    return (pl.col("debit_role") == role) | (pl.col("credit_role") == role)


def _of() -> pl.Expr:
    """What a late difference is posted as: all that moves the revenue of a month is one figure."""
    return pl.when(_touches("revenue")).then(pl.lit("catch_up")).otherwise("kind").alias("of")


def _by() -> pl.Expr:
    """The fact that a late difference names; several may have moved revenue out of or into what is deferred."""
    return pl.when(~_touches("revenue") | ~_touches("deferred_revenue")).then("source").alias("by")


def _late(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each sum that changed in a locked period, dated on the first open day."""
    first_open = pl.col("closed").dt.offset_by("1d")
    of_row = ["contract", "customer", "product", "debit", "credit", "closed"]
    # What the target says of a line counts before what was said when it was posted.
    told = rows.sort(pl.col("due") != 0, "date", "entry")
    sums = told.group_by(_SETTLED).agg(pl.col(of_row).last(), pl.col("due", "made").sum())
    dated = sums.filter(pl.col("due") != pl.col("made")).with_columns(
        entry=pl.lit(None, pl.String), date=first_open, kind="of", source="by",
        period=first_open.dt.to_string("%Y-%m"), signed=pl.col("due") - pl.col("made"),
    )  # fmt: skip
    said = pl.format(
        "Brings {} of {}, line {}, for {} from {} as posted to {}: that month was locked before this was known.",
        pl.col("kind").str.replace("catch_up", "revenue").str.replace_all("_", " "),
        "account", "line", "origin_period", _money("made", dated), _money("due", dated),
    )  # fmt: skip
    return dated.with_columns(narrative=said, amount=pl.col("signed").abs()).select(*ROWS, "signed")


def _in_open_periods(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that are due and not posted, or one row for each key of which something else is posted."""
    same = ["entry", *KEY, "signed"]
    due, made = rows.filter(pl.col("due") != 0), rows.filter(pl.col("made") != 0)
    fresh = due.join(made, on=same, how="anti", nulls_equal=True)
    gone = made.join(due, on=same, how="anti", nulls_equal=True)
    whole = fresh.join(gone, on=KEY, how="anti", nulls_equal=True)
    partly = pl.concat([fresh.join(gone, on=KEY, how="semi", nulls_equal=True), gone])
    told = partly.sort(pl.col("due") != 0, "date", "entry")
    sums = told.group_by(KEY).agg(pl.col("date", "narrative").last(), pl.col("due", "made").sum())
    changed = sums.filter(pl.col("due") != pl.col("made")).with_columns(
        entry=pl.lit(None, pl.String), signed=pl.col("due") - pl.col("made")
    )  # fmt: skip
    made_before = _money("made", changed)
    said = (
        pl.when(pl.col("due") == 0)
        .then(pl.format("Takes back {}, which is no longer due. It was posted as: {}", made_before, "narrative"))
        .otherwise(pl.format("{} Of this, {} was posted before.", "narrative", made_before))
    )
    changed = changed.with_columns(narrative=said, amount=pl.col("signed").abs())
    return pl.concat([frame.select(*ROWS, "signed") for frame in (whole, changed)])


def _named(rows: pl.DataFrame, posted: pl.DataFrame) -> pl.DataFrame:
    """Rows with an id of their own: the journal's where it is free, else one that counts what is posted of the key."""
    before = directed(posted).group_by(KEY).agg(nth=pl.len().cast(pl.Int64))
    counted = rows.join(before, on=KEY, how="left", nulls_equal=True).with_columns(pl.col("nth").fill_null(0))
    content = counted.select(*KEY, "date", "signed", "nth")
    taken = pl.col("entry").is_null() | pl.col("entry").is_in(posted["entry"].implode())
    given = pl.when(taken).then(identifiers.of(content)).otherwise("entry")
    return rows.with_columns(entry=given)


def _money(name: str, rows: pl.DataFrame) -> pl.Expr:
    """A sum for people, with its currency, in the direction of what is due, else of what was posted."""
    direction = pl.when(pl.col("due") != 0).then(pl.col("due").sign()).otherwise(pl.col("made").sign())
    figure = amounts.text(pl.col(name) * direction, amounts.decimals_present(rows), separator=",")
    return pl.concat_str(figure, pl.lit(" "), "currency")

"""Lines that another system kept before: what it billed and recognized is taken as posted.

Worked example: at the cut-over on 31 December the other system has billed 1,200.00 of a line and recognized 700.00;
by its facts 650.00 was due. The books take over a billing of 1,200.00 and a recognition of 700.00, both dated 31
December, and take back 50.00 on 1 January as a catch_up with origin 2025-12. From January on the line runs by itself.

Tax of the past stays where it was billed: the balances do not tell it, and nothing of it is posted here.
"""

import polars as pl

from ratable.core import amounts, identifiers
from ratable.ledger import differences

OPENING = "opening"  # The source of what was taken over, and of the difference to it.
LINES: dict[str, pl.DataType] = {
    "line": pl.String(),
    **dict.fromkeys(("entity", "currency", "contract", "account", "customer", "product"), pl.String()),
    **dict.fromkeys(("receivable", "deferred_revenue", "revenue"), pl.String()),  # the account of each role
    "as_of": pl.Date(),  # last day of the other system
    "first_open": pl.Date(),  # first open day after it
    "billed": pl.Int64(),  # minor units, without tax
    "recognized": pl.Int64(),
}

_PAIRS = (
    ("billed", "billing", "receivable", "deferred_revenue"),
    ("recognized", "recognition", "deferred_revenue", "revenue"),
)
_OF_LINE = ("entity", "currency", "contract", "line", "account", "customer", "product")


def apply(target: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The target of the books, with what was taken over in place of what the engine says of the time before.

    Args:
        target: what should be posted (differences.ROWS).
        lines: the lines with an opening balance (LINES), each once.

    Returns:
        differences.ROWS. For each of those lines all rows dated by `as_of` are replaced by the balances taken over,
        dated on it, and by the difference to them for each pair of roles, dated on the first open day.
    """
    if lines.is_empty():
        return target
    days = lines.select("line", "as_of", "first_open")
    past = target.join(days, on="line").filter(pl.col("date") <= pl.col("as_of"))
    rest = target.join(days, on="line", how="left", maintain_order="left")
    rest = rest.filter((pl.col("date") > pl.col("as_of")).fill_null(value=True))
    over = pl.concat([_taken_over(lines, *pair) for pair in _PAIRS])
    untaxed = (pl.col("debit_role") != "tax_payable") & (pl.col("credit_role") != "tax_payable")
    parts = (rest, over, _differences(past.filter(untaxed), over.join(days, on="line")))
    return pl.concat([part.select(*differences.ROWS) for part in parts])


def _taken_over(lines: pl.DataFrame, column: str, kind: str, debit: str, credit: str) -> pl.DataFrame:
    """One row for each line of which the other system had billed or recognized something."""
    some = lines.filter(pl.col(column) != 0)
    back = pl.col(column) < 0
    verb = pl.lit("billed" if kind == "billing" else kind.replace("recognition", "recognized"))
    said = pl.format(
        "Taken over: {} {} by the system before, through {} ({}, line {}).",
        _money(column, some), verb, pl.col("as_of").cast(pl.String), "account", "line",
    )  # fmt: skip
    rows = some.select(
        *_OF_LINE,
        entry=identifiers.of(some.select("line", "as_of", kind=pl.lit(kind), source=pl.lit(OPENING))),
        date="as_of",
        period=pl.col("as_of").dt.to_string("%Y-%m"),
        origin_period=pl.col("as_of").dt.to_string("%Y-%m"),
        kind=pl.lit(kind),
        source=pl.lit(OPENING),
        debit=pl.when(back).then(credit).otherwise(debit),
        credit=pl.when(back).then(debit).otherwise(credit),
        debit_role=pl.when(back).then(pl.lit(credit)).otherwise(pl.lit(debit)),
        credit_role=pl.when(back).then(pl.lit(debit)).otherwise(pl.lit(credit)),
        amount=pl.col(column).abs(),
        narrative=said,
    )
    return rows.select(*differences.ROWS)


def _differences(past: pl.DataFrame, over: pl.DataFrame) -> pl.DataFrame:
    """What the engine says of the time before, less what was taken over: one row for each line and pair of roles."""
    days = ("as_of", "first_open")
    due = differences.directed(past, *days).with_columns(due=pl.col("signed"), made=pl.lit(0, pl.Int64))
    made = differences.directed(over, *days).with_columns(due=pl.lit(0, pl.Int64), made=pl.col("signed"))
    pair = [*_OF_LINE, "debit_role", "credit_role", *days]
    sums = pl.concat([made, due]).group_by(pair).agg(pl.col("debit", "credit").last(), pl.col("due", "made").sum())
    changed = sums.filter(pl.col("due") != pl.col("made"))
    roles = pl.concat_list("debit_role", "credit_role")
    kind = (
        pl.when(roles.list.contains("revenue")).then(pl.lit("catch_up"))
        .when(roles.list.contains("receivable")).then(pl.lit("billing"))
        .otherwise(pl.lit("reclassification"))
    )  # fmt: skip
    said = pl.format(
        "Brings {} against {} of {}, line {}, through {} from {} as taken over to {}.",
        pl.col("debit_role").str.replace_all("_", " "), pl.col("credit_role").str.replace_all("_", " "), "account",
        "line", pl.col("as_of").cast(pl.String), _money("made", changed), _money("due", changed),
    )  # fmt: skip
    rows = changed.with_columns(
        entry=identifiers.of(changed.select("line", "as_of", "debit_role", "credit_role", source=pl.lit(OPENING))),
        date="first_open",
        period=pl.col("first_open").dt.to_string("%Y-%m"),
        origin_period=pl.col("as_of").dt.to_string("%Y-%m"),
        kind=kind,
        source=pl.lit(OPENING),
        narrative=said,
        signed=pl.col("due") - pl.col("made"),
    )
    return differences.undirected(rows).select(*differences.ROWS)


def _money(name: str, rows: pl.DataFrame) -> pl.Expr:
    figure = amounts.text(pl.col(name), amounts.decimals_present(rows), separator=",")
    return pl.concat_str(figure, pl.lit(" "), "currency")

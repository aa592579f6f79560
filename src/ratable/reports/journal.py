"""The journal: every movement as a pair of accounts, with its id, its dimensions and a sentence that says why.

Worked example: the movement 2026-01-31 recognition deferred_revenue / revenue 100000 of line C-1-1 becomes the row
entry 5f1c..., date 2026-01-31, period 2026-01, debit 2400, credit 4000, amount 1,000.00, "Recognized 1,000.00 USD of
Platform Access for January 2026: ...".

Debits equal credits by construction: a row has one debit account, one credit account and one amount above zero.
"""

from collections.abc import Iterator

import polars as pl

from ratable.core import accounts, identifiers
from ratable.engine.outcome import ROLES, Outcome
from ratable.reports import grouping, identities, names, narratives, schedule

COLUMNS = (
    "entry", "date", "period", "origin_period", "entity", "currency", "kind", "contract", "line", "customer", "product",
    "source", "debit", "credit", "debit_role", "credit_role", "amount", "narrative",
)  # fmt: skip
ROWS_AT_A_TIME = 500_000


def slices(
    outcome: Outcome, chart: accounts.Chart, *, facts: narratives.Facts, grain: str = "month"
) -> Iterator[pl.DataFrame]:
    """The journal in parts of at most half a million rows, so that a long one need not fit in memory as text.

    Args:
        outcome: the books of one bundle.
        chart: its chart of accounts.
        facts: what the sentences quote.
        grain: month (one recognition row per line, month and origin) or day.

    Returns:
        at least one frame with the columns of COLUMNS, amounts in minor units; sorted by date, contract, line and kind.

    Raises:
        names.Refused: another grain.
        identities.DoesNotFoot: a movement without a line, or not above zero.
    """
    names.one_of(grain, names.POSTING_GRAINS, "grain")
    movements = outcome.movements(grain)
    assigned = accounts.assign(chart, outcome.lines)
    lines = _described(outcome.lines, assigned, facts, movements)
    ordered = _ordered(movements, outcome.lines)
    for offset in range(0, max(ordered.height, 1), ROWS_AT_A_TIME):
        rows = _posted_to(ordered.slice(offset, ROWS_AT_A_TIME), lines, assigned.accounts)
        yield _told(rows, narratives.written(rows, facts, grain=grain))


def _described(
    lines: pl.DataFrame, assigned: accounts.Assignment, facts: narratives.Facts, movements: pl.DataFrame
) -> pl.DataFrame:
    """What a journal row takes over from its line."""
    credited = movements.filter(pl.col("kind") == "credit_note")["line_no"]
    amended = lines.filter(pl.col("contract").is_in(facts.treatments["contract"].implode()))["line_no"]
    said = narratives.of_lines(lines, facts.products, changed=pl.concat([credited, amended]).unique())
    taken = lines.select("line_no", "entity", "currency", "contract", "line", "customer", "product")
    return taken.join(said, on="line_no").join(assigned.of_line, on="line_no")


def _ordered(movements: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Movements in the order of the journal, each with the number that its id is printed from."""
    key = identifiers.numbers(lines.select("account", "line")).rename({"high": "line_high", "low": "line_low"})
    placed = pl.concat([lines.select("line_no", "currency", place=schedule.place(lines)), key], how="horizontal")
    known = movements.join(placed, on="line_no", how="left", maintain_order="left")
    identities.known_lines("journal", known)
    positive = pl.max_horizontal("amount", 1)
    identities.same("journal", known, ("the amount", pl.col("amount")), ("the least that it may be", positive))
    content = known.select(
        "line_high", "line_low", "date", "origin", "kind", "debit_role", "credit_role", "amount", "source"
    )
    numbered = pl.concat([known, identifiers.numbers(content)], how="horizontal").drop("line_high", "line_low")
    return numbered.sort("date", "place", "kind", "origin", "high", "low").drop("place", "currency")


def _posted_to(movements: pl.DataFrame, lines: pl.DataFrame, assigned: pl.DataFrame) -> pl.DataFrame:
    """The movements with all that their line says, and the accounts of both roles."""
    rows = movements.join(lines, on="line_no", how="left", maintain_order="left")
    for side in ("debit", "credit"):
        role = f"{side}_role"
        of_role = assigned.select("profile", pl.col("role").cast(ROLES).alias(role), pl.col("account").alias(side))
        rows = rows.join(of_role, on=["profile", role], how="left", maintain_order="left")
    return rows


def _told(rows: pl.DataFrame, narrative: pl.Series) -> pl.DataFrame:
    rows = rows.with_columns(
        identifiers.text(rows),
        narrative,
        period=grouping.period(pl.col("date"), "month"),
        origin_period=grouping.period(pl.col("origin"), "month"),
    )
    for column in ("period", "origin_period"):
        rows = grouping.labelled(rows, column, "month")
    return rows.select(COLUMNS).with_columns(pl.col("kind", "debit_role", "credit_role").cast(pl.String))

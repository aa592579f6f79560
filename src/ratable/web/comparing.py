"""Two schedules side by side, month by month: before, after, the change, and what of it moves at once.

Worked example: an amendment under a catch-up makes July 2,750.00 in place of 1,000.00: the change is 1,750.00, of which
1,500.00 moves at once. January to June are locked and gray: nothing in them changes.
"""

from dataclasses import dataclass

import polars as pl

from ratable.ledger import closed, whatif
from ratable.web import calendar, tables

_FIGURES = ("before", "after", "change", "at_once")
COLUMNS = (
    tables.Column("period", "Month", "period"),
    tables.Column("state", "State", "status"),
    tables.Column("currency", "Currency"),
    tables.Column("before", "Before", "money"),
    tables.Column("after", "After", "money"),
    tables.Column("change", "Change", "money"),
    tables.Column("at_once", "of which at once", "money"),
    tables.Column("label", "", "text"),
)


@dataclass(frozen=True)
class Compared:
    """The months of two schedules, and what they come to by currency: before, after, change, at_once, in_locked.

    `in_locked` is what changes in locked months, and so is posted on the first open day.
    """

    rows: pl.DataFrame
    sums: pl.DataFrame

    def table(self, name: str, caption: str) -> tables.Table:
        """The months as a table; locked ones are gray."""
        return tables.Table(name, caption, COLUMNS, self.rows, self.sums, soft="locked", short=True)

    @property
    def moves(self) -> bool:
        """Whether anything changes."""
        return bool((self.rows["change"] != 0).any() or (self.rows["at_once"] != 0).any())


def of(before: whatif.State, after: whatif.State, months: calendar.Calendar, entity: str | None) -> Compared:
    """The revenue of two states of the facts, month by month.

    Args:
        before: without what is looked at.
        after: with it.
        months: of the books.
        entity: whose months they are.
    """
    key = ["currency", "period"]
    each = whatif.between(before.revenue, after.revenue)
    sums = each.group_by(key).agg(pl.col("before", "after", "change").sum())
    at_once = pl.concat([after.at_once, before.at_once.with_columns(-pl.col("amount"))])
    moved = at_once.group_by(key).agg(at_once=pl.col("amount").sum())
    rows = sums.join(moved, on=key, how="left").with_columns(pl.col("at_once").fill_null(0)).sort("period", "currency")
    states = [months.month(period, entity) for period in rows["period"]]
    label = (
        pl.when(pl.col("change") == 0).then(pl.lit("same"))
        .when(pl.col("before") == 0).then(pl.lit("added"))
        .when(pl.col("after") == 0).then(pl.lit("removed"))
        .otherwise(pl.lit("changed"))
    )  # fmt: skip
    rows = rows.with_columns(
        label=label,
        state=pl.Series([[one.sign, one.state] for one in states], dtype=pl.List(pl.String)),
        locked=pl.Series([one.state == closed.LOCKED for one in states], dtype=pl.Boolean),
    )
    late = pl.col("change").filter("locked").sum()
    return Compared(rows, rows.group_by("currency").agg(pl.col(_FIGURES).sum(), in_locked=late).sort("currency"))

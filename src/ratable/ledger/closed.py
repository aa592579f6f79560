"""Which months are closed: the lock rows of a book, read as one state for each entity and month.

Worked example: January is locked on 4 February and February on 4 March, which is asked for and reopened on 5 March.
`through` then is 2026-01-31; January is locked, February is open again and restated, and stays restated when it is
locked a second time.

The state of a month is what its last row says. Only the last lock of an entity is ever reopened, so the locks in force
are those that no later row reopened, and `through` is the day of the last of them: the day that the database itself
refuses entries on and before.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from ratable.core import periods as months
from ratable.ledger import rows

MAIN = "main"
OPEN, SOFT, LOCKED, ASKED = "open", "soft-closed", "locked", "asked"
_SHOWN = {"soft": SOFT, "locked": LOCKED, "asked": ASKED, "reopened": OPEN}

HISTORY: dict[str, pl.DataType] = {
    "no": pl.Int64(),
    "entity": pl.String(),
    "state": pl.String(),  # soft, locked, asked or reopened
    "through": pl.Date(),
    "period": pl.String(),
    "locked_on": pl.Date(),
    "by": pl.String(),
    "reason": pl.String(),
    "opening": pl.Boolean(),
}


@dataclass(frozen=True)
class State:
    """Where an entity stands: `state` is that of `period`, the month that its last act was about.

    Nothing is dated on or before `through`, which the lock of month `locked` set; both are empty before the first lock.
    """

    entity: str
    state: str
    period: str
    locked: str
    through: date | None


def history(*, book: str = MAIN, known_on: date | None = None) -> pl.DataFrame:
    """Every act on the periods of a book, in order (HISTORY); with `known_on`, those made by the end of that day."""
    query = (
        "SELECT no, entity, state, through, period, locked_on, \"by\", reason, opening FROM locks "
        "WHERE book = %s ORDER BY no"
    )  # fmt: skip
    acts = rows.select(query, [book], HISTORY)
    return acts if known_on is None else acts.filter(pl.col("locked_on") <= known_on)


def in_force(*, book: str = MAIN, known_on: date | None = None) -> pl.DataFrame:
    """The locks of a book that nothing reopened (HISTORY), in order."""
    acts = history(book=book, known_on=known_on)
    locks = acts.filter(pl.col("state") == "locked")
    back = acts.filter(pl.col("state") == "reopened").select("entity", reopened="no", back_to="through")
    after = pl.col("reopened") > pl.col("no")
    beyond = (pl.col("through") > pl.col("back_to")).fill_null(value=True)
    undone = locks.join(back, on="entity").filter(after & beyond)
    return locks.join(undone, on="no", how="anti", maintain_order="left")


def last_days(*, book: str = MAIN) -> pl.DataFrame:
    """The last closed day of each entity that has one: entity, closed."""
    return in_force(book=book).group_by("entity", maintain_order=True).agg(closed=pl.col("through").last())


def through(book: str, entity: str) -> date | None:
    """The last closed day of an entity; None where nothing is closed."""
    return state(book, entity).through


def state(book: str, entity: str) -> State:
    """Where one entity stands."""
    known = {known.entity: known for known in states(book)}
    return known.get(entity, State(entity, OPEN, "", "", None))


def states(book: str = MAIN) -> list[State]:
    """Where every entity stands that a lock row names, by its name."""
    last = history(book=book).group_by("entity").agg(pl.col("period", "state").last())
    closing = in_force(book=book).group_by("entity").agg(pl.col("through").last(), locked=pl.col("period").last())
    stand = last.join(closing, on="entity", how="left").sort("entity")
    stand = stand.with_columns(pl.col("state").replace_strict(_SHOWN, return_dtype=pl.String))
    shown = stand.select("entity", "state", "period", pl.col("locked").fill_null(""), "through")
    return [State(*row) for row in shown.iter_rows()]


def periods(*, book: str = MAIN) -> pl.DataFrame:
    """Every month that an act was about, by entity and month.

    Returns:
        entity, period, state (open, soft-closed, locked or asked), versions (how often it was locked), restated
        (whether it was ever reopened), and day, person and reason of the last act: on, by, reason.
    """
    each = history(book=book).group_by("entity", "period").agg(
        pl.col("state").last().replace_strict(_SHOWN, return_dtype=pl.String),
        versions=(pl.col("state") == "locked").sum(),
        restated=(pl.col("state") == "reopened").any(),
        on=pl.col("locked_on").last(),
        by=pl.col("by").last(),
        reason=pl.col("reason").last(),
    )  # fmt: skip
    # The first lock of an entity closes every month before it, whatever was said about them.
    ends = pl.date(pl.col("period").str.head(4).cast(pl.Int32), pl.col("period").str.tail(2).cast(pl.Int32), 1)
    closed = (pl.col("state") != ASKED) & (ends.dt.month_end() <= pl.col("closed"))
    told = each.join(last_days(book=book), on="entity", how="left")
    told = told.with_columns(state=pl.when(closed).then(pl.lit(LOCKED)).otherwise("state"))
    return told.drop("closed").sort("entity", "period")


def of_month(period: str, entity: str, *, book: str = MAIN) -> str:
    """The state of one month of an entity: open, soft-closed, locked or asked."""
    said = periods(book=book).filter((pl.col("entity") == entity) & (pl.col("period") == period))
    if said.height:
        return str(said["state"].item())
    day = through(book, entity)
    return LOCKED if day is not None and months.last_day(period) <= day else OPEN


def restated(*, book: str = MAIN, entity: str | None = None) -> list[str]:
    """The months that were reopened after they had been signed, in order: their reports say so for ever."""
    found = periods(book=book).filter("restated")
    if entity is not None:
        found = found.filter(pl.col("entity") == entity)
    return found["period"].unique().sort().to_list()

"""Posted entries in memory: they are numbered and never change, so that only those which came since are read.

Worked example: 360,000 entries are held as they stood at event 40, and event 41 posts 5,000. `held` reads those 5,000
and gives 365,000; one that is asked inside an act gives what the act has written too, and holds none of it. Books that
have no event 40 with the same hash are others, or were put back from a copy: all of their entries are read.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from ratable.engine import outcome
from ratable.ledger import events, models, rows
from ratable.reports import journal

BOOK = "main"

LINE = ["line", "currency", "entity"]
"""What tells the lines of entries apart."""

_TYPED: dict[str, pl.DataType] = {"date": pl.Date(), "amount": pl.Int64()}
# What all reports but the journal are made of, and what that shows besides.
_SAID = dict.fromkeys(
    [*LINE, "contract", "origin_period", "kind", "debit", "credit", "debit_role", "credit_role", "source"], pl.String()
)
NARROW: dict[str, pl.DataType] = {**_SAID, **_TYPED, "run_no": pl.Int64()}
WHOLE: dict[str, pl.DataType] = {**dict.fromkeys([*journal.COLUMNS, "account"], pl.String()), **_TYPED,
                                 "run_no": pl.Int64()}  # fmt: skip
_READ: dict[str, pl.DataType] = {"no": pl.Int64(), "known_on": pl.Date(), **NARROW}
_CODED: dict[str, pl.DataType] = {
    "kind": outcome.KINDS, "debit_role": outcome.ROLES, "credit_role": outcome.ROLES,
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Which entries count: dated through a day, posted by the end of another (None: all), of one entity (None: all).

    `chosen` are columns of entries with the one value that counts, and `lines` the only lines that do (None: all).
    """

    through: date
    known_on: date | None = None
    entity: str | None = None
    chosen: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] | None = None

    def select(self, schema: dict[str, pl.DataType], *, distinct: bool = False) -> pl.DataFrame:
        """Columns of those entries, or what differs in them. A missing entity is null, as in reports."""
        conditions = ["book = %s", "date <= %s"]
        given: list[object] = [BOOK, self.through.isoformat()]
        if self.known_on is not None:
            conditions.append("known_on <= %s")
            given.append(self.known_on.isoformat())
        if self.entity is not None:
            conditions.append("entity = %s")
            given.append(self.entity)
        for name, value in self.chosen:
            conditions.append(f"{name} = %s" if value else f"coalesce({name}, '') = %s")
            given.append(value)
            if name == "contract" and value:
                conditions.append("account = %s")  # The same rows, by an index.
                given.append(f"contract {value}")
        if self.lines is not None:
            among, lines = rows.among("line", self.lines)
            conditions.append(among)
            given.append(lines)
        what = f"{'DISTINCT ' if distinct else ''}{', '.join(schema)}"
        query = f"SELECT {what} FROM entries WHERE {' AND '.join(conditions)}"  # noqa: S608  names of our own
        found = rows.select(query, given, schema)
        return found.with_columns(pl.col("entity").replace("", None)) if "entity" in schema else found


@dataclass(frozen=True)
class Entries:
    """Entries, and the lines that they name.

    `rows` have the columns of NARROW or more, `origin` (first day of the month that the amount belongs to) and `place`,
    the number of their line in `lines` (LINE), from 0.
    """

    rows: pl.DataFrame
    lines: pl.DataFrame

    def and_(self, more: pl.DataFrame) -> "Entries":
        """These entries and others, as they were read."""
        fresh = more.select(LINE).unique(maintain_order=True).join(self.lines, on=LINE, how="anti", nulls_equal=True)
        lines = pl.concat([self.lines, fresh])
        origin = pl.concat_str("origin_period", pl.lit("-01")).str.to_date()
        named = lines.with_row_index("place")
        coded = (pl.col(name).cast(kind) for name, kind in _CODED.items())
        typed = more.with_columns(*coded, origin=origin)
        placed = typed.join(named, on=LINE, how="left", nulls_equal=True, maintain_order="left")
        return Entries(pl.concat([self.rows, placed]) if self.rows.width else placed, lines)

    def asked(self, asked: Asked) -> "Entries":
        """Those that are asked for, of some days and an entity."""
        counts = [pl.col("date") <= asked.through]
        if asked.known_on is not None:
            counts.append(pl.col("known_on") <= asked.known_on)
        if asked.entity is not None:
            counts.append(pl.col("entity").fill_null("") == asked.entity)
        every = pl.all_horizontal(counts)
        return self if self.rows.select(every.all()).item() else Entries(self.rows.filter(every), self.lines)


NONE = Entries(pl.DataFrame(), pl.DataFrame(schema=dict.fromkeys(LINE, pl.String())))
"""No entries, to which some can be added."""


@dataclass(frozen=True)
class _Stood:
    """Entries as they stood at an event, through a number."""

    event: str
    last: int
    entries: Entries


_before: dict[str, _Stood] = {}  # By book; whoever replaces it does so whole.


def held(*, keep: bool) -> Entries:
    """All entries of the book.

    Args:
        keep: they are committed, so that the next one may begin with them.
    """
    before = _before.get(BOOK)
    if before is None or not known(before.event):
        before = _Stood(events.FIRST, 0, NONE)
    # By their numbers, and not by the index of books, in which all would have to be looked through.
    query = f"SELECT {', '.join(_READ)} FROM entries WHERE coalesce(book, '') = %s AND no > %s ORDER BY no"  # noqa: S608  names of our own
    more = rows.select(query, [BOOK, before.last], _READ)
    if more.is_empty() and before.entries.rows.width:
        return before.entries
    both = before.entries.and_(more.with_columns(pl.col("entity").replace("", None)))
    if keep:
        last = before.last if more.is_empty() else int(more["no"][-1])
        _before[BOOK] = _Stood(events.last()[1], last, both)
    return both


def known(event: str) -> bool:
    """Whether these books have an event with this hash, and so everything that came before it."""
    return event == events.FIRST or models.Event.objects.filter(hash=event).exists()


def of(found: pl.DataFrame) -> Entries:
    """Entries as they were read, with the columns of NARROW at least."""
    return NONE.and_(found)

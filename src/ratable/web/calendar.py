"""The months of the books with their states, read once for each page.

Worked example: history is locked through December, January was locked on 4 February, and run 4 is of February: the
month in progress is February, and the picker has every month from the first entry to March, January as locked.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from ratable.core import periods
from ratable.ledger import closed, knowledge, models, rows
from ratable.ledger import entries as runs
from ratable.operations import clock
from ratable.web import figures

_LEAST_CLOSED_FIRST = (closed.ASKED, closed.OPEN, closed.SOFT, closed.LOCKED)
_SIGNS = {closed.OPEN: "open", closed.SOFT: "warn", closed.LOCKED: "good", closed.ASKED: "warn"}


@dataclass(frozen=True)
class Month:
    """A month as the picker shows it."""

    period: str
    state: str

    @property
    def title(self) -> str:
        """Mar 2026."""
        return figures.month(self.period)

    @property
    def sign(self) -> str:
        """The sign of its state."""
        return _SIGNS[self.state]


@dataclass(frozen=True)
class Calendar:
    """What was done about months, by entity and month; the last closed day of each entity; first and last month."""

    entities: tuple[str, ...]
    states: dict[tuple[str, str], str]
    ends: dict[str, date]
    first: str
    last: str
    in_progress: str

    def month(self, period: str, entity: str | None = None) -> Month:
        """A month with its state; of several entities, the least closed one."""
        asked = self.entities if entity is None else (entity,)
        states = {self._state(period, each) for each in asked}
        return Month(period, next(name for name in _LEAST_CLOSED_FIRST if name in states))

    def months(self, shown: str) -> list[Month]:
        """Every month of the books, the newest first, and those between them and the one that is shown."""
        first, last = min(self.first, shown), max(self.last, shown)
        span = [periods.shifted(first, step) for step in range(periods.months_between(first, last) + 1)]
        return [self.month(period) for period in reversed(span)]

    def _state(self, period: str, entity: str) -> str:
        end = self.ends.get(entity)
        implied = closed.LOCKED if end is not None and periods.last_day(period) <= end else closed.OPEN
        return self.states.get((entity, period), implied)


def read() -> Calendar:
    """The calendar of the store as it stands."""
    entities = tuple(knowledge.entities())
    acts = closed.periods().select("entity", "period", "state")
    ends = dict(closed.last_days().iter_rows())
    posted = _posted(entities)
    begun = [ends[entity] for entity in entities if entity in ends]
    due = [*posted, *_proposed()]
    now = periods.shifted(f"{min(begun):%Y-%m}", 1) if begun else max(due, default=f"{clock.now():%Y-%m}")
    first, last = min([*posted, now]), max([*posted, periods.shifted(now, 1)])
    states = {(entity, period): state for entity, period, state in acts.iter_rows()}
    return Calendar(entities, states, ends, first, last, now)


def _posted(entities: tuple[str, ...]) -> list[str]:
    """The first and the last month with entries, of each entity that has any: four looks into an index, no more."""
    limit = "SELECT {0}(period) FROM entries WHERE book = %s AND entity = %s"
    query = f"SELECT ({limit.format('min')}), ({limit.format('max')})"
    schema = {"first": pl.String(), "last": pl.String()}
    found = pl.concat([rows.select(query, [closed.MAIN, one] * 2, schema) for one in entities])
    return [*found["first"].drop_nulls(), *found["last"].drop_nulls()]


def _proposed() -> list[str]:
    """The months through which runs wait."""
    open_ = models.Run.objects.exclude(decision__verb__in=runs.OVER).values_list("through", flat=True)
    return [f"{day:%Y-%m}" for day in open_]

"""What an address asks for: the month, the entity, what was known, and the filters of a screen.

Worked example: `/roll-forward?period=2026-03&by=customer` is March 2026, all entities, everything known, by customer;
`link("/journals", kind="billing")` keeps month and entity and gives `/journals?period=2026-03&kind=billing`.

Every screen is a function of its address, so that a reload, a bookmark and a colleague see the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.utils.encoding import escape_uri_path

from ratable.core import periods
from ratable.web import calendar, figures

_KEPT = ("period", "entity", "known_on", "scale")
_OF_THE_PAGE = (*_KEPT, "cursor", "open")
WITHOUT = "\N{EMPTY SET}"
"""Asks for what has no value, such as rows without a product; an empty part of an address asks for nothing."""

_LENGTH = len("2026-03-31")


class Unclear(Http404):
    """A part of the address that cannot be read, with what was expected."""


@dataclass(frozen=True)
class State:
    """Where a person looks: a month, an entity, what was known on a day (None: all that is), and what else is asked."""

    path: str
    months: calendar.Calendar
    asked: Mapping[str, str] = field(default_factory=dict)
    known_on: date | None = None
    own: frozenset[str] | None = None

    def within(self, own: frozenset[str]) -> "State":
        """The same for a person whose role is held for some entities: the one asked for, else the first of theirs.

        Raises:
            Unclear: the address asks for another entity.
        """
        entity = sorted(own)[0] if self.entity is None else self.entity
        self._refuse_others(entity, own)
        asked = dict(self.asked) | {"entity": entity}
        return replace(self, asked=asked, months=replace(self.months, entities=tuple(sorted(own))), own=own)

    def allow(self, entity: str | None) -> None:
        """Let a person see something of an entity.

        Raises:
            Unclear: their role is held for others.
        """
        if self.own is not None:
            self._refuse_others(entity or "", self.own)

    def _refuse_others(self, entity: str, own: frozenset[str]) -> None:
        if entity not in own:
            raise Unclear(f"This is of entity {entity or 'none'}; your role is held for {', '.join(sorted(own))}.")

    @property
    def period(self) -> str:
        """The month of the address, else the one in progress."""
        return self.asked.get("period", self.months.in_progress)

    @property
    def entity(self) -> str | None:
        """The entity of the address; None: all; empty: what belongs to none."""
        said = self.asked.get("entity")
        return "" if said == WITHOUT else said

    @property
    def scale(self) -> str:
        """In what the figures of tables are shown, one of `figures.SCALES`; empty: in full."""
        return self.asked.get("scale", "")

    @property
    def choices(self) -> dict[str, str]:
        """What else the address asks of its screen, in words: filters, groups, order."""
        others = {name: value for name, value in self.asked.items() if name not in _OF_THE_PAGE}
        return {name.replace("_", " "): value for name, value in others.items()}

    @property
    def month(self) -> calendar.Month:
        """The month with its state."""
        return self.months.month(self.period, self.entity)

    @property
    def through(self) -> date:
        """The last day of the month."""
        return periods.last_day(self.period)

    def get(self, name: str, default: str = "") -> str:
        """One part of the address."""
        return self.asked.get(name, default)

    def some(self, *names: str) -> dict[str, str]:
        """Those parts of the address that are there, by name."""
        return {name: self.asked[name] for name in names if self.asked.get(name)}

    def link(self, path: str, **parts: object) -> str:
        """An address of another screen with the same month, entity and knowledge, unless said otherwise."""
        kept = {name: self.asked[name] for name in _KEPT if self.asked.get(name)} | {"period": self.period}
        return _address(path, kept | parts)

    def here(self, **parts: object) -> str:
        """This screen with some parts of its address changed; None takes a part away."""
        return _address(self.path, dict(self.asked) | {"period": self.period} | parts)


def of(request: HttpRequest, months: calendar.Calendar) -> State:
    """The state that an address asks for.

    Args:
        request: its query is read.
        months: of the books; its month in progress counts where the address names none.

    Raises:
        Unclear: a month, a day or a scale that is none.
    """
    asked = {name: str(value) for name, value in request.GET.items() if value != ""}
    if asked.get("scale", "") not in ("", *figures.SCALES):
        raise Unclear(f"scale: saw {asked['scale']!r}; expected one of {', '.join(figures.SCALES)}, or none.")
    if "format" in asked:
        asked.pop("scale", None)  # A file has every figure in full.
    if "period" in asked and _day(f"{asked['period']}-01") is None:
        raise Unclear(f"period: saw {asked['period']!r}; expected a month such as 2026-03.")
    known = asked.get("known_on")
    day = _day(known) if known else None
    if known and day is None:
        raise Unclear(f"known_on: saw {known!r}; expected a day such as 2026-03-31.")
    return State(escape_uri_path(request.path), months, asked, day)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if len(written) == _LENGTH else None
    except ValueError:
        return None


def _address(path: str, parts: Mapping[str, object]) -> str:
    said = {name: value for name, value in parts.items() if value is not None and value != ""}
    return f"{path}?{urlencode(said)}" if said else path

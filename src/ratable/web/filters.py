"""Filters by dimension: which lines an address restricts a report to, and the form in which a person says so.

Worked example: `/waterfall?customer=acme&region=∅` is about the lines of Acme that have no region. `leading` gives
those parts of an address again, with the dimensions of the row that was followed, so that the page they lead to is
about the same lines and its total is the same figure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

import polars as pl

from ratable.reports import names, triangle
from ratable.web import state, tables

BOOKED_IN = "booked_in"
NAMES = (*names.DIMENSIONS, BOOKED_IN)
AT_A_TIME = 100
_ON_PAPER = 5_000  # Some 150 sheets; who needs more takes the file.
_FEW = 60  # As many values as a person still picks from a list.


@dataclass(frozen=True)
class Field:
    """One filter of a form: its name, its title, what was chosen, and its values where they are few."""

    name: str
    title: str
    value: str
    values: tuple[str, ...]


def said(asked: state.State) -> dict[str, str]:
    """The filters of an address by name; empty text asks for what has no value."""
    return {name: value.replace(state.WITHOUT, "") for name, value in asked.some(*NAMES).items()}


def lines(every: pl.DataFrame, asked: state.State) -> pl.DataFrame:
    """The lines of an outcome that an address is about."""
    booked = every.with_columns(triangle.BOOKED_IN.alias(BOOKED_IN))
    wanted = (pl.col(name).fill_null("") == value for name, value in said(asked).items())
    return booked.filter(pl.all_horizontal(pl.lit(value=True), *wanted)).drop(BOOKED_IN)


def fields(every: pl.DataFrame, asked: state.State) -> list[Field]:
    """The form: a list of values where they are few, else a place to type one; the entity is chosen above."""
    shown = [name for name in names.DIMENSIONS if name not in ("entity", "line") or asked.get(name)]
    return [Field(name, name.capitalize(), asked.get(name), _values(every[name])) for name in shown]


def leading(asked: state.State, path: str, by: tuple[str, ...] = (), /, **parts: object) -> tables.Link:
    """Where the figures of a column lead: the same lines, those of the row alone, and what the column adds.

    Args:
        asked: where the person is.
        path: of the page.
        by: columns of the row that restrict it further, beside its currency.
        parts: what the column adds to the address.
    """
    base = asked.link(path, **(asked.some(*NAMES) | parts))
    of_row = tuple(dict.fromkeys((*by, "currency")))
    joint = "&" if "?" in base else "?"
    return lambda row: f"{base}{joint}{_written(tuple((name, row.get(name)) for name in of_row))}"


def cut(report: pl.DataFrame, asked: state.State, usual: int | None = None) -> tuple[pl.DataFrame, str]:
    """The rows of a long report that are shown now, and the address of those that follow; empty: there are none."""
    cursor = asked.get("cursor", "0")
    first, limit = int(cursor) if cursor.isdecimal() else 0, at_a_time(asked, usual)
    more = asked.here(cursor=first + limit) if first + limit < report.height else ""
    return report.slice(first, limit), more


def at_a_time(asked: state.State, usual: int | None = None) -> int:
    """How many rows of a long list are shown at once: more where all of them are asked for, to be printed."""
    return _ON_PAPER if asked.get("whole") == "yes" else usual or AT_A_TIME


def shade(most: Callable[[tables.Row], int], name: str) -> tables.Link:
    """Four classes of depth by how much of the largest amount a cell is."""

    def depth(row: tables.Row) -> str:
        amount, whole = abs(row[name] or 0), most(row)
        return f"heat{-(-4 * amount // whole)}" if amount and whole else ""

    return depth


def _values(column: pl.Series) -> tuple[str, ...]:
    found = column.unique()
    if found.len() > _FEW:
        return ()
    some = tuple(found.drop_nulls().sort())
    return (*some, state.WITHOUT) if some and found.null_count() else some


@lru_cache(maxsize=4096)
def _written(parts: tuple[tuple[str, str | None], ...]) -> str:
    return urlencode([(name, value or state.WITHOUT) for name, value in parts])

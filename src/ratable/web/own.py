"""The company's own data as the screens show it: products, SSPs, accounts, rules and policies, each row in words.

Worked example: the SSP of plan in USD from 2026-01-01 is the row plan, USD, 1200.00, 2026-01-01 with its two versions.
`change` leads to the form that is filled in with it, `history` to both versions; neither changes anything.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

import polars as pl

from ratable.bundle import joining, writing
from ratable.core import tables as bundle
from ratable.ledger import facts, knowledge, models, rows, versions
from ratable.operations import import_bundle, revisions
from ratable.web import state, tables

Texts = dict[str, pl.DataFrame]


def known() -> dict[str, pl.DataFrame]:
    """Every table of a bundle, of which the company's own ones are filled as they are known now."""
    empty = {name: bundle.empty(name) for name in bundle.TABLES}
    return empty | {name: knowledge.current(name) for name in import_bundle.OWN}


def texts(name: str, typed: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """A table in the words of a file, with `key`, by which the store knows a row again, and how many `versions` it has.

    Args:
        name: the table.
        typed: what `known` gives.
    """
    said = writing.texts(typed, name).with_columns(versions.keys(name, typed[name]))
    query = f"SELECT key, max(version) FROM {facts.PREFIX}{name} GROUP BY key"  # noqa: S608  a table of our own
    counted = rows.select(query, [], {"key": pl.String(), "versions": pl.Int64()})
    return said.join(counted, on="key", how="left", maintain_order="left")


def change(name: str) -> tables.Link:
    """Where a row of a table is changed: the form with its values."""
    key = joining.key(name)

    def address(row: tables.Row) -> str:
        said = {f"is.{column}": row[column] or "" for column in key}
        return f"/revisions/new?{urlencode({'table': name} | said)}"

    return address


def history(name: str) -> tables.Link:
    """Where every version of a row stands."""
    return lambda row: f"/versions?{urlencode({'table': name, 'key': row['key']})}"


def columns(name: str, *shown: str) -> tuple[tables.Column, ...]:
    """The columns of a table with the way to change a row and to its versions.

    Args:
        name: the table.
        shown: the columns that are shown as text, the first of which leads to the form.
    """
    declared = {column.name: column for column in bundle.TABLES[name].columns}
    first, *others = shown
    return (
        tables.Column(first, _title(first), "id", change(name)),
        *(tables.Column(one, _title(one), _KINDS.get(declared[one].kind, "text")) for one in others),
        tables.Column("versions", "Versions", "count", history(name)),
    )


_KINDS = {"day": "day", "amount": "text", "unit_price": "text", "choice": "words"}


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Waiting:
    """A revision that waits for a decision."""

    no: int
    memo: str
    by: str


def waiting() -> list[Waiting]:
    """The revisions that wait, the oldest first."""
    found = models.Revision.objects.filter(revisiondecision__isnull=True).order_by("no")
    return [Waiting(row.no, row.memo, row.prepared_by) for row in found]


def table_of(asked: state.State, name: str = "table") -> str:
    """The table of the company's own data that an address names.

    Raises:
        state.Unclear: it names none of them.
    """
    said = asked.get(name)
    if said not in import_bundle.OWN:
        raise state.Unclear(f"{name}: saw {said!r}; expected one of {', '.join(import_bundle.OWN)}.")
    return said


STATES = {revisions.WAITING: ("warn", "waiting"), revisions.APPROVED: ("good", "approved"),
          revisions.REJECTED: ("bad", "rejected")}  # fmt: skip

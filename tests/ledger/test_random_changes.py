"""A thousand random changes of stored values on each database, with the guards taken away: `verify` finds them all.

Worked example: a round writes one other value into one row of every table that events cover, say 7 for the amount of
entry 2 and "one." for the name of customer 1. `verify` must name every one of these tables. What no event covers (the
log itself, the company, files, drafts) is changed alone, since the rest of the store is judged by it.

Untouched, the same books give no alarm: after each round, when all is put back, and in a copy (test_copies.py).

A failure names the change; RATABLE_CHANGES sets how many there are, and a thousand are the first of any more.
"""

import os
import random
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db import DatabaseError, connection, transaction

from ratable.ledger import rows, stored, verification
from tests.stores import Store

CHANGES = int(os.environ.get("RATABLE_CHANGES", "1000"))
LETTERS = string.printable.strip() + "\N{LATIN SMALL LETTER E WITH ACUTE}\N{EURO SIGN}\N{COMBINING DIAERESIS} "


@dataclass(frozen=True)
class Change:
    """A value that was written past the log."""

    table: str
    row: int | str
    column: str
    before: object
    after: object

    def named_by(self) -> set[str]:
        """The tables of which `verify` names one for it."""
        if (self.table, self.column) == ("company", "id"):
            return {"events"}  # The id is inside every hash.
        # A run that waits is bound to its drafts by a hash, so either may be the one that is named.
        return {self.table, "runs"} if self.table == "drafts" else {self.table}


def other(value: Any, kind: pl.DataType, luck: random.Random) -> object:
    """Another value for a column of a type: near to the one that is there, far from it, or none."""
    if value is None or luck.random() < 0.1:
        return anything(kind, luck) if value is None else None
    if luck.random() < 0.3:
        return anything(kind, luck)
    return near(value, kind, luck)


def anything(kind: pl.DataType, luck: random.Random) -> object:
    """Any value of a type."""
    return {
        pl.Int64(): luck.randint(-(2**40), 2**40),
        pl.String(): "".join(luck.choices(LETTERS, k=luck.randint(0, 6))),
        pl.Date(): date(1900, 1, 1) + timedelta(luck.randrange(400_000)),
        pl.Boolean(): luck.random() < 0.5,
        pl.Binary(): luck.randbytes(luck.randint(0, 4)),
    }[kind]


def near(value: Any, kind: pl.DataType, luck: random.Random) -> object:
    """The smallest change of a value: one more or less, a day, a letter, a byte."""
    if kind == pl.Boolean():
        return not value
    if kind == pl.Int64():
        return value + luck.choice([-1, 1])
    if kind == pl.Date():
        return value + timedelta(luck.choice([-1, 1]))
    at = luck.randint(0, len(value))
    letter: Any = luck.choice(LETTERS) if kind == pl.String() else luck.randbytes(1)
    return value[:at] + letter + value[at + luck.randint(0, 1) :]


def changed(table: str, luck: random.Random) -> Change | None:
    """Write another value into some cell of a table; None where the column refuses it or it is the same."""
    key, kinds = stored.key(table), stored.schema(table)
    row, column = luck.choice(keys(table)), luck.choice(sorted(kinds))
    held = {column: kinds[column]}
    before = rows.select(f'SELECT "{column}" FROM "{table}" WHERE {key} = %s', [row], held).item()  # noqa: S608  our own
    after = other(before, kinds[column], luck)
    if before == after:
        return None
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE {key} = %s', [after, row])  # noqa: S608  our own
    except DatabaseError:
        return None
    return Change(table, row, column, before, after)


def keys(table: str) -> list[Any]:
    """The keys of the rows of a table, in order."""
    key = stored.key(table)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {key} FROM "{table}" ORDER BY {key}')  # noqa: S608  names of our own schema
        return [row[0] for row in cursor.fetchall()]


def made(tables: list[str], luck: random.Random) -> list[Change]:
    """One change in each of some tables."""
    found = []
    for table in tables:
        change = None
        while change is None:
            change = changed(table, luck)
        found.append(change)
    return found


def rounds() -> Iterator[list[str]]:
    """The tables to be changed at one time: every covered one, then each other one alone, in proportion."""
    left = CHANGES
    while left > 0:
        for tables in (stored.covered(), *([table] for table in stored.NOT_COVERED)):
            if left > 0:
                yield tables[:left]
                left -= len(tables[:left])


def test_every_table_is_covered_or_says_why_not(books: Store) -> None:
    empty = [table for table in (*stored.covered(), *stored.NOT_COVERED) if not keys(table)]

    assert empty == []
    assert {"entries", "decisions", "locks", "fact_contracts", "grants", "settings"} <= set(stored.covered())


def test_every_random_change_is_found_and_its_table_named(books: Store) -> None:
    luck = random.Random(26)  # noqa: S311  the same changes each time, so that what is not found can be looked for
    missed, count = [], 0
    for tables in rounds():
        with transaction.atomic():
            changes = made(tables, luck)
            named = {fault.table for fault in verification.verify()}
            transaction.set_rollback(True)
        missed += [change for change in changes if not change.named_by() & named]
        count += len(changes)
        if len(tables) > 1:
            assert verification.verify() == []

    assert missed == []
    assert count == CHANGES

"""Adds rows to the store under the event of their act, so that a later look finds every row that was changed.

Worked example: an import adds contracts 8 to 10. Its event then says `"rows": {"fact_contracts": {"from": "8", "to":
"10", "digest": "5d0c..."}}`, where the digest is SHA-256 over the digests of the three rows in order. `verify` reads
rows 8 to 10 again, computes the same, and finds whoever changed one of them.

Refused, as a mistake of the code: a frame without a column of its table, and a second set for a table in one act.
"""

import polars as pl
from django.apps import apps
from django.db.models import Model

from ratable.ledger import canonical, events, rows

_GIVEN_HERE = ("no", "digest")


def columns(table: str) -> list[str]:
    """The columns of a table of the store, in the order of its model."""
    return [field.column for field in _model(table)._meta.concrete_fields]


def digests(frame: pl.DataFrame) -> pl.Series:
    """SHA-256 of each row over all its columns but `digest`; what is bytes counts as hexadecimal digits."""
    return canonical.digests(frame.drop("digest", strict=False).with_columns(pl.col(pl.Binary).bin.encode("hex")))


def sealed(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows as the table will hold them: in normal form, numbered on from its last, with a digest where it keeps one.

    Args:
        table: a table of the store with a number of its own.
        frame: its columns but `no` and `digest`, in any order.
    """
    frame = canonical.normal(frame)
    every = columns(table)
    given = [name for name in every if name not in _GIVEN_HERE]
    numbered = frame.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("no") + rows.count(table) + 1, *given)
    return numbered.with_columns(digests(numbered)).select(every) if "digest" in every else numbered.select(every)


def cover(act: events.Act, table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Add rows to a table, and say in the event of the act which they are and what they hold.

    Args:
        act: the act that adds them; its `body["rows"]` gains first and last number and the digest over all rows.
        table: a table of the store with a number of its own.
        frame: its columns but `no`, `digest` and `event_no`, which are given here.

    Returns:
        the rows as they were added, in the order of their numbers.
    """
    covered = act.body.setdefault("rows", {})
    if table in covered:
        raise AssertionError(f"{act.action}: a second set of rows for {table} in one act")
    added = sealed(table, frame.with_columns(event_no=pl.lit(act.no, pl.Int64)))
    if added.is_empty():
        return added
    rows.add(table, added)
    each = added["digest"] if "digest" in added.columns else digests(added)
    first, last = added["no"][0], added["no"][-1]
    covered[table] = {"from": str(first), "to": str(last), "digest": canonical.of_all(each)}
    return added


def _model(table: str) -> type[Model]:
    known: dict[str, type[Model]] = {m._meta.db_table: m for m in apps.get_app_config("ledger").get_models()}
    return known[table]

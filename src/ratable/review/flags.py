"""Flags: what a check of the review says about the books, as rows that carry their own proof.

Worked example: JC-05 on entry 5f1c: expected "917.26", actual "919.89", amount 263 (minor units that are wrong), says
"Entry 5f1c recognizes 919.89 USD of C-1-1 for 2026-01; the second engine makes 917.26", formula "10,800.00 x 31/365 =
917.26", rows ["entries/5f1c", "contract_lines/C-1-1"], next "Reject the run and propose again".

The id of a flag comes from what it is about, never from when it was raised: the same data gives the same ids.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

import polars as pl

BLOCKS, FLAGS, INFORMS = "blocks", "flags", "informs"
"""Blocks approval until it is put right or overridden; asks for a look; adds to the order of reading."""

SCHEMA: dict[str, pl.DataType] = {
    "id": pl.String(),
    "check": pl.String(),  # such as JC-16
    "version": pl.Int64(),
    "class": pl.String(),  # blocks, flags or informs
    "title": pl.String(),  # of the check, in words
    "table": pl.String(),  # what it is about: entries, contract_lines, invoices, runs, periods ...
    "subject": pl.String(),  # id in that table
    "period": pl.String(),  # YYYY-MM; null where none is meant
    "entity": pl.String(),
    "contract": pl.String(),
    "line": pl.String(),
    "customer": pl.String(),
    "currency": pl.String(),
    "amount": pl.Int64(),  # minor units that are affected, never below zero; null where no amount is
    "expected": pl.String(),
    "actual": pl.String(),
    "says": pl.String(),  # one sentence
    "formula": pl.String(),  # with its values filled in
    "rows": pl.List(pl.String()),  # every row that was used, as table/id
    "next": pl.String(),  # what to do
    "fix": pl.String(),  # a proposal as JSON (`proposals.Fix`); null where the check knows none
}
"""Grain: one thing that a check noticed, under the check and its version."""


@dataclass(frozen=True)
class Flag:
    """One flag, as a check raises it; `raised` adds what the check itself knows."""

    table: str
    subject: str
    says: str
    expected: str
    actual: str
    formula: str
    next: str
    rows: tuple[str, ...]
    amount: int | None = None
    currency: str | None = None
    period: str | None = None
    entity: str | None = None
    contract: str | None = None
    line: str | None = None
    customer: str | None = None
    fix: str | None = None
    part: str = field(default="", compare=False)  # tells flags of one check on one subject apart


_OWN = tuple(item.name for item in fields(Flag) if item.name != "part")


def none() -> pl.DataFrame:
    """No flag (SCHEMA)."""
    return pl.DataFrame(schema=SCHEMA)


def raised(found: Iterable[Flag], *, check: str, version: int, kind: str, title: str) -> pl.DataFrame:
    """Flags of one check as rows (SCHEMA), in the order of their ids.

    Args:
        found: what the check noticed; few, since flags are what people read.
        check: its id.
        version: of the check.
        kind: blocks, flags or informs.
        title: the check in words.
    """
    told = {"check": check, "version": version, "class": kind, "title": title}
    given = [
        {"id": _id(check, flag)} | told | {name: getattr(flag, name) for name in _OWN} | {"rows": list(flag.rows)}
        for flag in found
    ]
    return pl.DataFrame(given, schema=SCHEMA).unique("id", keep="first", maintain_order=True).sort("id")


def _id(check: str, flag: Flag) -> str:
    about = "\x1f".join((check, flag.table, flag.subject, flag.period or "", flag.part))
    return hashlib.sha256(about.encode()).hexdigest()[:16]

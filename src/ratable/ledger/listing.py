"""Entries and drafts as lists: what a filter selects, in pages, with totals over all of it.

Worked example: `Filter(role="deferred_revenue", kinds=("billing",), equal={"period": "2026-03"})` selects the bills of
March; `totals` says 38 rows, 41,200.00 USD, which add 41,200.00 to deferred revenue, and `page` gives the first 200 of
them. That is the cell `billings` of the roll-forward of March, which is how a figure on a screen opens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from ratable.ledger import books, entries, knowledge, rows
from ratable.reports import postings

COLUMNS = ("period", "entity", "currency", "kind", "contract", "line", "account", "customer", "product", "source")
"""What a filter may ask to be equal to a value."""

SHOWN: dict[str, pl.DataType] = {name: entries.DRAFTS[name] for name in (
    "no", "run_no", "entry", "date", "period", "origin_period", "entity", "currency", "kind", "contract", "line",
    "customer", "product", "source", "debit", "credit", "debit_role", "credit_role", "amount", "narrative",
)}  # fmt: skip
ALL = 1_048_575
"""As many rows as a worksheet holds: what a file may be asked for at once."""

_SOUGHT = ("narrative", "contract", "line", "customer", "product", "source", "entry")
_TOTALS: dict[str, pl.DataType] = {
    "currency": pl.String(), "rows": pl.Int64(), "amount": pl.Int64(), "effect": pl.Int64(),
}  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """Which rows are asked for; what is not said does not restrict.

    `since` and `until` are months; `equal` and `among` are columns of COLUMNS with the value, or the values, that
    count (an empty one: rows without a value); `role` restricts to rows that touch an account of that role, and
    `effect` is then what a row adds to it; rows that touch an account of the role `without` do not count; `words` are
    sought in the narrative and the ids; `code` restricts to rows that touch that account, on `side` (debit, credit;
    empty: either), and `effect` is then what a row adds to it, debits positive.
    """

    table: str = "entries"
    run: int | None = None
    since: str = ""
    until: str = ""
    known_on: date | None = None
    role: str = ""
    kinds: tuple[str, ...] = ()
    equal: Mapping[str, str] = field(default_factory=dict)
    among: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: str = ""
    without: str = ""
    code: str = ""
    side: str = ""


def page(asked: Filter, *, after: int = 0, limit: int = 200) -> pl.DataFrame:
    """Rows in the order of their numbers (SHOWN, and `effect`), at most `limit` of those after a number."""
    said, given = _conditions(asked)
    effect, touched = _effect(asked)
    columns = ", ".join(f'"{name}"' for name in SHOWN)
    query = f'SELECT {columns}, {effect} FROM "{asked.table}" WHERE {said} AND no > %s ORDER BY no LIMIT %s'  # noqa: S608  names of our own
    return rows.select(query, [*touched, *given, after, limit], SHOWN | {"effect": pl.Int64()})


def totals(asked: Filter) -> pl.DataFrame:
    """All that a filter selects, by currency: currency, rows, amount, effect (minor units)."""
    said, given = _conditions(asked)
    effect, touched = _effect(asked)
    sums = f"count(*), CAST(sum(amount) AS BIGINT), CAST(sum({effect}) AS BIGINT)"
    query = f'SELECT currency, {sums} FROM "{asked.table}" WHERE {said} GROUP BY currency ORDER BY currency'  # noqa: S608  names of our own
    return rows.select(query, [*touched, *given], _TOTALS)


def _effect(asked: Filter) -> tuple[str, list[str]]:
    """What a row adds to an account, debits positive, or to a role on the side on which it stands; else its amount."""
    if asked.code:
        return "CASE WHEN debit = %s THEN amount ELSE -amount END", [asked.code]
    if not asked.role:
        return "amount", []
    side = "debit_role" if asked.role in postings.DEBIT_SIDED else "credit_role"
    return f"CASE WHEN {side} = %s THEN amount ELSE -amount END", [asked.role]


def _conditions(asked: Filter) -> tuple[str, list[object]]:
    learned = asked.known_on if asked.table == "entries" else None
    limits: dict[str, object] = {
        "run_no = %s": asked.run, "period >= %s": asked.since or None, "period <= %s": asked.until or None,
        "known_on <= %s": learned and learned.isoformat(), "%s IN (debit_role, credit_role)": asked.role or None,
    }  # fmt: skip
    conditions = [("book = %s", books.BOOK), *((said, value) for said, value in limits.items() if value is not None)]
    conditions += [
        (f"{name} = %s" if value else f"coalesce({name}, '') = %s", value) for name, value in asked.equal.items()
    ]
    conditions += [rows.among(name, values) for name, values in asked.among.items()]
    if asked.table == "entries" and "entity" not in asked.equal:
        conditions.append(rows.among("entity", knowledge.entities()))  # The index of months begins with it.
    if asked.kinds:
        conditions.append(rows.among("kind", asked.kinds))
    if asked.code:
        conditions.append((f"%s IN ({asked.side or 'debit, credit'})", asked.code))
    if asked.without:
        conditions.append(("%s NOT IN (debit_role, credit_role)", asked.without))
    said, given = [said for said, _ in conditions], [value for _, value in conditions]
    if asked.words:
        said.append(f"({' OR '.join(f'lower({name}) LIKE %s' for name in _SOUGHT)})")
        given += [f"%{asked.words.lower()}%"] * len(_SOUGHT)
    return " AND ".join(said), given

"""Fills what a row may leave unsaid because another column or its contract says it.

Worked example: a line of the contract 2026-01-01 to 2026-12-31 without dates of its own runs from 2026-01-01 to
2026-12-31; an amendment approved on 2026-06-20 without `known_on` is known on that day.

Only days are filled: every other default is an accounting choice and stands where it is used.
"""

import polars as pl

from ratable.core import tables


def fill(bundle: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables with days filled in.

    Args:
        bundle: every declared table, typed.

    Returns:
        the same rows. `known_on` is the fact's own day (a minimum: its contract's signature; a policy: its `from`, or
        null, which is always). A line without `start` or `end` takes its contract's; one that an amendment adds starts
        when the amendment takes effect.
    """
    filled = bundle | {
        name: _known_on(bundle[name], table.own_day) for name, table in tables.TABLES.items() if table.own_day
    }
    contracts = (
        bundle["contracts"].select(contract="id", _signed="signed_on", _start="start", _end="end").unique("contract")
    )
    filled["policies"] = _known_on(bundle["policies"], "from")
    filled["minimums"] = _from_parent(bundle["minimums"], contracts, "contract", {"known_on": "_signed"})
    filled["contract_lines"] = _from_parent(
        bundle["contract_lines"], contracts, "contract", {"start": "_start", "end": "_end"}
    )
    filled["amendment_changes"] = _added_lines(bundle["amendment_changes"], bundle["amendments"], contracts)
    return filled


def _known_on(rows: pl.DataFrame, own_day: str) -> pl.DataFrame:
    return rows.with_columns(pl.coalesce("known_on", own_day)) if "known_on" in rows.columns else rows


def _from_parent(rows: pl.DataFrame, parents: pl.DataFrame, key: str, days: dict[str, str]) -> pl.DataFrame:
    """Rows whose null days are taken from their parent, in the same order."""
    if not any(rows[day].null_count() for day in days):
        return rows
    joined = rows.join(parents, on=key, how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce(day, source).alias(day) for day, source in days.items()).select(rows.columns)


def _added_lines(changes: pl.DataFrame, amendments: pl.DataFrame, contracts: pl.DataFrame) -> pl.DataFrame:
    takes_effect = pl.max_horizontal("effective_on", "approved_on")
    parents = amendments.select("contract", amendment="id", _start=takes_effect).unique("amendment")
    parents = parents.join(contracts.drop("_start"), on="contract", how="left").drop("contract")
    added = changes.filter(pl.col("op") == "add")
    others = changes.filter(pl.col("op").ne_missing("add"))
    return pl.concat([_from_parent(added, parents, "amendment", {"start": "_start", "end": "_end"}), others]).sort(
        "row"
    )

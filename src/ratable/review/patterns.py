"""Differences between a journal and the facts that explain themselves, without computing anything anew.

Worked example: one entry of January says 1,000.01 where the facts give 1,000.00, and nothing else differs: somebody
altered it ("entry_altered"). If another entry says 999.99, the two cancel ("errors_that_cancel").
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

_FEW = 24  # Cents that rounding may move in one month or line.


@dataclass(frozen=True)
class Pattern:
    """What some differences show; `plainer`: it says more than a hypothesis that gives the same entries."""

    name: str
    check: str
    gives: str
    facts: str
    plainer: bool = False


def of(cells: pl.DataFrame) -> Pattern | None:
    """The pattern of the differences of one account (`diagnosing.CELLS`); None: they show none."""
    own = cells.filter(pl.col("kind") != "reclassification")
    if own.is_empty():
        absent = bool((cells["booked"] == 0).all())
        gives = "no reclassification" if absent else "sides of the contract that were not netted"
        return Pattern("not_netted", "JC-61" if absent else "JC-42D", gives, "one net side", plainer=True)
    return next((found for look in _LOOKS if (found := look(own)) is not None), None)


def _another_currency(cells: pl.DataFrame) -> Pattern | None:
    by = ["period", "origin_period", "line", "kind", "low", "high"]
    net = cells.group_by(by).agg(gap=(pl.col("booked") - pl.col("due")).sum())
    if cells["currency"].n_unique() < 2 or not (net["gap"] == 0).all():
        return None
    booked = ", ".join(cells.filter(pl.col("booked") != 0)["currency"].unique().sort())
    due = ", ".join(cells.filter(pl.col("due") != 0)["currency"].unique().sort())
    return Pattern("another_currency", "JC-71", f"the same amounts in {booked}", due, plainer=True)


def _absent(cells: pl.DataFrame) -> Pattern | None:
    if not (cells["booked"] == 0).all():
        return None
    if set(cells["kind"]) == {"true_up"}:
        return Pattern("true_up_missed", "JC-21", "no true-up", "a true-up of the minimum", plainer=True)
    few = cells.height <= 2
    return Pattern("entry_absent", "JC-61", "no entry at all", "an entry", plainer=few)


_TWICE = {"credit_note": "JC-23", "true_up": "JC-21"}


def _twice(cells: pl.DataFrame) -> Pattern | None:
    if not (cells["booked"] == 2 * cells["due"]).all() or not (cells["due"] != 0).all():
        return None
    kinds = cells["kind"].unique().to_list()
    check = _TWICE.get(kinds[0], "JC-49D") if len(kinds) == 1 else "JC-49D"
    name = "refund_twice" if kinds == ["credit_note"] else "entry_twice"
    return Pattern(name, check, "every amount twice", "once", plainer=cells.height <= 2)


def _another_month(cells: pl.DataFrame) -> Pattern | None:
    by = ["origin_period", "line", "kind", "low", "high", "currency"]
    net = cells.group_by(by).agg(gap=(pl.col("booked") - pl.col("due")).sum())
    whole = ((cells["booked"] == 0) | (cells["due"] == 0)).all()
    if not whole or not (net["gap"] == 0).all():
        return None
    return Pattern("posted_in_another_month", "JC-26", "the same amounts in another month", "their own month")


def _rounding(cells: pl.DataFrame) -> Pattern | None:
    gap = (cells["booked"] - cells["due"]).abs()
    if cells.height < 3 or int(gap.max() or 0) > _FEW or (cells["booked"] == 0).any():  # type: ignore[arg-type]  # A whole number.
        return None
    return Pattern("rounding_dumped", "JC-28", "cents rounded in another way", "cents by the largest remainder")


def _cancel(cells: pl.DataFrame) -> Pattern | None:
    gap = cells["booked"] - cells["due"]
    if cells.height != 2 or gap.sum() != 0:
        return None
    return Pattern("errors_that_cancel", "JC-14", "two altered entries that cancel", "neither of them")


def _altered(cells: pl.DataFrame) -> Pattern | None:
    if cells.height != 1:
        return None
    return Pattern("entry_altered", "JC-14", "one altered entry", "another amount")


_LOOKS: tuple[Callable[[pl.DataFrame], Pattern | None], ...] = (
    _another_currency, _absent, _twice, _another_month, _rounding, _cancel, _altered,
)  # fmt: skip

"""The truth about a planted error, written down when the world is made and never shown to a review.

Worked example: Planted("wrong_start", "moderate", ..., table="contract_lines", subject="C-1010-1", entries=("5f1c...",
...), amount=400000, currency="USD", fixes=(Fix("correct", ...),), checks={"JC-11", "JC-16", "JC-18"}).
"""

from dataclasses import dataclass

import polars as pl

from ratable.review.evaluation import records
from ratable.review.evaluation.planting import kinds
from ratable.review.evaluation.planting.kinds import Kind, Plan, Touched
from ratable.review.evaluation.records import Records
from ratable.review.proposals import Fix


@dataclass(frozen=True)
class Planted:
    """One planted error, as EV-01 keeps it.

    `entries` are those of the journal that are wrong, `rows` (table/id) name the error too, `accounts` are what it
    touches, `amount` is what is misstated (minor units of `currency`; 0: an act without an amount).
    """

    kind: str
    tier: str
    family: str
    table: str
    subject: str
    accounts: tuple[str, ...]
    entries: tuple[str, ...]
    rows: tuple[str, ...]
    amount: int
    currency: str
    fixes: tuple[Fix, ...]
    checks: frozenset[str]
    cancels: bool


@dataclass(frozen=True)
class Twin:
    """What looks like an error of a kind and is right: its accounts, and the runs of its journals by hand."""

    kind: str
    accounts: tuple[str, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """What the truth is measured on: the records, and the journal by the facts as they should be."""

    records: Records
    due: pl.DataFrame


def twin(kind: Kind, plan: Plan, recorded: Records) -> Twin:
    """The truth about a twin."""
    runs = [
        run for key, run in recorded.by_key.items() if any(key.startswith(_contract(name)) for name in plan.accounts)
    ]
    return Twin(kind.name, plan.accounts, tuple(f"runs/{run}" for run in runs) if plan.manuals else ())


def _contract(account: str) -> str:
    """The id in the words of an account; keys of journals by hand begin with it."""
    return account.partition(" ")[2]


def planted(kind: Kind, plan: Plan, touched: Touched | None, beside: Beside) -> Planted:
    """The truth about an error: of an act by what it touched or wrote, else by the difference of two journals."""
    if plan.about:
        return _of_runs(kind, plan, beside.records)
    if touched is not None:
        return _made(kind, plan, touched.fixes, touched)
    booked = records.of_accounts(beside.records.entries, plan.accounts)
    apart = records.differing(booked, records.of_accounts(beside.due, plan.accounts))
    entries = records.touched(booked, apart)
    amount, currency = _amount(apart)
    fixes = plan.fixes if kind.family == kinds.FACTS else _to_post(apart)
    told = Touched(beside.records, plan.table, plan.subject, entries, amount, currency, plan.rows, plan.fixes)
    return _made(kind, plan, fixes, told)


def _made(kind: Kind, plan: Plan, fixes: tuple[Fix, ...], told: Touched) -> Planted:
    return Planted(
        kind.name, kind.tier, kind.family, told.table, told.subject, plan.accounts, told.entries, told.rows,
        told.amount, told.currency, fixes, kind.checks, kind.cancels,
    )  # fmt: skip


def _of_runs(kind: Kind, plan: Plan, recorded: Records) -> Planted:
    runs = [recorded.by_key[key] for key in plan.about]
    mine = recorded.entries.filter(pl.col("run").is_in(runs)).sort("no")
    fixes = tuple(Fix("post", "entries", entry, {"reverses": entry}) for entry in mine["entry"])
    told = Touched(
        recorded, "runs", str(runs[-1]), tuple(mine["entry"]), int(mine["amount"].sum()), str(mine["currency"][0]),
        tuple(f"runs/{run}" for run in runs),
    )  # fmt: skip
    return _made(kind, plan, fixes if kind.name in _TAKEN_BACK else (), told)


_TAKEN_BACK = ("reversal_missing",)
"""Journals by hand that a reversal puts right; how the others are put right is for people to say."""


def _amount(apart: pl.DataFrame) -> tuple[int, str]:
    """What is misstated: the larger of what is too much and what is too little, on revenue where any is."""
    of_revenue = apart.filter((pl.col("low") == "revenue") | (pl.col("high") == "revenue"))
    rows = of_revenue if of_revenue.height else apart
    steps = rows["booked"] - rows["due"]
    if steps.is_empty():
        return 0, ""
    return max(int(steps.filter(steps > 0).sum()), -int(steps.filter(steps < 0).sum())), str(rows["currency"][0])


def _to_post(apart: pl.DataFrame) -> tuple[Fix, ...]:
    """For each line what is due less what is booked, by month of origin and pair of roles."""
    steps = apart.with_columns(step=pl.col("due") - pl.col("booked"))
    sums = steps.group_by("line", "currency", "origin_period", "low", "high").agg(pl.col("step").sum())
    fixes = []
    for line in sums["line"].unique().sort():
        mine = sums.filter((pl.col("line") == line) & (pl.col("step") != 0)).sort("origin_period", "low", "high")
        values = {
            f"{row['origin_period']} {row['low']}/{row['high']}": kinds.text(row["step"], row["currency"])
            for row in mine.iter_rows(named=True)
        }
        fixes.append(Fix("post", "contract_lines", str(line), values))
    return tuple(fixes)

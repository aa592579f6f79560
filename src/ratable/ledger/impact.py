"""What a revision of the company's own data would move, by month: the engine on all facts, with it and without it.

Worked example: January and February are locked. The setup fee of 1,200.00 for 2026, taken at once so far, is to be
recognized over the year: the engine makes 1,200.00 in January of one and 100.00 a month of the other. January keeps
what was posted; March, the first open month, shows the difference of both locked months, 1,000.00 less, and its own
100.00 more: a change of (900.00); every later month 100.00 more.

Revenue is what falls into a month, deferred revenue the balance at its end. Nothing is written.
"""

from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from ratable.bundle import joining, sources
from ratable.core import accounts, bundles, periods
from ratable.engine import run
from ratable.ledger import closed, knowledge
from ratable.reports import postings

ROLES = ("revenue", "deferred_revenue")
MONTHS: dict[str, pl.DataType] = {"period": pl.String(), "currency": pl.String()} | dict.fromkeys(
    [f"{role}_{what}" for role in ROLES for what in ("before", "after", "change")], pl.Int64()
)
ACCOUNTS: dict[str, pl.DataType] = {
    "role": pl.String(), "account": pl.String(), "currency": pl.String(), "before": pl.Int64(), "after": pl.Int64(),
    "change": pl.Int64(),
}  # fmt: skip
_LEAST = 12  # Months that are looked at, after the one in progress.
_MOST = 60

_FLOW = ["currency", "role", "period"]


@dataclass(frozen=True)
class Impact:
    """What would change: `months` (MONTHS) and `accounts` (ACCOUNTS), amounts in minor units.

    `months` has by currency every month from the first that changes to the last, `accounts` sums over all months looked
    at of those whose sum changes; both are empty where no amount moves. `through` is the last day that was looked at.
    """

    through: date
    months: pl.DataFrame
    accounts: pl.DataFrame


def of(source: sources.Source, known_on: date) -> Impact:
    """The impact of a revision.

    Args:
        source: its raw tables, of which the books may hold other versions.
        known_on: the day on which it would become known.
    """
    before = knowledge.bundle()
    after = _revised(before, source, known_on)
    through = _horizon(before, known_on)
    flows = [_flows(bundle, through) for bundle in (before, after)]
    zero = pl.lit(0, pl.Int64)
    both = pl.concat([
        flows[0].with_columns(before="amount", change=-pl.col("amount")),
        flows[1].with_columns(before=zero, change="amount"),
    ]).drop("amount")  # fmt: skip
    moved = _into_open_months(both)
    return Impact(through, _months(moved), _accounts(moved))


def _revised(bundle: bundles.Bundle, source: sources.Source, known_on: date) -> bundles.Bundle:
    sound = joining.check(sources.in_normal_form(source), knowledge.stated()).sound
    revised = {}
    for name in source.tables:
        rows = sound[name]
        if "known_on" in rows.columns:
            rows = rows.with_columns(known_on=pl.lit(known_on))
        rest = bundle[name].join(rows, on=joining.key(name), how="anti", nulls_equal=True, maintain_order="left")
        revised[name] = pl.concat([rest, rows.select(rest.columns)])
    return replace(bundle, tables=bundle.tables | revised)


def _horizon(bundle: bundles.Bundle, today: date) -> date:
    """The end of the last contract, or of the last service that was billed; a year ahead at least, five at most."""
    lines = bundle["contract_lines"]["end"].max(), bundle["invoice_lines"]["service_end"].max()
    ends = [f"{day:%Y-%m}" for day in lines if isinstance(day, date)]
    least, most = (periods.shifted(f"{today:%Y-%m}", by) for by in (_LEAST, _MOST))
    return periods.last_day(min(max([*ends, least]), most))


def _flows(bundle: bundles.Bundle, through: date) -> pl.DataFrame:
    """What is posted by month, entity and account: entity, currency, role, account, period, amount."""
    made = run.recognize(bundle, through)
    chart = accounts.assign(accounts.Chart(bundle["accounts"], bundle["account_rules"]), made.lines)
    lines = made.lines.select("line_no", "currency", entity=pl.col("entity").fill_null(""))
    parts = []
    for role in ROLES:
        changed = (
            postings.changes(made, role, "month").collect().join(lines, on="line_no").join(chart.of_line, on="line_no")
        )
        posted = changed.with_columns(role=pl.lit(role), period=pl.col("date").dt.to_string("%Y-%m"))
        parts.append(posted.join(chart.accounts, on=["profile", "role"]))
    grain = ["entity", "currency", "role", "account", "period"]
    return pl.concat(parts).group_by(grain).agg(amount=pl.col("change").sum()).select(*grain, "amount")


def _into_open_months(both: pl.DataFrame) -> pl.DataFrame:
    """What changes in locked months falls into the first open one of its entity."""
    ended = closed.last_days().with_columns(open=pl.col("closed").dt.offset_by("1d").dt.to_string("%Y-%m"))
    known = both.join(ended, on="entity", how="left")
    late = known.with_columns(period=pl.max_horizontal("period", "open"), before=pl.lit(0, pl.Int64))
    grain = ["currency", "role", "account", "period"]
    parts = [known.with_columns(change=pl.lit(0, pl.Int64)), late]
    return pl.concat(part.select(*grain, "before", "change") for part in parts).group_by(grain).agg(
        pl.col("before", "change").sum()
    )  # fmt: skip


def _months(moved: pl.DataFrame) -> pl.DataFrame:
    sums = moved.group_by(_FLOW).agg(pl.col("before", "change").sum())
    if not (sums["change"] != 0).any():
        return pl.DataFrame(schema=MONTHS)
    every = moved.select("currency").unique().join(moved.select("period").unique(), how="cross")
    whole = every
    for role in ROLES:
        of_role = every.join(sums.filter(pl.col("role") == role).drop("role"), on=["currency", "period"], how="left")
        of_role = of_role.with_columns(pl.col("before", "change").fill_null(0)).sort("currency", "period")
        if role == "deferred_revenue":
            of_role = of_role.with_columns(pl.col("before", "change").cum_sum().over("currency", order_by="period"))
        named = of_role.select(
            "currency", "period",
            pl.col("before").alias(f"{role}_before"),
            (pl.col("before") + pl.col("change")).alias(f"{role}_after"),
            pl.col("change").alias(f"{role}_change"),
        )  # fmt: skip
        whole = whole.join(named, on=["currency", "period"])
    touched = pl.any_horizontal(*(pl.col(f"{role}_change") != 0 for role in ROLES))
    ends = pl.col("period").filter(touched)
    shown = pl.col("period").is_between(ends.min().over("currency"), ends.max().over("currency"))
    return whole.filter(shown).sort("currency", "period").select(*MONTHS)


def _accounts(moved: pl.DataFrame) -> pl.DataFrame:
    sums = moved.group_by("role", "account", "currency").agg(pl.col("before", "change").sum())
    told = sums.filter(pl.col("change") != 0).with_columns(after=pl.col("before") + pl.col("change"))
    return told.sort("role", "account", "currency").select(*ACCOUNTS)

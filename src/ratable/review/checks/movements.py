"""Checks of movements: deferred revenue and revenue of a month beside what the facts, and the last close, lead to.

Worked example: Bolt was billed 6,000.00 in March and 500.00 is scheduled for release, so that its deferred revenue
should rise by 5,500.00. It rises by 55,000.00; in the twelve months before nothing was ever apart, and 1,000.00 is
trivial: one flag of JC-37 for customer Bolt with the entries behind the 49,500.00. What is told of a customer is not
told again of its product, or of the company.

Rows are found in whole tables; the only loops are over the few rows that become flags.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import polars as pl

from ratable.core import periods, tables
from ratable.engine import run
from ratable.reports import postings
from ratable.review import catalogue, flags, materiality, robust, words
from ratable.review.checks import balances, grounds
from ratable.review.snapshot import Snapshot

_OWNER = "controller"
_MOST_ROWS = 12  # Entries that one flag names.
_LEVELS = (("customer", "customers"), ("product", "products"), ("all", "periods"))
_WHOLE = 10_000
_ARR_OFF = 300  # Basis points.
_DRIFT = 2_000
_MEDIAN_OF = 6  # Months whose median deferral is usual.
_LEAST_LINES = 20  # Below it a month's revenue is a few contracts, and no population.


def _spikes(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Deferred revenue of a customer, a product and all moves by bills less scheduled releases (JC-37).

    What is apart is a spike where it passes both what is trivial and 3.5 robust standard deviations of the twelve
    months before. What the facts name (credits, amendments, reclassifications) is part of what is expected.
    """
    apart = _apart(snapshot)
    levels = materiality.levels(snapshot).group_by("currency").agg(pl.col("trivial").min())
    trivial = dict(levels.iter_rows())
    months = set(snapshot.reviewed["period"].unique())
    for level, table in _LEVELS:
        if level == "all" and not snapshot.whole:
            continue
        by = [level, "currency"]
        sums = apart.group_by(*by, "period").agg(
            pl.col("actual", "expected", "billed", "released").sum(), lines=pl.col("line").unique().sort()
        )
        off = sums.with_columns(off=pl.col("actual") - pl.col("expected")).filter(pl.col("off") != 0)
        if level != "all":
            off = off.filter(pl.col(level) != "")  # What names nobody counts in the sum of all.
        found = [
            row for row in off.filter(pl.col("period").is_in(list(months))).sort(*by, "period").iter_rows(named=True)
            if abs(row["off"]) > _usual(off, row, by, snapshot, trivial.get(row["currency"], 0))
        ]  # fmt: skip
        for row in found:
            yield _spike(snapshot, row, table=table, level=level)
        told = pl.DataFrame([{name: row[name] for name in (*by, "period")} for row in found] or None,
                            schema=dict.fromkeys((*by, "period"), pl.String()))  # fmt: skip
        apart = apart.join(told, on=[*by, "period"], how="anti", nulls_equal=True)


def _apart(snapshot: Snapshot) -> pl.DataFrame:
    """Lines and months whose deferred revenue moved otherwise than the facts say, with what each moved by.

    Returns:
        line, currency, period, customer, product, all (empty text), actual, expected, billed, released.
    """
    own = ["line", "currency"]
    month = pl.col("date").dt.to_string("%Y-%m").alias("period")
    actual = (
        grounds.without_grounded(snapshot).filter(balances.touches("deferred_revenue"))
        .group_by(*own, "customer", "product", month).agg(actual=balances.change("deferred_revenue").sum())
    )  # fmt: skip
    lines = snapshot.lines.select("line_no", *own, "customer", "product")
    due = postings.changes(snapshot.books.outcome, "deferred_revenue", "month").collect()
    kind = pl.col("kind").cast(pl.String)
    expected = due.join(lines, on="line_no").group_by(*own, "customer", "product", month).agg(
        expected=pl.col("change").sum(),
        billed=pl.col("change").filter(kind == "billing").sum(),
        released=pl.col("change").filter(kind == "recognition").sum(),
    )  # fmt: skip
    both = actual.join(
        expected, on=[*own, "customer", "product", "period"], how="full", coalesce=True, nulls_equal=True
    ).with_columns(pl.col("actual", "expected", "billed", "released").fill_null(0), all=pl.lit(""))
    return both.with_columns(pl.col("customer", "product").fill_null(""))


def _usual(off: pl.DataFrame, row: dict[str, Any], by: list[str], snapshot: Snapshot, trivial: int) -> Fraction:
    """How far apart the months before were, or what is trivial, where that is more."""
    count = snapshot.settings.history_months
    months = [periods.shifted(row["period"], -back) for back in range(1, count + 1)]
    same = pl.all_horizontal(pl.col(name) == row[name] for name in by)
    before = dict(off.filter(same & pl.col("period").is_in(months)).select("period", "off").iter_rows())
    spread = robust.limit([before.get(month, 0) for month in months], snapshot.settings.spread_tenths)
    row["spread"], row["trivial"] = spread, trivial
    return max(spread, Fraction(trivial))


def _spike(snapshot: Snapshot, row: dict[str, Any], *, table: str, level: str) -> flags.Flag:
    currency = row["currency"]
    of_level = pl.lit(value=True) if level == "all" else pl.col(level).fill_null("") == row[level]
    here = of_level & (pl.col("currency") == currency) & (pl.col("date").dt.to_string("%Y-%m") == row["period"])
    touching = snapshot.entries.filter(here & balances.touches("deferred_revenue"))
    differing = touching.filter(pl.col("line").is_null() | pl.col("line").is_in(_differing(snapshot, row)))
    rows = differing.sort(pl.col("amount"), "entry", descending=[True, False])["entry"].head(_MOST_ROWS)
    off, actual, expected, billed, released, trivial = (
        words.money(row[name], currency) for name in ("off", "actual", "expected", "billed", "released", "trivial")
    )
    others = words.money(row["expected"] - row["billed"] - row["released"], currency)
    spread = words.money(int(row["spread"]), currency)
    who = "all customers" if level == "all" else f"{level} {row[level]}"
    return flags.Flag(
        table=table,
        subject=row["period"] if level == "all" else row[level],
        part=f"{currency}",
        says=(
            f"Deferred revenue of {who} moved by {actual} {currency} in {row['period']}; bills less scheduled releases "
            f"come to {expected}."
        ),
        expected=expected,
        actual=actual,
        formula=(
            f"billed {billed} + released {released} + other changes {others} = {expected}; {actual} - {expected} = "
            f"{off}; |{off}| > max({spread}, {trivial})"
        ),
        next="Read the entries named, the largest first, beside the bills and terms of their lines.",
        rows=tuple(f"entries/{entry}" for entry in rows),
        amount=abs(row["off"]),
        currency=currency,
        period=row["period"],
        customer=row[level] if level == "customer" else None,
    )


def _differing(snapshot: Snapshot, row: dict[str, Any]) -> list[str]:
    """The lines behind a spike that moved otherwise than expected."""
    same = pl.col("line").is_in([line for line in row["lines"] if line is not None]) & (
        pl.col("period") == row["period"]
    )
    return _apart(snapshot).filter(same & (pl.col("actual") != pl.col("expected")))["line"].to_list()


def _off_schedule(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A line recognizes what its schedule said at the last close, but for changes that a fact names (JC-38).

    Needs: what was known when the last month was closed.
    """
    if snapshot.close is None:
        raise catalogue.CannotRun("the snapshot has no closed month")
    closed = snapshot.close
    then = run.recognize(closed.bundle, snapshot.through)
    scheduled = (
        postings.to(then.movements("month"), "revenue")
        .collect()
        .join(then.lines.select("line_no", "line", "contract", "currency"), on="line_no")
    )
    month = pl.col("date").dt.to_string("%Y-%m").alias("period")
    due = scheduled.group_by("line", month).agg(due=pl.col("change").sum())
    own = snapshot.entries.filter(~pl.col("kind").is_in(grounds.BY_HAND) & balances.touches("revenue"))
    made = own.group_by("line", month).agg(
        made=balances.earned().sum(),
        entries=pl.col("entry").sort().head(_MOST_ROWS),
        reviewed=pl.col("reviewed").any(),
    )
    known = then.lines.select("line", "contract", "account", "customer", "entity", "currency", "product")
    both = due.join(made, on=["line", "period"], how="full", coalesce=True).join(known, on="line")
    both = both.with_columns(pl.col("due", "made").fill_null(0))
    after = (pl.col("period") > f"{closed.through:%Y-%m}") & pl.col("period").is_in(
        snapshot.reviewed["period"].unique().to_list()
    )
    named = _named_changes(snapshot)
    free = ~pl.col("contract").is_in(named["contract"].implode()) & ~pl.col("line").is_in(named["line"].implode())
    free &= ~pl.col("product").is_in(named["product"].implode()).fill_null(value=False)
    off = both.filter(after & free.fill_null(value=True) & (pl.col("due") != pl.col("made")))
    for row in off.sort("line", "period").iter_rows(named=True):
        yield _unscheduled(row, f"{closed.through:%Y-%m}")


def _unscheduled(row: dict[str, Any], closed: str) -> flags.Flag:
    due, made, off = (words.money(n, row["currency"]) for n in (row["due"], row["made"], row["made"] - row["due"]))
    return flags.Flag(
        table="contract_lines",
        subject=row["line"],
        says=(
            f"Line {row['line']} recognizes {made} {row['currency']} in {row['period']}; at the close of {closed} its "
            f"schedule said {due}, and no fact since then changes it."
        ),
        expected=due,
        actual=made,
        formula=f"{made} - {due} = {off}; named changes 0",
        next="Find what changed the line since the close: an amendment, credit or use that is missing from the facts.",
        rows=(f"contract_lines/{row['line']}", *(f"entries/{entry}" for entry in row["entries"] or ())),
        amount=abs(row["made"] - row["due"]),
        currency=row["currency"],
        period=row["period"],
        entity=row["entity"],
        contract=row["contract"],
        line=row["line"],
        customer=row["customer"],
    )


_CAUSES = {
    "amendments": "contract", "invoices": "contract", "minimums": "contract", "usage": "contract_line",
    "milestones_reached": "contract_line", "invoice_lines": "contract_line", "credit_note_lines": "invoice_line",
    "ssps": "product", "policies": "product",
}  # fmt: skip


def _named_changes(snapshot: Snapshot) -> pl.DataFrame:
    """What a fact that came since the last close changes: contract, line, product, any of them null."""
    assert snapshot.close is not None  # noqa: S101  asked of by the caller
    found = []
    for name, column in _CAUSES.items():
        columns = [item.name for item in tables.TABLES[name].columns]
        before, now = (side[name].select(columns) for side in (snapshot.close.bundle, snapshot.bundle))
        since = now.join(before, on=columns, how="anti", nulls_equal=True) if now.height else now
        kind = {"contract_line": "line", "invoice_line": "bill"}.get(column, column)
        found.append(since.select(pl.col(column).alias(kind)))
    none = pl.DataFrame(schema=dict.fromkeys(("contract", "line", "product", "bill"), pl.String()))
    since = pl.concat([none, *found],
                      how="diagonal")  # fmt: skip
    imported = snapshot.bundle["invoice_lines"].select(bill="id", billed="contract_line")
    told = since.join(imported, on="bill", how="left", nulls_equal=False)
    # A credit of a bill of our own names its line before the slash.
    own = pl.col("bill").str.split("/").list.first()
    lines = snapshot.lines.select("line", of="contract")
    lined = told.with_columns(line=pl.coalesce("line", "billed", own)).join(lines, on="line", how="left")
    return lined.select(pl.coalesce("contract", "of").alias("contract"), "line", "product")


def _arr_off(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Subscription revenue of the month is about a twelfth of the average yearly run rate of its lines (JC-39).

    Needs: all entries, and 20 lines in one currency.
    """
    _need_whole(snapshot)
    last = periods.last_day(snapshot.period)
    days = (pl.col("end") - pl.col("start")).dt.total_days() + 1
    served = snapshot.lines.filter(
        (pl.col("method") == "straight_line") & pl.col("end").is_not_null() & pl.col("allocated").is_not_null()
    ).with_columns(days=days, yearly=pl.col("allocated") * 365 // days)
    first = last.replace(day=1)
    at = [((pl.col("start") <= day) & (pl.col("end") >= day)) for day in (first, last)]
    rates = served.group_by("currency").agg(
        count=pl.any_horizontal(at).sum(),
        opening=pl.col("yearly").filter(at[0]).sum(),
        closing=pl.col("yearly").filter(at[1]).sum(),
    )
    if not rates.filter(pl.col("count") >= _LEAST_LINES).height:
        raise catalogue.CannotRun(f"fewer than {_LEAST_LINES} subscriptions in one currency")
    of_lines = snapshot.entries.filter((pl.col("kind") == "recognition") & (pl.col("period") == snapshot.period))
    of_lines = of_lines.join(served.select("line"), on="line", how="semi")
    made = of_lines.group_by("currency").agg(made=(-balances.change("deferred_revenue")).sum())
    told = rates.filter(pl.col("count") >= _LEAST_LINES).join(made, on="currency", how="left")
    # Compared as revenue x 24 x 10,000 with the two rates x (10,000 +- 300), so that nothing is divided.
    told = told.with_columns(pl.col("made").fill_null(0), rate=pl.col("opening") + pl.col("closing"))
    off = (pl.col("made") * 24 - pl.col("rate")).abs() * _WHOLE > pl.col("rate") * _ARR_OFF
    for row in told.filter(off).sort("currency").iter_rows(named=True):
        made_, due = (words.money(n, row["currency"]) for n in (row["made"], row["rate"] // 24))
        yield _of_month(
            snapshot, row["currency"],
            says=f"Subscription revenue of {snapshot.period} is {made_} {row['currency']}; the run rate says {due}.",
            expected=due, actual=made_, amount=abs(row["made"] - row["rate"] // 24),
            formula=f"|{made_} / {due} - 1| > {_ARR_OFF / 100:g}%",
            next="Look at lines that began, ended or changed in the month.",
        )  # fmt: skip


def _drifting(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Deferred revenue lasts about as many months of revenue as in the six months before (JC-40).

    Needs: all entries, and seven months of revenue of 20 lines in one currency.
    """
    _need_whole(snapshot)
    months = snapshot.entries.group_by("currency", "period").agg(
        earned=balances.earned().sum(), change=balances.change("deferred_revenue").sum(),
        lines=pl.col("line").filter(balances.touches("revenue")).n_unique(),
    )  # fmt: skip
    months = months.sort("currency", "period").with_columns(held=pl.col("change").cum_sum().over("currency"))
    ran = False
    for currency in months["currency"].unique().sort():
        known = {row["period"]: row for row in months.filter(pl.col("currency") == currency).iter_rows(named=True)}
        asked = [known.get(periods.shifted(snapshot.period, -back)) for back in range(_MEDIAN_OF + 1)]
        rows = [row for row in asked if row and row["earned"] > 0 and row["lines"] >= _LEAST_LINES]
        if len(rows) <= _MEDIAN_OF:
            continue
        ran = True
        now, *before = [row["held"] * 100 // row["earned"] for row in rows]
        usual = robust.median(before)
        if abs(now - usual) * _WHOLE > abs(usual) * _DRIFT:
            yield _drift(snapshot, currency, now=now, usual=int(usual))
    if not ran:
        raise catalogue.CannotRun(
            f"fewer than {_MEDIAN_OF + 1} months of revenue of {_LEAST_LINES} lines in one currency"
        )


def _drift(snapshot: Snapshot, currency: str, *, now: int, usual: int) -> flags.Flag:
    actual, expected = (f"{months // 100}.{months % 100:02}" for months in (now, usual))
    return _of_month(
        snapshot, currency,
        says=f"Deferred revenue in {currency} lasts {actual} months at that of {snapshot.period}; usual is {expected}.",
        expected=f"{expected} months, 20% more or less", actual=f"{actual} months",
        formula=f"|{actual} / {expected} - 1| > {_DRIFT / 100:g}%",
        next="See in the roll-forward by product what was billed or released out of the ordinary.",
    )  # fmt: skip


def _of_month(snapshot: Snapshot, currency: str, **said: Any) -> flags.Flag:
    own = {"table": "periods", "subject": snapshot.period, "part": currency, "period": snapshot.period,
           "rows": (f"periods/{snapshot.period}",), "currency": currency}  # fmt: skip
    return flags.Flag(**(own | said))


def _need_whole(snapshot: Snapshot) -> None:
    if not snapshot.whole:
        raise catalogue.CannotRun("the snapshot holds some of the accounts alone")


CHECKS: tuple[catalogue.Check, ...] = (
    catalogue.Check("JC-37", "Spike in deferred revenue", flags.FLAGS, _OWNER, _spikes, weight=40),
    catalogue.Check("JC-38", "Recognized against the last close", flags.FLAGS, _OWNER, _off_schedule, weight=30),
    catalogue.Check("JC-39", "Revenue against run rate", flags.INFORMS, _OWNER, _arr_off),
    catalogue.Check("JC-40", "Deferral months drift", flags.INFORMS, _OWNER, _drifting),
)

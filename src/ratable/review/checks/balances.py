"""Checks of balances: what stands on one contract at a month end, and whether the months add up.

Worked example: contract C-9 was billed 1,000.00 and has recognized 1,200.00 by 31 March; its deferred revenue is
-200.00 and no contract asset stands in its place: one flag of JC-35 with the entries of March behind it.

Balances are summed from the entries, by account (a contract, or an invoice that names none). Rows are found in whole
tables; the only loops are over the few rows that become flags.
"""

from collections.abc import Iterator
from typing import Any

import polars as pl

from ratable.core import periods
from ratable.reports import roll_forward
from ratable.review import flags, materiality, words
from ratable.review.catalogue import Check
from ratable.review.checks import grounds
from ratable.review.snapshot import Snapshot

_OWNER = "revenue accountant"
_MOST_ROWS = 12  # Entries that one flag names.
_SIDES = {"deferred_revenue": -1, "contract_asset": 1, "unbilled_receivable": 1}  # 1: a balance on the debit side.


def change(role: str) -> pl.Expr:
    """What an entry adds to the balance of deferred revenue, a contract asset or an unbilled receivable."""
    debit = (pl.col("debit_role") == role).cast(pl.Int64) - (pl.col("credit_role") == role).cast(pl.Int64)
    return (debit * _SIDES[role] * pl.col("amount")).alias(role)


def earned() -> pl.Expr:
    """What an entry adds to revenue."""
    sign = (pl.col("credit_role") == "revenue").cast(pl.Int64) - (pl.col("debit_role") == "revenue").cast(pl.Int64)
    return sign * pl.col("amount")


def touches(*roles: str) -> pl.Expr:
    """Whether an entry debits or credits one of these roles."""
    return pl.col("debit_role").is_in(roles) | pl.col("credit_role").is_in(roles)


def _at_month_ends(snapshot: Snapshot) -> pl.DataFrame:
    """Balances of each account at the end of each month in which they moved, up to the last whole month.

    Returns:
        book, account, currency, period, deferred_revenue, contract_asset, unbilled_receivable, reviewed (an entry of
        the month is under review), entity, contract, customer, and entries: those of the month that moved them.
    """
    told = grounds.without_grounded(snapshot)
    moved = told.filter(touches(*_SIDES) & pl.col("account").is_not_null())
    told = moved.select(
        "book", "account", "currency", "entity", "contract", "customer", "entry", "reviewed",
        *(change(role) for role in _SIDES), period=pl.col("date").dt.to_string("%Y-%m"),
    )  # fmt: skip
    by = ["book", "account", "currency"]
    months = told.group_by(*by, "period").agg(
        pl.col(list(_SIDES)).sum(), pl.col("reviewed").any(), pl.col("entity", "contract", "customer").min(),
        entries=pl.col("entry").sort().head(_MOST_ROWS),
    )  # fmt: skip
    standing = months.sort(*by, "period").with_columns(pl.col(list(_SIDES)).cum_sum().over(by))
    if snapshot.through != periods.last_day(snapshot.period):
        standing = standing.filter(pl.col("period") < snapshot.period)  # Sides are netted at month ends alone.
    return standing


def _first_of_each(standing: pl.DataFrame, odd: pl.Expr) -> pl.DataFrame:
    """The first month under review of each stretch of months in which an account is odd."""
    seen = odd & pl.col("reviewed")
    before = seen.shift(1).over("book", "account", "currency").fill_null(value=False)
    return standing.filter(seen & ~before)


def _of_account(row: dict[str, Any], **said: Any) -> flags.Flag:
    """A flag about a contract, or an invoice that names none, at the end of a month."""
    noun, _, name = row["account"].partition(" ")
    table = "contracts" if noun == "contract" else "invoices"
    own = {key: row[key] for key in ("period", "entity", "contract", "customer", "currency")}
    used = (f"{table}/{name}", *(f"entries/{entry}" for entry in row["entries"]))
    return flags.Flag(**({"table": table, "subject": name, "rows": used, "part": row["book"]} | own | said))


def _named(row: dict[str, Any]) -> str:
    """An account at the beginning of a sentence."""
    name: str = row["account"]
    return name[:1].upper() + name[1:]


def _negative(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Deferred revenue of a contract is not below zero at a month end: what is earned unbilled is an asset (JC-35)."""
    standing = _at_month_ends(snapshot)
    for row in _first_of_each(standing, pl.col("deferred_revenue") < 0).iter_rows(named=True):
        balance = words.money(row["deferred_revenue"], row["currency"])
        yield _of_account(
            row,
            says=f"Deferred revenue of {row['account']} is {balance} {row['currency']} at the end of {row['period']}.",
            expected="at least 0, with a contract asset in place of what is below",
            actual=balance,
            formula=f"deferred revenue {balance} < 0",
            next="Look for a bill that is missing or recognized too early; else reclassify it to contract assets.",
            amount=-row["deferred_revenue"],
        )


def _both_open(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A contract shows deferred revenue or a contract asset at a month end, never both (JC-42).

    Source: 606-10-45-1. An unbilled receivable awaits only time, and may stand beside either.
    """
    standing = _at_month_ends(snapshot)
    both = (pl.col("deferred_revenue") > 0) & (pl.col("contract_asset") > 0)
    for row in _first_of_each(standing, both).iter_rows(named=True):
        deferred, asset = (words.money(row[role], row["currency"]) for role in ("deferred_revenue", "contract_asset"))
        less = min(row["deferred_revenue"], row["contract_asset"])
        yield _of_account(
            row,
            says=(
                f"{_named(row)} shows deferred revenue of {deferred} and a contract asset of {asset} "
                f"{row['currency']} at the end of {row['period']}."
            ),
            expected="one of the two is 0",
            actual=f"{deferred} and {asset}",
            formula=f"min({deferred}, {asset}) = {words.money(less, row['currency'])} > 0",
            next="Reclassify the smaller of the two: a contract has one net position.",
            amount=less,
        )


def _stale(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Nothing is left on a contract two months after its last term ended and it last moved (JC-43).

    What waits for a delivery or a milestone may stay until it comes; for what an amendment left see JC-43A.
    """
    return _left_over(snapshot, amended=False)


def _left_by_amendment(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A reader is told where all is earned, and an amendment left what was billed above or below it (JC-43A)."""
    return _left_over(snapshot, amended=True)


def _left_over(snapshot: Snapshot, *, amended: bool) -> Iterator[flags.Flag]:
    standing = _at_month_ends(snapshot).sort("period").group_by("book", "account", "currency").last()
    waits = pl.col("method").is_in(["point_in_time", "milestone"])
    open_ended = pl.col("end").is_null() & ~waits
    earned = _is_earned(snapshot)
    changed = pl.col("contract").is_in(snapshot.bundle["amendments"]["contract"].implode()).fill_null(value=False)
    terms = snapshot.lines.group_by("account").agg(
        ended=pl.col("end").max(), waiting=(waits & ~earned).any() | open_ended.any(), told=(earned & changed).all()
    )
    least = periods.shifted(snapshot.period, -snapshot.settings.stale_months)
    month = pl.col("ended").dt.to_string("%Y-%m")
    quiet = (pl.max_horizontal("period", month) <= least) & ~pl.col("waiting") & (pl.col("told") == amended)
    left = pl.any_horizontal(pl.col(role) != 0 for role in _SIDES)
    for row in standing.join(terms, on="account").filter(quiet & left).sort("account").iter_rows(named=True):
        yield _remains(row, f"{snapshot.period}", snapshot.settings.stale_months)


def _remains(row: dict[str, Any], period: str, months: int) -> flags.Flag:
    seen = ", ".join(
        f"{role.replace('_', ' ')} {words.money(row[role], row['currency'])}" for role in _SIDES if row[role]
    )
    return _of_account(
        row,
        period=None,
        says=(
            f"{_named(row)} ended on {row['ended']} and last moved in {row['period']}; {seen} {row['currency']} is "
            "left on it."
        ),
        expected="0",
        actual=seen,
        formula=f"{period} - max({row['ended']:%Y-%m}, {row['period']}) >= {months} months",
        next="Find the last bill, credit or service that is missing, and clear the balance.",
        amount=max(abs(row[role]) for role in _SIDES),
    )


def _is_earned(snapshot: Snapshot) -> pl.Expr:
    """Whether a line has recognized all that is allocated to it."""
    sign = (pl.col("credit_role") == "revenue").cast(pl.Int64) - (pl.col("debit_role") == "revenue").cast(pl.Int64)
    earned = snapshot.entries.drop_nulls("line").group_by("line").agg(earned=(sign * pl.col("amount")).sum())
    known = dict(earned.iter_rows())
    to_date = pl.col("line").replace_strict(known, default=0, return_dtype=pl.Int64)
    # What is used has no fixed amount that it could fall short of.
    return ~pl.col("fixed") | (to_date == pl.col("allocated").fill_null(0))


def _not_rolled(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Opening deferred revenue and the movements of a month, by their causes, come to its closing (JC-36).

    The balances go by the day of each entry, the movements by its month and kind: an entry that is dated in one month
    and counted in another, or is of a kind that no cause explains, breaks the sum.
    """
    causes = [kind for kinds in roll_forward.KINDS.values() for kind in kinds] + list(grounds.BY_HAND)
    moved = snapshot.entries.filter(touches("deferred_revenue")).with_columns(
        change("deferred_revenue"), dated=pl.col("date").dt.to_string("%Y-%m"), told=pl.col("kind").is_in(causes)
    )
    of = ["book", "entity", "currency"]
    held = moved.group_by(*of, period="dated").agg(change=pl.col("deferred_revenue").sum())
    named = moved.filter("told").group_by(*of, "period").agg(named=pl.col("deferred_revenue").sum())
    both = held.join(named, on=[*of, "period"], how="full", coalesce=True).with_columns(
        pl.col("change", "named").fill_null(0)
    )
    both = both.sort(*of, "period").with_columns(closing=pl.col("change").cum_sum().over(of))
    months = snapshot.reviewed.select("period").unique()["period"].implode()
    astray = moved.filter(~pl.col("told") | (pl.col("period") != pl.col("dated")))
    for row in both.filter((pl.col("change") != pl.col("named")) & pl.col("period").is_in(months)).iter_rows(
        named=True
    ):
        here = (pl.col("period") == row["period"]) | (pl.col("dated") == row["period"])
        same = pl.all_horizontal(pl.col(name) == row[name] for name in of)
        yield _gap(row, astray.filter(here & same)["entry"].sort().head(_MOST_ROWS).to_list())


def _gap(row: dict[str, Any], entries: list[str]) -> flags.Flag:
    currency, gap = row["currency"], row["change"] - row["named"]
    opening = words.money(row["closing"] - row["change"], currency)
    closing, named = words.money(row["closing"], currency), words.money(row["named"], currency)
    expected = words.money(row["closing"] - gap, currency)
    return flags.Flag(
        table="entries" if len(entries) == 1 else "periods",
        subject=entries[0] if len(entries) == 1 else f"{row['entity']}/{row['period']}",
        part=f"{row['book']} {row['entity']} {currency}",
        says=f"Deferred revenue of {row['period']} closes at {closing} {currency}; its movements lead to {expected}.",
        expected=expected,
        actual=closing,
        formula=f"{opening} + {named} = {expected}; closing {closing}, {words.money(gap, currency)} apart",
        next="Look at the entries named: their day, month or kind is wrong.",
        rows=tuple(f"entries/{entry}" for entry in entries),
        amount=abs(gap),
        currency=currency,
        period=row["period"],
        entity=row["entity"],
    )


def _concentrated(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """No entry by hand without its ground is 5% of a month's revenue, or material by itself (JC-44).

    What the facts make may be as large as a contract is.
    """
    sign = (pl.col("credit_role") == "revenue").cast(pl.Int64) - (pl.col("debit_role") == "revenue").cast(pl.Int64)
    of_month = snapshot.entries.filter(~pl.col("kind").is_in(grounds.BY_HAND))
    earned = of_month.group_by("book", "currency", "period").agg(earned=(sign * pl.col("amount")).sum())
    by_hand = grounds.by_hand(snapshot).filter("reviewed", "bare", touches("revenue", "deferred_revenue"))
    told = by_hand.join(earned, on=["book", "currency", "period"], how="left")
    told = told.join(materiality.levels(snapshot), on=["book", "currency"]).with_columns(pl.col("earned").fill_null(0))
    part = snapshot.settings.concentration_basis_points
    large = pl.col("amount") * 10_000 > pl.max_horizontal("earned", 0) * part
    for row in told.filter(large | (pl.col("amount") > pl.col("material"))).sort("entry").iter_rows(named=True):
        amount, earned_, material = (words.money(row[n], row["currency"]) for n in ("amount", "earned", "material"))
        yield words.of_entry(
            row,
            says=(
                f"Entry {row['entry']}, written by hand, is {amount} {row['currency']}; revenue of {row['period']} is "
                f"{earned_} and {material} is material."
            ),
            expected=f"at most {part / 100:g}% of {earned_}, and at most {material}",
            actual=amount,
            formula=f"{amount} > {part / 100:g}% x {earned_} or {amount} > {material}",
            next="Read its support, and let a controller agree to it.",
        )


CHECKS: tuple[Check, ...] = (
    Check("JC-35", "Negative deferred revenue", flags.FLAGS, _OWNER, _negative, weight=30),
    Check("JC-36", "Roll-forward adds up", flags.BLOCKS, _OWNER, _not_rolled, weight=50),
    Check("JC-42", "Asset and liability both open", flags.FLAGS, _OWNER, _both_open, weight=20),
    Check("JC-43", "Stale balance", flags.FLAGS, _OWNER, _stale, weight=20),
    Check("JC-43A", "Balance that an amendment left", flags.INFORMS, _OWNER, _left_by_amendment),
    Check("JC-44", "Concentration", flags.FLAGS, "controller", _concentrated, weight=20),
)

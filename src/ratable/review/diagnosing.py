"""What a wrong journal was computed by: hypotheses about the terms of an account, each computed by the engine.

Worked example: the facts weigh C-1 by the month, 1,000.00 in each; the journal has 1,019.18, 920.55, 1,019.18. Of all
hypotheses only "daily_proration" gives these figures to the cent, so the diagnosis of C-1 is that name, and the
difference by month goes with it. A journal that no hypothesis gives has a diagnosis without a name.

All hypotheses on all differing accounts are one company of many copies: each copy of an account has the id of its
hypothesis before its own, so that the engine runs a few times, whatever the number of accounts. Nothing here guesses:
what is named reproduces what is booked, entry for entry.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from ratable.core import bundles, tables
from ratable.engine import contracts, run
from ratable.engine.contracts import Facts
from ratable.review import hypotheses, patterns, second
from ratable.review.hypotheses import Hypothesis

MOST_ACCOUNTS = 2_000
"""Accounts that are diagnosed in one review, those with most money wrong first: where more differ, a rule is wrong."""
UNSAID = ("manual", "reversal", "fx")  # Kinds that people or rates write, not the facts.
_COPIES = 30_000  # Accounts in one run of the engine.
_MARK = "~"
_OWN = (
    "contracts", "contract_lines", "milestones", "price_tiers", "amendments", "amendment_changes", "usage",
    "milestones_reached", "minimums", "minimum_lines", "invoices", "invoice_lines", "credit_notes", "credit_note_lines",
)  # fmt: skip
_IDS = {
    name: [
        column.name
        for column in tables.TABLES[name].columns
        if (column.to in _OWN and column.kind == "reference")
        or (column.name == "id" and name != "milestones")
        or (name, column.name) in (("amendment_changes", "line"), ("credit_notes", "invoice"),
                                   ("credit_note_lines", "invoice_line"))
    ]
    for name in _OWN
}  # fmt: skip
CELLS: dict[str, pl.DataType] = dict.fromkeys(second.KEY, pl.String()) | {
    "account": pl.String(),
    "booked": pl.Int64(),
    "due": pl.Int64(),
}
"""Grain: a line, kind, pair and month in which the journal and the second engine differ (amounts signed as there)."""


@dataclass(frozen=True)
class Diagnosis:
    """Why the journal of one account differs: `name` is None where nothing known explains it.

    `check` reports it; `gives` says what gives the entries that are booked, `facts` what the facts say; `cells` are
    the differences (CELLS).
    """

    account: str
    name: str | None
    check: str
    gives: str
    facts: str
    cells: pl.DataFrame


def differing(booked: pl.DataFrame, due: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Where a journal is not what the second engine makes (CELLS).

    Args:
        booked: entries by `second.netted`.
        due: `second.DUE`.
        lines: line and account of the obligations; what belongs to none has no account and is left out.
    """
    both = booked.rename({"amount": "booked"}).join(
        due.rename({"amount": "due"}), on=second.KEY, how="full", coalesce=True, nulls_equal=True
    )
    both = both.with_columns(pl.col("booked", "due").fill_null(0)).filter(pl.col("booked") != pl.col("due"))
    owners = lines.select("line", "account").unique("line")
    return both.join(owners, on="line").select(*CELLS).sort("account", *second.KEY)


def diagnose(
    bundle: bundles.Bundle, through: date, *, lines: pl.DataFrame, booked: pl.DataFrame, cells: pl.DataFrame
) -> tuple[Diagnosis, ...]:
    """Name what gave the journal of each account that differs.

    Args:
        bundle: the facts.
        through: the last day of the books.
        lines: the obligations (engine.outcome.LINES).
        booked: entries by `second.netted`.
        cells: where they differ (CELLS).

    Returns:
        one diagnosis for each account in `cells`, in the order of accounts; the accounts beyond MOST_ACCOUNTS get one
        without a name.
    """
    if cells.is_empty():
        return ()
    weight = (pl.col("booked") - pl.col("due")).abs().sum()
    worst = cells.group_by("account").agg(weight=weight).sort("weight", "account", descending=[True, False])
    chosen = worst.head(MOST_ACCOUNTS).select("account")
    some = cells.join(chosen, on="account", how="semi")
    own = lines.join(chosen, on="account", how="semi")
    named = _named(
        contracts.of_accounts(bundle.tables, own), through, own.select("line", "account", "contract"), booked, some
    )
    found = []
    for (account,), rows in cells.partition_by("account", as_dict=True, maintain_order=True).items():
        found.append(_told(str(account), named.get(str(account)), rows))
    return tuple(sorted(found, key=lambda diagnosis: diagnosis.account))


def _told(account: str, hypothesis: Hypothesis | None, cells: pl.DataFrame) -> Diagnosis:
    simple = patterns.of(cells)
    precise = hypothesis is not None and hypothesis.needs in ("usage", "credit_notes")
    if simple is not None and (hypothesis is None or (simple.plainer and not precise)):
        return Diagnosis(account, simple.name, simple.check, simple.gives, simple.facts, cells)
    if hypothesis is not None:
        return Diagnosis(account, hypothesis.name, hypothesis.check, hypothesis.gives, hypothesis.facts, cells)
    return Diagnosis(account, None, "JC-05", "no rule that is known", "other amounts", cells)


def _named(
    facts: Facts, through: date, owners: pl.DataFrame, booked: pl.DataFrame, cells: pl.DataFrame
) -> dict[str, Hypothesis]:
    """The first hypothesis that reproduces each account: whole, else by month of origin, else where they differ."""
    late = _late(facts, owners)
    found: dict[str, Hypothesis] = {}
    # Locks count only where a fact came late; elsewhere they would have the engine go through every close again.
    for tables_, own in (
        (facts | {"locks": facts["locks"].head(0)}, owners.join(late, on="account", how="anti")),
        (facts, owners.join(late, on="account", how="semi")),
    ):
        found |= _of_some(tables_, through, own, booked, cells.join(own, on=["account", "line"], how="semi"))
    return found


def _of_some(
    facts: Facts, through: date, owners: pl.DataFrame, booked: pl.DataFrame, cells: pl.DataFrame
) -> dict[str, Hypothesis]:
    """The first hypothesis that reproduces each of some accounts."""
    best: dict[str, tuple[int, int]] = {}
    for turn in hypotheses.ROUNDS:
        whole = [account for account, (level, _) in best.items() if level == 0]
        left = owners.filter(~pl.col("account").is_in(whole))
        some = cells.join(left.select("account").unique(), on="account", how="semi")
        wanted = _wanted(booked, left, some)
        for numbers, made in _computed(facts, through, left, turn) if some.height else ():
            for level in range(len(_LEVELS)):
                for account, number in _reproduced(made, numbers, wanted, some, level):
                    best[account] = min(best.get(account, (level, number)), (level, number))
    return {account: hypotheses.ALL[number] for account, (_, number) in best.items()}


def _late(facts: Facts, owners: pl.DataFrame) -> pl.DataFrame:
    """Accounts with a fact that became known after a month that it moves was locked."""
    made = facts["locks"].select("through", "locked_on").sort("through")
    moments = contracts.moments(facts, owners.select("line", "account"))
    shared = owners.select("account").unique().join(contracts.shared_moments(facts), how="cross")
    every = pl.concat([moments, shared.select(moments.columns)]).sort("day")
    closed = every.join_asof(made, left_on="day", right_on="through", strategy="forward")
    return closed.filter(pl.col("locked_on") < pl.col("known_on")).select("account").unique()


_LEVELS: tuple[tuple[str, ...], ...] = (
    tuple(second.KEY),
    tuple(name for name in second.KEY if name != "period"),
    tuple(second.KEY),
)


def _wanted(booked: pl.DataFrame, owners: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """What is booked on the lines and kinds that differ; a reclassification follows from the rest."""
    own = booked.join(owners, on="line")
    return own.join(_units(cells), on=["account", "line", "kind"], how="semi")


def _units(cells: pl.DataFrame) -> pl.DataFrame:
    alone = (pl.col("kind") == "reclassification").all().over("account")
    return cells.filter((pl.col("kind") != "reclassification") | alone).select("account", "line", "kind").unique()


def _reproduced(
    made: pl.DataFrame, numbers: list[int], wanted: pl.DataFrame, cells: pl.DataFrame, level: int
) -> Iterator[tuple[str, int]]:
    """Accounts and hypotheses that agree: on all that is booked, or (last level) on two cells or more that differ."""
    key = ["account", *_LEVELS[level]]
    units = _units(cells)
    computed = made.join(units, on=["account", "line", "kind"], how="semi")
    target = wanted
    if level == len(_LEVELS) - 1:
        several = cells.join(units, on=["account", "line", "kind"], how="semi")
        several = several.filter((pl.len() > 1).over("account") & (pl.col("booked") != 0).any().over("account"))
        target = several.rename({"booked": "amount"})
        computed = computed.join(target, on=key, how="semi", nulls_equal=True)
    amount = pl.col("amount").sum()
    accounts = target.select("account").unique()
    target = target.group_by(key).agg(amount).filter(pl.col("amount") != 0)
    computed = computed.group_by("number", *key).agg(amount).filter(pl.col("amount") != 0)
    hits = computed.join(target, on=[*key, "amount"], how="left", nulls_equal=True, coalesce=False, suffix="_booked")
    score = hits.group_by("number", "account").agg(right=pl.col("amount_booked").count(), made=pl.len())
    every = pl.DataFrame({"number": numbers}, schema={"number": pl.Int64}).join(accounts, how="cross")
    count = target.group_by("account").agg(wanted=pl.len())
    score = every.join(score, on=["number", "account"], how="left").join(count, on="account", how="left").fill_null(0)
    same = score.filter((pl.col("right") == pl.col("wanted")) & (pl.col("made") == pl.col("wanted")))
    yield from same.select("account", "number").iter_rows()


def _computed(facts: Facts, through: date, owners: pl.DataFrame, turn: int) -> Iterator[tuple[list[int], pl.DataFrame]]:
    """What each hypothesis of a round makes: its numbers, and number, account, the key of `second.DUE` and amount."""
    waiting: list[tuple[int, Facts]] = []
    copies = 0
    concerned = {need: _having(facts, owners, need) for need in {hypothesis.needs for hypothesis in hypotheses.ALL}}
    for number, hypothesis in enumerate(hypotheses.ALL):
        some = concerned[hypothesis.needs]
        if hypothesis.round != turn or (some["contracts"].is_empty() and some["invoices"].is_empty()):
            continue
        twisted = hypothesis.twist(some)
        if _same(twisted, some):
            continue
        if any(twisted[name] is not some[name] for name in some if name not in _OWN):
            yield [number], _made([(number, twisted)], through, owners)
            continue
        waiting.append((number, twisted))
        copies += some["contracts"].height + some["invoices"].height
        if copies > _COPIES:
            yield [number for number, _ in waiting], _made(waiting, through, owners)
            waiting, copies = [], 0
    if waiting:
        yield [number for number, _ in waiting], _made(waiting, through, owners)


def _having(facts: Facts, owners: pl.DataFrame, need: str) -> Facts:
    """The facts of the accounts that have rows in a table; of all accounts where none is needed."""
    if not need or need == "locks":
        own = owners.filter(pl.lit(value=not need or facts["locks"].height > 0))
    elif need == "credit_notes":
        own = owners if facts["credit_notes"].height else owners.head(0)
    else:
        rows = facts[need]
        by = "contract" if "contract" in rows.columns else "contract_line"
        on = "contract" if by == "contract" else "line"
        having = owners.join(rows.select(pl.col(by).alias(on)).unique(), on=on, how="semi")
        own = owners.join(having.select("account").unique(), on="account", how="semi")
    return contracts.of_accounts(facts, own)


def _same(twisted: Facts, facts: Facts) -> bool:
    return all(twisted[name] is facts[name] or twisted[name].equals(facts[name]) for name in facts)


def _made(copies: list[tuple[int, Facts]], through: date, owners: pl.DataFrame) -> pl.DataFrame:
    """The journal of all copies, netted, without reclassifications of other accounts."""
    together = dict(copies[0][1])
    for name in _OWN:
        together[name] = pl.concat([_marked(facts[name], name, number) for number, facts in copies])
    outcome = run.recognize(bundles.of(together), through)
    moved = outcome.movements("month").join(outcome.lines.select("line_no", "line", "currency"), on="line_no")
    entries = moved.with_columns(
        pl.col("kind", "debit_role", "credit_role").cast(pl.String),
        period=pl.col("date").dt.to_string("%Y-%m"),
        origin_period=pl.col("origin").dt.to_string("%Y-%m"),
    )
    parts = pl.col("line").str.splitn(_MARK, 2)
    split = second.netted(entries).with_columns(
        number=parts.struct.field("field_0").cast(pl.Int64), line=parts.struct.field("field_1")
    )
    return split.join(owners, on="line").select("number", "account", *second.KEY, "amount")


def _marked(rows: pl.DataFrame, table: str, number: int) -> pl.DataFrame:
    """The rows with the number of their hypothesis before every id of theirs."""
    mark = pl.lit(f"{number}{_MARK}")
    named = rows.with_columns((mark + pl.col(name)).alias(name) for name in _IDS[table])
    if table != "contracts":
        return named
    return named.with_columns(pl.col("discount.lines").list.eval(mark + pl.element()))

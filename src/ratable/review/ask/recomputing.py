"""What the facts make of each line: then, now, and after each fact that came in between, all in one run of the engine.

Worked example: since the close amendment A-1 and credit note CN-1 came in on contract C-1. The states of C-1 are what
was known then, that and A-1, that and both: three copies of the contract under the ids "0|C-1", "1|C-1" and "2|C-1",
computed together, because the engine makes of a union of contracts the union of what it makes of each. The difference
of neighbors is what the fact between them changed; the steps telescope, so nothing is left over.

Revenue counts in the month that it belongs to, recognized or still to come; locks play no part in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from ratable.core import bundles, tables
from ratable.engine import contracts, run
from ratable.reports import postings

Facts = dict[str, pl.DataFrame]

GLOBAL = {
    "master data": ("entities", "customers", "products"), "SSP version": ("ssps",), "policy": ("policies",),
}  # fmt: skip
"""Causes that touch every contract, by the tables that they stand in."""
OWN: dict[str, tuple[str, ...]] = {
    "new contract": ("contracts", "contract_lines", "milestones", "price_tiers"),
    "minimum": ("minimums", "minimum_lines"),
    "amendment": ("amendments", "amendment_changes"),
    "usage": ("usage",),
    "milestone": ("milestones_reached",),
    "invoice": ("invoices", "invoice_lines"),
    "credit note": ("credit_notes", "credit_note_lines"),
}
"""Causes that touch one contract or lone invoice, in the order in which they are told."""
CORRECTION = "import correction"
_HEADS = {"contracts", "minimums", "amendments", "usage", "milestones_reached", "invoices", "credit_notes"}
STEPS: dict[str, pl.DataType] = {
    "account": pl.String(), "cause": pl.String(), "fact": pl.String(), "table": pl.String(), "step": pl.Int64(),
}  # fmt: skip
"""Grain: one fact that came in: the contract or lone invoice that it belongs to, and its place among those of it."""
TARGET: dict[str, pl.DataType] = {
    "state": pl.Int64(), "account": pl.String(), "contract": pl.String(), "line": pl.String(),
    "period": pl.String(), "currency": pl.String(),
    "revenue": pl.Int64(), "billed": pl.Int64(),
}  # fmt: skip
"""Grain: one line, month and state."""
_IDS: dict[str, tuple[str, ...]] = {
    "contracts": ("id",), "contract_lines": ("id", "contract"), "milestones": ("contract_line",),
    "price_tiers": ("contract_line",), "amendments": ("id", "contract"), "amendment_changes": ("amendment", "line"),
    "usage": ("id", "contract_line"), "milestones_reached": ("contract_line",), "minimums": ("id", "contract"),
    "minimum_lines": ("minimum", "contract_line"), "invoices": ("id", "contract"),
    "invoice_lines": ("id", "invoice", "contract_line"), "credit_notes": ("id", "invoice"),
    "credit_note_lines": ("credit_note", "invoice_line"),
}  # fmt: skip


@dataclass(frozen=True)
class Between:
    """Two states of knowledge of some accounts: their facts then and now, and whose they are."""

    before: Facts
    after: Facts
    accounts: frozenset[str]


def accounts_of(facts: Facts) -> pl.DataFrame:
    """Which contract or lone invoice each row of each table belongs to: table, id, account."""
    lines = [facts["contract_lines"].select(line="id", account="contract")]
    added = facts["amendment_changes"].join(facts["amendments"].select(amendment="id", account="contract"), "amendment")
    by_line = pl.concat([*lines, added.filter(pl.col("op") == "add").select("line", "account")]).unique("line")
    invoices = facts["invoices"].select(id="id", account=pl.coalesce("contract", "id"))
    found = [("contracts", facts["contracts"].select("id", account="id")), ("invoices", invoices)]
    found += [(name, facts[name].select("id", account="contract")) for name in ("amendments", "minimums")]
    used = (("usage", "id"), ("milestones_reached", "contract_line"))
    found += [
        (name, facts[name].select(id=key, line="contract_line").join(by_line, "line").select("id", "account"))
        for name, key in used
    ]
    own = facts["credit_notes"].select("id", of=pl.col("invoice").str.replace(r"/\d{4}-\d{2}-\d{2}$", ""))
    named = own.join(invoices.rename({"id": "of"}), "of", how="left")
    found.append(("credit_notes", named.select("id", account=pl.coalesce("account", "of"))))
    return pl.concat(rows.unique().with_columns(table=pl.lit(table)) for table, rows in found)


def steps(between: Between) -> pl.DataFrame:
    """Every fact that came in or was changed, in the order in which it is told (STEPS)."""
    owners = accounts_of(between.after).filter(pl.col("account").is_in(list(between.accounts)))
    known = accounts_of(between.before).select("table", "id").unique()
    found = []
    for place, (cause, names) in enumerate(OWN.items()):
        head = next(name for name in names if name in _HEADS)
        new = owners.filter(pl.col("table") == head).join(known, ["table", "id"], how="anti")
        found.append(new.with_columns(cause=pl.lit(cause), place=pl.lit(place + 1)))
        changed = _changed(between, names, head)
        old = owners.filter((pl.col("table") == head) & pl.col("id").is_in(changed)).join(known, ["table", "id"])
        said = cause if head == "milestones_reached" else CORRECTION
        found.append(old.with_columns(cause=pl.lit(said), place=pl.lit(0)))
    rows = pl.concat(found).rename({"id": "fact"}).sort("account", "place", "cause", "fact")
    numbered = rows.with_columns(step=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("account"))
    return numbered.select(*STEPS)


def _changed(between: Between, names: tuple[str, ...], head: str) -> list[str]:
    """Ids of the head table whose own row or rows below it differ."""
    found: set[str] = set()
    for name in names:
        then, now = (facts[name].drop("row") for facts in (between.before, between.after))
        columns = [column for column in now.columns if now.schema[column] != pl.List(pl.String())]
        either = ((now, then), (then, now))
        differs = pl.concat([one.join(other, on=columns, how="anti", nulls_equal=True) for one, other in either])
        found |= set(differs.select(_key(name, head, between.after)).to_series().drop_nulls())
    return sorted(found)


def _key(name: str, head: str, after: Facts) -> pl.Expr:
    """The id of the head row that a row of a table belongs to."""
    if name == head:
        return pl.col("contract_line" if head == "milestones_reached" else "id")
    parent = {
        "contract_lines": "contract", "minimum_lines": "minimum", "amendment_changes": "amendment",
        "invoice_lines": "invoice", "credit_note_lines": "credit_note",
    }  # fmt: skip
    if name in parent:
        return pl.col(parent[name])
    of_line = dict(after["contract_lines"].select("id", "contract").rows())
    return pl.col("contract_line").replace_strict(of_line, default=None, return_dtype=pl.String)


def targets(between: Between, told: pl.DataFrame, through: date) -> pl.DataFrame:
    """What the facts make of every state of every account (TARGET): 0 is then, each further one is a step later.

    One state more, the last, is now as a whole: it was put together without the steps, so that they can be held to it.

    Args:
        between: the facts.
        told: what came in (STEPS).
        through: the last day of bills; revenue counts to its very end.
    """
    most = int(str(told["step"].max() or 0))
    shared = {name: between.after[name] for names in GLOBAL.values() for name in names}
    taken = [_state(between, told, number) for number in range(most + 1)]
    states = [_under(facts, f"{number}|") for number, facts in enumerate([*taken, between.after])]
    together = {name: pl.concat([state[name] for state in states], how="vertical_relaxed") for name in _IDS}
    whole = {name: tables.empty(name) for name in tables.TABLES} | shared | together
    return _made(whole, through)


def then(between: Between, through: date) -> pl.DataFrame:
    """What the facts made then, by the master data, SSPs and policies of then (TARGET, state 0)."""
    shared = {name: between.before[name] for names in GLOBAL.values() for name in names}
    whole = {name: tables.empty(name) for name in tables.TABLES} | shared
    return _made(whole | _under({name: between.before[name] for name in _IDS}, "0|"), through)


def _state(between: Between, told: pl.DataFrame, number: int) -> Facts:
    """The facts after a number of steps of each account; of accounts with fewer steps, nothing."""
    counts = told.group_by("account").agg(most=pl.col("step").max())
    alive = between.accounts if number == 0 else set(counts.filter(pl.col("most") >= number)["account"])
    done = told.filter(pl.col("step") <= number)
    facts = {name: between.before[name] for name in _IDS}
    for names in OWN.values():
        head = next(name for name in names if name in _HEADS)
        heads = list(done.filter(pl.col("table") == head)["fact"])
        for name in names:
            key = _key(name, head, between.after)
            # Rows without a key are of lines that an amendment adds: they count where their line is there.
            kept = facts[name].filter(~key.is_in(heads))
            facts[name] = pl.concat([kept, between.after[name].filter(key.is_in(heads) | key.is_null())])
    return only(facts, alive)


def only(facts: Facts, accounts: Iterable[str]) -> Facts:
    """The facts of some contracts and lone invoices alone."""
    chosen = list(accounts)
    some = dict(facts)
    some["contracts"] = facts["contracts"].filter(pl.col("id").is_in(chosen))
    bills = facts["invoices"].filter(pl.coalesce("contract", "id").is_in(chosen))
    some["invoices"] = bills
    notes = pl.col("invoice").str.replace(r"/\d{4}-\d{2}-\d{2}$", "")
    some["credit_notes"] = facts["credit_notes"].filter(notes.is_in([*chosen, *bills["id"]]))
    return contracts.closed(some, facts)


def _under(facts: Facts, prefix: str) -> Facts:
    """The same facts with every id behind a prefix, so that copies of a contract can stand side by side."""
    renamed = {}
    for name, columns in _IDS.items():
        marked = [pl.concat_str(pl.lit(prefix), column).alias(column) for column in columns]
        if "discount.lines" in facts[name].columns:
            listed = pl.col("discount.lines").list.eval(pl.concat_str(pl.lit(prefix), pl.element()))
            marked.append(listed.alias("discount.lines"))
        renamed[name] = facts[name].with_columns(marked)
    return renamed


def _made(facts: Facts, through: date) -> pl.DataFrame:
    made = run.recognize(bundles.of(facts), through)
    moved = made.movements("month")
    nothing = pl.lit(0, pl.Int64)
    earned = postings.to(moved, "revenue").select("line_no", month="origin", revenue="change", billed=nothing)
    untaxed = (pl.col("debit_role") != "tax_payable") & (pl.col("credit_role") != "tax_payable")
    billed = postings.to(moved.filter(untaxed), "receivable").select(
        "line_no", month=pl.col("date").dt.month_start(), revenue=nothing, billed="change"
    )
    ahead = made.remaining().select("line_no", month="month", revenue="amount", billed=nothing)
    rows = pl.concat([earned.collect(), billed.collect(), ahead], how="vertical_relaxed")
    named = rows.join(made.lines.select("line_no", "account", "contract", "line", "currency"), on="line_no")
    parts = named.with_columns(
        account=pl.col("account").str.replace(r"^(contract|invoice) \d+\|", ""),
        state=pl.col("line").str.extract(r"^(\d+)\|").cast(pl.Int64),
        contract=pl.col("contract").str.replace(r"^\d+\|", ""),
        line=pl.col("line").str.replace(r"^\d+\|", ""),
        period=pl.col("month").dt.to_string("%Y-%m"),
    )
    keys = ("state", "account", "contract", "line", "period", "currency")
    return parts.group_by(keys).agg(pl.col("revenue", "billed").sum()).select(*TARGET)

"""Checks of who and where: accounts that fit, periods that are open, origins that exist, and a second person.

Worked example: entry 5f1c of kind recognition debits `cash`: no rule of ratable posts revenue from there, one flag of
JC-03. Run 7 was prepared and approved by ben: one flag of JC-10, or of JC-10A where the company lets one person do
both.

Rows are found in whole tables; the only loops are over the few rows that become flags.
"""

from collections.abc import Iterator

import polars as pl

from ratable.core import accounts
from ratable.review import catalogue, flags, words
from ratable.review.snapshot import Snapshot

_ACCOUNTANT, _CONTROLLER = "revenue accountant", "controller"
_BY_HAND = ("manual", "reversal")
_PAIRS: dict[str, tuple[str, ...]] = {
    "billing": ("deferred_revenue receivable", "receivable tax_payable"),
    "recognition": ("deferred_revenue revenue",),
    "true_up": ("deferred_revenue revenue",),
    "breakage": ("deferred_revenue revenue",),
    "catch_up": ("deferred_revenue revenue", "receivable revenue"),
    "modification": ("deferred_revenue revenue", "deferred_revenue receivable"),
    "termination": ("deferred_revenue revenue", "deferred_revenue receivable"),
    "reclassification": ("contract_asset deferred_revenue", "deferred_revenue unbilled_receivable"),
    "credit_note": ("deferred_revenue receivable", "receivable revenue", "receivable tax_payable"),
}
"""Pairs of roles, in the order of the alphabet, that the posting rules know for each kind."""

_TYPES = {
    "revenue": "income", "deferred_revenue": "liability", "tax_payable": "liability", "refund_liability": "liability",
    "receivable": "asset", "unbilled_receivable": "asset", "contract_asset": "asset", "cash": "asset",
}  # fmt: skip


def _misposted(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """The accounts of an entry are in the chart, fit their role, and are a pair that its kind may post (JC-03)."""
    rows = snapshot.reviewed
    pair = pl.concat_str(
        pl.min_horizontal("debit_role", "credit_role"), pl.lit(" "), pl.max_horizontal("debit_role", "credit_role")
    )
    fits = pl.any_horizontal(
        pl.col("kind").is_in([*_BY_HAND, "fx"]),
        *((pl.col("kind") == kind) & pair.is_in(list(pairs)) for kind, pairs in _PAIRS.items()),
    )
    told = rows.with_columns(why=pl.when(~fits).then(pl.format("kind {} never posts {}", "kind", pair)))
    for side in ("debit", "credit"):
        told = told.with_columns(why=pl.coalesce("why", _ill_fitting(snapshot, rows, side)))
    for row in told.filter(pl.col("why").is_not_null()).sort("entry").iter_rows(named=True):
        seen = f"Dr {row['debit']} ({row['debit_role']}), Cr {row['credit']} ({row['credit_role']})"
        yield words.of_entry(
            row,
            says=f"Entry {row['entry']} posts {seen}: {row['why']}.",
            expected="; ".join(_PAIRS.get(row["kind"], ("accounts of the chart, of the type of their role",))),
            actual=row["why"],
            formula=seen,
            next="Reject the run, and put the account rules or the entry right.",
        )


def _ill_fitting(snapshot: Snapshot, rows: pl.DataFrame, side: str) -> pl.Series:
    """Why the account of one side cannot stand, on each row; null where it can."""
    chart = accounts.in_force(accounts.Chart(snapshot.bundle["accounts"], snapshot.bundle["account_rules"]))
    types = chart.join(
        snapshot.bundle["accounts"].select("code", "entity", "type"),
        on=["code", "entity"],
        how="left",
        nulls_equal=True,
    )
    typed = types.select(account="code", entity="entity", own="type", known=pl.lit(value=True)).unique(
        ["account", "entity"], keep="first", maintain_order=True
    )
    shared = typed.filter(pl.col("entity").is_null()).select("account", type_of_all="own", known_to_all="known")
    asked = rows.select(account=side, entity="entity", role=f"{side}_role").with_row_index("place")
    found = asked.join(typed, on=["account", "entity"], how="left").join(shared, on="account", how="left")
    kind = pl.coalesce("own", "type_of_all")
    wanted = pl.col("role").replace_strict(_TYPES, default=None, return_dtype=pl.String)
    unknown = pl.col("account").is_not_null() & pl.coalesce("known", "known_to_all").is_null()
    other = pl.format("account {} is of type {}, and {} needs {}", "account", kind, "role", wanted)
    strange = pl.format("account {} is not in the chart", "account")
    why = pl.when(unknown).then(strange).when(kind != wanted).then(other)
    return found.sort("place").select(why=why).to_series()


def _in_closed_period(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """No entry is dated in a period of its entity that was closed before the entry was posted (JC-04)."""
    moments = snapshot.runs.select("run", at=pl.coalesce("posted_at", "prepared_at"))
    late = snapshot.reviewed.join(moments, on="run", how="left").with_columns(pl.col("at").fill_null(_END))
    for_all = snapshot.periods.filter(pl.col("entity") == "").drop("entity")
    entities = late.select("entity").unique()
    locks = pl.concat(
        [
            snapshot.periods,
            entities.filter(pl.col("entity") != "").join(for_all, how="cross").select(snapshot.periods.columns),
        ]
    ).sort("locked_at", "through")
    # A lock that was opened again stands with an earlier last day, so that the newest by then counts.
    held = late.sort("at").join_asof(
        locks.rename({"through": "closed"}), left_on="at", right_on="locked_at", by="entity", check_sortedness=False,
        allow_exact_matches=False,
    )  # fmt: skip
    for row in held.filter(pl.col("date") <= pl.col("closed")).sort("entry").iter_rows(named=True):
        where = f"{row['entity'] or 'the company'}, closed through {row['closed']} at {row['locked_at']:%Y-%m-%d %H:%M}"
        yield words.of_entry(
            row,
            says=f"Entry {row['entry']} is dated {row['date']}, in a period of {where}, before it was posted.",
            expected=f"a date after {row['closed']}",
            actual=str(row["date"]),
            formula=f"{row['date']} <= {row['closed']}",
            rows=(f"periods/{row['entity']}/{row['closed']}", f"runs/{row['run']}"),
            next="Reject the run and date the entry in an open period; a closed one is opened by a controller alone.",
        )


_END = pl.datetime(9999, 12, 31)


def _without_origin(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Every entry leads to a line, contract, customer, product and fact that exist (JC-06).

    What a correction took out of the facts may stay in the journal, where its entries come to nothing.
    """
    made = ~pl.col("kind").is_in([*_BY_HAND, "fx"])
    told = snapshot.entries.filter(made).with_columns(why=_missing_origin(snapshot))
    lost = told.filter(pl.col("why").is_not_null())
    same = ["book", "account", "line", "low", "high", "source"]
    straight = pl.col("debit_role") < pl.col("credit_role")
    signed = lost.with_columns(
        low=pl.min_horizontal("debit_role", "credit_role"), high=pl.max_horizontal("debit_role", "credit_role"),
        signed=pl.when(straight).then("amount").otherwise(-pl.col("amount")),
    )  # fmt: skip
    standing = signed.filter(pl.col("reviewed") & (pl.col("signed").sum().over(same) != 0))
    for row in standing.sort("entry").iter_rows(named=True):
        yield words.of_entry(
            row,
            says=f"Entry {row['entry']} leads to nothing: {row['why']}.",
            expected="a line, contract, customer, product and source that are among the facts",
            actual=row["why"],
            formula=f"entry -> line {row['line']} -> {row['account']} -> customer {row['customer']}",
            next="Find the fact that it rests on and import it, or reject the run.",
        )


def _missing_origin(snapshot: Snapshot) -> pl.Expr:
    """The first thing that an entry names, or should, and that is not there; null where all is there."""
    bundle, lines = snapshot.bundle, snapshot.lines
    own_bill = pl.col("source").str.starts_with(pl.concat_str("line", pl.lit("/")))
    facts = {
        "credit_note": ("credit note", bundle["credit_notes"]["id"]),
        "modification": ("amendment", bundle["amendments"]["id"]),
        "termination": ("amendment", bundle["amendments"]["id"]),
        "true_up": ("minimum", bundle["minimums"]["id"]),
        "billing": ("invoice line", bundle["invoice_lines"]["id"]),
    }
    why = (
        pl.when(pl.col("line").is_null()).then(pl.lit("it names no line"))
        .when(~pl.col("line").is_in(lines["line"].implode())).then(pl.format("there is no line {}", "line"))
        .when(pl.col("contract").is_not_null() & ~pl.col("contract").is_in(bundle["contracts"]["id"].implode()))
        .then(pl.format("there is no contract {}", "contract"))
        .when(~pl.col("customer").is_in(bundle["customers"]["id"].implode()).fill_null(value=False))
        .then(pl.format("there is no customer {}", pl.col("customer").fill_null("named")))
        .when(pl.col("product").is_not_null() & ~pl.col("product").is_in(bundle["products"]["id"].implode()))
        .then(pl.format("there is no product {}", "product"))
    )  # fmt: skip
    for kind, (noun, known) in facts.items():
        strange = (pl.col("kind") == kind) & ~pl.col("source").is_in(known.implode()) & ~own_bill.fill_null(value=True)
        why = why.when(strange).then(pl.format("there is no {} {}", pl.lit(noun), "source"))
    return why


def _one_person(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Nobody approves what they prepared (JC-10)."""
    return _of_one_person(snapshot, alone=False)


def _one_person_by_choice(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Where the company lets one person prepare and approve, a reader is told of each run (JC-10A)."""
    return _of_one_person(snapshot, alone=True)


def _of_one_person(snapshot: Snapshot, *, alone: bool) -> Iterator[flags.Flag]:
    under_review = snapshot.reviewed.group_by("run").agg(
        pl.col("amount").sum(), pl.col("currency").unique().sort(), pl.col("entity").unique().sort(),
        entries=pl.col("entry").sort().head(_MOST_NAMED),
    )  # fmt: skip
    runs = snapshot.runs.join(under_review, on="run")
    same = runs.filter((pl.col("prepared_by") == pl.col("approved_by")) & (pl.col("alone") == alone))
    for row in same.sort("run").iter_rows(named=True):
        one = row["currency"][0] if len(row["currency"]) == 1 else None
        allowed = ", as the company allows" if alone else ""
        yield flags.Flag(
            table="runs",
            subject=str(row["run"]),
            says=f"Run {row['run']} was prepared and approved by one person, {row['prepared_by']}{allowed}.",
            expected=f"an approver other than {row['prepared_by']}",
            actual=row["approved_by"],
            formula=f"prepared by {row['prepared_by']}, approved by {row['approved_by']}",
            next="Let a second person read the run and record what they found.",
            rows=(f"runs/{row['run']}", *(f"entries/{entry}" for entry in row["entries"])),
            amount=row["amount"] if one else None,
            currency=one,
            period=f"{row['through']:%Y-%m}",
            entity=row["entity"][0] if len(row["entity"]) == 1 else None,
        )


_MOST_NAMED = 12

CHECKS: tuple[catalogue.Check, ...] = (
    catalogue.Check("JC-03", "Accounts fit the posting rules", flags.BLOCKS, _ACCOUNTANT, _misposted, weight=40),
    catalogue.Check("JC-04", "Period was open", flags.BLOCKS, _CONTROLLER, _in_closed_period, weight=50),
    catalogue.Check("JC-06", "Origin is complete", flags.BLOCKS, _ACCOUNTANT, _without_origin, weight=40),
    catalogue.Check("JC-10", "Maker is not checker", flags.BLOCKS, _CONTROLLER, _one_person, weight=50),
    catalogue.Check("JC-10A", "One person in both roles, by choice", flags.INFORMS, _CONTROLLER, _one_person_by_choice),
)

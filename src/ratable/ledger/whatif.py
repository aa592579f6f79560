"""What facts come to, and what they would come to with a file that nobody has imported yet: nothing is written.

Worked example: contract C-1 is 12,000.00 for 2026. Tried with an amendment that adds 3,000.00 from July under a
catch-up, July is 1,000.00 before and 2,750.00 after: 1,250.00 by the new price, and 1,500.00 moved at once for January
to June. Prospectively, July to December are 1,500.00 each.

Amounts count in the month that they belong to, whatever is locked; what falls into a locked month is posted on the
first open day. Use and minimums count through the day asked, everything fixed to its very end.

Refuses a file that touches too much to be told apart.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from ratable.bundle import defaults, joining, sources
from ratable.core import bundles, findings
from ratable.engine import outcome, run
from ratable.ledger import knowledge, scope
from ratable.reports import grouping, names, postings

Tables = dict[str, pl.DataFrame]

FIGURES: dict[str, pl.DataType] = {
    "contract": pl.String(), "line": pl.String(), "currency": pl.String(), "period": pl.String(), "amount": pl.Int64(),
}  # fmt: skip
TREATMENTS = ("separate", "prospective", "catch_up")

_AT_ONCE = ("modification", "termination")
_KEY = ["line", "currency", "period"]


@dataclass(frozen=True)
class State:
    """What some facts come to.

    `revenue` (FIGURES) is recognized or to come, `at_once` (FIGURES) what amendments move in it on their day, `bills`
    (FIGURES) what is billed without tax through the day asked. `treatments` and `noticed` are those of the outcome.
    """

    revenue: pl.DataFrame
    at_once: pl.DataFrame
    bills: pl.DataFrame
    treatments: pl.DataFrame
    noticed: pl.DataFrame


@dataclass(frozen=True)
class Tried:
    """A file beside what the store knows of the accounts that it touches.

    `stated` are the tables with its rows in place, `kept` those without; `findings` are of its rows alone.
    """

    kept: Tables
    stated: Tables
    findings: pl.DataFrame

    @property
    def blocked(self) -> bool:
        """Whether a row of the file would be left out."""
        return bool((self.findings["severity"] == "blocks").any())

    def before(self, through: date) -> State:
        """What the facts come to without the file."""
        return state(self.kept, through)

    def after(self, through: date) -> State:
        """What the facts come to with it."""
        return state(self.stated, through)

    def treated(self, amendment: str, treatment: str) -> "Tried":
        """The same with an amendment under another treatment."""
        chosen = pl.when(pl.col("id") == amendment).then(pl.lit(treatment)).otherwise("treatment")
        amended = self.stated["amendments"].with_columns(treatment=chosen)
        return Tried(self.kept, self.stated | {"amendments": amended}, self.findings)


def tried(source: sources.Source) -> Tried:
    """A file beside the store, checked as an import would check it.

    Args:
        source: raw tables.

    Raises:
        names.Refused: it names more accounts than can be looked at by themselves.
    """
    source = sources.in_normal_form(source)
    within = scope.of_tables(source.tables)
    if within is None:
        raise names.Refused("the file names too many contracts to be tried; import it, and look at what is proposed.")
    kept = knowledge.stated(within=within)
    joined = joining.check(source, kept)
    stated = {name: _with(rows, joined.stated[name], name) for name, rows in kept.items()}
    return Tried(kept, stated, joined.findings)


def without_amendments(stated: Tables, ids: list[str]) -> Tables:
    """Tables without some amendments and what they say."""
    gone = pl.lit(pl.Series(ids, dtype=pl.String)).implode()
    return stated | {
        "amendments": stated["amendments"].filter(~pl.col("id").is_in(gone)),
        "amendment_changes": stated["amendment_changes"].filter(~pl.col("amendment").is_in(gone)),
    }


def state(stated: Tables, through: date) -> State:
    """What facts come to.

    Args:
        stated: every declared table as it was stated, whole accounts.
        through: amendments agreed by then count, and use and bills through it.
    """
    made = outcome_of(stated, through)
    moved = made.movements("month")
    earned = postings.to(moved, "revenue").select("line_no", amount="change", month="origin").collect()
    others = postings.to(moved.filter(pl.col("kind").cast(pl.String).is_in(_AT_ONCE)), "revenue")
    at_once = others.select("line_no", amount="change", month="origin").collect()
    revenue = pl.concat([earned, made.remaining().select("line_no", "amount", "month")])
    return State(
        _named(revenue, made), _named(at_once, made), _named(_bills(moved), made), made.treatments, made.findings
    )


def bills(stated: Tables, through: date) -> pl.DataFrame:
    """Bills of fixed prices that the terms lead to through a day, by line and month (FIGURES); credits apart."""
    made = outcome_of(stated, through)
    fixed = made.lines.filter("fixed").select("line_no")
    due = made.others("month").filter(pl.col("kind").cast(pl.String) == "billing")
    return _named(_bills(due.join(fixed, on="line_no", how="semi")), made)


def untaxed(moved: pl.DataFrame) -> pl.DataFrame:
    """Movements but those of tax."""
    return moved.filter((pl.col("debit_role") != "tax_payable") & (pl.col("credit_role") != "tax_payable"))


def between(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Two schedules (FIGURES) side by side: line, currency, period, before, after, change; sorted, no empty rows."""
    zero = pl.lit(0, pl.Int64)
    both = pl.concat([
        before.select(*_KEY, before="amount", after=zero), after.select(*_KEY, before=zero, after="amount"),
    ])  # fmt: skip
    sums = both.group_by(_KEY).agg(pl.col("before", "after").sum())
    shown = sums.filter((pl.col("before") != 0) | (pl.col("after") != 0)).sort("period", "line", "currency")
    return shown.with_columns(change=pl.col("after") - pl.col("before"))


def outcome_of(stated: Tables, through: date) -> outcome.Outcome:
    """The engine on facts as they were stated, as if nothing were locked."""
    filled = defaults.fill(stated | {"locks": stated["locks"].clear()})
    return run.recognize(bundles.Bundle(filled, findings.none(), bundles.of({}).left_out), through)


def _bills(moved: pl.DataFrame) -> pl.DataFrame:
    billed = postings.to(untaxed(moved), "receivable")
    return billed.select("line_no", amount="change", month=pl.col("date").dt.month_start()).collect()


def _named(rows: pl.DataFrame, made: outcome.Outcome) -> pl.DataFrame:
    """Amounts by line number and first day of month as FIGURES, summed."""
    named = rows.join(made.lines.select("line_no", "contract", "line", "currency"), on="line_no")
    period = grouping.label(grouping.period(pl.col("month"), "month"), "month")
    sums = named.group_by("contract", "line", "currency", period=period).agg(pl.col("amount").sum())
    return sums.filter(pl.col("amount") != 0).sort("period", "line").select(*FIGURES)


def _with(known: pl.DataFrame, brought: pl.DataFrame, table: str) -> pl.DataFrame:
    """A table with the rows of a file in place of those that they replace."""
    key = joining.key(table)
    rest = known.join(brought, on=key, how="anti", nulls_equal=True, maintain_order="left")
    return pl.concat([rest, brought.select(known.columns)])

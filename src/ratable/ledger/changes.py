"""What changed since a close: every cent of difference in revenue and bills, each assigned to one cause.

Worked example: January is locked on 4 February. On 10 March an import brings an order of 1 January and a price cut.
Then "new contract" adds 1,000.00 to January, and "amendment" takes 200.00 off July; nothing else moved, and the two
together are exactly what the engine says now less what it said on 4 February.

How: start from the facts known at the close and add what each import brought, in order, one cause after the other;
what a step changes is its cause's. The steps telescope, so nothing can be left over, and the last state is checked
against all that is known now. Late facts count in the month that they belong to, wherever they are posted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db.models import Max

from ratable.bundle import defaults
from ratable.core import bundles, findings, tables
from ratable.engine import contracts, run
from ratable.ledger import closed, knowledge, models, scope
from ratable.reports import identities, postings

# In the order in which one import is folded: parents before children.
CAUSES: dict[str, tuple[str, ...]] = {
    "master data": ("entities", "customers", "products", "ssps"),
    "policy": ("policies",),
    "new contract": ("contracts", "contract_lines", "milestones", "price_tiers"),
    "minimum": ("minimums", "minimum_lines"),
    "amendment": ("amendments", "amendment_changes"),
    "usage": ("usage",),
    "milestone": ("milestones_reached",),
    "invoice": ("invoices", "invoice_lines"),
    "credit_note": ("credit_notes", "credit_note_lines"),
}
CORRECTION = "import correction"
COLUMNS = ("contract", "line", "period", "currency", "cause", "import", "revenue", "billed")

_PARENTS = ("contracts", "contract_lines", "amendment_changes", "invoices")
_KEY = ["contract", "line", "currency", "period"]
_FIGURES = ["revenue", "billed"]
Tables = dict[str, pl.DataFrame]


class NotClosed(Exception):
    """Nothing is closed yet, so that there is no last close to compare with."""


@dataclass(frozen=True)
class Changes:
    """What changed between the end of a ledger day and now; bills count through `through`, revenue to the very end."""

    since: date
    through: date
    rows: pl.DataFrame


def since_close(*, since: date | None = None, through: date | None = None) -> Changes:
    """Every difference between what was known at the last close and what is known now, by cause.

    Args:
        since: the ledger day to compare with, as it ended; None: the day of the last lock.
        through: the last day of bills; None: the last day of the month in which something was last learned.

    Returns:
        `rows`: contract, line, period (YYYY-MM that the revenue belongs to, or of the bill), currency, cause, import
        (its number), revenue and billed (minor units, the change; revenue recognized or still to come). Per contract
        line and period the rows sum to the target now less the target then.

    Raises:
        NotClosed: no day was given, and nothing is locked.
        identities.DoesNotFoot: the steps do not add up to what is known now.
    """
    start = since or _last_close()
    end = through or _last_learned(start)
    within = scope.of_imports(_last_import(start))
    given = knowledge.stated(within=within)
    before = _target(knowledge.stated(start, within), given, end)
    found = [_none()]
    standing = before
    for cause, number, known in _states(start, within):
        after = _target(known, given, end)
        step = _difference(standing, after).with_columns(cause=pl.lit(cause), number=pl.lit(str(number)))
        found.append(step.rename({"number": "import"}).select(COLUMNS))
        standing = after
    rows = pl.concat(found).sort("contract", "line", "period", "import", "cause", nulls_last=True)
    _check(rows, _difference(before, _target(given, given, end)))
    return Changes(start, end, rows)


def _last_close() -> date:
    made = closed.history().filter(pl.col("state") == "locked")
    if made.is_empty():
        raise NotClosed("nothing is locked yet, so there is no close to compare with; say since which day.")
    day = made["locked_on"][-1]
    return date.fromisoformat(str(day))


def _last_learned(start: date) -> date:
    last = models.Import.objects.order_by("-no").values_list("known_on", flat=True).first()
    day = max(start, last or start)
    return date.fromisoformat(str(pl.select(pl.lit(day).dt.month_end()).item()))


def _last_import(day: date) -> int:
    """The number of the last import that was known by the end of a day."""
    return int(models.Import.objects.filter(known_on__lte=day).aggregate(last=Max("no"))["last"] or 0)


def _states(start: date, within: scope.Scope | None) -> Iterator[tuple[str, int, Tables]]:
    """What was known after each step: its cause, its import, and all tables as stated."""
    moving = [name for names in CAUSES.values() for name in names]
    learned = {name: rows for name in moving if not (rows := knowledge.learned(name, start)).is_empty()}
    kinds = dict(models.Import.objects.values_list("no", "kind"))
    known = knowledge.stated(start, within)
    for number in sorted({int(no) for rows in learned.values() for no in rows["import_no"].unique()}):
        steps = {CORRECTION: tuple(moving)} if kinds[number] == "correction" else CAUSES
        for cause, names in steps.items():
            brought = {
                name: rows for name in names
                if name in learned and not (rows := learned[name].filter(pl.col("import_no") == number)).is_empty()
            }  # fmt: skip
            if brought:
                known = known | {name: _with(known[name], rows, name) for name, rows in brought.items()}
                yield cause, number, known


def _with(known: pl.DataFrame, brought: pl.DataFrame, table: str) -> pl.DataFrame:
    """A table with new versions in place of those that they replace."""
    key = list(tables.TABLES[table].key)
    return pl.concat([known.join(brought, on=key, how="anti", nulls_equal=True), brought.select(known.columns)])


def _target(stated: Tables, given: Tables, through: date) -> pl.DataFrame:
    """Revenue by the month that it belongs to, recognized or to come, and bills by month: _KEY and _FIGURES."""
    filled = defaults.fill(stated | {"locks": stated["locks"].clear()})
    facts = contracts.closed(filled, filled | {name: given[name] for name in _PARENTS})
    nothing = bundles.of({})
    made = run.recognize(bundles.Bundle(facts, findings.none(), nothing.left_out), through)
    moved = made.movements("month")
    earned = (
        postings.to(moved, "revenue").select("line_no", revenue="change", billed=pl.lit(0), month="origin").collect()
    )
    untaxed = (pl.col("debit_role") != "tax_payable") & (pl.col("credit_role") != "tax_payable")
    bills = postings.to(moved.filter(untaxed), "receivable")
    billed = bills.select("line_no", revenue=pl.lit(0), billed="change", month=pl.col("date").dt.month_start())
    ahead = made.remaining().select("line_no", revenue="amount", billed=pl.lit(0), month="month")
    rows = pl.concat([earned, billed.collect(), ahead], how="vertical_relaxed")
    named = rows.join(made.lines.select("line_no", "contract", "line", "currency"), on="line_no")
    period = pl.col("month").dt.to_string("%Y-%m")
    return named.group_by("contract", "line", "currency", period=period).agg(pl.col(_FIGURES).sum())


def _difference(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    both = pl.concat([before.with_columns(-pl.col(name) for name in _FIGURES), after])
    sums = both.group_by(_KEY).agg(pl.col(_FIGURES).sum())
    return sums.filter(pl.any_horizontal(pl.col(name) != 0 for name in _FIGURES))


def _check(rows: pl.DataFrame, total: pl.DataFrame) -> None:
    """Residual zero: the causes together are the whole difference, line by line and month by month."""
    sums = rows.group_by(_KEY).agg(pl.col(_FIGURES).sum())
    rest = _difference(sums, total)
    zero = pl.lit(0, pl.Int64)
    for name in _FIGURES:
        identities.same("changes", rest, (f"{name} without a cause", pl.col(name)), ("what may be left over", zero))


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema={name: pl.Int64() if name in _FIGURES else pl.String() for name in COLUMNS})

"""What about the rows of a run deserves a look: signals that anybody can recompute, each with one sentence.

Worked example: line L-1 has twelve posted bills of 100.00. Run 4 bills it 5,000.00 and takes back 80.00 of revenue for
January, which is locked. The bill has the signal `unusual_amount` (35): "5,000.00 USD, where 100.00 is usual on this
line (the median of 12 posted)"; the other row `closed_month` (40) and `takes_back` (30). Rows are read in the order of
risk x amount: 5,000.00 x 35 before 80.00 x 70, and then those without a signal.

A signal is a row of FOUND, whoever finds it; nothing here learns, guesses or decides.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import polars as pl

from ratable.core import amounts, currencies
from ratable.ledger import closed, differences, entries, kept, models, rows

FOUND: dict[str, pl.DataType] = {
    "no": pl.Int64(), "signal": pl.String(), "weight": pl.Int64(), "says": pl.String(),
}  # fmt: skip
ROWS: dict[str, pl.DataType] = {
    "no": pl.Int64(), "entry": pl.String(), "date": pl.Date(),
    **dict.fromkeys(("period", "origin_period", "entity", "currency", "kind", "contract", "line", "customer",
                     "product", "debit", "credit", "debit_role", "credit_role"), pl.String()),
    "amount": pl.Int64(),
}  # fmt: skip
POSTED: dict[str, pl.DataType] = {name: ROWS[name] for name in (
    "currency", "kind", "contract", "line", "debit", "credit", "debit_role", "credit_role", "amount",
)}  # fmt: skip

_LEAST = 3  # Posted rows from which an amount is said to be usual.
_SPREADS = 6
_CHANGES = ("modification", "termination", "breakage")
_SAME = ["line", "kind", "currency"]
_FINEST = max(currencies.EXPONENTS.values())


@dataclass(frozen=True)
class Signal:
    """What a signal is called, and how much it weighs."""

    title: str
    weight: int


SIGNALS: dict[str, Signal] = {
    "by_hand": Signal("Written by hand", 50),
    "closed_month": Signal("Closed month", 40),
    "unusual_amount": Signal("Unusual amount", 35),
    "takes_back": Signal("Takes revenue back", 30),
    "modification": Signal("Modification", 25),
    "credit_note": Signal("Credit note", 25),
    "late_fact": Signal("Late fact", 25),
    "above_limit": Signal("Above your limit", 20),
    "other_account": Signal("Another account", 20),
    "first_of_contract": Signal("New contract", 10),
}


@dataclass(frozen=True)
class Known:
    """What the rows of a run are held against.

    Args:
        posted: what is posted (POSTED).
        closed: entity and its last closed day.
        through: the last day through which a proposal was posted; None: none was.
        limits: the most that whoever looks may approve, by currency in minor units; empty: no limit.
    """

    posted: pl.DataFrame
    closed: pl.DataFrame
    through: date | None = None
    limits: dict[str, int] = field(default_factory=dict)


def signals(drafts: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Every signal of every row (FOUND), in no particular order.

    Args:
        drafts: the rows of a run (ROWS), amounts in minor units.
        known: what they are held against.
    """
    present = amounts.decimals_present(drafts)
    months = drafts.join(known.closed, on="entity", how="left").with_columns(
        ends=pl.concat_str("origin_period", pl.lit("-01")).str.to_date().dt.month_end()
    )
    behind = (pl.col("ends") <= pl.col("closed")).fill_null(value=False) & (pl.col("origin_period") < pl.col("period"))
    by_hand = pl.col("kind").is_in(differences.BY_HAND)
    parts = [
        _found("by_hand", months.filter(by_hand), pl.lit("A person wrote this; no obligation stands behind it.")),
        _found("closed_month", months.filter(behind), pl.format(
            "Belongs to {}, which is closed, and is posted in {}.", "origin_period", "period")),
        _found("modification", months.filter(pl.col("kind").is_in(_CHANGES)), pl.format(
            "An amendment of contract {} moves it.", pl.col("contract").fill_null("of the line"))),
        _found("credit_note", months.filter(pl.col("kind") == "credit_note"), pl.lit("A credit note moves it.")),
        _late(months.filter(~behind & ~by_hand), known.through),
        _unusual(drafts, known.posted, present),
        _taken_back(drafts.filter(~by_hand), known.posted),
        _other_accounts(drafts, known.posted),
        _first(drafts, known.posted),
        _above(drafts, known.limits, present),
    ]  # fmt: skip
    return pl.concat(parts)


def ranked(drafts: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The rows in the order in which to read them: by risk x amount, then by amount.

    Args:
        drafts: ROWS.
        found: FOUND, of these rows.

    Returns:
        ROWS and risk (sum of the weights), signals and says (lists, the heaviest first; empty where there is none).
    """
    each = found.sort("weight", "signal", descending=[True, False]).group_by("no", maintain_order=True).agg(
        pl.col("signal").alias("signals"), "says", risk=pl.col("weight").sum()
    )  # fmt: skip
    finer = {code: 10 ** (_FINEST - decimals) for code, decimals in currencies.EXPONENTS.items()}
    size = pl.col("amount").cast(pl.Int128) * pl.col("currency").replace_strict(finer, return_dtype=pl.Int128)
    nothing = pl.lit([], pl.List(pl.String))
    rows_ = drafts.join(each, on="no", how="left").with_columns(
        pl.col("risk").fill_null(0), pl.col("signals").fill_null(nothing), pl.col("says").fill_null(nothing)
    )
    ordered = rows_.sort(size * pl.col("risk"), size, "no", descending=[True, True, False])
    return ordered.select(*ROWS, "risk", "signals", "says")


def of_run(run: models.Run, limits: dict[str, int]) -> pl.DataFrame:
    """The drafts of a run as `ranked`, kept in memory until the books stand elsewhere: a run never changes.

    Args:
        run: one that waits.
        limits: of whoever looks.
    """
    return _kept(entries.stand(), run.no, run.hash, tuple(sorted(limits.items())))


@lru_cache(maxsize=4)
def _kept(_: str, run: int, __: str, limits: tuple[tuple[str, int], ...]) -> pl.DataFrame:
    drafts = rows.select(f"SELECT {', '.join(ROWS)} FROM drafts WHERE run_no = %s ORDER BY no", [run], ROWS)  # noqa: S608  names of our own
    posted = kept.held(keep=False).rows.select(pl.col(name).cast(kind) for name, kind in POSTED.items())
    done = models.Run.objects.filter(decision__verb="post", kind="proposal").order_by("-through")
    known = Known(posted, closed.last_days(), done.values_list("through", flat=True).first(), dict(limits))
    return ranked(drafts, signals(drafts, known))


def _found(name: str, where: pl.DataFrame, says: pl.Expr) -> pl.DataFrame:
    weight = pl.lit(SIGNALS[name].weight, pl.Int64)
    return where.select("no", signal=pl.lit(name), weight=weight, says=says).select(*FOUND)


def _late(drafts: pl.DataFrame, through: date | None) -> pl.DataFrame:
    """Of a month that was open and posted already."""
    late = drafts.filter(pl.col("ends") <= through) if through else drafts.clear()
    return _found("late_fact", late, pl.lit(f"The books were posted through {through} before this was known."))


def _unusual(drafts: pl.DataFrame, posted: pl.DataFrame, present: dict[int, list[str]]) -> pl.DataFrame:
    """Far above the median of what is posted of the kind on the line, by the median distance from it.

    A reclassification follows what was billed and recognized, and has no usual amount.
    """
    drafts = drafts.filter(pl.col("kind") != "reclassification")
    own = posted.drop_nulls("line").join(drafts.select(_SAME).unique(), on=_SAME, how="semi")
    usual = own.group_by(_SAME).agg(usual=_median(pl.col("amount")), count=pl.len())
    near = own.join(usual, on=_SAME).with_columns(distance=(pl.col("amount") - pl.col("usual")).abs())
    spread = near.group_by(_SAME).agg(spread=_median(pl.col("distance")))
    held = drafts.join(usual.filter(pl.col("count") >= _LEAST), on=_SAME).join(spread, on=_SAME)
    beyond = pl.col("amount") - pl.col("usual")
    far = held.filter((beyond > _SPREADS * pl.col("spread")) & (2 * beyond > pl.col("usual")))
    seen, before = (amounts.text(pl.col(name), present, separator=",") for name in ("amount", "usual"))
    usually = "{} {}, where {} is usual on this line (the median of {} posted)."
    return _found("unusual_amount", far, pl.format(usually, seen, "currency", before, "count"))


def _median(values: pl.Expr) -> pl.Expr:
    """The middle of some whole numbers, the lower one of two: itself a whole number."""
    return values.sort().get((pl.len() - 1) // 2)


def _taken_back(drafts: pl.DataFrame, posted: pl.DataFrame) -> pl.DataFrame:
    """Revenue debited, but for credit notes, or a pair that is posted the other way round only."""
    pair = ["line", "kind", "debit_role", "credit_role"]
    straight = posted.select(pair).unique()
    swapped = straight.rename({"debit_role": "credit_role", "credit_role": "debit_role"}).select(pair)
    other_way = swapped.join(straight, on=pair, how="anti", nulls_equal=True)
    turns = pl.col("kind").is_in(["reclassification", "credit_note"])
    back = drafts.filter(~turns).join(other_way, on=pair, how="semi", nulls_equal=True)
    earned = drafts.filter(~turns & (pl.col("debit_role") == "revenue"))
    both = pl.concat([earned, back]).unique("no")
    sides = (pl.col(name).str.replace_all("_", " ") for name in ("debit_role", "credit_role"))
    return _found("takes_back", both, pl.format("Dr {}, Cr {}: the other way round than usual.", *sides))


def _other_accounts(drafts: pl.DataFrame, posted: pl.DataFrame) -> pl.DataFrame:
    """Posted to another account than what the line has had of the same role."""
    sides = (("debit", "debit_role"), ("credit", "credit_role"))
    had = pl.concat([posted.select("line", code=code, role=role) for code, role in sides]).drop_nulls("line").unique()
    asked = pl.concat([drafts.select("no", "line", code=code, role=role) for code, role in sides])
    before = had.group_by("line", "role").agg(before=pl.col("code").min())
    other = asked.join(had, on=["line", "role", "code"], how="anti").join(before, on=["line", "role"])
    role = pl.col("role").str.replace_all("_", " ")
    says = pl.format("Posts {} to {}, where the line has had {}.", role, "code", "before")
    return _found("other_account", other.unique("no"), says)


def _first(drafts: pl.DataFrame, posted: pl.DataFrame) -> pl.DataFrame:
    """The first row of each contract that has no entry yet."""
    new = drafts.drop_nulls("contract").join(posted.select("contract").unique(), on="contract", how="anti")
    first = new.filter(pl.col("no") == pl.col("no").min().over("contract"))
    return _found("first_of_contract", first, pl.format("The first entry of contract {}.", "contract"))


def _above(drafts: pl.DataFrame, limits: dict[str, int], present: dict[int, list[str]]) -> pl.DataFrame:
    if not limits:
        return pl.DataFrame(schema=FOUND)
    limit = pl.col("currency").replace_strict(limits, default=0, return_dtype=pl.Int64)
    above = drafts.with_columns(limit=limit).filter(pl.col("amount") > pl.col("limit"))
    most = amounts.text(pl.col("limit"), present, separator=",")
    return _found("above_limit", above, pl.format("Above your limit of {} {}.", most, "currency"))

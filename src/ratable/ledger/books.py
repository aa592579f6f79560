"""Books of the store: every report of `reports.books`, with the figures of the entries that are posted.

Worked example: January is posted, February is not. Through 28 February the roll-forward then shows what was recognized
in January and nothing for February; the waterfall says that February's 1,000.00 is still to come, in February. When all
that the engine makes of the facts is posted, every report is the one that `ratable run` prints, byte for byte.

What a line was promised, what remains of it and what was noticed come from the engine, on the facts that were known on
the day asked; all else comes from the entries posted by then. So the same two days give the same report for ever.

Refuses days where the engine's days do not add up to what is posted, such as in a month that is posted in part.
"""

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import Self

import polars as pl
from django.db import connection

from ratable.core import amounts
from ratable.core.bundles import Bundle
from ratable.engine import outcome
from ratable.ledger import carried, differences, entries, kept, knowledge, models, stored
from ratable.reports import books as reports
from ratable.reports import grouping, journal, names, postings, trial_balance

BOOK = kept.BOOK

_MOST = 4  # Books in memory.
_NAMED: dict[str, pl.DataType] = dict.fromkeys(
    [*kept.LINE, "contract", "account", "customer", "product"], pl.String()
)  # fmt: skip


@dataclass(frozen=True)
class Posted(reports.Books):
    """Books whose journal and trial balance are the entries as they are stored; `bundle` has the facts behind them.

    `held` gives those entries, with the columns of kept.NARROW at least.
    """

    asked: kept.Asked
    bundle: Bundle
    held: Callable[[], pl.DataFrame]

    def of(self, **chosen: str) -> Self:
        """The books of some lines alone; what was written by hand counts where it says as much."""
        part = super().of(**chosen)
        columns = {name: value for name, value in chosen.items() if name in entries.SCHEMA}
        lines = self.asked.lines if columns == chosen else tuple(part.outcome.lines["line"])
        asked = replace(self.asked, chosen=(*self.asked.chosen, *columns.items()), lines=lines)
        return replace(part, asked=asked, held=cache(lambda: asked.select(kept.NARROW)))

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What every reader has to know: who approved a run alone, and what is outside the reports by line."""
        runs = self.held()["run_no"].unique().to_list()
        alone = models.Decision.objects.filter(verb="approve", override=True, run__in=runs).order_by("no")
        said = [
            f"Run {run} was prepared and approved by one person, {by}, as the company allows: {reason.rstrip('.')}."
            for run, by, reason in alone.values_list("run_id", "by", "reason")
        ]
        if count := self.held().filter(_by_hand()).height:
            what = "entry written by hand is" if count == 1 else "entries written by hand are"
            said.append(f"{count} {what} in the journal and the trial balance alone.")
        return tuple(said)

    def journal_slices(self, grain: str) -> Iterator[pl.DataFrame]:
        """The journal as it is stored; by day as the engine tells it, followed by what was written by hand."""
        names.one_of(grain, names.POSTING_GRAINS, "grain")
        if grain == "day":
            yield from super().journal_slices(grain)
            yield self._entries.filter(_by_hand())
            return
        for offset in range(0, max(self._entries.height, 1), journal.ROWS_AT_A_TIME):
            yield self._entries.slice(offset, journal.ROWS_AT_A_TIME)

    def once(self, key: Hashable, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """What was made of these books before under a key, else what is made now: they never change."""
        with self._making:
            if key not in self._made:
                self._made[key] = make()
            return self._made[key]

    @cached_property
    def _made(self) -> dict[Hashable, pl.DataFrame]:
        return {}

    @cached_property
    def _making(self) -> threading.RLock:
        return threading.RLock()

    def trial_balance(self) -> pl.DataFrame:
        """Every account that was posted to, by month; see `reports.trial_balance`."""
        return self.once("trial-balance", self._balanced)

    def _balanced(self) -> pl.DataFrame:
        month = grouping.period(pl.col("date"), "month")
        sides = [
            self.held()
            .group_by("entity", "currency", account=side, period=month)
            .agg(pl.col("amount").sum().alias(side))
            for side in ("debit", "credit")
        ]
        return trial_balance.of(pl.concat(sides, how="diagonal"), self.chart, self.outcome.through)

    @cached_property
    def _entries(self) -> pl.DataFrame:
        """All entries in the order of the journal report."""
        found = held if (held := self.held()).columns == list(kept.WHOLE) else self.asked.select(kept.WHOLE)
        by = {"date": False, "contract": True, "account": True, "line": True, "order": True,
              "origin_period": True, "entry": True}  # fmt: skip
        ordered = found.with_columns(order=pl.col("kind").cast(outcome.KINDS))
        return ordered.sort(list(by), nulls_last=list(by.values())).select(journal.COLUMNS)


def books(through: date, *, known_on: date | None = None, entity: str | None = None) -> Posted:
    """The books of the store through a day, as they were known and posted on another.

    Args:
        through: the last day of the books.
        known_on: facts learned and entries posted by the end of that day count; None: all of them.
        entity: its lines and entries alone; None: those of all.

    Returns:
        every report by name or method; `notes` are sentences that belong under each of them.

    Raises:
        names.Refused: there is no such entity.
    """
    asked = kept.Asked(through, known_on, entity)
    if connection.in_atomic_block:
        return _made(asked, keep=False)
    found = _before.get((entries.stand(), asked))
    return found or _once(asked)


def of_each(entities: Iterable[str], through: date, *, known_on: date | None = None) -> dict[str, Posted]:
    """The books of several entities by their names, each as `books` gives them."""
    target = carried.target(through, known_on, keep=False)
    each = [kept.Asked(through, known_on, entity) for entity in entities]
    # A close asks for every report, so that the entries are read once and whole.
    whole = [(asked, asked.select(kept.WHOLE)) for asked in each]
    return {asked.entity or "": _of(target, asked, kept.of(rows), rows) for asked, rows in whole}


_before: dict[tuple[str, kept.Asked], Posted] = {}
_turn = threading.Lock()


def _once(asked: kept.Asked) -> Posted:
    """Books stay in memory until the store stands elsewhere; whoever wants others waits until these are made."""
    with _turn, stored.snapshot():
        stand = entries.stand()
        if (stand, asked) not in _before:
            made = _made(asked, keep=True)
            for other in [key for key in _before if key[0] != stand] or list(_before)[: 1 - _MOST]:
                del _before[other]
            _before[stand, asked] = made
        return _before[stand, asked]


def _made(asked: kept.Asked, *, keep: bool) -> Posted:
    if asked.entity is not None and asked.entity not in (known := knowledge.entities()):
        raise names.Refused(f"entity: saw {asked.entity!r}; expected one of {', '.join(known) or 'none'}.")
    found = kept.held(keep=keep).asked(asked)
    return _of(carried.target(asked.through, asked.known_on, keep=keep), asked, found, found.rows)


def _of(target: carried.Target, asked: kept.Asked, found: kept.Entries, held: pl.DataFrame) -> Posted:
    due = target.books

    def recomputed(day: date) -> outcome.Outcome:
        then = replace(asked, through=day)
        return _posted(due.recompute(day), then, kept.of(then.select(kept.NARROW)))

    own = _posted(due.outcome, asked, found)
    return Posted(own, due.chart, due.facts, recomputed, asked, target.bundle, lambda: held)


def _posted(target: outcome.Outcome, asked: kept.Asked, posted: kept.Entries) -> outcome.Outcome:
    """The engine's outcome with the movements that are posted in place of those that should be."""
    found = posted.rows.filter(~_by_hand())
    lines = _with_lost_lines(target.lines, posted.lines[found["place"].unique()], asked)
    own = replace(target, lines=lines) if asked.entity is None else target.of(lines)
    numbers = posted.lines.join(lines, on=kept.LINE, how="left", nulls_equal=True, maintain_order="left")["line_no"]
    moved = found.with_columns(line_no=numbers.gather(found["place"])).select(*outcome.MOVEMENTS)
    plain = _is_plain()
    sign = pl.when(pl.col("debit_role") == "revenue").then(-1).otherwise(1)
    narrow = moved.filter(plain).select("line_no", "date", "origin", amount=pl.col("amount") * sign)
    rest = moved.filter(~plain)
    by_day = cache(lambda: _same_by_day(own, moved))
    return replace(
        own,
        revenue=lambda grain: narrow if grain == "month" else by_day().revenue(grain),
        others=lambda grain: rest if grain == "month" else by_day().others(grain),
        remaining=cache(lambda: _remaining(own, moved)),
    )


def _by_hand() -> pl.Expr:
    return pl.col("kind").is_in(differences.BY_HAND) | pl.col("line").is_null()


def _is_plain() -> pl.Expr:
    """What the narrow form of recognition can hold."""
    sides = [
        (pl.col("debit_role") == one) & (pl.col("credit_role") == other)
        for one, other in (("deferred_revenue", "revenue"), ("revenue", "deferred_revenue"))
    ]
    return (pl.col("kind") == "recognition") & (sides[0] | sides[1]) & pl.col("source").is_null()


def _with_lost_lines(lines: pl.DataFrame, posted: pl.DataFrame, asked: kept.Asked) -> pl.DataFrame:
    """The lines of the engine, and those of which it knows no more: a correction took them back after posting."""
    if asked.entity is not None:
        lines = lines.filter(pl.col("entity").fill_null("") == asked.entity)
    lost = posted.join(lines, on=kept.LINE, how="anti", nulls_equal=True)
    if lost.is_empty():
        return lines
    named = asked.select(_NAMED, distinct=True).unique(kept.LINE, keep="first", maintain_order=True)
    last = lines["line_no"].max()
    first = last + 1 if isinstance(last, int) else 0
    added = named.join(lost, on=kept.LINE, how="semi", nulls_equal=True).sort(kept.LINE)
    added = added.with_row_index("line_no", first)
    none = pl.lit(value=False)
    told = added.with_columns(fixed=~none, awaits_time=none, contracted=pl.lit(0, pl.Int64))
    empty = [pl.lit(None, kind).alias(name) for name, kind in outcome.LINES.items() if name not in told.columns]
    return pl.concat([lines, told.with_columns(empty).select(lines.columns)])


def _remaining(target: outcome.Outcome, moved: pl.DataFrame) -> pl.DataFrame:
    """What is still to be recognized: what the engine says, and what it says of the past that is not posted yet."""
    left = target.remaining()
    sums = left.group_by("line_no").agg(remaining=pl.col("amount").sum())
    both = target.lines.filter("fixed").join(sums, on="line_no", how="left")
    both = both.join(postings.recognized(moved), on="line_no", how="left")
    whole = pl.col("remaining").fill_null(0) + pl.col("recognized").fill_null(0)
    behind = both.filter(whole != pl.col("contracted")).select("line_no")
    if behind.is_empty():
        return left
    earned = [_by_month(target.movements("month"), behind), _by_month(moved, behind).with_columns(-pl.col("amount"))]
    together = pl.concat([left, *earned]).group_by("line_no", "month").agg(pl.col("amount").sum())
    return together.filter(pl.col("amount") != 0).select(*outcome.REMAINING)


def _by_month(moved: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Revenue of some lines by month of posting."""
    earned = postings.to(moved.join(lines, on="line_no", how="semi"), "revenue")
    sums = earned.group_by("line_no", month=pl.col("date").dt.month_start()).agg(amount=pl.col("change").sum())
    return sums.collect().select(*outcome.REMAINING)


def _same_by_day(target: outcome.Outcome, moved: pl.DataFrame) -> outcome.Outcome:
    """The engine's outcome, whose days add up to what is posted.

    Raises:
        names.Refused: in some month they do not.
    """
    days, posted = (
        _net(frame).rename({"amount": name}) for frame, name in ((target.movements("day"), "days"), (moved, "posted"))
    )
    key = [name for name in days.columns if name != "days"]
    both = days.join(posted, on=key, how="full", coalesce=True, nulls_equal=True).with_columns(
        pl.col("days", "posted").fill_null(0)
    )
    differs = both.filter(pl.col("days") != pl.col("posted")).join(
        target.lines.select("line_no", "line", "currency"), on="line_no"
    )
    if differs.is_empty():
        return target
    first = amounts.written(
        differs.sort("month", "line", "kind").head(1).select("month", "line", "currency", "kind", "days", "posted")
    )
    month, line, currency, kind, by_day, in_all = first.row(0)
    raise names.Refused(
        f"grain day: {kind} of line {line} in {month:%Y-%m} comes to {by_day} {currency} by the day, but {in_all} "
        "is posted. Only months that are posted whole have days: post them to their end, or ask for months."
    )


def _net(moved: pl.DataFrame) -> pl.DataFrame:
    """Movements by line, month, origin, kind and cause, each pair of roles in one direction."""
    ordered = moved.with_columns(pl.col("debit_role", "credit_role").cast(pl.String))
    swap = pl.col("debit_role") > pl.col("credit_role")
    sums = ordered.group_by(
        "line_no", "origin", "kind", "source",
        month=pl.col("date").dt.month_start(),
        low=pl.min_horizontal("debit_role", "credit_role"),
        high=pl.max_horizontal("debit_role", "credit_role"),
    ).agg(amount=pl.when(swap).then(-pl.col("amount")).otherwise("amount").sum())  # fmt: skip
    return sums.filter(pl.col("amount") != 0)

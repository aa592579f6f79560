"""The engine on one screen: from the facts of a bundle to obligations, movements and what is left. Read this first.

Worked example: the contract of 12,000.00 platform and 3,000.00 setup with 10 percent off, signed for 2026, through
31 January: two obligations (10,800.00 and 2,700.00 allocated); movements: two bills, setup 2,700.00 and a month of
platform, 917.26 by the day; remaining 9,882.74 over eleven months.

    facts that count      contracts    which contracts there are, what was known and agreed            step 1
    obligations           obligations  contract lines, added lines, lone invoice lines                 step 2
    transaction price     inception    prices, discounts                                               step 3
    allocation            inception    standalone selling prices, relative shares                      step 4
    recognition           inception    one span a line; then every event in order:                     step 5
                          histories    amendments and credit notes replace spans and bills
    movements             journal      bills, revenue, credits, true-ups; locks; balances reclassified

The result for the union of two sets of contracts is the union of their results, so the work can be split anywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import polars as pl

from ratable.core import findings
from ratable.core.bundles import Bundle
from ratable.engine import (
    balances,
    contracts,
    credits,
    histories,
    inception,
    journal,
    locks,
    outcome,
    outlook,
    warnings,
)
from ratable.engine.contracts import Facts
from ratable.engine.inception import Inception
from ratable.engine.outcome import Outcome
from ratable.engine.position import Position


@dataclass(frozen=True)
class _Scope:
    """What one run is asked: the facts that count, who bills each contract, the last day, and what was known when."""

    facts: Facts
    generated: pl.DataFrame
    through: date
    known_on: date | None


def recognize(bundle: Bundle, through: date, *, known_on: date | None = None) -> Outcome:
    """Recognize revenue for every contract and lone invoice of a bundle through a day.

    Source: 606-10-05-4 (the five steps).

    Args:
        bundle: sound tables (core.bundles.Bundle).
        through: the last day of the books.
        known_on: what was learned later does not count; None: all that the bundle holds counts.

    Returns:
        the books: obligations, movements by month or day, what is left to recognize, findings. The same facts give the
        same result in any order of rows and in any split by contract.

    Findings: unknown_id and over_credit for credit notes, and the warnings of engine.warnings.
    """
    facts = bundle.tables if known_on is None else contracts.known(bundle.tables, known_on)
    scope = _Scope(contracts.agreed(facts, through), contracts.invoicing(facts), through, known_on)
    begun, standing, faults = _target(scope.facts, scope.generated)
    signed = outlook.describe(begun, standing, through)
    lines = _in_force(scope, begun, signed)
    late = _late(scope, begun)
    posted_late = cache(lambda grain: _posted_late(scope, begun, late, grain=grain))
    posting = _Posting(scope, begun, standing, late, posted_late)
    revenue = cache(posting.revenue)
    warned = warnings.of(scope.facts, begun, standing, lines, through)
    return Outcome(
        through=through,
        known_on=known_on,
        lines=lines,
        findings=findings.combine([bundle.findings, faults, warned]),
        spans=posting.over_time().with_row_index("span"),
        unspanned=posting.unspanned,
        revenue=revenue,
        others=cache(lambda grain: posting.others(grain, revenue("month"))),
        remaining=cache(lambda: outlook.remaining(standing, signed, through, posting.held_back())),
        treatments=begun.treatments,
    )


@dataclass(frozen=True)
class _Posting:
    """Where all lines stand after their events, and which accounts (`late`) post by stages of knowledge, and what."""

    scope: _Scope
    begun: Inception
    standing: Position
    late: pl.DataFrame
    posted_late: Callable[[str], list[pl.DataFrame]]  # by grain

    def on_time(self) -> Position:
        """Lines whose facts all came in time."""
        if self.late.is_empty():
            return self.standing
        lines = self.standing.lines.join(self.late, on="account", how="anti")
        return self.standing.of(lines.select("line_no"))

    def over_time(self) -> pl.DataFrame:
        """Spans of those lines that are served over time and have begun."""
        begun = pl.col("first") <= self.scope.through
        return self.on_time().spans.filter(pl.col("proration").is_not_null() & begun)

    def revenue(self, grain: str) -> pl.DataFrame:
        """Plain recognition of those lines."""
        return journal.recognition_of(self.on_time(), self.scope.through, grain=grain)

    def held_back(self) -> pl.DataFrame:
        """Late movements whose first open day lies after the last day."""
        none = pl.DataFrame(schema=outcome.MOVEMENTS)
        return pl.concat([none, *self.posted_late("month")]).filter(pl.col("date") > self.scope.through)

    def unspanned(self, grain: str) -> pl.DataFrame:
        """Plain recognition of those lines that is not served over time."""
        on_time = self.on_time()
        in_steps = replace(on_time, spans=on_time.spans.filter(pl.col("proration").is_null()))
        return journal.recognition_of(in_steps, self.scope.through, grain=grain)

    def others(self, grain: str, monthly: pl.DataFrame) -> pl.DataFrame:
        """Everything else, with the month-end reclassifications of all; `monthly` is revenue by month."""
        through, on_time = self.scope.through, self.on_time()
        true_ups = self.begun.true_ups.join(on_time.lines, on="line_no", how="semi")
        posted = [rows.filter(pl.col("date") <= through) for rows in self.posted_late(grain)]
        moved = [journal.events(on_time, true_ups, through), *posted]
        sides = self.begun.lines.select("line_no", "awaits_time")
        behind = balances.may_fall_behind(self.standing, self.late).join(sides, on="line_no")
        earned = outcome.as_movements(monthly.join(behind, on="line_no", how="semi"))
        return pl.concat([*moved, balances.reclassifications(pl.concat([*moved, earned]), behind, through)])


def _target(facts: Facts, generated: pl.DataFrame) -> tuple[Inception, Position, pl.DataFrame]:
    """Where every line stands after all its events, and the credit notes that were refused."""
    begun = inception.begin(facts, generated)
    accounts = begun.standing.lines.select("contract", "account").drop_nulls().unique()
    amendments = begun.treatments.join(accounts, on="contract")
    credited, faults = credits.lines(facts, begun.standing)
    standing, refused = histories.fold(begun.standing, amendments, facts["amendment_changes"], credited)
    return begun, standing, findings.combine([faults, refused])


def _in_force(scope: _Scope, begun: Inception, signed: pl.DataFrame) -> pl.DataFrame:
    """Obligations with the terms in force on the last day; an amendment signed by then may take effect later."""
    later = begun.treatments.filter(pl.col("day") > scope.through)["amendment"]
    if later.is_empty():
        return signed
    amendments = scope.facts["amendments"].filter(~pl.col("id").is_in(later.implode()))
    facts = contracts.closed(scope.facts | {"amendments": amendments}, scope.facts)
    before, standing, _ = _target(facts, scope.generated)
    return outlook.in_force(signed, outlook.describe(before, standing, scope.through))


def _posted_late(scope: _Scope, begun: Inception, late: pl.DataFrame, *, grain: str) -> list[pl.DataFrame]:
    """Movements of the accounts with a late fact, as posted: on the first open day where they came too late."""
    alike: dict[tuple[tuple[date, date], ...], list[str | None]] = {}  # Entities by their locks: mostly all the same.
    for entity in late["entity"].unique():
        alike.setdefault(tuple(locks.stages(scope.facts["locks"], entity, scope.known_on)), []).append(entity)
    posted = []
    for made, entities in alike.items():
        accounts = late.filter(pl.col("entity").is_in(entities, nulls_equal=True))
        known = _as_known(scope, begun.lines.join(accounts, on="account", how="semi"), grain)
        rows = locks.post(list(made), known).join(begun.lines.select("line", "line_no"), on="line")
        posted.append(rows.select(*outcome.MOVEMENTS))
    return posted


def _as_known(scope: _Scope, lines: pl.DataFrame, grain: str) -> Callable[[date | None], pl.DataFrame]:
    """The target of some accounts under what was known on a day, keyed by line id."""
    some = contracts.of_accounts(scope.facts, lines.select("contract", "line"))
    made: dict[tuple[int, ...], pl.DataFrame] = {}

    def known(day: date | None) -> pl.DataFrame:
        facts = some if day is None else contracts.known(some, day)
        rows = tuple(frame.height for frame in facts.values())  # Facts are only ever added: as many are the same.
        if rows not in made:
            made[rows] = target(facts)
        return made[rows]

    def target(facts: Facts) -> pl.DataFrame:
        begun, standing, _ = _target(facts, scope.generated)
        revenue = outcome.as_movements(journal.recognition_of(standing, scope.through, grain=grain))
        moved = pl.concat([journal.events(standing, begun.true_ups, scope.through), revenue])
        names = standing.lines.select("line_no", "line")
        return moved.join(names, on="line_no").select("line", *(c for c in outcome.MOVEMENTS if c != "line_no"))

    return known


def _late(scope: _Scope, begun: Inception) -> pl.DataFrame:
    """Accounts with a fact that was learned after a lock of its period: account, entity."""
    made_locks = scope.facts["locks"]
    if made_locks.is_empty():
        return pl.DataFrame(schema={"account": pl.String, "entity": pl.String})
    moments = contracts.moments(scope.facts, begun.lines.select("line", "account"))
    shared = contracts.shared_moments(scope.facts)
    owners = begun.lines.group_by("account").agg(pl.col("entity").first())
    found = [owners.head(0)]
    for entity in owners["entity"].unique():
        own = owners.filter(pl.col("entity").eq_missing(pl.lit(entity, dtype=pl.String)))
        made = locks.stages(made_locks, entity, scope.known_on)
        if len(locks.late(shared, made)):
            found.append(own)
        else:
            found.append(own.join(locks.late(moments, made), on="account", how="semi"))
    return pl.concat(found)

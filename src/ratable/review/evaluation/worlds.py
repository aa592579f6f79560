"""A world: one invented company over 18 months, its books, and beside them the truth about what is wrong in it.

Worked example: `world(7)` is the same company, entry by entry, in every process and on every machine; its `snapshot()`
is all that a review sees, and `planted` what a review should find. `world(7, kinds=())` is the same sort of company
with nothing wrong in it.
"""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from ratable.core import bundles
from ratable.engine import contracts
from ratable.reports import books
from ratable.review import snapshot
from ratable.review.evaluation import acts, companies, deals, events, facts, records
from ratable.review.evaluation.companies import Company
from ratable.review.evaluation.desk import Desk
from ratable.review.evaluation.planting import kinds as kinds_of
from ratable.review.evaluation.planting import registry, truths
from ratable.review.evaluation.planting.kinds import Kind, Office, Plan
from ratable.review.evaluation.planting.truths import Planted, Twin
from ratable.review.evaluation.records import Records

LEAST, MOST = 60, 400
TUNED = range(1, 61)
"""The seeds on which thresholds and words may be tuned; all others are held out."""


@dataclass(frozen=True)
class World:
    """One company: what a review may see, and what is true.

    `shown` are the facts, `made` the books of the facts, `recorded` entries, runs, locks and imports.
    """

    seed: int
    company: Company
    shown: bundles.Bundle
    made: books.Books
    recorded: Records
    planted: tuple[Planted, ...]
    twins: tuple[Twin, ...]

    def snapshot(self) -> snapshot.Snapshot:
        """All that a review may look at: every entry of the 18 months under review, the last month as drafts."""
        kept = self.recorded
        last, before = kept.closings[-1], kept.closings[-2]
        day = before.locked_at.date()
        known = bundles.of(contracts.known(self.shown.tables, day))
        digest = hashlib.sha256("\n".join(kept.entries["entry"]).encode()).hexdigest()
        return snapshot.Snapshot(
            name=digest,
            period=last.month.isoformat()[:7],
            through=last.through,
            today=last.prepared_at.date(),
            bundle=self.shown,
            books=self.made,
            entries=kept.entries,
            runs=kept.runs,
            periods=kept.periods,
            imports=kept.imports,
            close=snapshot.Close(known, day, before.through),
            limits=acts.limits(self.company),
        )


@dataclass(frozen=True)
class _Planned:
    """A plan, with its kind and whether it is the error or the twin."""

    kind: Kind
    plan: Plan
    wrong: bool


def world(seed: int, *, kinds: Sequence[str] | None = None, size: int | None = None) -> World:
    """The world of a seed.

    Args:
        seed: the same seed gives the same world for ever.
        kinds: the kinds of errors to plant, each with its twin; None: 6 to 14 of them by the seed.
        size: contracts that are neither errors nor twins; None: 60 to 400 by the seed.
    """
    chance = random.Random(seed)  # noqa: S311  the same company each time
    at = Desk(chance, companies.Company("", date.min, (), (), 1.0, "", ()), facts.none())
    at = replace(at, company=companies.found(chance, at.tables))
    closings = acts.closings(chance, at.company)
    acts.locks(closings, at.tables)
    chosen = registry.chosen(chance, at.company, kinds)
    number = size if size is not None else LEAST + int((MOST - LEAST) * chance.random() ** 2.5)
    planned = _written(at, chosen, number)
    true = at.tables
    shown = facts.edited(true, _edits(planned, kinds_of.FACTS))
    booked = facts.edited(shown, _edits(planned, kinds_of.JOURNAL))
    bundle = facts.bundle(shown)
    made = records.recognized(bundle, at.company)
    journal = records.journal(made)
    as_booked = journal if booked == shown else records.journal(records.recognized(facts.bundle(booked), at.company))
    due = journal if shown == true else records.journal(records.recognized(facts.bundle(true), at.company))
    for item in planned:
        if item.plan.journal is not None:
            as_booked = item.plan.journal(as_booked, chance)
    recorded = _recorded(at, closings, as_booked, planned, bundle)
    return _told(seed, at, planned, recorded, _Made(bundle, made, due))


@dataclass(frozen=True)
class _Made:
    """The facts as shown, their books, and the journal by the facts as they should be."""

    bundle: bundles.Bundle
    books: books.Books
    due: pl.DataFrame


def _written(at: Desk, chosen: list[Kind], number: int) -> list[_Planned]:
    """Write every contract, errors and twins in between the others."""
    slots: list[tuple[Kind, bool] | None] = [None] * number
    for kind in chosen:
        for wrong in (True, False):
            slots.insert(at.chance.randint(0, len(slots)), (kind, wrong))
    planned = []
    for slot in slots:
        if slot is None:
            events.happen(at, deals.ordinary(at))
        else:
            kind, wrong = slot
            planned.append(_Planned(kind, (kind.plant if wrong else kind.twin)(at), wrong))
    for _ in range(number // 8):
        deals.on_its_own(at)
    events.late_use(at, {account for item in planned for account in item.plan.accounts})
    events.payments(at)
    return planned


def _edits(planned: list[_Planned], family: str) -> list[facts.Edit]:
    return [edit for item in planned if item.kind.family == family and item.wrong for edit in item.plan.edits]


def _recorded(
    at: Desk, closings: list[acts.Closing], journal: pl.DataFrame, planned: list[_Planned], bundle: bundles.Bundle
) -> Records:
    """Entries, runs, locks and imports, with journals by hand, right ones and planted ones."""
    company, chance = at.company, at.chance
    plain = journal.join(
        bundle["entities"].select(entity="id", functional_currency="currency"), on="entity", how="left"
    )
    empty = pl.DataFrame(schema=snapshot.RUNS)
    before = Records(company, closings, plain, empty, acts.periods(closings, company), _imports(at), {})
    manuals = _accruals(chance, before)
    for item in planned:
        if item.plan.manuals is not None:
            manuals += item.plan.manuals(Office(before, chance))
    entries, runs, by_key = records.assembled(journal, manuals, closings, company)
    entries = records.finished(records.in_function(entries, bundle))
    return replace(before, entries=entries, runs=runs, by_key=by_key)


def _accruals(chance: random.Random, before: Records) -> list[acts.Manual]:
    """Right journals by hand: in some months, one or two accruals of what is not metered or billed yet."""
    earned = before.entries.filter((pl.col("kind") == "recognition") & (pl.col("amount") > 10_000))
    made: list[acts.Manual] = []
    for number, closing in enumerate(before.closings[1:-2]):
        month = closing.month.isoformat()[:7]
        rows = earned.filter(pl.col("period") == month)
        if rows.is_empty() or chance.random() < 0.4:
            continue
        of = rows.row(chance.randrange(rows.height), named=True)
        deputy = before.company.people[3]
        made += acts.accrual(chance, closing, of, key=f"accrual {number}", deputy=deputy)
    return made


def _imports(at: Desk) -> pl.DataFrame:
    """One import a month of what became known in it: rows of each table, and sums of invoices by currency."""
    currency = {row["id"]: row["currency"] for row in at.tables["invoices"]}
    issued = {row["id"]: row["issued_on"] for row in at.tables["invoices"]}
    rows: list[tuple[int, str, str | None, int, int]] = []
    for number in range(companies.MONTHS):
        month = at.month(number)
        for table, own in (("contracts", "signed_on"), ("usage", "on"), ("invoices", "issued_on")):
            count = sum(row[own].replace(day=1) == month for row in at.tables[table])
            rows.append((number + 1, table, None, count, count))
        sums: dict[str, int] = {}
        for line in at.tables["invoice_lines"]:
            if issued[line["invoice"]].replace(day=1) == month:
                code = currency[line["invoice"]]
                sums[code] = sums.get(code, 0) + line["amount"]
        rows += [(number + 1, "invoice_lines", code, total, total) for code, total in sorted(sums.items())]
    return pl.DataFrame(rows, schema=snapshot.IMPORTS, orient="row")


def _told(seed: int, at: Desk, planned: list[_Planned], recorded: Records, made: _Made) -> World:
    """Let the acts go wrong that were planned to, and write the truth down."""
    touched = {}
    for place, item in enumerate(planned):
        if item.plan.after is not None:
            touched[place] = item.plan.after(Office(recorded, at.chance))
            recorded = touched[place].records
    beside = truths.Beside(recorded, made.due)
    found = [
        truths.planted(item.kind, item.plan, touched.get(place), beside)
        for place, item in enumerate(planned)
        if item.wrong
    ]
    # An error that by chance misstates nothing is none, and its twin has nothing to be a twin of.
    none = {item.kind for item in found if item.family != kinds_of.ACTS and not item.amount}
    found = [item for item in found if item.kind not in none]
    twins = [
        truths.twin(item.kind, item.plan, recorded) for item in planned if not item.wrong and item.kind.name not in none
    ]
    return World(seed, at.company, made.bundle, made.books, recorded, tuple(found), tuple(twins))

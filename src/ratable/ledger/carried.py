"""What the engine makes of the facts of the store, kept in memory and carried forward over what came since.

Worked example: the facts of 5,000 contracts were recognized through 31 March when import 7 was the last; import 8
brings an invoice for contract C-1. `target` then recognizes C-1 with all that nets with it, and puts its lines in the
place of those that it had. Import 9 brings one for C-2: C-1 and C-2 are recognized beside what stood at import 7,
so that nothing is ever carried twice.

Everything is recognized anew where a lock was made since, where something that all share has changed, and where a tenth
of the accounts was touched.
"""

import threading
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

import ratable
from ratable.core import findings
from ratable.core.bundles import Bundle
from ratable.engine import run
from ratable.ledger import events, kept, knowledge, models, scope
from ratable.reports import books as reports

_MOST = 4  # Days whose target is kept; each holds all facts.
_SHARE = 10  # One account in so many may be touched.


@dataclass(frozen=True)
class Target:
    """What the engine makes of the facts: `noticed` are its own findings, without those of the bundle."""

    bundle: Bundle
    books: reports.Books
    noticed: pl.DataFrame


@dataclass(frozen=True)
class _Stood:
    """A target as it stood at an event, when these were the last import and the last lock."""

    event: str
    imported: int
    locks: int
    target: Target


_before: dict[tuple[date, date | None], _Stood] = {}
_changing = threading.Lock()


def target(through: date, known_on: date | None, *, keep: bool) -> Target:
    """What the engine makes of the facts through a day, as they were known on another.

    Args:
        through: the last day of the books.
        known_on: facts learned by the end of that day count; None: all of them.
        keep: they are committed, so that the next one may begin with them.
    """
    before = _before.get((through, known_on))
    if before and kept.known(before.event) and before.locks == _last(models.Lock):
        touched = scope.of_imports(before.imported)
        if touched is not None and _SHARE * len(touched.accounts()) <= before.target.books.outcome.lines.height:
            same = before.imported == _last(models.Import)
            return before.target if same else _beside(before.target, _made(through, known_on, touched), touched)
    made = _made(through, known_on)
    if keep:
        stood = _Stood(events.last()[1], _last(models.Import), _last(models.Lock), made)
        with _changing:
            _before.pop((through, known_on), None)
            _before[through, known_on] = stood
            for oldest in list(_before)[:-_MOST]:
                del _before[oldest]
    return made


def _last(table: type[models.Import] | type[models.Lock]) -> int:
    return int(table.objects.order_by("-no").values_list("no", flat=True).first() or 0)


def _made(through: date, known_on: date | None, within: scope.Scope | None = None) -> Target:
    """The target of some contracts and invoices, or of all."""
    bundle = knowledge.bundle(known_on, within=within)
    books = ratable.recognize(replace(bundle, findings=findings.none()), through, known_on=known_on)
    return _told(Target(bundle, books, books.outcome.findings))


def _told(made: Target) -> Target:
    """With the findings of the bundle beside those of the engine."""
    every = findings.combine([made.bundle.findings, made.noticed])
    return replace(made, books=replace(made.books, outcome=replace(made.books.outcome, findings=every)))


def _beside(before: Target, new: Target, touched: scope.Scope) -> Target:
    """What stood before, with what was touched as it is now."""
    rest = touched.others(before.bundle.tables)
    tables = {name: pl.concat([rest.get(name, own.clear()), own]) for name, own in new.bundle.tables.items()}
    bundle = replace(new.bundle, tables=tables)
    was, now = before.books.outcome, new.books.outcome
    gone = pl.col("account").is_in(touched.accounts())
    treated = was.treatments.filter(~pl.col("contract").is_in(touched.contracts))
    both = was.of(was.lines.filter(~gone)).beside(now)
    both = replace(both, treatments=pl.concat([treated, now.treatments]))
    books = replace(
        new.books,
        outcome=both,
        facts=replace(new.books.facts, credit_notes=bundle["credit_notes"], treatments=both.treatments),
        recompute=lambda day: run.recognize(bundle, day, known_on=both.known_on),
    )
    return _told(Target(bundle, books, pl.concat([_still_noticed(before, touched), new.noticed])))


def _still_noticed(before: Target, touched: scope.Scope) -> pl.DataFrame:
    """The findings of the engine, on lines, invoice lines and credit notes, that were not touched."""
    billed = before.bundle["invoice_lines"].filter(pl.col("invoice").is_in(touched.invoices))
    credited = before.bundle["credit_note_lines"].filter(pl.col("credit_note").is_in(touched.credit_notes))
    gone = {
        "contract_lines": touched.lines,
        "invoice_lines": billed["id"],
        "credit_notes": touched.credit_notes,
        "credit_note_lines": credited.select(pl.format("{}/{}", "credit_note", "invoice_line")).to_series(),
    }
    own = [(pl.col("table") == table) & pl.col("id").is_in(list(ids)) for table, ids in gone.items()]
    return before.noticed.filter(~pl.any_horizontal(own))

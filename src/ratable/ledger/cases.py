"""The case of an entry: its line, and what the engine makes of the facts of its account as they were known.

Worked example: the case of January's recognition of line C-1-1, posted on 3 February, is contract C-1 as it was known
on that day, recognized through 31 January: 917.26 for the line, whenever the entry itself is dated.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from ratable.core import bundles
from ratable.engine import contracts, outcome, run
from ratable.ledger import arithmetic, knowledge, models, scope


@dataclass(frozen=True)
class Case:
    """An entry, its line, and the engine's outcome on the facts of its account as known when it was posted."""

    entry: models.Entry
    line: dict[str, Any] | None
    made: outcome.Outcome
    facts: bundles.Bundle

    @property
    def month(self) -> date:
        """First day of the month that the entry belongs to."""
        return date.fromisoformat(f"{self.entry.origin_period}-01")

    def money(self, amount: int) -> str:
        """One amount in the currency of the entry, for people."""
        return arithmetic.money(amount, self.entry.currency)


def of(row: models.Entry) -> Case:
    """The engine on the facts of the entry's account, without locks: what its month came to, whenever it is posted."""
    known = knowledge.bundle(_known_on(row), within=scope.of_account(str(row.account)))
    lines = _lines_of(known, str(row.account), row.contract)
    facts = contracts.of_accounts(known.tables, lines) | {"locks": known["locks"].clear()}
    alone = bundles.Bundle(facts, known.findings.clear(), known.left_out.clear())
    month_end = pl.select(pl.lit(date.fromisoformat(f"{row.origin_period}-01")).dt.month_end()).item()
    made = run.recognize(alone, min(row.date, month_end))
    own = made.lines.filter((pl.col("line") == row.line) & (pl.col("currency") == row.currency))
    return Case(row, own.row(0, named=True) if own.height else None, made, alone)


def _known_on(row: models.Entry) -> date:
    """The day whose knowledge an entry rests on: that of its posting, or of the lock of history over its month."""
    history = models.Lock.objects.filter(book=row.book, entity=row.entity, opening=True, through__gte=row.date)
    locked: list[date] = [] if row.kind == "catch_up" else list(history.values_list("locked_on", flat=True))
    first: date = min([row.known_on, *locked])
    return first


def _lines_of(known: bundles.Bundle, account: str, contract: str | None) -> pl.DataFrame:
    """Contract and line of everything that nets with an entry."""
    invoices = known["invoices"]
    if contract is None:
        own = invoices.filter(pl.col("id") == account.removeprefix("invoice "))
        found = known["invoice_lines"].join(own, left_on="invoice", right_on="id", how="semi")["id"]
    else:
        amended = known["amendments"].filter(pl.col("contract") == contract)
        added = known["amendment_changes"].join(amended, left_on="amendment", right_on="id", how="semi")
        lone = known["invoice_lines"].filter(pl.col("contract_line").is_null())
        own = invoices.filter(pl.col("contract") == contract)
        found = pl.concat([
            known["contract_lines"].filter(pl.col("contract") == contract)["id"],
            added["line"].rename("id"),
            lone.join(own, left_on="invoice", right_on="id", how="semi")["id"],
        ])  # fmt: skip
    return pl.DataFrame({"line": found.unique()}).with_columns(contract=pl.lit(contract, pl.String))

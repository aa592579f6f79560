"""What a ledger's import file looks like: its headers, which of our fields fills each, and what the ledger refuses.

Worked example: Xero's header `*AccountCode` is filled by our field `account`, and a Xero file holds at most 300 rows;
both are declared in `xero.LAYOUT`, and nothing else in the package knows them.

A journal that a ledger would refuse is refused here first, with the first line at fault named: `ExportError`.
"""

from dataclasses import dataclass

import polars as pl

FIELDS: dict[str, str] = {
    "key": "external key of the journal, the same on each of its lines",
    "date": "posting date",
    "posting_period": "month by name, Jan 2026",
    "period": "month, 2026-01",
    "origin_period": "month that the amount belongs to",
    "entity": "id of the entity",
    "entity_name": "name of the entity",
    "currency": "ISO 4217 code",
    "journal": "symbol of the ledger's journal, option journal",
    "description": "what the journal is, Revenue 2026-01 USD",
    "narration": "description and key",
    "line_no": "number of the line in its journal, from 1",
    "account": "account code",
    "account_name": "account name",
    "role": "role of the account",
    "debit": "debit, empty on a credit line",
    "credit": "credit, empty on a debit line",
    "amount": "amount, debits positive and credits negative",
    "tax_rate": "name of the tax rate that means no tax, option tax_rate",
    "memo": "what the line is",
    "customer": "id of the customer",
    "customer_name": "name of the customer",
    "product": "id of the product",
    "kind": "kind of the entry",
    "contract": "id of the contract",
    "line": "id of the contract line",
    "source": "id of the fact behind the entry",
    "entry": "id of the entry",
}
EMPTY = ""  # In place of a field: the column is there and its cells are left empty.


class ExportError(Exception):
    """An export that would be wrong, or that the ledger would refuse; the message says what to do."""


@dataclass(frozen=True, eq=False)
class Refusal:
    """A rule of the ledger on single lines: an expression over the fields that is true where a line breaks it."""

    broken: pl.Expr
    says: str


@dataclass(frozen=True, eq=False)
class Layout:
    """The import file of one ledger.

    `columns` are (header, field of FIELDS or EMPTY) in order; `dates` is written with YYYY, MM and DD; `entries` says
    one pair of lines for each entry, where the others summarize by account, customer and product. A journal has
    at most `lines_per_journal` lines (the user may ask for up to `most_lines_per_journal`), a file at most
    `rows_per_file` rows. `a_file_for` names what a file must never mix; fields of `first_line_only` stand on the
    first line of a journal alone; `plain` fields lose their commas.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    dates: str = "YYYY-MM-DD"
    entries: bool = False
    lines_per_journal: int | None = None
    most_lines_per_journal: int | None = None
    rows_per_file: int | None = None
    a_file_for: tuple[str, ...] = ()
    first_line_only: tuple[str, ...] = ()
    longest: tuple[tuple[str, int], ...] = ()
    plain: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    separator: str = ","

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the file carries."""
        return tuple(field for _, field in self.columns if field != EMPTY)


def finer_than_cents(ledger: str) -> Refusal:
    """Amounts of more than two decimals, which the ledger would round, so that its journals no longer balance."""
    return Refusal(
        pl.coalesce("debit", "credit").str.contains(r"\.\d{3,}$"),
        f"{ledger} keeps two decimals of an amount and would round; post this currency by hand or in another ledger",
    )


def longer_than(field: str, most: int, ledger: str) -> Refusal:
    """A field that the ledger matches by its text, so that cutting it would name something else."""
    return Refusal(
        pl.col(field).str.len_chars() > most, f"{field} is longer than the {most} characters {ledger} takes; shorten it"
    )

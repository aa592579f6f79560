"""Which contracts and invoices belong together, so that what concerns a few of them reads those few alone.

Worked example: a correction brings 1,000 lines of invoices among 1,000,000. Their 250 invoices name no contract, so the
scope is those 250; `propose` reads their facts and entries and nothing else. Were one of them for contract C-1, the
scope would hold C-1 with all its invoices, and every other contract that these bill.

No figure of one contract hangs on the facts of another, but for what all share, such as products, rules and locks:
where one of those changed, there is no scope, and everything is read.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import polars as pl

from ratable.bundle import references
from ratable.core import tables
from ratable.ledger import canonical, facts, models, rows

Tables = dict[str, pl.DataFrame]
Ids = dict[str, set[str]]
Condition = tuple[str, list[object]]

# The columns of a table that name something, and what; a row belongs to whatever it names, and is found by the first.
_NAMES: dict[str, dict[str, str]] = {
    "contracts": {"id": "contract"},
    "contract_lines": {"contract": "contract", "id": "line"},
    "milestones": {"contract_line": "line"},
    "price_tiers": {"contract_line": "line"},
    "usage": {"contract_line": "line", "id": "usage"},
    "milestones_reached": {"contract_line": "line"},
    "amendments": {"contract": "contract", "id": "amendment"},
    "amendment_changes": {"amendment": "amendment", "line": "line"},
    "minimums": {"contract": "contract", "id": "minimum"},
    "minimum_lines": {"contract_line": "line", "minimum": "minimum"},
    "opening_balances": {"contract_line": "line"},
    "invoices": {"id": "invoice", "contract": "contract"},
    "invoice_lines": {"invoice": "invoice", "id": "invoice_line", "contract_line": "line"},
    "credit_notes": {"invoice": "invoice", "id": "credit_note"},
    "credit_note_lines": {"credit_note": "credit_note", "invoice_line": "invoice_line"},
    "payments": {"invoice": "invoice", "id": "payment"},
}
# Shared tables of which a new row is of no account yet; only a changed one moves what is there.
_NAMED_BY_OTHERS = ("customers", "products")
_ISSUED = len("/2026-01-31")  # What the name of a bill of our own adds to that of its contract.
_MOST = 50_000  # Names of one kind; where there are more, to read everything is quicker.


@dataclass(frozen=True)
class Scope:
    """Contracts, their lines, invoices and credit notes, by their ids: all that nets with any of them is there too."""

    contracts: tuple[str, ...]
    lines: tuple[str, ...]
    invoices: tuple[str, ...]
    credit_notes: tuple[str, ...]

    def accounts(self) -> list[str]:
        """What nets, in the words of entries."""
        return [f"contract {one}" for one in self.contracts] + [f"invoice {one}" for one in self.invoices]

    def condition(self, table: str) -> Condition | None:
        """Which rows of a table of facts belong here, as SQL over `f` and its values; None: all, since all share it."""
        if table not in _NAMES:
            return None
        if table == "amendment_changes":
            return _within("f.amendment", "id", "amendments", _among("contract", self.contracts))
        owner, ids = self._owner(table)
        return _among(f"f.{owner}", ids)

    def others(self, known: Tables) -> Tables:
        """The rows that do not belong here, of each table that is not shared.

        Args:
            known: every declared table, typed.
        """
        amended = _ids("id", "amendments", _among("contract", self.contracts))
        found = {"amendment_changes": ("amendment", amended)} | {
            table: self._owner(table) for table in _NAMES if table != "amendment_changes"
        }
        return {table: known[table].filter(~pl.col(owner).is_in(list(ids))) for table, (owner, ids) in found.items()}

    def _owner(self, table: str) -> tuple[str, Collection[str]]:
        """The column by which rows of a table belong to something, and what belongs here."""
        if table in ("credit_notes", "credit_note_lines"):
            return ("id" if table == "credit_notes" else "credit_note"), self.credit_notes
        owner, kind = next(iter(_NAMES[table].items()))
        return owner, {"contract": self.contracts, "line": self.lines, "invoice": self.invoices}[kind]


def of_account(account: str) -> Scope:
    """What nets with an account, in the words of entries: contract C-1, or invoice I-1."""
    kind, _, named = account.partition(" ")
    return _around({kind: {named}})


def of_accounts(accounts: Iterable[str]) -> Scope | None:
    """What nets with any of some accounts, in the words of entries; None where that is too much to be told apart."""
    ids: Ids = {}
    for account in accounts:
        kind, _, named = account.partition(" ")
        ids.setdefault(kind, set()).add(named)
    return _small(ids)


def of_imports(after: int) -> Scope | None:
    """What imports later than a given one touched, in any version; None where that is everything, or too much."""
    if not models.Import.objects.filter(no__gt=after).exists():
        return Scope((), (), (), ())
    for table in tables.TABLES:
        changed = "AND version > 1 " if table in _NAMED_BY_OTHERS else ""
        query = f"SELECT 1 FROM {facts.PREFIX}{table} WHERE import_no > %s {changed}LIMIT 1"  # noqa: S608  names of our own schema
        if table not in _NAMES and rows.select(query, [after], {"one": pl.Int64()}).height:
            return None
    ids: Ids = {}
    for table, names in _NAMES.items():
        came = f"key IN (SELECT key FROM {facts.PREFIX}{table} WHERE import_no > %s)"  # noqa: S608  names of our own schema
        for column, kind in names.items():
            ids.setdefault(kind, set()).update(_ids(column, table, (came, [after])))
    return _small(ids)


def of_tables(raw: Tables) -> Scope | None:
    """What the rows of a file name, and what has their ids already; None where that is too much to be told apart.

    Args:
        raw: tables as a file gives them, with whatever columns they have.
    """
    named: dict[str, list[pl.Series]] = {}
    for table, names in _NAMES.items():
        for column, kind in names.items():
            if table in raw and column in raw[table].columns:
                named.setdefault(kind, []).append(raw[table][column].cast(pl.String).drop_nulls().unique())
    if any(sum(len(part) for part in parts) > _MOST for parts in named.values()):
        return None
    return _small({kind: set().union(*parts) for kind, parts in named.items()})


def moves_others(states: pl.DataFrame) -> bool:
    """Whether rows of a file move more than what they name.

    Args:
        states: table and state (ledger.versions) of each row.
    """
    shared = ~pl.col("table").is_in([*_NAMES, *_NAMED_BY_OTHERS]) & (pl.col("state") != "known")
    changed = pl.col("table").is_in(_NAMED_BY_OTHERS) & (pl.col("state") == "changed")
    return not states.filter(shared | changed).is_empty()


def _small(ids: Ids) -> Scope | None:
    if any(len(some) > _MOST for some in ids.values()):
        return None
    found = _around(ids)
    return None if len(found.contracts) + len(found.invoices) > _MOST else found


def _around(ids: Ids) -> Scope:
    """All that nets with what is named."""
    contracts, lines, invoices = _resolved(ids)
    while True:
        lines = lines | _lines(contracts)
        notes, credited = _notes(contracts, invoices)
        more_contracts = contracts | _contracts(invoices | credited)
        more_invoices = invoices | _invoices(contracts, lines) | _ids("id", "invoices", _keyed(credited))
        if (more_contracts, more_invoices) == (contracts, invoices):
            return Scope(*(tuple(sorted(found)) for found in (contracts, lines, invoices, notes)))
        contracts, invoices = more_contracts, more_invoices


def _resolved(ids: Ids) -> tuple[set[str], set[str], set[str]]:
    """Contracts, lines and invoices that are named, or that the store has under another name that is given."""

    def given(kind: str) -> set[str]:
        return ids.get(kind, set())

    lines = given("line") | _ids("contract_line", "usage", _keyed(given("usage")))
    contracts = given("contract") | _owners(lines)
    contracts |= _ids("contract", "amendments", _keyed(given("amendment")))
    contracts |= _ids("contract", "minimums", _keyed(given("minimum")))
    invoices = given("invoice") | _ids("invoice", "invoice_lines", _keyed(given("invoice_line")))
    invoices |= _ids("invoice", "credit_notes", _keyed(given("credit_note")))
    invoices |= _ids("invoice", "payments", _keyed(given("payment")))
    return contracts, lines, invoices


def _lines(contracts: set[str]) -> set[str]:
    """Lines of contracts, those that amendments add among them."""
    amended = _within("amendment", "id", "amendments", _among("contract", contracts))
    own = _ids("id", "contract_lines", _among("contract", contracts))
    return own | _ids("line", "amendment_changes", amended)


def _owners(lines: set[str]) -> set[str]:
    """Contracts of lines."""
    amendments = _ids("amendment", "amendment_changes", _among("line", lines))
    own = _ids("contract", "contract_lines", _keyed(lines))
    return own | _ids("contract", "amendments", _keyed(amendments))


def _invoices(contracts: set[str], lines: set[str]) -> set[str]:
    """Invoices that name contracts, or bill lines of theirs."""
    own = _ids("id", "invoices", _among("contract", contracts))
    return own | _ids("invoice", "invoice_lines", _among("contract_line", lines))


def _contracts(invoices: set[str]) -> set[str]:
    """Contracts that invoices name, or bill lines of, or that our own bills with such names are of."""
    billed = _ids("contract_line", "invoice_lines", _among("invoice", invoices))
    ours = {found[1] for name in invoices if (found := re.search(references.OWN_BILL, name))}
    return _ids("contract", "invoices", _keyed(invoices)) | _owners(billed) | ours


def _notes(contracts: set[str], invoices: set[str]) -> tuple[set[str], set[str]]:
    """Credit notes on invoices, and on our own bills of contracts; and all invoices that they ever named."""
    ours = _among(
        f"CASE WHEN length(invoice) > {_ISSUED} THEN substr(invoice, 1, length(invoice) - {_ISSUED}) END", contracts
    )
    notes = _ids("id", "credit_notes", _among("invoice", invoices)) | _ids("id", "credit_notes", ours)
    return notes, _ids("invoice", "credit_notes", _keyed(notes))


def _ids(column: str, table: str, condition: Condition) -> set[str]:
    said, given = condition
    query = f"SELECT DISTINCT {column} FROM {facts.PREFIX}{table} WHERE {column} IS NOT NULL AND {said}"  # noqa: S608  names of our own schema
    return set(rows.select(query, given, {"id": pl.String()})["id"])


def _keyed(ids: Iterable[str]) -> Condition:
    """Rows by the one column of their key, which is indexed as the store writes keys."""
    return _among("key", [canonical.text([one]) for one in ids])


def _among(column: str, ids: Iterable[str]) -> Condition:
    said, given = rows.among(column, sorted(ids))
    return said, [given]


def _within(column: str, picked: str, table: str, condition: Condition) -> Condition:
    said, given = condition
    return f"{column} IN (SELECT {picked} FROM {facts.PREFIX}{table} WHERE {said})", given  # noqa: S608  names of our own schema

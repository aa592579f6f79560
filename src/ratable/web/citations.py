"""Where the rows that a flag or an answer rests on can be read: an address for each, or none where no screen has it.

Worked example: "entries/5f1c" stands at `/entries/5f1c`; "contract_lines/C-1-1#clause:0-23" on the page of contract
C-1, beside its terms, whose clause is quoted there; "ssps/plan/USD/2026-01-01" on the page of products.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

import polars as pl

from ratable.ledger import facts, rows
from ratable.web import places, raised, state

_PARENTS = {
    "contract_lines": ("contracts", "contract"), "amendments": ("contracts", "contract"),
    "minimums": ("contracts", "contract"), "invoice_lines": ("invoices", "invoice"),
    "credit_note_lines": ("credit_notes", "credit_note"), "payments": ("invoices", "invoice"),
    "usage": ("contract_lines", "contract_line"), "milestones": ("contract_lines", "contract_line"),
    "milestones_reached": ("contract_lines", "contract_line"), "price_tiers": ("contract_lines", "contract_line"),
    "minimum_lines": ("contract_lines", "contract_line"), "amendment_changes": ("amendments", "amendment"),
}  # fmt: skip
"""Table to the table and column of what its rows are shown with."""
_SCREENS = {
    "ssps": "/products", "products": "/products", "policies": "/policies", "accounts": "/accounts-map",
    "account_rules": "/accounts-map", "fx_rates": "/policies", "entities": "/policies", "findings": "/review",
}  # fmt: skip
"""Tables that are shown whole."""
_NUMBERED = {"runs": "/review", "imports": "/imports", "events": "/activity"}
_PLACES = {
    "entries": places.entry, "contracts": places.contract, "invoices": places.invoice,
    "credit_notes": places.credit_note,
}  # fmt: skip
_OF_AN_ID = 8  # As many characters of an entry's id as people read.
_DEEPEST = 3  # A change of an amendment is shown with the contract of its amendment.


@dataclass(frozen=True)
class Cited:
    """A row that something rests on: as it is written, where it is read (empty: nowhere), its table, and its name."""

    text: str
    href: str
    table: str
    name: str


def found(cited: Iterable[str], asked: state.State) -> list[Cited]:
    """Rows as table/id, or table/id#column:from-to, each once, with where they are read."""
    each = list(dict.fromkeys(cited))
    named = {text: _parts(text) for text in each}
    contract = _owners(list(named.values()))
    return [Cited(text, _address(named[text], contract, asked), named[text][0], _name(text)) for text in each]


def _name(text: str) -> str:
    """A row in words: entry bb14d854, line C-1-1, clause of C-1-1."""
    row, _, column = text.partition("#")
    table, _, id_ = row.partition("/")
    if table == "entries":
        return f"entry {id_[:_OF_AN_ID]}"
    if table == "contract_lines":
        return f"clause of {id_}" if column else f"line {id_}"
    if table == "ssps":
        return f"SSP {id_}"
    kind = f"{table[:-3]}y" if table.endswith("ies") else table.removesuffix("s")
    return f"{kind.replace('_', ' ')} {id_}"


def _parts(text: str) -> tuple[str, str]:
    table, _, id_ = text.partition("#")[0].partition("/")
    return table, id_


_Row = tuple[str, str]


def _owners(wanted: list[_Row]) -> dict[_Row, _Row]:
    """Each row to the one whose screen shows it; a few queries, however many rows there are."""
    owners: dict[_Row, _Row] = {one: one for one in wanted}
    for _ in range(_DEEPEST):
        up = {table for table, _ in owners.values() if table in _PARENTS}
        found_ = {parent: above for table in up for parent, above in _above(table, owners.values())}
        owners = {one: found_.get(above, above) for one, above in owners.items()}
    return owners


def _above(table: str, among: Iterable[_Row]) -> Iterable[tuple[_Row, _Row]]:
    parent, column = _PARENTS[table]
    ids = sorted({id_ for name, id_ in among if name == table})
    own = _id_of(table)
    condition, given = rows.among(own, ids)
    query = f"SELECT DISTINCT {own}, {column} FROM {facts.PREFIX}{table} WHERE {condition}"  # noqa: S608  names of our own
    pairs = rows.select(query, [given], {"id": pl.String(), "above": pl.String()})
    yield from (((table, id_), (parent, above)) for id_, above in pairs.drop_nulls().iter_rows())
    if table == "contract_lines":
        yield from _added(sorted(set(ids) - set(pairs["id"])))


def _id_of(table: str) -> str:
    """What identifies a row in a citation: its id, or the parts of its key with slashes between them."""
    if table == "amendment_changes":
        return "amendment || '/' || line"
    return "id" if "id" in facts.columns(table) else "key"


def _added(lines: list[str]) -> Iterable[tuple[_Row, _Row]]:
    """Lines that an amendment added, or that are those of an invoice without a contract."""
    for table, column, parent, above in (
        ("amendment_changes", "line", "amendments", "amendment"), ("invoice_lines", "id", "invoices", "invoice"),
    ):  # fmt: skip
        condition, given = rows.among(column, lines)
        query = f"SELECT DISTINCT {column}, {above} FROM {facts.PREFIX}{table} WHERE {condition}"  # noqa: S608  names of our own
        for line, owner in rows.select(query, [given], {"line": pl.String(), "owner": pl.String()}).iter_rows():
            yield ("contract_lines", line), (parent, owner)


def _address(row: _Row, owners: dict[_Row, _Row], asked: state.State) -> str:
    table, id_ = owners[row]
    if table in _SCREENS:
        return asked.link(_SCREENS[table])
    if table in _NUMBERED:
        return f"{_NUMBERED[table]}/{id_}" if id_.isdecimal() else ""
    if table in _PLACES:
        anchor = "#terms" if row[0] == "contract_lines" and table == "contracts" else ""
        return _PLACES[table](id_) + anchor
    others = {
        "customers": asked.link("/contracts", customer=id_), "terms": asked.link("/ask", query="definition", text=id_),
        "flags": raised.address(asked, id_),
        "periods": f"/?period={quote(id_.rpartition('/')[2])}",
    }  # fmt: skip
    return others.get(table, "")

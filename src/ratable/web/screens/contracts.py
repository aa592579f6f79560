"""Contracts: where each stands at the end of the month, with filters, and totals over all that they select.

Worked example: `/contracts?period=2026-03&customer=acme&sort=-remaining` lists Acme's contracts, most left first: C-1
with a transaction price of 12,000.00, 3,000.00 recognized, which opens its journal, and 9,000.00 remaining.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.ledger import books
from ratable.reports import contracts, names, rendering
from ratable.web import downloads, filters, frame, places, state, tables

AT_A_TIME = 200
FILTERS = ("customer", "product", "region", "stream", "currency")
_DOWN = "-"
_TITLES = {
    "contract": ("Contract", "id"), "customer": ("Customer", "text"), "signed": ("Signed", "day"),
    "start": ("Start", "day"), "end": ("End", "day"), "currency": ("Currency", "text"),
    "transaction_price": ("Transaction price", "money"), "recognized": ("Recognized", "money"),
    "remaining": ("Remaining", "money"), "deferred_revenue": ("Deferred revenue", "money"),
    "unbilled_receivable": ("Unbilled receivable", "money"), "contract_asset": ("Contract asset", "money"),
}  # fmt: skip
_ROLES = {"recognized": "revenue"} | {name: name for name in names.ROLLED_ACCOUNTS}
_ANCHORS = {"transaction_price": "#allocation", "remaining": "#schedule"}


@dataclass(frozen=True)
class Choice:
    """A filter of a list: its name, what is chosen, and what there is to choose from."""

    name: str
    chosen: str
    values: Sequence[str]


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The list, more rows of it, or the list as a file."""
    ledger = books.books(asked.through, known_on=asked.known_on, entity=asked.entity)
    lines = ledger.outcome.lines.filter(pl.col("contract").is_not_null())
    rows = _sorted(asked, _selected(asked, ledger.contracts, lines, ledger.bundle["customers"]))
    if format_ := downloads.wanted(request):
        given = {"through": asked.through.isoformat()} | dict(asked.asked)
        return downloads.file(format_, [rows], rendering.Heading("contracts", given, ledger.findings, ledger.notes))
    table = _table(asked, rows)
    if asked.get("cursor") and request.htmx:
        return HttpResponse(table.body(asked.scale))
    return frame.page(request, "web/contracts.html", {
        "table": table, "choices": choices(asked, lines), "words": asked.get("words"), "notes": ledger.notes,
        "filtered": bool(asked.some(*FILTERS, "words")), "sort": asked.get("sort"),
    })  # fmt: skip


def choices(asked: state.State, lines: pl.DataFrame) -> list[Choice]:
    """The filters of a list with the values that lines have."""
    return [
        Choice(name, asked.get(name), lines[name].drop_nulls().unique().sort().to_list())
        for name in FILTERS
    ]  # fmt: skip


def sought(words: str, *columns: str) -> pl.Expr:
    """Whether one of some columns of text holds the words."""
    return pl.any_horizontal(
        pl.col(name).str.to_lowercase().str.contains(words.strip().lower(), literal=True) for name in columns
    ).fill_null(value=False)


def ordering(asked: state.State, default: str, columns: Sequence[str]) -> tuple[str, bool]:
    """The column that an address sorts by, and whether the other way round.

    Raises:
        names.Refused: there is no such column.
    """
    said = asked.get("sort", default)
    return names.one_of(said.removeprefix(_DOWN), columns, "sort"), said.startswith(_DOWN)


def headed(asked: state.State, column: tables.Column, by: tuple[str, bool]) -> tables.Column:
    """A column whose heading sorts by it, or the other way round where it does already."""
    name, down = by
    own = name == column.name
    order = ("descending" if down else "ascending") if own else ""
    # What is largest is looked for first in figures, and what comes first in all else.
    first = column.kind == "money"
    other = f"{_DOWN if (not down if own else first) else ''}{column.name}"
    return replace(column, head=asked.here(sort=other, cursor=None), order=order)


def posted(asked: state.State, role: str, row: tables.Row, **of: object) -> str:
    """The entries of a contract that a balance through the month is the sum of."""
    given = {"contract": row["contract"], "currency": row["currency"], "until": asked.period, "movement": "all"} | of
    return asked.link("/journals", role=role, **given)


def _selected(asked: state.State, rows: pl.DataFrame, lines: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """The contracts with a line that fits every filter, whole, and whose id or customer has the words."""
    chosen = asked.some(*FILTERS)
    fits = pl.all_horizontal(pl.lit(value=True), *(pl.col(name) == value for name, value in chosen.items()))
    rows = rows.join(lines.filter(fits), on=["contract", "currency"], how="semi")
    if words := asked.get("words"):
        called = rows.join(customers.select("name", customer="id"), on="customer", how="left", maintain_order="left")
        rows = called.filter(sought(words, "contract", "customer", "name")).drop("name")
    return rows


def _sorted(asked: state.State, rows: pl.DataFrame) -> pl.DataFrame:
    by, down = ordering(asked, "contract", tuple(_TITLES))
    return rows.sort([by, "contract"], descending=[down, False], nulls_last=True)


def _table(asked: state.State, rows: pl.DataFrame) -> tables.Table:
    by = ordering(asked, "contract", tuple(_TITLES))
    columns = [tables.Column(name, title, kind, _link(asked, name)) for name, (title, kind) in _TITLES.items()]
    shown, more = filters.cut(rows, asked, AT_A_TIME)
    return tables.Table(
        "contracts", "Contracts", tuple(headed(asked, column, by) for column in columns),
        shown, tables.sums(rows, *contracts.FIGURES), count=rows.height, more=more,
    )  # fmt: skip


def _link(asked: state.State, name: str) -> tables.Link | None:
    if name in _ROLES:
        return lambda row: posted(asked, _ROLES[name], row)
    if name == "customer":
        return lambda row: asked.here(customer=row["customer"], cursor=None)
    if name == "contract" or name in _ANCHORS:
        return lambda row: asked.link(places.contract(row["contract"])) + _ANCHORS.get(name, "")
    return None

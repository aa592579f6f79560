"""Invoices: what was billed through the month, that came in or that the books made themselves, with filters.

Worked example: `/invoices?period=2026-03&customer=acme` lists Acme's invoices through March, the newest first; I-7 of
3,000.00, credited by 500.00, opens its lines.
"""

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.ledger import bills, books
from ratable.reports import rendering
from ratable.web import downloads, filters, frame, places, state, tables
from ratable.web.screens import contracts

_FILTERS = ("customer", "contract", "currency", "made")
_FIGURES = ("amount", "tax", "credited", "paid")
_TITLES = {
    "invoice": ("Invoice", "id"), "customer": ("Customer", "text"), "contract": ("Contract", "id"),
    "issued": ("Issued", "day"), "due": ("Due", "day"), "made": ("Made", "text"), "currency": ("Currency", "text"),
    "amount": ("Amount", "money"), "tax": ("Tax", "money"), "credited": ("Credited", "money"),
    "paid": ("Paid", "money"),
}  # fmt: skip


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The list, more rows of it, or the list as a file."""
    ledger = books.books(asked.through, known_on=asked.known_on, entity=asked.entity)
    every = bills.table(ledger)
    rows = _sorted(asked, _selected(asked, every))
    if format_ := downloads.wanted(request):
        given = {"through": asked.through.isoformat()} | dict(asked.asked)
        return downloads.file(format_, [rows], rendering.Heading("invoices", given, downloads.NO_FINDINGS))
    table = _table(asked, rows)
    if asked.get("cursor") and request.htmx:
        return HttpResponse(table.body(asked.scale))
    choices = [
        contracts.Choice(name, asked.get(name), every[name].drop_nulls().unique().sort().to_list())
        for name in ("customer", "currency", "made")
    ]
    return frame.page(request, "web/invoices.html", {
        "table": table, "choices": choices, "words": asked.get("words"), "contract": asked.get("contract"),
        "filtered": bool(asked.some(*_FILTERS, "words", "issued")), "sort": asked.get("sort"),
        "issued": asked.get("issued"),
    })  # fmt: skip


def _selected(asked: state.State, rows: pl.DataFrame) -> pl.DataFrame:
    """The invoices that fit every filter; with `issued=month` those of the month alone."""
    for name, value in asked.some(*_FILTERS).items():
        rows = rows.filter(pl.col(name) == value)
    if asked.get("issued") == "month":
        rows = rows.filter(pl.col("issued").dt.to_string("%Y-%m") == asked.period)
    words = asked.get("words")
    return rows.filter(contracts.sought(words, "invoice", "customer", "contract")) if words else rows


def _sorted(asked: state.State, rows: pl.DataFrame) -> pl.DataFrame:
    by, down = contracts.ordering(asked, "-issued", tuple(_TITLES))
    return rows.sort([by, "invoice"], descending=[down, False], nulls_last=True)


def _table(asked: state.State, rows: pl.DataFrame) -> tables.Table:
    by = contracts.ordering(asked, "-issued", tuple(_TITLES))
    columns = [tables.Column(name, title, kind, _link(asked, name)) for name, (title, kind) in _TITLES.items()]
    shown, more = filters.cut(rows, asked, contracts.AT_A_TIME)
    return tables.Table(
        "invoices", "Invoices", tuple(contracts.headed(asked, column, by) for column in columns),
        shown, tables.sums(rows, *_FIGURES), count=rows.height, more=more,
    )  # fmt: skip


def _link(asked: state.State, name: str) -> tables.Link | None:
    if name == "customer":
        return lambda row: asked.here(customer=row["customer"], cursor=None)
    if name == "contract":
        return lambda row: asked.link(places.contract(row["contract"]))
    if name == "invoice" or name in _FIGURES:
        return lambda row: asked.link(places.invoice(row["invoice"]))
    return None

"""Balances: what each line has billed and recognized, and on which side of the balance sheet the difference stands.

Worked example: line C-1-1 with 12,000.00 billed and 3,000.00 recognized shows 9,000.00 deferred, which leads to the
entries of that line on deferred revenue, whose total is 9,000.00; the line itself leads to its contract.
"""

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.ledger import books
from ratable.reports import names, rendering
from ratable.web import downloads, filters, frame, places, state, tables

_TITLES = {
    "billed": "Billed", "recognized": "Recognized", "deferred_revenue": "Deferred revenue",
    "unbilled_receivable": "Unbilled receivable", "contract_asset": "Contract asset",
}  # fmt: skip
_ENTRIES: dict[str, dict[str, str]] = {
    "billed": {"role": "receivable", "without": "tax_payable"},
    "recognized": {"role": "revenue"},
    **{role: {"role": role} for role in names.ROLLED_ACCOUNTS},
}


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The screen, more rows of its table, or the table as a file."""
    ledger = books.books(asked.through, known_on=asked.known_on, entity=asked.entity)
    every = ledger.outcome.lines
    wanted = filters.lines(every, asked).select("line", "contract", "currency")
    # Of all lines first: on which side a line stands hangs on the others of its contract.
    balances = ledger.balances().join(wanted, on=wanted.columns, how="semi", nulls_equal=True, maintain_order="left")
    if format_ := downloads.wanted(request):
        given = {"through": asked.through.isoformat()} | asked.some("known_on", *filters.NAMES)
        return downloads.file(format_, [balances], rendering.Heading("balances", given, ledger.findings, ledger.notes))
    if side := asked.get("side"):
        balances = balances.filter(pl.col(names.one_of(side, tuple(_TITLES), "side")) != 0)
    rows, more = filters.cut(balances, asked)
    table = tables.Table(
        "balances", "Balances by line", _columns(asked), rows, totals=tables.sums(balances, *_TITLES),
        count=balances.height, more=more,
    )  # fmt: skip
    if asked.get("cursor") and request.htmx:
        return HttpResponse(table.body(asked.scale))
    return frame.page(request, "web/balances.html", {
        "table": table, "notes": ledger.notes, "fields": filters.fields(every, asked), "titles": _TITLES,
        "filtered": filters.said(asked), "side": side,
    })  # fmt: skip


def _columns(asked: state.State) -> tuple[tables.Column, ...]:
    def of_contract(row: tables.Row) -> str:
        return places.contract(row["contract"]) if row["contract"] is not None else ""

    def entries(name: str) -> tuple[tables.Link, tables.Link]:
        parts = _ENTRIES[name] | {"until": asked.period, "movement": "all"}
        return (
            filters.leading(asked, "/journals", ("contract", "line"), **parts),
            filters.leading(asked, "/journals", **parts),
        )

    return (
        tables.Column("contract", "Contract", "id", of_contract),
        tables.Column("line", "Line", "id"),
        tables.Column("customer", "Customer"),
        tables.Column("product", "Product"),
        tables.Column("currency", "Currency"),
        *(tables.Column(name, title, "money", *entries(name)) for name, title in _TITLES.items()),
    )

"""Scheduled: what is still to be recognized, by line and month; where the months to come of a waterfall lead.

Worked example: `/scheduled?period=2026-03&month=2026-04&customer=acme` lists what the lines of Acme are still to
recognize in April, and its total is Acme's cell of April in the waterfall of March. `since` and `until` ask for a
stretch of months, `month=none` for what no date is known for.
"""

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.ledger import books
from ratable.reports import names, rendering
from ratable.reports import scheduled as report
from ratable.web import downloads, figures, filters, frame, places, state, tables

_UNDATED = "none"


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The screen, more rows of its table, or the table as a file."""
    basis = names.one_of(asked.get("basis", "contracted"), names.BASES, "basis")
    ledger = books.books(asked.through, known_on=asked.known_on, entity=asked.entity)
    lines = filters.lines(ledger.outcome.lines, asked)
    rows = _of_months(report.table(ledger.outcome, basis=basis, lines=lines), asked)
    if format_ := downloads.wanted(request):
        given = {"through": asked.through.isoformat()} | dict(asked.asked)
        heading = rendering.Heading("scheduled", given, ledger.findings, ledger.notes)
        return downloads.file(format_, [rows.drop("account")], heading)
    shown, more = filters.cut(rows, asked)
    table = tables.Table(
        "scheduled", "What is still to be recognized", _COLUMNS, shown, totals=tables.sums(rows, "amount"),
        count=rows.height, more=more,
    )  # fmt: skip
    if asked.get("cursor") and request.htmx:
        return HttpResponse(table.body(asked.scale))
    return frame.page(request, "web/scheduled.html", {
        "table": table, "basis": basis, "when": _when(asked), "notes": ledger.notes, "bases": names.BASES,
        "fields": filters.fields(ledger.outcome.lines, asked), "filtered": filters.said(asked),
    })  # fmt: skip


def of_line(row: tables.Row) -> str:
    """The page of the contract of a row, or of its lone invoice."""
    if row["contract"] is not None:
        return places.contract(row["contract"])
    return places.invoice(row["account"].removeprefix("invoice ")) if row["account"] else ""


_COLUMNS = (
    tables.Column("period", "To be recognized in", "period"),
    tables.Column("contract", "Contract", "id", of_line),
    tables.Column("line", "Line", "id"),
    tables.Column("customer", "Customer"),
    tables.Column("product", "Product"),
    tables.Column("currency", "Currency"),
    tables.Column("amount", "Amount", "money", of_line),
)


def _of_months(rows: pl.DataFrame, asked: state.State) -> pl.DataFrame:
    """The rows of the months that the address asks for."""
    if asked.get("month") == _UNDATED:
        return rows.filter(pl.col("period").is_null())
    limits = (("month", pl.Series.eq), ("since", pl.Series.ge), ("until", pl.Series.le))
    for name, holds in limits:
        if month := asked.get(name):
            rows = rows.filter(holds(rows["period"], month))
    return rows


def _when(asked: state.State) -> str:
    """The months that the address asks for, in words."""
    month, since, until = (asked.get(name) for name in ("month", "since", "until"))
    if month:
        return "at no known date" if month == _UNDATED else f"in {figures.month(month)}"
    spans = (f"from {figures.month(since)}" if since else "", f"through {figures.month(until)}" if until else "")
    return " ".join(filter(None, spans)) or "in all months to come"

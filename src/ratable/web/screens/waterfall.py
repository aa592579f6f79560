"""Waterfall: what was booked, what of it is recognized, and the months that earn the rest; by group, or as a triangle.

Worked example: `/waterfall?period=2026-03&by=customer` has one row for Acme with 1,000.00 in April, which leads to
`/scheduled?period=2026-03&month=2026-04&customer=acme&currency=USD`, whose total is 1,000.00. The triangle
(`shape=triangle`) has a row for each month of booking; its months through March lead to the entries that posted them,
and its footer holds each of them against the revenue accounts of the trial balance.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.ledger import books, closed
from ratable.reports import names, rendering, triangle
from ratable.reports import waterfall as report
from ratable.web import downloads, figures, filters, frame, places, revenue, state, tables

SHAPES = ("rows", "triangle")
BOOKED, RECOGNIZED, REMAINING = "booked", "recognized", "remaining"
_UNDATED = "none"  # As a month: what no date is known for.
_TITLES = {BOOKED: "Booked", RECOGNIZED: "Recognized to date", REMAINING: "Remaining", "unscheduled": "No date"}


@dataclass(frozen=True)
class Asked:
    """What the address asks of the waterfall."""

    shape: str
    by: tuple[str, ...]
    basis: str

    @classmethod
    def of(cls, asked: state.State) -> "Asked":
        """What the address says; contracted, by currency alone, unless said otherwise."""
        shape = names.one_of(asked.get("shape", "rows"), SHAPES, "shape")
        basis = names.one_of(asked.get("basis", "contracted"), names.BASES, "basis")
        by = tuple(name for name in names.dimensions(asked.get("by")) if name != "currency")
        return cls(shape, by, basis)


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The screen, more rows of its table, or the table as a file."""
    choice = Asked.of(asked)
    ledger = books.books(asked.through, known_on=asked.known_on, entity=asked.entity)
    lines = filters.lines(ledger.outcome.lines, asked)
    if choice.shape == "triangle":
        filtered = filters.said(asked)
        figures_ = triangle.table(ledger.outcome.of(lines)) if filtered else ledger.once("triangle", ledger.triangle)
    else:
        figures_ = report.table(ledger.outcome, by=choice.by, basis=choice.basis, lines=lines)
    if format_ := downloads.wanted(request):
        given = {"through": asked.through.isoformat()} | asked.some("by", "basis", "known_on", *filters.NAMES)
        name = "triangle" if choice.shape == "triangle" else "waterfall"
        return downloads.file(format_, [figures_], rendering.Heading(name, given, ledger.findings, ledger.notes))
    ties = revenue.ties(ledger, asked, figures_) if choice.shape == "triangle" else None
    table = _triangle(asked, figures_, ties) if ties else _rows(asked, choice, figures_, of_line(lines))
    if asked.get("cursor") and request.htmx:
        return HttpResponse(table.body(asked.scale))
    return frame.page(request, "web/waterfall.html", {
        "table": table, "asked": choice, "fields": filters.fields(ledger.outcome.lines, asked), "notes": ledger.notes,
        "dimensions": names.DIMENSIONS[:-1], "bases": names.BASES, "ties": ties, "filtered": filters.said(asked),
    })  # fmt: skip


def of_line(lines: pl.DataFrame) -> tables.Link:
    """The page of the contract of a line, or of its lone invoice."""
    lone = lines.filter(pl.col("contract").is_null() & pl.col("account").is_not_null())
    invoices = dict(lone.select("line", pl.col("account").str.strip_prefix("invoice ")).iter_rows())

    def address(row: tables.Row) -> str:
        if row.get("contract"):
            return places.contract(row["contract"])
        return places.invoice(invoices[row["line"]]) if row["line"] in invoices else ""

    return address


def _rows(asked: state.State, choice: Asked, figures_: pl.DataFrame, place: tables.Link) -> tables.Table:
    columns = tuple(_columns(asked, choice, figures_, place))
    shown, more = filters.cut(figures_, asked)
    amounts = [column.name for column in columns if column.kind == "money"]
    return tables.Table(
        "waterfall", f"Waterfall of what is {choice.basis}", columns, shown,
        totals=tables.sums(figures_, *amounts), count=figures_.height, more=more,
    )  # fmt: skip


def _columns(asked: state.State, choice: Asked, figures_: pl.DataFrame, place: tables.Link) -> Iterator[tables.Column]:
    looks = {"contract": "id", "line": "id"}
    yield from (tables.Column(name, name.capitalize(), looks.get(name, "text")) for name in choice.by)
    yield tables.Column("currency", "Currency")
    whole = _linked(asked, choice, "/waterfall", by="contract,line", basis=choice.basis, shape=None)
    earned = _linked(asked, choice, "/journals", role="revenue", until=asked.period, movement="all")
    left = _linked(asked, choice, "/scheduled", basis=choice.basis)
    if {"contract", "line"} <= {*choice.by}:
        whole = (place, whole[1])
    for name, links in ((BOOKED, whole), (RECOGNIZED, earned), (REMAINING, left)):
        yield tables.Column(name, _TITLES[name], "money", *links)
    most = _largest(figures_, [name for name in figures_.columns if name[:1].isdigit()])
    for name in (name for name in figures_.columns if name[:1].isdigit()):
        links = _linked(asked, choice, "/scheduled", basis=choice.basis, month=name)
        note = "due" if name <= asked.period else "to come"
        shade = filters.shade(lambda row: most[row["currency"]], name)
        yield tables.Column(name, figures.month(name), "money", *links, note=note, tone="ahead", shade=shade)
    if "unscheduled" in figures_.columns:
        links = _linked(asked, choice, "/scheduled", basis=choice.basis, month=_UNDATED)
        yield tables.Column("unscheduled", _TITLES["unscheduled"], "money", *links, tone="ahead")


def _linked(asked: state.State, choice: Asked, path: str, **parts: object) -> tuple[tables.Link, tables.Link]:
    """Where a figure of a row leads, and where the total of its column does."""
    return filters.leading(asked, path, choice.by, **parts), filters.leading(asked, path, **parts)


def _triangle(asked: state.State, figures_: pl.DataFrame, ties: revenue.Ties) -> tables.Table:
    months = [name for name in figures_.columns if name[:1].isdigit()]
    past, ahead = ([name for name in months if (name <= asked.period) is so] for so in (True, False))
    most = _largest(figures_, [*months, triangle.DUE])

    def column(name: str, title: str, path: str, *, note: str, tone: str, **parts: object) -> tables.Column:
        of_row, of_all = (filters.leading(asked, path, by, **parts) for by in ((filters.BOOKED_IN,), ()))
        of_total = revenue.leading(asked, of_all, name)
        shade = filters.shade(lambda row: most[row["currency"]], name) if tone else None
        return tables.Column(name, title, "money", of_row, of_total, note=note, tone=tone, shade=shade)

    until = {"role": "revenue", "until": asked.period, "movement": "all"}
    columns = [
        tables.Column(filters.BOOKED_IN, "Booked in", "period"), tables.Column("currency", "Currency"),
        *(column(name, figures.month(name), "/journals", note=_state(asked, name), tone=_tone(asked, name),
                 since=name, until=name, role="revenue", movement="all") for name in past),
        column(triangle.DUE, "Due", "/scheduled", note="not posted", tone="ahead first", until=asked.period),
        *(column(name, figures.month(name), "/scheduled", note="to come", tone="ahead", month=name) for name in ahead),
        column(BOOKED, "Booked", "/waterfall", note="", tone="", by="contract,line", shape=None),
        column(RECOGNIZED, "Recognized to date", "/journals", note="", tone="", **until),
        column(REMAINING, "Remaining", "/scheduled", note="", tone=""),
    ]  # fmt: skip
    amounts = [name for name in figures_.columns if name not in (filters.BOOKED_IN, "currency")]
    totals = tables.sums(figures_, *amounts).select(pl.lit("Total").alias(filters.BOOKED_IN), pl.all())
    footer = pl.concat([totals, ties.rows], how="diagonal").sort("currency", maintain_order=True)
    return tables.Table("triangle", "Bookings by the month that recognizes them", tuple(columns), figures_, footer)


def _state(asked: state.State, period: str) -> str:
    """What became of a month, in a word."""
    return asked.months.month(period, asked.entity).state


def _tone(asked: state.State, period: str) -> str:
    words = "now first" if period == asked.period else "past"
    return f"{words} locked" if _state(asked, period) == closed.LOCKED else words


def _largest(figures_: pl.DataFrame, columns: list[str]) -> dict[str, int]:
    """The largest cell of each currency, by which the others are shaded."""
    if not columns:
        return dict.fromkeys(figures_["currency"], 0)
    size = pl.max_horizontal(pl.col(columns).abs()).max()
    return dict(figures_.group_by("currency").agg(size).iter_rows())

"""RPO: remaining performance obligations in the bands of the disclosure; each band leads to the months it is made of.

Worked example: at the end of March 2026 the band of months 13 to 24 leads to `/scheduled?since=2027-04&until=2028-03`,
whose total is the band.
"""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse

from ratable.core import periods
from ratable.ledger import books
from ratable.reports import names, rendering
from ratable.reports import rpo as report
from ratable.web import downloads, filters, frame, state, tables

_WITHIN, _NEXT = 12, 24


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The screen, or its table as a file."""
    by = tuple(name for name in names.dimensions(asked.get("by")) if name != "currency")
    ledger = books.books(asked.through, known_on=asked.known_on, entity=asked.entity)
    own = ledger.outcome.of(filters.lines(ledger.outcome.lines, asked)) if filters.said(asked) else ledger.outcome
    bands = report.table(own, by=by)
    if format_ := downloads.wanted(request):
        given = {"through": asked.through.isoformat()} | asked.some("by", "known_on", *filters.NAMES)
        return downloads.file(format_, [bands], rendering.Heading("rpo", given, ledger.findings, ledger.notes))
    shown, more = filters.cut(bands, asked)
    table = tables.Table(
        "rpo", "Remaining performance obligations", tuple(_columns(asked, by)), shown,
        totals=tables.sums(bands, "total", *report.BANDS), count=bands.height, more=more,
    )  # fmt: skip
    if asked.get("cursor") and request.htmx:
        return HttpResponse(table.body(asked.scale))
    return frame.page(request, "web/rpo.html", {
        "table": table, "by": by, "dimensions": names.DIMENSIONS[:-1], "notes": ledger.notes,
        "fields": filters.fields(ledger.outcome.lines, asked), "filtered": filters.said(asked),
    })  # fmt: skip


def bands(period: str) -> dict[str, dict[str, str]]:
    """The months of each band at the end of a month, as parts of the address of /scheduled."""
    after = [periods.shifted(period, by) for by in (_WITHIN, _WITHIN + 1, _NEXT, _NEXT + 1)]
    within, following, later = report.BANDS
    return {
        "total": {}, within: {"until": after[0]}, following: {"since": after[1], "until": after[2]},
        later: {"since": after[3]},
    }  # fmt: skip


def _columns(asked: state.State, by: tuple[str, ...]) -> Iterator[tables.Column]:
    yield from (tables.Column(name, name.capitalize()) for name in by)
    yield tables.Column("currency", "Currency")
    titles = ("Total", "Within 12 months", "Months 13 to 24", "Later")
    for (name, months), title in zip(bands(asked.period).items(), titles, strict=True):
        of_row, of_all = (filters.leading(asked, "/scheduled", some, **months) for some in (by, ()))
        yield tables.Column(name, title, "money", of_row, of_all)

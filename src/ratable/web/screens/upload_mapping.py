"""Columns of another system's file: which of ours each one is, how days and numbers are written, and ten rows of it.

Worked example: `stripe-march.csv` has "Number", "Customer ID" and "Invoice date". The page has chosen `invoices` and
three columns by their names; Ben sets the currency to USD for every row, sees ten rows as they would come in, and keeps
all that as "stripe, invoices". Next month's file of that source is read so by itself.
"""

from pathlib import Path

import polars as pl
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.bundle import mapping, reading
from ratable.core import tables as bundle
from ratable.operations import acts, import_bundle, mappings, people
from ratable.web import frame, models, noticed, received, state, tables

_PREVIEW = 10
_FROM, _FIXED = "from.", "fixed."
_ORDERS = {"year": "2026-03-31, year first", "day": "31/03/2026, day first", "month": "03/31/2026, month first"}
_MARKS = {".": "1,200.50, a point", ",": "1.200,50, a comma"}


@frame.screen
def view(request: HttpRequest, asked: state.State, token: str) -> HttpResponse:
    """The form with its preview, from the address alone; or the mapping as it was sent, to be kept."""
    upload = received.held(token, requests.person(request))
    name, content = next(iter(received.files(upload).items()))
    sheet = mapping.read(content, name)
    sent = request.POST if request.method == "POST" else request.GET
    given = {part: str(value) for part, value in sent.items()}
    source, said = _said(given, sheet)
    if request.method == "POST":
        try:
            mappings.keep(requests.actor(request), source, said)
            received.mapped(upload, source.strip(), said)
            return HttpResponseRedirect(f"/imports/uploads/{upload.token}", status=303)
        except acts.Refused as refused:
            return _page(request, upload, sheet, (source, said), refused=str(refused))
    return _page(request, upload, sheet, (source, said))


def _said(given: dict[str, str], sheet: mapping.Sheet) -> tuple[str, mapping.Mapping]:
    """The source and mapping of an address; where it says none, the source that fits the file, else a guess."""
    source, table = given.get("source", ""), given.get("table", "")
    known = mappings.known()
    if given.get("use") in known:
        return given["use"], known[given["use"]]
    if not table and not source:
        fitting = [name for name, one in known.items() if set(one.columns.values()) <= set(sheet.columns)]
        if fitting:
            best = max(fitting, key=lambda name: len(known[name].columns))
            return best, known[best]
    if table not in bundle.TABLES:
        return source, mapping.guess(sheet, mapping.likely(sheet))
    if given.get("shown") != table:
        return source, mapping.guess(sheet, table)
    columns = {part.removeprefix(_FROM): value for part, value in given.items() if part.startswith(_FROM) and value}
    fixed = {part.removeprefix(_FIXED): value for part, value in given.items() if part.startswith(_FIXED) and value}
    order, mark = given.get("order", "year"), given.get("mark", ".")
    return source, mapping.Mapping(
        table, columns, fixed, order if order in _ORDERS else "year", mark if mark in _MARKS else "."
    )


def _page(
    request: HttpRequest, upload: models.Upload, sheet: mapping.Sheet, chosen: tuple[str, mapping.Mapping],
    *, refused: str = "",
) -> HttpResponse:  # fmt: skip
    source, said = chosen
    top = mapping.Sheet(sheet.file, sheet.cells.head(_PREVIEW), tuple(row for row in sheet.ragged if row <= _PREVIEW))
    made = mapping.mapped(top, said)
    rows = made.source.tables[said.table]
    told = pl.DataFrame()
    if rows.width > 1:
        found = import_bundle.check(reading.Opened(Path(sheet.file), {}, made.source)).findings
        told = noticed.by_row(pl.concat([made.missing, found]))
    columns = tuple(tables.Column(name, name, "text") for name in rows.columns if name != "row")
    return frame.page(request, "web/upload_mapping.html", {
        "upload": upload, "sheet": sheet, "rows": sheet.cells.height, "source": source, "mapping": said,
        "sources": list(mappings.known()), "tables": list(bundle.TABLES), "orders": _ORDERS, "marks": _MARKS,
        "fields": _fields(said), "refused": refused, "repeated": made.repeated,
        "denied": people.denial(requests.person(request), "keep a mapping"),
        "preview": tables.Table("preview", "The first rows as they would come in", columns, rows, short=True),
        "findings": noticed.table("findings", told, most=100) if told.height else None,
    })  # fmt: skip


def _fields(said: mapping.Mapping) -> list[dict[str, object]]:
    """Each column of the table: what it is, where it comes from; those that are needed or chosen first."""
    fields = [
        {
            "name": column.name, "says": column.says, "required": column.required, "choices": column.choices,
            "chosen": said.columns.get(column.name, ""), "fixed": said.fixed.get(column.name, ""),
        }
        for column in bundle.TABLES[said.table].columns
    ]  # fmt: skip
    return sorted(fields, key=lambda field: not (field["required"] or field["chosen"] or field["fixed"]))

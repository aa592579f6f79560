"""What an export would write: control totals, what stays out and why, and the first rows as they would stand in a file.

Worked example: Xero, January: one file with 2 journals of 8 rows, 300.00 on each side; 12 bills over 41,200.00 left out
because the ERP has posted them; uk in BHD refused, since Xero keeps two decimals, with the first line at fault named.
Nothing is logged and no file is kept.
"""

import csv
import dataclasses
import tempfile
from itertools import islice
from pathlib import Path
from typing import cast

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ratable.access import requests
from ratable.exports import layout, options
from ratable.operations import exporting
from ratable.reports import names
from ratable.web import frame, state, tables
from ratable.web.screens import exports

_ROWS = 10
_TOTALS: dict[str, pl.DataType] = {
    "file": pl.String(), "journals": pl.UInt32(), "rows": pl.UInt32(), "currency": pl.String(), "debit": pl.Int64(),
    "credit": pl.Int64(), "sha256": pl.String(),
}  # fmt: skip


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The preview as a part of the page, or the sentences that say why there is none."""
    try:
        with (
            exports.opened(asked.asked, asked, requests.person(request)) as said,
            tempfile.TemporaryDirectory(prefix="ratable-") as folder,
        ):
            chosen = dataclasses.replace(said, out=Path(folder))
            shape = options.resolve(chosen)
            done = exporting.preview(chosen, through=asked.through, known_on=asked.known_on)
            first = _first_rows(done.written.files[0].path, shape)
    except (layout.ExportError, names.Refused) as fault:
        return render(request, "web/parts/preview.html", {"refused": str(fault).splitlines()})
    files, division = done.written.files, done.written.division
    return render(request, "web/parts/preview.html", {
        "counts": files[0].totals["entries"], "files": _totals(done), "first": first, "notes": shape.notes,
        "of_rows": sum(int(str(file.totals["rows"])) for file in files),
        "left_out": _kept_out("left-out", "Left out", division.left_out),
        "restated": _kept_out("restated", "Restated", division.restated), "refusals": _refused(division.refused),
    })  # fmt: skip


def _totals(done: exporting.Exported) -> tables.Table:
    """Debits and credits of each file, as its control file will state them."""
    rows = [
        {"file": file.path.name, "journals": file.totals["journals"], "rows": file.totals["rows"],
         "currency": currency, "sha256": file.totals["sha256"],
         **{side: minor(sides[side]) for side in ("debit", "credit")}}
        for file in done.written.files
        for currency, sides in cast(dict[str, dict[str, str]], file.totals["totals"]).items()
    ]  # fmt: skip
    frame_ = pl.DataFrame(rows, schema=_TOTALS)
    columns = (
        tables.Column("file", "File", "id"), tables.Column("journals", "Journals", "count"),
        tables.Column("rows", "Rows", "count"), tables.Column("currency", "Currency"),
        tables.Column("debit", "Debits", "money"), tables.Column("credit", "Credits", "money"),
        tables.Column("sha256", "SHA-256", "id"),
    )  # fmt: skip
    sums = tables.sums(frame_, "debit", "credit") if len(done.written.files) > 1 else None
    return tables.Table("files", "Control totals", columns, frame_, sums, short=True)


def _kept_out(name: str, caption: str, rows: pl.DataFrame) -> tables.Table | None:
    if rows.is_empty():
        return None
    columns = (
        tables.Column("kind", "Kind", "words"), tables.Column("reason", "Why", wide=True),
        tables.Column("entries", "Entries", "count"), tables.Column("currency", "Currency"),
        tables.Column("amount", "Amount", "money"),
    )  # fmt: skip
    return tables.Table(name, caption, columns, rows, tables.sums(rows, "amount"), short=True)


def _refused(rows: pl.DataFrame) -> tables.Table | None:
    """The books that the ledger would not take, with the rows at fault in words."""
    if rows.is_empty():
        return None
    columns = (
        tables.Column("entity", "Entity"), tables.Column("currency", "Currency"),
        tables.Column("entries", "Entries", "count"), tables.Column("amount", "Amount", "money"),
        tables.Column("reason", "Why", wide=True),
    )  # fmt: skip
    return tables.Table("refused", "Refused", columns, rows, short=True)


def _first_rows(path: Path, shape: layout.Layout) -> tables.Table:
    """The first rows as they stand in the file; headers may repeat, so that columns go by their place."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = islice(csv.reader(file, delimiter=shape.separator), _ROWS + 1)
    places = [str(place) for place in range(len(header))]
    columns = tuple(tables.Column(place, title, tone="whole") for place, title in zip(places, header, strict=True))
    texts = pl.DataFrame(rows, schema=dict.fromkeys(places, pl.String()), orient="row")
    return tables.Table("first-rows", f"First rows of {path.name}", columns, texts, short=True)


def minor(written: str) -> int:
    """An amount as control files write it, in minor units: they have exactly the decimals of their currency."""
    return int(written.replace(".", ""))

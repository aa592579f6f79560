"""Every version of one row of the company's own data: what it said, from when that was known, and by which import.

Worked example: the product setup has two versions: point_in_time, known with import 1, and straight_line, known since 9
April with import 4, which was revision 3.
"""

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.bundle import writing
from ratable.ledger import knowledge
from ratable.reports import rendering
from ratable.web import downloads, frame, own, state, tables


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The versions as a table, or as a file."""
    name, key = own.table_of(asked), asked.get("key")
    typed = knowledge.history(name, key)
    if typed.is_empty():
        raise state.Unclear(f"{name}: there is no row with the key {key}.")
    said = writing.texts(own.known() | {name: typed}, name)
    said = said.select(column for column in said if column.null_count() < said.height)
    rows = said.with_columns(typed["version"], typed["import_no"])
    if format_ := downloads.wanted(request):
        texts = rows.with_columns(pl.col(pl.Int64).cast(pl.String))
        heading = rendering.Heading(f"versions-{name}", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [texts], heading)
    columns = (
        tables.Column("version", "Version", "count"),
        *(tables.Column(column, column.replace("_", " ").capitalize(), "text") for column in said.columns),
        tables.Column("import_no", "Import", "count", lambda row: f"/imports/{row['import_no']}"),
    )
    table = tables.Table("versions", f"Versions of {key}", columns, rows, short=True)
    return frame.page(request, "web/versions.html", {"table": table, "name": name, "key": key})

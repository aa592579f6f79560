"""One import: who brought what and when, its rows, control totals and findings, and its files as they were sent.

Worked example: `/imports/7?rows=invoice_lines` lists the 40 invoice lines that import 7 brought, 6,200.00 USD in all,
which is its control total; its one file is there to be kept again, with the SHA-256 that the log holds.
"""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.bundle import exponents, writing
from ratable.core import findings
from ratable.core import tables as bundle
from ratable.ledger import knowledge, models, rows, scope
from ratable.reports import rendering
from ratable.web import downloads, frame, noticed, state, tables
from ratable.web.screens import upload

MOST = 200
# Where what a row is about has a page of its own.
_PAGES: dict[str, tables.Link] = {
    "contracts": lambda row: f"/contracts/{quote(row['id'])}",
    "contract_lines": lambda row: f"/contracts/{quote(row['contract'])}",
    "amendments": lambda row: f"/contracts/{quote(row['contract'])}",
    "invoices": lambda row: f"/invoices/{quote(row['id'])}",
    "invoice_lines": lambda row: f"/invoices/{quote(row['invoice'])}",
    "credit_notes": lambda row: f"/credit-notes/{quote(row['id'])}",
    "credit_note_lines": lambda row: f"/credit-notes/{quote(row['credit_note'])}",
}
_FOUND = findings.SCHEMA | {"no": pl.Int64()}
_FILES = (
    tables.Column("size", "Bytes", "count"),
    tables.Column("sha256", "SHA-256", "id"),
)


@frame.screen
def view(request: HttpRequest, asked: state.State, no: int) -> HttpResponse:
    """The import, or one of its tables as a file."""
    row = _import(no)
    counts = _counts(row)
    found = _findings(no)
    told = noticed.by_row(found).with_columns(found["no"])
    chosen = asked.get("rows")
    if chosen and chosen not in bundle.TABLES:
        raise state.Unclear(f"rows: saw {chosen!r}; expected a table of the bundle.")
    brought = _brought(chosen, no) if chosen else pl.DataFrame()
    if format_ := downloads.wanted(request):
        shown = {
            "findings": told.drop("no"),
            "rows": brought,
            "counts": counts.with_columns(pl.col(pl.Int64).cast(pl.String)),
        }
        name = asked.get("table", "rows" if chosen else "findings")
        if name not in shown or (name == "rows" and not chosen):
            raise state.Unclear(f"table: saw {name!r}; expected {', '.join(shown)}.")
        heading = rendering.Heading(
            f"import-{no}-{chosen or name}", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS
        )
        return downloads.file(format_, [shown[name]], heading)

    def of_table(one: tables.Row) -> str:
        return asked.here(rows=one["table"]) + "#rows-of"

    return frame.page(request, "web/import.html", {
        "row": row, "chosen": chosen,
        "counts": tables.Table(
            "counts", "Rows by table", _leading(upload.COUNTS, "table", of_table), counts, short=True
        ),
        "totals": tables.Table(
            "totals", "Control totals", _leading(upload.TOTALS, "said", of_table, _came_whole(counts)),
            upload.written(_totals(row)),
        ),
        "files": tables.Table("files", "Files", _files_at(no), _files(row), short=True),
        "rows": _rows(chosen, brought) if chosen else None, "before": no > 1,
        "after": models.Import.objects.filter(no=no + 1).exists(), "revision": _revision(row),
        "findings": noticed.table("findings", told, most=MOST, link=lambda one: f"/review/findings/{one['no']}"),
    })  # fmt: skip


@frame.screen
def file(_: HttpRequest, __: state.State, no: int, sha256: str) -> HttpResponse:
    """A file of an import, byte for byte, never shown by the browser itself."""
    names = {hash_: name for name, hash_ in json.loads(_import(no).files).items()}
    if sha256 not in names:
        raise state.Unclear(f"import {no} has no file of that SHA-256.")
    content = bytes(models.File.objects.get(sha256=sha256).content)
    answer = HttpResponse(content, content_type="application/octet-stream")
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", names[sha256]).lstrip(".") or "file"
    answer["Content-Disposition"] = f'attachment; filename="import-{no}-{safe}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _leading(
    columns: tuple[tables.Column, ...], name: str, link: tables.Link, only: frozenset[str] | None = None
) -> tuple[tables.Column, ...]:
    """The same columns, of which one leads to the rows of a table; `only` some tables."""

    def address(row: tables.Row) -> str:
        return link(row) if only is None or row["table"] in only else ""

    return tuple(replace(one, link=address) if one.name == name else one for one in columns)


def _came_whole(counts: pl.DataFrame) -> frozenset[str]:
    """The tables of which each row of the file came by this import, so that the rows add up to the control total."""
    whole = counts.filter(pl.col("known") + pl.col("left_out") == 0)
    return frozenset(whole["table"])


def _import(no: int) -> models.Import:
    row: models.Import | None = models.Import.objects.select_related("event").filter(no=no).first()
    if row is None:
        raise state.Unclear(f"import {no}: there is none of that number.")
    return row


def _counts(row: models.Import) -> pl.DataFrame:
    said = json.loads(row.event.body)["what"].get("counts", {})
    schema = {"table": pl.String} | dict.fromkeys(("added", "corrected", "known", "left_out"), pl.Int64)
    return pl.DataFrame(
        [{"table": table} | {name: int(counted[name]) for name in list(schema)[1:]} for table, counted in said.items()],
        schema=schema,
    )


def _totals(row: models.Import) -> pl.DataFrame:
    """Control totals as they were kept: table, currency, rows, column, amount."""
    parts: list[dict[str, Any]] = []
    for table, by_currency in json.loads(row.totals).items():
        for currency, said in by_currency.items():
            amounts = {name: int(value) for name, value in said.items() if name != "rows"}
            sums: dict[str | None, int | None] = {**amounts} if amounts else {None: None}
            parts += [
                {
                    "table": table,
                    "currency": currency or None,
                    "rows": int(said["rows"]),
                    "column": name,
                    "amount": amount,
                }
                for name, amount in sums.items()
            ]
    schema = {"table": pl.String, "currency": pl.String, "rows": pl.Int64, "column": pl.String, "amount": pl.Int128}
    return pl.DataFrame(parts, schema=schema)


def _files(row: models.Import) -> pl.DataFrame:
    named = json.loads(row.files)
    sizes = dict(models.File.objects.filter(sha256__in=named.values()).values_list("sha256", "size"))
    schema = {"name": pl.String, "size": pl.Int64, "sha256": pl.String}
    return pl.DataFrame([(name, sizes.get(hash_), hash_) for name, hash_ in named.items()], schema=schema, orient="row")


def _files_at(no: int) -> tuple[tables.Column, ...]:
    first = tables.Column("name", "File", "text", lambda row: f"/imports/{no}/files/{row['sha256']}")
    return (first, *_FILES)


def _findings(no: int) -> pl.DataFrame:
    query = (
        'SELECT code, severity, "table", row_id, "column", value, message, "row", no FROM findings '
        "WHERE import_no = %s ORDER BY no"
    )
    return rows.select(query, [no], _FOUND)


def _brought(table: str, no: int) -> pl.DataFrame:
    """Rows that an import brought: texts as in a file, amounts in minor units of `currency`."""
    typed = knowledge.brought(table, no)
    every = knowledge.stated(within=scope.of_tables({table: typed})) | {table: typed}
    texts = writing.texts(every, table)
    amounts = [c.name for c in bundle.TABLES[table].columns if c.kind == "amount"]
    money = [typed[name] for name in amounts if typed[name].null_count() < typed.height]
    if money:
        texts = texts.with_columns(money).with_columns(exponents.currency_of_rows(every, table).alias("currency"))
    return texts.select(column for column in texts if column.null_count() < texts.height)


def _rows(table: str, brought: pl.DataFrame) -> tables.Table:
    money = [name for name, kind in brought.schema.items() if kind == pl.Int64]
    owner = _PAGES.get(table)
    columns = tuple(
        tables.Column(name, name, "money" if name in money else "text", owner if place == 0 or name in money else None)
        for place, name in enumerate(brought.columns)
    )
    sums = tables.sums(brought.filter(pl.col("currency").is_not_null()), *money) if money else None
    return tables.Table("rows", f"Rows of {table}", columns, brought.head(MOST), totals=sums, count=brought.height)


def _revision(row: models.Import) -> int | None:
    """The revision whose approval was this import."""
    decided = models.RevisionDecision.objects.filter(event=row.event_id).values_list("revision_id", flat=True).first()
    return None if decided is None else int(decided)

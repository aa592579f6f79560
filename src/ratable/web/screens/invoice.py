"""One invoice: its lines, what is recognized of each by month, its credit notes and payments, and how to override.

Worked example: `/invoices/I-7` over 3,000.00 for January to March: 1,000.00 a month, each of which opens its entry. A
bill of our own, `/invoices/C-1/2026-01-01`, has the entries that made it.

A method, service days or an SSP are overridden by a correction of the line with a reason: `?line=I-7-1` tries it on the
invoice's own facts and shows the months before and after, and signing imports the line with what changed.
"""

from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.bundle import writing
from ratable.core import tables as schema
from ratable.ledger import bills, books, knowledge, listing, owners, scope, tracing, whatif
from ratable.operations import acts, import_bundle, people, typed
from ratable.reports import rendering
from ratable.web import amending, comparing, downloads, frame, places, state, tables

_OVERRIDDEN = {
    "method": ("Method", "method"), "service_start": ("Service from", "date"), "service_end": ("Service to", "date"),
    "ssp": ("SSP", "text"),
}  # fmt: skip
_DAY = len("/2026-01-31")


@frame.screen
def view(request: HttpRequest, asked: state.State, invoice: str) -> HttpResponse:
    """The page, or its lines as a file; a POST signs an override."""
    stated = knowledge.stated(asked.known_on, scope.of_account(f"invoice {invoice}"))
    own = stated["invoices"].filter(pl.col("id") == invoice)
    if own.is_empty():
        return _our_own(request, asked, invoice)
    asked.allow(owners.of_invoice(invoice, stated))
    ledger = books.books(asked.through, known_on=asked.known_on)
    lines = stated["invoice_lines"].filter(pl.col("invoice") == invoice).sort("id")
    shown = _lines(asked, lines, str(own["currency"][0]))
    if format_ := downloads.wanted(request):
        heading = rendering.Heading("invoice", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [shown.rows], heading)
    override = _override(request, asked, stated, lines)
    if isinstance(override, HttpResponse):
        return override
    recognized = bills.recognition(ledger, lines["id"].to_list())
    return frame.page(request, "web/invoice.html", {
        "invoice": invoice, "facts": own.row(0, named=True), "table": shown, "override": override,
        "recognition": _recognition(asked, recognized), "notes_on": _notes(asked, stated, invoice),
        "payments": _payments(stated, invoice, str(own["currency"][0])), "all": asked.link("/invoices"),
        "contract_lines": lines["contract_line"].drop_nulls().len(),
        "contract": (contract := _contract(own, lines, stated)),
        "contract_at": asked.link(places.contract(contract)) if contract else "",
        "denied": people.denial(requests.person(request), "correct"), "methods": schema.METHODS,
    })  # fmt: skip


def _lines(asked: state.State, lines: pl.DataFrame, currency: str) -> tables.Table:
    rows = lines.with_columns(currency=pl.lit(currency)).select(
        "id", "product", "contract_line", "service_start", "service_end", "method", "currency",
        pl.col("amount", "tax").fill_null(0), "ssp",
    )  # fmt: skip

    def opened(row: tables.Row) -> str:
        entered = {"line": row["contract_line"] or row["id"], "role": "receivable", "movement": "billings"}
        return asked.link("/journals", until=asked.period, source=row["id"], **entered)

    def override(row: tables.Row) -> str:
        return asked.here(line=row["id"]) + "#override"

    columns = (
        tables.Column("id", "Line", "id", override), tables.Column("product", "Product"),
        tables.Column("contract_line", "Bills", "id"), tables.Column("service_start", "Service from", "day"),
        tables.Column("service_end", "to", "day"), tables.Column("method", "Method", "words"),
        tables.Column("currency", "Currency"), tables.Column("ssp", "SSP", "money", override),
        tables.Column("amount", "Amount", "money", lambda row: opened(row) + "&without=tax_payable"),
        tables.Column("tax", "Tax", "money", opened),
    )  # fmt: skip
    return tables.Table("lines", "Lines", columns, rows, tables.sums(rows, "amount", "tax"), short=True)


def _recognition(asked: state.State, rows: pl.DataFrame) -> tables.Table:
    """Revenue of the lines that are obligations of their own, month by month."""

    def posted(row: tables.Row) -> str:
        of = {"line": row["line"], "currency": row["currency"], "movement": "all"}
        return asked.link("/journals", **(of | {"role": "revenue", "period": row["period"]}))

    def to_come(row: tables.Row) -> str:
        return asked.link("/scheduled", month=row["period"], line=row["line"], currency=row["currency"])

    columns = (
        tables.Column("period", "Month", "period"), tables.Column("line", "Line", "id"),
        tables.Column("currency", "Currency"), tables.Column("recognized", "Recognized", "money", posted),
        tables.Column("to_come", "To come", "money", to_come),
    )  # fmt: skip
    ahead = rows.with_columns(ahead=pl.col("period") > asked.period)
    return tables.Table(
        "recognition", "Recognition by month", columns, ahead, tables.sums(rows, "recognized", "to_come"),
        soft="ahead", short=True,
    )  # fmt: skip


def _notes(asked: state.State, stated: whatif.Tables, invoice: str) -> tables.Table:
    notes = stated["credit_notes"].filter(pl.col("invoice") == invoice)
    sums = stated["credit_note_lines"].group_by("credit_note").agg(pl.col("amount").sum())
    rows = notes.join(sums, left_on="id", right_on="credit_note").join(
        stated["invoices"].select("currency", invoice="id"), on="invoice"
    ).select("id", "issued_on", "known_on", "cause", "reason", "currency", "amount")  # fmt: skip

    def opened(row: tables.Row) -> str:
        return asked.link(places.credit_note(row["id"]))

    columns = (
        tables.Column("id", "Credit note", "id", opened), tables.Column("issued_on", "Issued", "day"),
        tables.Column("known_on", "Known", "day"), tables.Column("cause", "Cause", "words"),
        tables.Column("reason", "Reason", wide=True), tables.Column("currency", "Currency"),
        tables.Column("amount", "Amount", "money", opened),
    )  # fmt: skip
    return tables.Table("notes", "Credit notes", columns, rows, tables.sums(rows, "amount"), short=True)


def _payments(stated: whatif.Tables, invoice: str, currency: str) -> tables.Table:
    rows = stated["payments"].filter(pl.col("invoice") == invoice).with_columns(currency=pl.lit(currency))
    columns = (
        tables.Column("id", "Payment", "id"), tables.Column("received_on", "Received", "day"),
        tables.Column("currency", "Currency"), tables.Column("amount", "Amount", "money"),
    )  # fmt: skip
    shown = rows.select("id", "received_on", "currency", "amount").sort("received_on")
    return tables.Table("payments", "Payments", columns, shown, tables.sums(shown, "amount"), short=True)


def _contract(own: pl.DataFrame, lines: pl.DataFrame, stated: whatif.Tables) -> str:
    """The contract that an invoice bills; empty where it bills none."""
    of_lines = lines["contract_line"].drop_nulls().implode()
    billed = stated["contract_lines"].filter(pl.col("id").is_in(of_lines))["contract"]
    return next((str(one) for one in (own["contract"][0], *billed) if one), "")


def _override(
    request: HttpRequest, asked: state.State, stated: whatif.Tables, lines: pl.DataFrame
) -> dict[str, Any] | HttpResponse | None:
    """The form of an override with what is typed, its faults and its effect; the answer once it is signed."""
    given = {name: str(value) for name, value in (request.POST or request.GET).items()}
    line = lines.filter(pl.col("id") == given.get("line", ""))
    if line.is_empty():
        return None
    if line["contract_line"][0]:
        return {"line": given["line"], "barred": True}
    whole = writing.texts(stated, "invoice_lines").filter(pl.col("id") == given["line"]).row(0, named=True)
    typed_in = {name: given.get(name, whole[name] or "").strip() for name in _OVERRIDDEN}
    document: typed.Document = {"invoice_lines": [whole | typed_in]}
    errors: dict[str, str] = {}
    compared = None
    if given.get("step"):
        tried = whatif.tried(typed.opened(document, "override").source)
        errors = _faults(tried.findings)
        if not errors:
            states = tried.before(asked.through), tried.after(asked.through)
            compared = comparing.of(*states, asked.months, owners.of_invoice(line["invoice"][0], stated))
    if request.method == "POST" and not errors:
        errors = {} if len(given.get("reason", "").strip()) else {"reason": "Say why the source is not right."}
        if not errors:
            try:
                return _signed(request, asked, document, given)
            except acts.Refused as refused:
                errors = {"": str(refused)}
    fields = [
        amending.Field(name, title, typed_in[name], errors.get(name, ""), kind)
        for name, (title, kind) in _OVERRIDDEN.items()
    ]
    return {
        "line": given["line"], "fields": fields, "errors": errors, "compared": compared,
        "table": compared.table("comparison", "Before and after the override") if compared else None,
        "reason": given.get("reason", ""), "kept": typed_in,
    }  # fmt: skip


def _faults(findings: pl.DataFrame) -> dict[str, str]:
    """Findings that block, by field."""
    blocking = findings.filter(pl.col("severity") == "blocks").iter_rows(named=True)
    return {
        (found["column"] if found["column"] in _OVERRIDDEN else ""): str(found["message"]).partition(": ")[2]
        for found in blocking
    }


def _signed(
    request: HttpRequest, asked: state.State, document: typed.Document, given: dict[str, str]
) -> HttpResponseRedirect:
    """Import the line with what changed, as a correction."""
    actor = requests.actor(request, given["reason"].strip())
    done = import_bundle.import_opened(actor, typed.opened(document, f"override {given['line']}"), correction=True)
    what = "The line is as it was; nothing was changed." if not done.corrected else (
        f"Line {given['line']} is corrected by import {done.no}. Propose the month; what changes then waits for review."
    )  # fmt: skip
    messages.add_message(request, messages.SUCCESS, what, extra_tags="good")
    return HttpResponseRedirect(asked.here(line=None, step=None), status=303)


def _our_own(request: HttpRequest, asked: state.State, invoice: str) -> HttpResponse:
    """A bill that the books made: CONTRACT/ISSUE-DATE, with the entries that it is.

    Raises:
        tracing.Unknown: neither an invoice nor a bill has the name.
    """
    contract, issued = invoice[:-_DAY], invoice[1 - _DAY :]
    wanted = listing.Filter(role="receivable", kinds=("billing",), equal={"contract": contract, "period": issued[:7]},
                            known_on=asked.known_on, without="tax_payable")  # fmt: skip
    rows = listing.page(wanted, limit=listing.ALL).filter(pl.col("date").cast(pl.String) == issued)
    if rows.is_empty():
        raise tracing.Unknown(f"invoice {invoice!r} is not in the books.")
    asked.allow(rows["entity"][0])
    columns = (
        tables.Column("entry", "Entry", "entry", lambda row: places.entry(row["entry"]), panel=True),
        tables.Column("line", "Line", "id"), tables.Column("product", "Product"),
        tables.Column("source", "Bill", "id"), tables.Column("currency", "Currency"),
        tables.Column("effect", "Amount", "money", lambda row: places.entry(row["entry"]), panel=True),
    )  # fmt: skip
    table = tables.Table("lines", "Lines", columns, rows, tables.sums(rows, "effect"), short=True)
    if format_ := downloads.wanted(request):
        heading = rendering.Heading("invoice", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [rows.select(column.name for column in columns)], heading)
    return frame.page(request, "web/bill.html", {
        "invoice": invoice, "contract": contract, "issued": issued, "table": table, "all": asked.link("/invoices"),
        "contract_at": asked.link(places.contract(contract)),
    })  # fmt: skip

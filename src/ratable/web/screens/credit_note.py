"""One credit note: what it took out of deferred revenue and what out of revenue, by the entries; the sums are the note.

Worked example: credit note CN-1 of 500.00 on invoice I-7: (300.00) out of deferred revenue and (200.00) out of revenue
already recognized, which is the (500.00) off the receivable.
"""

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.ledger import knowledge, listing, owners, scope, tracing
from ratable.reports import rendering
from ratable.web import downloads, frame, places, state, tables

_OUT_OF = {
    "deferred_revenue": "Deferred revenue", "revenue": "Revenue", "tax_payable": "Tax payable",
    "refund_liability": "Refund liability", "contract_asset": "Contract asset",
    "unbilled_receivable": "Unbilled receivable",
}  # fmt: skip
_EVER = "9999-12"


@frame.screen
def view(request: HttpRequest, asked: state.State, note: str) -> HttpResponse:
    """The page, or what the note took back as a file."""
    within = scope.of_tables({"credit_notes": pl.DataFrame({"id": [note]})})
    stated = knowledge.stated(asked.known_on, within)
    own = stated["credit_notes"].filter(pl.col("id") == note)
    if own.is_empty():
        raise tracing.Unknown(f"credit note {note!r} is not in the books, or was not known then.")
    asked.allow(owners.of_invoice(str(own["invoice"][0]), stated))
    facts = own.with_columns(pl.col("cause").fill_null("price_reduction").str.replace_all("_", " ")).row(0, named=True)
    lines = stated["credit_note_lines"].filter(pl.col("credit_note") == note)
    wanted = listing.Filter(equal={"source": note}, known_on=asked.known_on)
    posted = listing.page(wanted, limit=listing.ALL)
    shown = _lines(lines, _currency(str(facts["invoice"]), stated))
    effect = _effect(asked, note, posted)
    if format_ := downloads.wanted(request):
        heading = rendering.Heading("credit-note", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [effect.rows], heading)
    total = int(shown.rows.select(pl.sum_horizontal("amount", "tax").sum()).item())
    return frame.page(request, "web/credit_note.html", {
        "note": note, "facts": facts, "lines": shown, "table": effect, "entries": _entries(posted),
        "foots": total == -int(effect.rows["amount"].sum()), "posted": posted.height, "total": total,
        "currency": shown.rows["currency"].first(), "invoice_at": asked.link(places.invoice(facts["invoice"])),
        "all": asked.link("/invoices"),
    })  # fmt: skip


def _currency(invoice: str, stated: knowledge.Tables) -> str:
    """That of the invoice, or of the contract that our own bill is of."""
    own = stated["invoices"].filter(pl.col("id") == invoice)["currency"]
    contract = stated["contracts"].filter(pl.col("id") == invoice.rpartition("/")[0])["currency"]
    return str(next(iter([*own, *contract])))


def _lines(lines: pl.DataFrame, currency: str) -> tables.Table:
    rows = lines.select("invoice_line", pl.col("amount", "tax").fill_null(0), currency=pl.lit(currency))
    columns = (
        tables.Column("invoice_line", "Invoice line", "id"), tables.Column("currency", "Currency"),
        tables.Column("amount", "Amount", "money", lambda _: "#effect"),
        tables.Column("tax", "Tax", "money", lambda _: "#effect"),
    )  # fmt: skip
    return tables.Table("note", "Lines of the note", columns, rows, tables.sums(rows, "amount", "tax"), short=True)


def _effect(asked: state.State, note: str, posted: pl.DataFrame) -> tables.Table:
    """What each account gave up to the receivable: role, title, currency, amount (minor units, below zero)."""
    parts = []
    for role, title in _OUT_OF.items():
        # By the side that faces the receivable, so that all rows together are what it lost.
        debited = posted.filter((pl.col("debit_role") == role) & (pl.col("credit_role") == "receivable"))
        credited = posted.filter((pl.col("credit_role") == role) & (pl.col("debit_role") == "receivable"))
        both = pl.concat([debited.with_columns(-pl.col("amount")), credited])
        parts.append(both.group_by("currency").agg(pl.col("amount").sum(), role=pl.lit(role), title=pl.lit(title)))
    rows = pl.concat(parts).select("role", "title", "currency", "amount")

    def opened(row: tables.Row) -> str:
        return asked.link("/journals", role=row["role"], source=note, until=_EVER)

    columns = (
        tables.Column("title", "Out of", "text"), tables.Column("currency", "Currency"),
        tables.Column("amount", "Amount", "money", opened,
                      lambda _: asked.link("/journals", role="receivable", source=note, until=_EVER)),
    )  # fmt: skip
    return tables.Table("effect", "What it took back", columns, rows, tables.sums(rows, "amount"), short=True)


def _entries(posted: pl.DataFrame) -> tables.Table:
    def opened(row: tables.Row) -> str:
        return places.entry(row["entry"])

    columns = (
        tables.Column("date", "Date", "day"), tables.Column("entry", "Entry", "entry", opened, panel=True),
        tables.Column("line", "Line", "id"), tables.Column("debit_role", "Debit", "words"),
        tables.Column("credit_role", "Credit", "words"), tables.Column("origin_period", "For", "period"),
        tables.Column("currency", "Currency"), tables.Column("amount", "Amount", "money", opened, panel=True),
        tables.Column("narrative", "Says", wide=True),
    )  # fmt: skip
    return tables.Table("entries", "Entries of the note", columns, posted, tables.sums(posted, "amount"), short=True)

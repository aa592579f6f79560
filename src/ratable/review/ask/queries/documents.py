"""Documents: invoices, credit notes, use, milestones and payments as they came in.

Worked example: invoice I-0181 of Yarrow Health was issued on 2026-01-01 with two lines, 9,000.00 USD without tax; no
credit note is on it, and 9,720.00 was received.
"""

from decimal import Decimal
from typing import Any

import polars as pl

from ratable.core.tables import QUANTITY_DECIMALS
from ratable.review.ask import answers, posted, query
from ratable.review.ask.queries import obligations


def _here(asked: query.Asked) -> tuple[answers.Citation, ...]:
    return answers.cite("snapshot", [asked.snapshot.name])


def _within(asked: query.Asked, rows: pl.DataFrame, day: str) -> pl.DataFrame:
    """Rows of the months asked, where some were; else all."""
    if not (asked.get("from") or asked.get("to")):
        return rows
    return rows.filter(pl.col(day).dt.to_string("%Y-%m").is_between(pl.lit(asked.first), pl.lit(asked.last)))


def _invoices(asked: query.Asked) -> answers.Answer:
    """Imported invoices, and our own bills, of the scope: by bill, from the entries."""
    rows = _bills(asked).filter(pl.col("amount") != 0)
    figures = {"subject": posted.subject(asked), "bills": answers.count(rows.height)}
    during = ""
    if asked.get("from") or asked.get("to"):
        words, slots = posted.when(asked)
        during, figures = f" in {words}", figures | slots
    entries = _billed(asked)
    said: list[answers.Sentence | None] = [
        answers.Sentence(
            f"{{subject}} was billed {{bills}} times{during}.", figures, posted.ids(entries) or _here(asked)
        )
    ]
    sums = rows.group_by("currency").agg(pl.col("amount").sum()).sort("currency")
    among = posted.currencies(sums)
    for currency, amount in sums.rows():
        slot = f"billed{posted.suffix(currency, among)}"
        said.append(
            answers.Sentence(f"Together {{{slot}}}.", {slot: answers.amount(amount, currency)}, posted.ids(entries))
        )
    return answers.answered(said, tables=[answers.Table("Bills", rows)])


def _billed(asked: query.Asked) -> pl.DataFrame:
    entries = asked.during if asked.get("from") or asked.get("to") else asked.entries
    return posted.to(entries, "receivable").filter(
        (pl.col("kind") == "billing") & (pl.col("credit_role") != "tax_payable")
    )


def _bills(asked: query.Asked) -> pl.DataFrame:
    lines = asked.table("invoice_lines").select(source="id", invoice="invoice")
    own = pl.concat_str("contract", pl.lit("/"), pl.col("date").dt.to_string("%Y-%m-%d"))
    rows = _billed(asked).join(lines, on="source", how="left").with_columns(invoice=pl.coalesce("invoice", own))
    keys = ("invoice", "date", "customer", "currency")
    return rows.group_by(keys).agg(amount=pl.col("change").sum()).sort("date", "invoice").select(
        "invoice", "date", "customer", "amount", "currency"
    )  # fmt: skip


def _invoice(asked: query.Asked) -> answers.Answer:
    """One invoice: its lines, and what was credited and received on it."""
    key = asked.get("invoice")
    head = asked.table("invoices").filter(pl.col("id") == key)
    notes = asked.table("credit_notes").filter(pl.col("invoice") == key)
    paid = asked.table("payments").filter(pl.col("invoice") == key)["amount"].sum()
    if head.is_empty():
        return _own_bill(asked, key)
    row = head.row(0, named=True)
    lines = asked.table("invoice_lines").filter(pl.col("invoice") == key)
    credited = (
        asked.table("credit_note_lines").filter(pl.col("credit_note").is_in(notes["id"].implode()))["amount"].sum()
    )
    currency = row["currency"]
    figures = {
        "invoice": answers.name(key),
        "customer": posted.named(asked, "customers", row["customer"]),
        "issued": answers.day(row["issued_on"]),
        "lines": answers.count(lines.height),
        "amount": answers.amount(answers.total(lines["amount"]), currency),
        "credited": answers.amount(int(str(credited)), currency),
        "paid": answers.amount(int(str(paid)), currency),
    }
    text = (
        "Invoice {invoice} of {customer}, issued on {issued}, has {lines} lines of {amount} without tax; {credited} is "
        "credited and {paid} received."
    )
    cites = (*answers.cite("invoices", [key]), *answers.cite("credit_notes", notes["id"]))
    shown = lines.with_columns(currency=pl.lit(currency)).select(
        "id", "contract_line", "product", "service_start", "service_end", "amount", "tax", "currency"
    )  # fmt: skip
    return answers.answered(
        [answers.Sentence(text, figures, cites)], tables=[answers.Table("Lines of the invoice", shown)]
    )


def _own_bill(asked: query.Asked, key: str) -> answers.Answer:
    rows = _bills(query.Asked(asked.snapshot, {})).filter(pl.col("invoice") == key)
    if rows.is_empty():
        text = "No invoice and no bill has the id {invoice}."
        return answers.refused(text, f"an invoice {key}", invoice=answers.name(key))
    row = rows.row(0, named=True)
    figures = {
        "invoice": answers.name(key), "customer": posted.named(asked, "customers", row["customer"]),
        "issued": answers.day(row["date"]), "amount": answers.amount(row["amount"], row["currency"]),
    }  # fmt: skip
    text = "Bill {invoice} of {customer} is our own, of {issued}, {amount} without tax."
    contract = key.rpartition("/")[0]
    return answers.answered([answers.Sentence(text, figures, answers.cite("contracts", [contract]))])


def _credit_notes(asked: query.Asked) -> answers.Answer:
    """Credit notes of the scope, with what they took from deferred and from recognized revenue."""
    entries = asked.entries.filter(pl.col("kind").is_in(["credit_note", "catch_up"]))
    notes = asked.table("credit_notes")
    if asked.get("credit_note"):
        notes = notes.filter(pl.col("id") == asked.get("credit_note"))
    if asked.scope:
        notes = notes.filter(pl.col("id").is_in(asked.entries["source"].drop_nulls().implode()))
    notes = _within(asked, notes, "issued_on").sort("issued_on", "id")
    said: list[answers.Sentence | None] = []
    for row in notes.tail(obligations.MOST_SAID).iter_rows(named=True):
        said.append(_note(asked, row, entries.filter(pl.col("source") == row["id"])))
    if not said:
        figures = {"subject": posted.subject(asked), "notes": answers.count(0)}
        said = [
            answers.Sentence("There are {notes} credit notes of {subject} for what is asked.", figures, _here(asked))
        ]
    shown = notes.select("id", "invoice", "issued_on", "cause", "reason", "known_on")
    return answers.answered(
        said, tables=[answers.Table("Credit notes", shown)], more={"notes": answers.count(notes.height)}
    )


def _note(asked: query.Asked, row: dict[str, Any], entries: pl.DataFrame) -> answers.Sentence:
    lines = asked.table("credit_note_lines").filter(pl.col("credit_note") == row["id"])
    known = asked.snapshot.entries.filter(pl.col("source") == row["id"])
    currency = next(iter(posted.currencies(known)), "")
    figures = {
        "note": answers.name(row["id"]), "invoice": answers.name(row["invoice"]),
        "issued": answers.day(row["issued_on"]),
    }  # fmt: skip
    text = "Credit note {note} of {issued} on invoice {invoice}"
    if currency:
        taken = {role: -int(posted.to(entries, role)["change"].sum()) for role in ("deferred_revenue", "revenue")}
        figures |= {
            "credited": answers.amount(answers.total(lines["amount"]), currency),
            "deferred": answers.amount(taken["deferred_revenue"], currency),
            "recognized": answers.amount(taken["revenue"], currency),
        }  # fmt: skip
        text += ": {credited}, of which {deferred} out of deferred and {recognized} out of recognized revenue"
    text += f"; cause {str(row['cause'] or 'price_reduction').replace('_', ' ')}"
    if row["reason"]:
        figures["reason"] = answers.quote(row["reason"])
        text += ", {reason}"
    return answers.Sentence(f"{text}.", figures, answers.cite("credit_notes", [row["id"]]))


def _usage(asked: query.Asked) -> answers.Answer:
    """What was used, in units by month, and what was recognized of it."""
    lines = asked.lines.filter(pl.col("method") == "usage")
    rows = asked.table("usage").filter(pl.col("contract_line").is_in(lines["line"].implode()))
    rows = _within(asked, rows, "on").sort("on", "id")
    units = Decimal(int(rows["quantity"].sum())).scaleb(-QUANTITY_DECIMALS)
    figures = {"subject": posted.subject(asked), "rows": answers.count(rows.height), "units": answers.number(units)}
    text = "{subject} has {rows} rows of use with {units} units."
    said: list[answers.Sentence | None] = [
        answers.Sentence(text, figures, answers.cite("usage", rows["id"]) or _here(asked))
    ]
    during = asked.during if asked.get("from") or asked.get("to") else asked.entries
    moved = posted.to(during.filter(pl.col("line").is_in(lines["line"].implode())), "revenue")
    sums = moved.group_by("currency").agg(pl.col("change").sum()).sort("currency")
    among = posted.currencies(sums)
    for currency, amount in sums.rows():
        slot = f"recognized{posted.suffix(currency, among)}"
        text = f"{{{slot}}} of revenue was recognized on these lines."
        said.append(answers.Sentence(text, {slot: answers.amount(amount, currency)}, posted.ids(moved)))
    # Whole numbers that are no amounts leave a table as text.
    quantity = (pl.col("quantity") // 10**QUANTITY_DECIMALS).cast(pl.String)
    shown = rows.select("id", "contract_line", "on", quantity, "known_on")
    return answers.answered(said, tables=[answers.Table("Use, in whole units", shown)])


def _payments(asked: query.Asked) -> answers.Answer:
    """Money received: kept, and posted by nothing."""
    invoices = asked.table("invoices").select(invoice="id", customer="customer", currency="currency")
    rows = asked.table("payments").join(invoices, on="invoice", how="left")
    if asked.get("customer"):
        own = asked.table("contracts").filter(pl.col("customer") == asked.get("customer"))["id"]
        of_contract = pl.col("invoice").str.replace(r"/.*$", "").is_in(own.implode())
        rows = rows.filter((pl.col("customer") == asked.get("customer")) | of_contract)
    if asked.get("invoice"):
        rows = rows.filter(pl.col("invoice") == asked.get("invoice"))
    rows = _within(asked, rows, "received_on").sort("received_on", "id")
    figures = {"subject": posted.subject(asked), "payments": answers.count(rows.height)}
    text = "{payments} payments of {subject} are known; ratable keeps them and posts nothing for them."
    cites = answers.cite("payments", rows["id"]) or _here(asked)
    shown = rows.filter(pl.col("currency").is_not_null()).select("id", "invoice", "received_on", "amount", "currency")
    return answers.answered([answers.Sentence(text, figures, cites)], tables=[answers.Table("Payments", shown)])


def _milestones(asked: query.Asked) -> answers.Answer:
    """Milestones that were reached."""
    rows = asked.table("milestones_reached").filter(pl.col("contract_line").is_in(asked.lines["line"].implode()))
    rows = _within(asked, rows, "on").sort("on", "contract_line", "milestone")
    figures = {"subject": posted.subject(asked), "milestones": answers.count(rows.height)}
    cites = answers.cite("contract_lines", rows["contract_line"]) or _here(asked)
    said = [answers.Sentence("{milestones} milestones of {subject} were reached.", figures, cites)]
    for row in rows.tail(obligations.MOST_SAID).iter_rows(named=True):
        figures = {
            "milestone": answers.name(row["milestone"]), "line": answers.name(row["contract_line"]),
            "day": answers.day(row["on"]),
        }  # fmt: skip
        text = "Milestone {milestone} of line {line} was reached on {day}."
        said.append(answers.Sentence(text, figures, answers.cite("contract_lines", [row["contract_line"]])))
    shown = rows.select("contract_line", "milestone", "on", "known_on")
    return answers.answered(said, tables=[answers.Table("Milestones reached", shown)])


_OF = (*query.SCOPE, *query.PERIOD)
QUERIES = (
    query.Query(
        "invoices",
        "Bills of a customer",
        "Which invoices did {customer} get this quarter?",
        (
            "invoice",
            "invoice @customer",
            "list invoice",
            "which invoice",
            "count invoice",
            "bill @customer",
            "count invoice @customer",
            "invoice @contract",
        ),
        _invoices,
    ),
    query.Query(
        "invoice",
        "One invoice",
        "What is on invoice {invoice}?",
        ("@invoice", "invoice @invoice", "what @invoice", "why @invoice"),
        _invoice,
        takes=("invoice",),
        needs=("invoice",),
    ),
    query.Query(
        "credit-notes",
        "Credit notes",
        "Which credit notes did {customer} get?",
        (
            "credit_note",
            "credit_note @customer",
            "@credit_note",
            "why @credit_note",
            "why credited",
            "why credited @customer",
            "list credit_note",
            "count credit_note",
            "credit_note @credit_note",
            "why credit_note",
            "credit_note @contract",
            "refund",
        ),
        _credit_notes,
        takes=(*_OF, "credit_note"),
    ),
    query.Query(
        "usage",
        "What was used",
        "How much did {customer} use this quarter?",
        ("usage", "usage @customer", "usage @contract", "count usage", "usage units"),
        _usage,
    ),
    query.Query(
        "payments",
        "Payments",
        "What has {customer} paid?",
        ("payment", "payment @customer", "payment @invoice", "count payment"),
        _payments,
        takes=("customer", "invoice", *query.PERIOD),
    ),
    query.Query(
        "milestones",
        "Milestones that were reached",
        "Which milestones were reached this quarter?",
        ("milestone", "milestone @customer", "milestone @contract", "delivered", "which milestone"),
        _milestones,
    ),
)
ROOM = query.Room("documents", "Documents as they came in", QUERIES)

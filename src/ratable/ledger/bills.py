"""Invoices as they were billed: those that came in, and our own bills as they are posted.

Worked example: invoice I-7 of 1 January over 3,000.00, credited by 500.00; and C-1/2026-01-01 over 1,200.00, a bill of
our own for contract C-1, which the books made of its terms.
"""

import polars as pl

from ratable.ledger import books, whatif
from ratable.reports import postings

INVOICES: dict[str, pl.DataType] = {
    "invoice": pl.String(), "customer": pl.String(), "contract": pl.String(), "issued": pl.Date(), "due": pl.Date(),
    "currency": pl.String(), "amount": pl.Int64(), "tax": pl.Int64(), "credited": pl.Int64(), "paid": pl.Int64(),
    "made": pl.String(),
}  # fmt: skip
CAME, OURS = "came in", "made here"


def table(ledger: books.Posted) -> pl.DataFrame:
    """The invoices issued by the end of the books (INVOICES), amounts without tax in minor units, the newest first."""
    return ledger.once("invoices", lambda: _table(ledger))


def _table(ledger: books.Posted) -> pl.DataFrame:
    facts, last = ledger.bundle, ledger.outcome.through
    lines = facts["invoice_lines"].group_by("invoice").agg(pl.col("amount", "tax").sum())
    issued = facts["invoices"].filter(pl.col("issued_on") <= last)
    came = issued.join(lines, left_on="id", right_on="invoice", how="left")
    came = came.select("customer", "contract", "currency", pl.col("amount", "tax").fill_null(0), invoice="id",
                       issued="issued_on", due="due_on", made=pl.lit(CAME))  # fmt: skip
    ours = _ours(ledger)
    if ledger.asked.entity is not None:
        own = ledger.outcome.lines
        of_contract = pl.col("contract").is_in(own["contract"].implode())
        lone = facts["invoice_lines"].filter(pl.col("id").is_in(own["line"].implode()))["invoice"].implode()
        came = came.filter(of_contract.fill_null(value=False) | pl.col("invoice").is_in(lone))
    both = pl.concat([came, ours], how="diagonal").join(_credited(ledger), on="invoice", how="left")
    paid = facts["payments"].filter(pl.col("received_on") <= last).group_by("invoice").agg(paid=pl.col("amount").sum())
    whole = both.join(paid, on="invoice", how="left").with_columns(pl.col("credited", "paid").fill_null(0))
    return whole.sort("issued", "invoice", descending=[True, False]).select(*INVOICES)


def recognition(ledger: books.Posted, lines: list[str]) -> pl.DataFrame:
    """Revenue of some lines by month: line, currency, period, recognized (as posted) and to_come (minor units)."""
    own = ledger.outcome.lines.filter(pl.col("line").is_in(lines))
    part = ledger.outcome.of(own)
    earned = postings.to(part.movements("month"), "revenue").collect()
    rows = pl.concat([
        earned.select("line_no", period=pl.col("date").dt.to_string("%Y-%m"), recognized="change"),
        part.remaining().select("line_no", period=pl.col("month").dt.to_string("%Y-%m"), to_come="amount"),
    ], how="diagonal")  # fmt: skip
    named = rows.join(own.select("line_no", "line", "currency"), on="line_no")
    sums = named.group_by("line", "currency", "period").agg(pl.col("recognized", "to_come").sum())
    moved = sums.filter((pl.col("recognized") != 0) | (pl.col("to_come") != 0))
    return moved.sort("period", "line")


def _ours(ledger: books.Posted) -> pl.DataFrame:
    """Bills that the books made of the terms of contracts, by contract and day."""
    moved = ledger.outcome.others("month").filter(pl.col("kind").cast(pl.String) == "billing")
    named = moved.join(ledger.outcome.lines.select("line_no", "customer", "contract", "currency"), on="line_no")
    came = ledger.bundle["invoice_lines"]["id"].implode()
    own = named.filter(~pl.col("source").is_in(came).fill_null(value=False) & pl.col("contract").is_not_null())
    billed = postings.to(whatif.untaxed(own), "receivable").collect()
    sums = billed.group_by("customer", "contract", "currency", issued="date").agg(amount=pl.col("change").sum())
    name = pl.format("{}/{}", "contract", "issued")
    return sums.with_columns(invoice=name, tax=pl.lit(0, pl.Int64), made=pl.lit(OURS))


def _credited(ledger: books.Posted) -> pl.DataFrame:
    """What credit notes took off, by invoice, without tax."""
    facts = ledger.bundle
    issued = facts["credit_notes"].filter(pl.col("issued_on") <= ledger.outcome.through)
    lines = facts["credit_note_lines"].join(issued.select("invoice", credit_note="id"), on="credit_note")
    return lines.group_by("invoice").agg(credited=pl.col("amount").sum())

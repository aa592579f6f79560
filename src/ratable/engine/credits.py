"""Credit notes as events: each credited invoice line with the account whose bill it names.

Worked example: a note on invoice I-1 and one on our own bill C-1/2026-04-01 become an event of the lone invoice I-1
and an event of contract C-1. A bill that nobody can have made is `unknown_id`.
"""

import polars as pl

from ratable.core import findings
from ratable.engine.contracts import Facts
from ratable.engine.position import Position


def lines(facts: Facts, standing: Position) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Credited invoice lines by account.

    Args:
        facts: the tables that count.
        standing: lines and imported bills at inception.

    Returns:
        account, day, note, cause, invoice, bill, amount, tax, row, one row per credited line; and findings for notes
        that name neither an imported invoice line nor a contract of ours.
    """
    notes = facts["credit_notes"].select(
        "invoice", note="id", day="issued_on", cause=pl.coalesce("cause", pl.lit("price_reduction"))
    )
    named = facts["credit_note_lines"].select(bill="invoice_line")
    accounts = standing.lines.select("line_no", "account", "contract")
    imported = standing.made.join(named, on="bill", how="semi").join(accounts, on="line_no")
    imported = imported.select("bill", billed_account="account")
    own = accounts.drop_nulls("contract").select("contract", own_account="account").unique()
    rows = (
        facts["credit_note_lines"]
        .select("amount", "tax", "row", note="credit_note", bill="invoice_line")
        .join(notes, on="note")
        .with_columns(contract=pl.col("invoice").str.replace(r"/\d{4}-\d{2}-\d{2}$", ""))
        .join(imported.unique("bill"), on="bill", how="left")
        .join(own, on="contract", how="left")
        .with_columns(account=pl.coalesce("billed_account", "own_account"))
    )
    lost = rows.filter(pl.col("account").is_null())
    name = pl.format("{}/{}", "note", "bill")
    faults = findings.report(
        "unknown_id", "credit_note_lines", "invoice_line", lost.select("row", id=name, value="bill")
    )
    found = rows.join(lost.select("note"), on="note", how="anti")
    return found.select("account", "day", "note", "cause", "invoice", "bill", "amount", "tax", "row"), faults

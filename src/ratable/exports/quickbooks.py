"""QuickBooks Online: Settings, Import data, Journal entries; rows with one *JournalNo form one journal.

Worked example: the header is that of the sample file Intuit hands out, asterisks included. Accounts are matched by
name (turn account numbers off first), so the chart must name every account; a sub-account is written Parent:Sub.

Refuses a receivable line without a customer, which QuickBooks cannot load, a currency of three decimals, a name above
100 characters, and a number above 21.
"""

import polars as pl

from ratable.exports import layout

LAYOUT = layout.Layout(
    name="quickbooks",
    columns=(
        ("*JournalNo", "key"),
        ("*JournalDate", "date"),
        ("*AccountName", "account_name"),
        ("*Debits", "debit"),
        ("*Credits", "credit"),
        ("Description", "memo"),
        ("Name", "customer_name"),
        ("Currency", "currency"),
        ("Location", layout.EMPTY),
        ("Class", layout.EMPTY),
    ),
    dates="MM/DD/YYYY",
    rows_per_file=1000,
    a_file_for=("entity",),  # A QuickBooks company is one entity.
    longest=(("memo", 4000),),
    plain=("memo",),  # The importer trips over commas inside a field, even quoted ones.
    refusals=(
        layout.Refusal(
            pl.col("role").is_in(["receivable"]) & pl.col("customer_name").is_null(),
            "QuickBooks needs a customer name on a receivable line; give the contract or invoice its customer",
        ),
        layout.finer_than_cents("QuickBooks"),
        layout.longer_than("key", 21, "QuickBooks"),
        layout.longer_than("account_name", 100, "QuickBooks"),
        layout.longer_than("customer_name", 100, "QuickBooks"),
    ),
)

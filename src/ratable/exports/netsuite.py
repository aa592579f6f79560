"""NetSuite: Import Assistant, Transactions, Journal Entry; one file, header values repeated on each line.

Worked example: lines that share `External ID` R1f0c... form one journal; choose "Add" on import and a second load of
the same file fails on that id instead of posting twice. Subsidiary and Name carry names, Account the account number
("Use Account Numbers" on); where it is off, ask for `accounts_by` name.

Refuses more than ten digits before the point or two after it, which NetSuite's amount fields do not hold.
"""

import polars as pl

from ratable.exports import layout

LINE = "Journal Entry - Line: "
TOO_LONG = r"^\d{11,}"

LAYOUT = layout.Layout(
    name="netsuite",
    columns=(
        ("External ID", "key"),
        ("Date", "date"),
        ("Posting Period", "posting_period"),
        ("Subsidiary", "entity_name"),
        ("Currency", "currency"),
        ("Exchange Rate", layout.EMPTY),  # Empty: NetSuite takes its own rate of the day.
        ("Memo", "description"),
        (LINE + "Account", "account"),
        (LINE + "Debit", "debit"),
        (LINE + "Credit", "credit"),
        (LINE + "Memo", "memo"),
        (LINE + "Name", "customer_name"),
        (LINE + "Department", layout.EMPTY),
        (LINE + "Class", layout.EMPTY),
        (LINE + "Location", layout.EMPTY),
    ),
    dates="MM/DD/YYYY",
    lines_per_journal=200,
    most_lines_per_journal=1000,
    longest=(("memo", 999), ("description", 999)),
    refusals=(
        layout.Refusal(
            pl.coalesce("debit", "credit").str.contains(TOO_LONG),
            "NetSuite holds ten digits before the point; export one pair of lines for each entry (option detail), or "
            "post this one by hand",
        ),
        layout.finer_than_cents("NetSuite"),
    ),
)

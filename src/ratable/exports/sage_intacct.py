"""Sage Intacct: Company, Setup, Import data, General Ledger journal entries.

Worked example: the first line of an entry carries journal, date, description and reference number (our key), every
line its number from 1, account and one of debit and credit. LOCATION_ID is the entity, which is a location there.

The core columns alone: a company with dimensions or currencies of its own downloads its template and uses `template`.
Without a currency column a file holds one entity and one currency. Refuses a journal symbol above four characters.
"""

from ratable.exports import layout

LAYOUT = layout.Layout(
    name="sage-intacct",
    columns=(
        ("DONOTIMPORT", layout.EMPTY),
        ("JOURNAL", "journal"),
        ("DATE", "date"),
        ("DESCRIPTION", "description"),
        ("REFERENCE_NO", "key"),
        ("LINE_NO", "line_no"),
        ("ACCT_NO", "account"),
        ("LOCATION_ID", "entity"),
        ("DEPT_ID", layout.EMPTY),
        ("DOCUMENT", "source"),
        ("MEMO", "memo"),
        ("DEBIT", "debit"),
        ("CREDIT", "credit"),
    ),
    dates="MM/DD/YYYY",
    a_file_for=("entity", "currency"),
    first_line_only=("journal", "date", "description", "key"),
    longest=(("description", 80), ("memo", 500)),
    refusals=(layout.longer_than("journal", 4, "Sage Intacct"),),
)

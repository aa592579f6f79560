"""The plain layout for any other ledger or a spreadsheet: one row for each posting, every dimension, ISO dates.

Worked example: the entry Dr 2400 / Cr 4000, 100.00 gives two rows with one `entry` and one `external_key`, the first
with debit 100.00 and an empty credit, the second the other way round. Nothing is summarized.
"""

from ratable.exports import layout

LAYOUT = layout.Layout(
    name="generic",
    columns=(
        ("external_key", "key"),
        ("line_no", "line_no"),
        ("date", "date"),
        ("period", "period"),
        ("origin_period", "origin_period"),
        ("entity", "entity"),
        ("currency", "currency"),
        ("account", "account"),
        ("account_name", "account_name"),
        ("role", "role"),
        ("debit", "debit"),
        ("credit", "credit"),
        ("kind", "kind"),
        ("entry", "entry"),
        ("customer", "customer"),
        ("customer_name", "customer_name"),
        ("contract", "contract"),
        ("line", "line"),
        ("product", "product"),
        ("source", "source"),
        ("narrative", "memo"),
    ),
    entries=True,
)

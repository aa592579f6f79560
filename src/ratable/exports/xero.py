"""Xero: Manual journals, Import; rows with one narration and date form one journal, amounts are signed.

Worked example: `Revenue 2026-01 USD R1f0c...` on 31/01/2026 with 2400 at 100.00 and 4000 at -100.00. The narration
carries our key because a manual journal has no reference and no contact: customer detail is found here by that key.

Files arrive as drafts. There is no currency column, so a file holds one entity and one currency, and is meant for the
organization that keeps its books in it. Refuses a currency of three decimals, which Xero would round to two.
"""

from ratable.exports import layout

LAYOUT = layout.Layout(
    name="xero",
    columns=(
        ("*Narration", "narration"),
        ("*Date", "date"),
        ("Description", "memo"),
        ("*AccountCode", "account"),
        ("*TaxRate", "tax_rate"),
        ("*Amount", "amount"),
        ("TrackingName1", layout.EMPTY),
        ("TrackingOption1", layout.EMPTY),
        ("TrackingName2", layout.EMPTY),
        ("TrackingOption2", layout.EMPTY),
    ),
    dates="DD/MM/YYYY",
    rows_per_file=300,
    a_file_for=("entity", "currency"),
    longest=(("memo", 4000),),
    refusals=(layout.finer_than_cents("Xero"),),
    notes=(
        "Xero posts manual journals in the organization's own currency: load a file only where that is its currency.",
    ),
)

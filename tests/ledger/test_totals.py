"""Control totals are sums of what the source system holds."""

import polars as pl

from ratable.core import tables
from ratable.ledger import totals
from tests import frames


def test_sums_are_by_table_currency_and_column() -> None:
    invoices = frames.table("invoices", {"id": "I-1", "currency": "USD", "row": 1})
    lines = frames.table(
        "invoice_lines",
        {"id": "a", "invoice": "I-1", "amount": 3100, "tax": 620, "row": 1},
        {"id": "b", "invoice": "I-1", "amount": 3500, "row": 2},
        {"id": "c", "invoice": "I-0", "amount": 10**15, "row": 3},
        {"id": "d", "invoice": "I-0", "amount": 10**15, "row": 4},
    )
    kept = {name: tables.empty(name) for name in tables.TABLES}
    typed = kept | {"invoices": invoices, "invoice_lines": lines}
    kept["invoices"] = frames.table("invoices", {"id": "I-0", "currency": "JPY", "row": 1})
    counted = pl.DataFrame({"table": ["invoices", *["invoice_lines"] * 3], "row": [1, 1, 2, 3]})

    found = totals.of_rows(typed, kept, counted)

    assert found.rows() == [
        ("invoices", "USD", 1, None, None),
        ("invoice_lines", "JPY", 1, "amount", 10**15),
        ("invoice_lines", "USD", 2, "amount", 6600),
        ("invoice_lines", "JPY", 1, "tax", 0),
        ("invoice_lines", "USD", 2, "tax", 620),
    ]
    assert totals.as_json(found.head(3)) == (
        '{"invoice_lines":{"JPY":{"amount":"1000000000000000","rows":"1"},"USD":{"amount":"6600","rows":"2"}},'
        '"invoices":{"USD":{"rows":"1"}}}'
    )

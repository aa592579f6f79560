"""One contract of 100.00 a month for 2026, billed in advance; one like it that comes late; two of two entities."""

from typing import Any

LINE = {"id": "C-1-1", "product": "platform", "price": "1200.00", "billing": {"frequency": "annual"}}
CONTRACT = {
    "id": "C-1", "customer": "acme", "currency": "USD", "signed_on": "2026-01-01",
    "start": "2026-01-01", "end": "2026-12-31", "lines": [LINE],
}  # fmt: skip
BUNDLE: dict[str, Any] = {
    "products": [{"id": "platform", "name": "Platform", "method": "straight_line", "proration": "monthly_prorated"}],
    "customers": [{"id": "acme", "name": "Acme"}],
    "contracts": [CONTRACT],
}
LATE = {
    "contracts": [
        CONTRACT | {"id": "C-2", "lines": [LINE | {"id": "C-2-1"}]},
    ]
}
TWO_ENTITIES = BUNDLE | {
    "entities": [{"id": name, "name": name, "currency": "USD"} for name in ("DE", "US")],
    "contracts": [
        CONTRACT | {"id": f"C-{name}", "entity": name, "lines": [LINE | {"id": f"C-{name}-1"}]} for name in ("DE", "US")
    ],
}

"""A small company for the screens: two currencies, two entities, an amendment, a credit note and a lone invoice.

January to March 2026; Acme pays a year in advance, Bolt each quarter in arrears, so that there is deferred revenue and
a contract asset; the words of the first clause would be markup if a screen let them.
"""

from datetime import date
from pathlib import Path
from typing import Any

from ratable.operations import decide, propose
from tests import stores
from tests.ledger import closing
from tests.stores import Store

LAST = date(2026, 2, 28)
HOSTILE = "<script>alert(1)</script>"
FACTS: dict[str, Any] = {
    "entities": [
        {"id": "us", "name": "Quillmere Inc", "currency": "USD"}, {"id": "eu", "name": "Quillmere", "currency": "EUR"},
    ],
    "products": [
        {"id": "platform", "name": "Platform", "method": "straight_line", "stream": "subscription"},
        {"id": "setup", "name": "Setup", "method": "point_in_time", "stream": "services"},
    ],
    "customers": [
        {"id": "acme", "name": HOSTILE, "region": "west", "entity": "us"},
        {"id": "bolt", "name": "Bolt GmbH", "region": "east", "entity": "eu"},
    ],
    "contracts": [
        {"id": "C-1", "customer": "acme", "currency": "USD", "signed_on": "2026-01-01", "start": "2026-01-01",
         "end": "2026-12-31", "entity": "us", "lines": [
             {"id": "C-1-1", "product": "platform", "price": "12000.00", "ssp": "12000.00",
              "clause": f"p. 3: {HOSTILE}", "billing": {"frequency": "annual", "timing": "advance"}},
             {"id": "C-1-2", "product": "setup", "price": "3000.00", "ssp": "4000.00", "delivered_on": "2026-01-15",
              "billing": {"frequency": "once"}}]},
        {"id": "C-2", "customer": "bolt", "currency": "EUR", "signed_on": "2026-01-10", "start": "2026-01-01",
         "end": "2026-12-31", "entity": "eu", "lines": [
             {"id": "C-2-1", "product": "platform", "price": "6000.00",
              "billing": {"frequency": "quarterly", "timing": "arrears"}}]},
    ],
    "amendments": [{"id": "A-1", "contract": "C-1", "effective_on": "2026-02-01", "approved_on": "2026-02-01",
                    "treatment": "prospective", "reason": "more seats",
                    "changes": [{"op": "change", "line": "C-1-1", "price": "14200.00"}]}],
    "invoices": [{"id": "I-7", "customer": "acme", "currency": "USD", "issued_on": "2026-01-05", "entity": "us",
                  "lines": [{"id": "I-7-1", "product": "platform", "amount": "900.00", "service_start": "2026-01-01",
                             "service_end": "2026-03-31"}]}],
    "credit_notes": [{"id": "N-1", "invoice": "I-7", "issued_on": "2026-02-10", "cause": "price_reduction",
                      "lines": [{"invoice_line": "I-7-1", "amount": "90.00"}]}],
}  # fmt: skip


def imported(store: Store, folder: Path) -> None:
    """The company's facts in the store, nothing posted."""
    closing.posted(store, folder, FACTS)


def posted(store: Store, folder: Path) -> None:
    """January and February posted."""
    imported(store, folder)
    stores.once("posted", store, lambda: closing.post(store, LAST))


def proposed(store: Store, folder: Path) -> int:
    """January and February posted, and a run of March that waits; its number."""
    posted(store, folder)
    run = stores.once("proposed", store, lambda: propose.propose(store.actor("ben"), date(2026, 3, 31)).run)
    assert run is not None
    return run


def approved(store: Store, run: int, hash_: str) -> None:
    """A run approved by Dana."""
    decide.approve(store.actor("dana"), run, hash_)

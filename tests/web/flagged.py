"""A small company whose run the agent flagged, for the tests of the review queue, the watchtower and the interface."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ratable.ledger import flagged
from ratable.operations import reviewing
from ratable.review import catalogue, checks, flags, words
from ratable.review.proposals import Fix
from ratable.review.snapshot import Snapshot
from tests import stores
from tests.stores import Store
from tests.web import companies

FIX = Fix("correct", "contract_lines", "C-1-1", {"price": "24000.00"})


def _on_a_line(_: Snapshot) -> Iterator[flags.Flag]:
    """One flag on a line of Acme, with a proposal; its words would be markup if a screen let them."""
    yield flags.Flag(
        "contract_lines", "C-1-1", f"The price is not that of the clause {companies.HOSTILE}.", "24,000.00",
        "12,000.00",
        "24,000.00 - 12,000.00 = 12,000.00", "Read the clause.", ("contract_lines/C-1-1", "invoice_lines/I-7-1"),
        amount=1_200_000, currency="USD", period="2026-03", entity="us", contract="C-1", line="C-1-1", customer="acme",
        fix=FIX.text(),
    )  # fmt: skip


def _on_entries(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """The first entry under review of line C-1-1."""
    for row in snapshot.reviewed.filter(line="C-1-1").head(1).to_dicts():
        yield words.of_entry(
            row, says="The entry is odd.", expected="none", actual="one", formula="1 <> 0", next="Look at it."
        )


def _nothing(_: Snapshot) -> Iterator[flags.Flag]:
    raise catalogue.CannotRun("fewer than 12 months of history")


def use(monkeypatch: pytest.MonkeyPatch, *, on_entries: str = flags.FLAGS) -> None:
    """Let a check flag the line, one the first entry of it, and one have nothing to look at."""
    monkeypatch.setattr(checks, "CHECKS", (
        catalogue.Check("JC-27", "Price is that of the clause", flags.FLAGS, "a test", _on_a_line),
        catalogue.Check("JC-05", "Second engine agrees", on_entries, "a test", _on_entries),
        catalogue.Check("JC-37", "Spike in deferred revenue", flags.FLAGS, "a test", _nothing),
    ))  # fmt: skip


def reviewed(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, *, on_entries: str = flags.FLAGS) -> int:
    """A run of March that waits, reviewed on behalf of Ben; its number."""
    use(monkeypatch, on_entries=on_entries)
    run = companies.proposed(store, folder)
    stores.once(f"reviewed {on_entries}", store, lambda: reviewing.review_run(store.actor("ben"), run))
    return run


def ids(run: int) -> dict[str, str]:
    """The id of the flag of each check."""

    found = flagged.of_run(run, on=date(2026, 4, 1))
    return dict(found.select("check", "id").iter_rows())

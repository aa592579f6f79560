"""Checks of bills and documents: positive, near miss and boundary of each."""

from typing import Any

import pytest

from ratable.review.snapshot import Snapshot
from tests.engine import examples
from tests.review import snapshots

QUARTERS = (("2026-01-01", "2026-03-31"), ("2026-04-01", "2026-06-30"), ("2026-07-01", "2026-09-30"))


def quarter(number: int, name: str, **line: Any) -> dict[str, Any]:
    """An invoice of one quarter of C-1, on its first day."""
    first, last = QUARTERS[number]
    own = {"amount": "3000.00", "contract_line": "C-1", "service_start": first, "service_end": last}
    return examples.invoice(own | line, name=name, issued_on=first, contract="C")


def billed(*invoices: dict[str, Any]) -> Snapshot:
    """A year of 12,000.00 with imported invoices, through September."""
    year = examples.contract({"price": "12000.00"}, invoicing="import")
    return snapshots.of(examples.bundle(contracts=[year], invoices=list(invoices)), "2026-09-30")


def test_an_invoice_that_came_twice() -> None:
    """JC-12: the same service again; two quarters of one amount are right."""
    plain = [quarter(0, "I1"), quarter(1, "I2"), quarter(2, "I3")]
    assert snapshots.subjects(billed(*plain), "JC-12") == []
    assert snapshots.subjects(billed(*plain, quarter(1, "I4")), "JC-12") == ["invoices/I4"]


def test_an_invoice_that_never_came() -> None:
    """JC-22: a gap between two; not where the next bills both, nor one day at the boundary."""
    (fix,) = snapshots.found(billed(quarter(0, "I1"), quarter(2, "I3")), "JC-22")["fix"]
    assert '"amount": "3000.00", "contract": "C", "service_end": "2026-06-30", "service_start": "2026-04-01"' in fix
    both = quarter(2, "I3", amount="6000.00", service_start="2026-04-01")
    assert snapshots.subjects(billed(quarter(0, "I1"), both), "JC-22") == []
    late = quarter(1, "I2", service_start="2026-04-02")
    assert len(snapshots.found(billed(quarter(0, "I1"), late, quarter(2, "I3")), "JC-22")) == 1


@pytest.mark.parametrize(("quantity", "flags"), [(None, 1), ("3", 0)])
def test_a_window_of_another_length(quantity: str | None, flags: int) -> None:
    """JC-12: an amount that bought a quarter twice buys a month; three of what was one may."""
    rows = [
        examples.invoice(
            {"amount": "900.00", "product": "access", "service_start": first, "service_end": last, "quantity": count},
            name=f"L{number}", issued_on=first,
        )
        for number, (first, last, count) in enumerate(
            [(*QUARTERS[0], None), (*QUARTERS[1], None), ("2026-07-01", "2026-07-31", quantity)]
        )
    ]  # fmt: skip
    found = snapshots.found(snapshots.of(examples.bundle(invoices=rows), "2026-09-30"), "JC-12")
    assert ['"service_end": "2026-09-30"' in fix for fix in found["fix"]] == [True] * flags


@pytest.mark.parametrize(
    ("issued", "start", "flags"), [("2026-01-31", 0, 1), ("2026-02-02", 0, 0), ("2026-01-03", 1, 0)]
)
def test_a_lone_invoice_that_came_twice(issued: str, start: int, flags: int) -> None:
    """JC-49D: within 31 days for the same service; the order for the next quarter is another one."""
    one, two = ({"amount": "900.00", "product": "access", "service_start": first, "service_end": last}
                for first, last in (QUARTERS[0], QUARTERS[start]))  # fmt: skip
    rows = [examples.invoice(one, name="L1"), examples.invoice(two, name="L2", issued_on=issued)]
    assert len(snapshots.found(snapshots.of(examples.bundle(invoices=rows), "2026-04-30"), "JC-49D")) == flags


@pytest.mark.parametrize(
    ("clause", "flags"), [("EUR 12,000.00", 1), ("USD 12,000.00", 0), ("EUR 1, USD 2", 0), ("", 0)]
)
def test_a_currency_is_that_of_the_clause(clause: str, flags: int) -> None:
    """JC-02C: amounts in one other currency; words that name two say nothing."""
    made = examples.bundle(contracts=[examples.contract({"price": "12000.00", "clause": clause or None})])
    assert len(snapshots.found(snapshots.of(made, "2026-04-30"), "JC-02C")) == flags


@pytest.mark.parametrize(("repeated", "flags"), [(("1", "2"), 2), (("1",), 0), ((), 0)])
def test_use_that_came_twice(repeated: tuple[str, ...], flags: int) -> None:
    """JC-21: every reading of a month again; one that repeats may be two devices."""
    use = [
        {"id": f"U{name}{copy}", "contract_line": "C-1", "on": f"2026-02-0{name}", "quantity": f"10{name}"}
        for name in "12" for copy in ("", "x") if not copy or name in repeated
    ]  # fmt: skip
    line = {"product": "calls", "pricing": {"unit_price": "1"}}
    made = snapshots.of(examples.bundle(contracts=[examples.contract(line)], usage=use), "2026-04-30")
    assert len(snapshots.found(made, "JC-21")) == flags


@pytest.mark.parametrize(("day", "reason", "flags"), [("2026-03-15", "outage", 1), ("2026-03-16", "outage", 0),
                                                      ("2026-03-10", "second outage", 0)])  # fmt: skip
def test_a_credit_note_that_came_twice(day: str, reason: str, flags: int) -> None:
    """JC-23: the same words within five days; another reason is another credit."""
    notes = [
        examples.credit(on, ("C-1/2026-01-01", "100.00"), name=name, of="C/2026-01-01", reason=why)
        for name, on, why in (("N1", "2026-03-10", "outage"), ("N2", day, reason))
    ]
    made = examples.bundle(contracts=[examples.contract({"price": "12000.00"})], credit_notes=notes)
    found = snapshots.found(snapshots.of(made, "2026-04-30"), "JC-23")
    assert ['"row": "N2/C-1/2026-01-01"' in fix for fix in found["fix"]] == [True] * flags

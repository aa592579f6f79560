"""Checks of prices and allocation: positive, near miss and boundary of each."""

from typing import Any

import pytest

from ratable.review import catalogue
from ratable.review.snapshot import Snapshot
from tests.engine import examples
from tests.review import snapshots


def of(*lines: dict[str, Any], **terms: Any) -> Snapshot:
    """A contract of 2026 with these lines, through April."""
    return snapshots.of(examples.bundle(contracts=[examples.contract(*lines, **terms)]), "2026-04-30")


@pytest.mark.parametrize(
    ("clause", "fix"),
    [
        ("The annual fee is USD 12,000.00, payable each quarter.", None),
        ("A fee of USD 1,000.00 per month, invoiced monthly.", None),
        ("The annual fee is USD 21,000.00, payable each quarter.", '"price": "21000.00"'),
        ("The annual fee is USD 12,000.01.", '"price": "12000.01"'),
        ("A fee of USD 1,100.00 per month.", '"price": "13200.00"'),
        ("List price USD 15,000.00, less USD 3,000.00: USD 12,000.00", None),
        ("EUR 9.00 for postage", None),
    ],
)
def test_a_price_is_that_of_the_clause(clause: str, fix: str | None) -> None:
    """JC-27: by the year, by the month, or one of several amounts; a cent is a cent."""
    found = snapshots.found(of({"price": "12000.00", "clause": clause}), "JC-27")
    assert [fix in row for row in found["fix"]] == ([True] if fix else [])


@pytest.mark.parametrize(
    ("price", "ssp", "fix"),
    [("1200.00", "12000.00", "1200.00"), ("12000.00", "12000.00", None), ("1200.00", "6000.00", None),
     ("1200.00", "120.00", "1200.00")],
)  # fmt: skip
def test_an_ssp_fits_its_price(price: str, ssp: str, fix: str | None) -> None:
    """JC-29: ten times or a tenth; price and SSP that are both ten times the usual are right, five times is far."""
    other = {"price": "5000.00", "ssp": "5000.00", "product": "access"}
    found = snapshots.found(of({"price": price, "ssp": ssp}, other), "JC-29")
    assert [f'"ssp": "{fix}"' in row for row in found["fix"]] == ([True] if fix else [])


@pytest.mark.parametrize(
    ("price", "flags"), [("9000.00", 0), ("8999.99", 1), ("11000.00", 0), ("11000.01", 1), ("0.00", 0)]
)
def test_a_price_outside_the_range_of_its_ssp(price: str, flags: int) -> None:
    """JC-29B: at its bounds; a line that is not new was looked at before; the fix is an accepted exception."""
    book = {"product": "platform", "currency": "USD", "amount": "20000.00", "from": "2025-01-01"}
    ranged = book | {"low": "18000.00", "high": "22000.00"}
    half = examples.contract({"price": price, "ssp": "10000.00"})  # Bounds go with the SSP of the line.
    sold = snapshots.of(examples.bundle(contracts=[half], ssps=[ranged]), "2026-04-30")
    found = snapshots.found(snapshots.whole(sold), "JC-29B")
    assert ['"kind": "except"' in fix for fix in found["fix"]] == [True] * flags
    assert found["expected"].to_list() == ["9,000.00 to 11,000.00"] * flags
    assert snapshots.subjects(sold, "JC-29B") == []
    later = book | {"from": "2025-07-01"}  # A version without a range ends that of the one before.
    for versions in ([book], [ranged, later]):
        silent = snapshots.of(examples.bundle(contracts=[half], ssps=versions), "2026-04-30")
        assert snapshots.subjects(snapshots.whole(silent), "JC-29B") == []


@pytest.mark.parametrize(
    ("clause", "evidence", "flags"),
    [
        ("a discount of USD 900.00 is granted on the whole order", "see the price study of spring", 1),
        ("this item alone is reduced by USD 900.00", "see the price study of spring", 0),
        ("", "as keyed..", 0),
        ("", "as keyed.", 1),
    ],
)
def test_a_discount_is_where_it_was_agreed(clause: str, evidence: str, flags: int) -> None:
    """JC-30: words that give it to all, or evidence of less than ten characters."""
    lines: list[dict[str, Any]] = [
        {"price": "12000.00", "clause": clause or None},
        {"price": "6000.00", "product": "access"},
    ]
    made = of(*lines, discount={"amount": "900.00", "lines": ["C-1"], "evidence": evidence})
    assert len(snapshots.found(made, "JC-30")) == flags


@pytest.mark.parametrize(
    ("price", "clause", "others", "flags"),
    [
        ("6000.00", "", 11, 1),
        ("6000.00", "The annual fee is USD 6,000.00.", 11, 0),  # Agreed, however unusual.
        ("10200.00", "", 11, 0),  # 15.00% is within 3.5 x 1.4826 of a usual distance of 1 point from 10%.
        ("10176.00", "", 11, 1),  # 15.20% is not.
        ("6000.00", "", 10, None),  # Too few to say what is usual.
        ("6000.00", "", 0, None),
    ],
)
def test_a_discount_is_usual(price: str, clause: str, others: int, flags: int | None) -> None:
    """JC-31: half the SSP where others give a tenth, unless the clause states the price or the effect is trivial."""
    usual = [{"price": f"{amount}.00", "ssp": "12000.00"} for amount in (10_680, 10_800, 10_920)] * 4
    odd: dict[str, Any] = {"price": price, "ssp": "12000.00", "clause": clause or None}
    made = of(odd, *usual[:others])
    if flags is None:
        with pytest.raises(catalogue.CannotRun, match="fewer than 12 lines of one product and region whose discounts"):
            snapshots.found(made, "JC-31")
        return
    assert snapshots.found(made, "JC-31")["subject"].to_list() == ["C-1"] * flags


def test_where_all_discounts_are_alike_no_other_one_is_odd() -> None:
    """JC-31: most lines at their SSP say nothing of how far others may go."""
    lines: list[dict[str, Any]] = [{"price": "12000.00", "ssp": "12000.00"}] * 12
    with pytest.raises(catalogue.CannotRun):
        snapshots.found(of({"price": "6000.00", "ssp": "12000.00"}, *lines), "JC-31")


@pytest.mark.parametrize(("ssp", "flags"), [("0.00", 1), ("500.00", 0)])
def test_a_free_item_gets_its_share(ssp: str, flags: int) -> None:
    """JC-32: nothing for what is sold for money elsewhere; with an SSP it gets a share."""
    lines: list[dict[str, Any]] = [
        {"price": "12000.00"},
        {"price": "0.00", "ssp": ssp, "billing": {"frequency": "monthly"}},
    ]
    made = of(*lines)
    assert len(snapshots.found(snapshots.whole(made), "JC-32")) == min(flags, made.entries.filter(line="C-2").height)

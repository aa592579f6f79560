"""Sides of the balance sheet: what is netted, what never is, and what moves at month ends."""

from typing import Any

import polars as pl
import pytest

from ratable.engine import balances
from tests import frames
from tests.engine import examples

ROW = {"account": pl.String(), "awaits_time": pl.Boolean(), "billed": pl.Int64(), "recognized": pl.Int64()}


@pytest.mark.parametrize(
    ("lines", "deferred", "unbilled", "asset"),
    [
        ([(False, 600, 100)], [500], [0], [0]),
        ([(False, 0, 400)], [0], [0], [400]),
        (
            [(False, 0, 400), (False, 600, 0)],
            [-400, 600],
            [0, 0],
            [0, 0],
        ),  # Net above zero: deferred revenue on each line.
        ([(False, 0, 400), (False, 300, 0)], [0, 0], [0, 0], [400, -300]),
        ([(False, 0, 400), (False, 400, 0)], [-400, 400], [0, 0], [0, 0]),
        ([(True, 0, 50), (False, 600, 0)], [0, 600], [50, 0], [0, 0]),  # Usage awaits only time: never netted.
        ([(True, 80, 50), (False, 0, 100)], [0, 0], [0, 0], [-30, 100]),
    ],
)
def test_each_line_stands_on_its_side(
    lines: list[Any], deferred: list[int], unbilled: list[int], asset: list[int]
) -> None:
    rows = [{"account": "C", "awaits_time": a, "billed": b, "recognized": r} for a, b, r in lines]
    found = balances.sides(
        frames.of(ROW, *rows, {"account": "D", "awaits_time": False, "billed": 9, "recognized": 0}), at=[]
    )

    assert frames.column(found, "deferred_revenue") == [*deferred, 9]
    assert frames.column(found, "unbilled_receivable") == [*unbilled, 0]
    assert frames.column(found, "contract_asset") == [*asset, 0]


def test_a_contract_is_netted_at_each_moment_apart() -> None:
    rows = [
        {"account": "C", "awaits_time": False, "recognized": 400, "billed": billed, "month": month}
        for month, billed in ((1, 0), (2, 900))
    ]
    found = balances.sides(frames.of(ROW | {"month": pl.Int64()}, *rows), at=["month"])

    assert frames.column(found, "contract_asset") == [400, 0]
    assert frames.column(found, "deferred_revenue") == [0, 500]


def test_a_delivery_ahead_of_its_bill_is_a_contract_asset_until_it_is_billed() -> None:
    contract = examples.contract(
        {"product": "setup", "price": "400", "ssp": "400", "delivered_on": "2026-02-10"},
        {"product": "setup", "price": "600", "ssp": "600", "delivered_on": "2026-03-20"},
    )
    bill = examples.invoice(
        {"amount": "400", "contract_line": "C-1"},
        {"amount": "600", "contract_line": "C-2"},
        contract="C",
        issued_on="2026-03-25",
    )
    found = examples.books("2026-04-30", contracts=[contract], invoices=[bill])

    assert examples.entries(found, "reclassification") == [
        ("2026-02-28", "C-1", "reclassification: contract_asset / deferred_revenue", 400_00),
        ("2026-03-31", "C-1", "reclassification: deferred_revenue / contract_asset", 400_00),
    ]


def test_use_not_yet_billed_is_an_unbilled_receivable_beside_deferred_revenue() -> None:
    usage = {"product": "calls", "pricing": {"unit_price": "1"}, "billing": {"frequency": "quarterly"}}
    contract = examples.contract({"price": "1200"}, usage)
    used = [{"id": "U", "contract_line": "C-2", "on": "2026-01-20", "quantity": "50"}]
    found = examples.books("2026-03-31", contracts=[contract], usage=used)

    assert examples.entries(found, "reclassification") == [
        ("2026-01-31", "C-2", "reclassification: unbilled_receivable / deferred_revenue", 50_00),
        ("2026-03-31", "C-2", "reclassification: deferred_revenue / unbilled_receivable", 50_00),
    ]


def test_a_month_end_after_the_books_is_not_reclassified() -> None:
    contract = examples.contract(
        {"product": "setup", "price": "400", "delivered_on": "2026-02-10", "billing": {"timing": "arrears"}}
    )

    assert examples.entries(examples.books("2026-02-27", contracts=[contract]), "reclassification") == []


def test_a_prepaid_line_alone_needs_no_reclassification() -> None:
    assert (
        examples.entries(
            examples.books("2026-12-31", contracts=[examples.contract({"price": "1200"})]), "reclassification"
        )
        == []
    )

"""What another system kept, in frames alone; no store."""

from datetime import date

import polars as pl

from ratable.ledger import cutover, differences
from tests.ledger.test_differences import journal, row

LAST = date(2025, 12, 31)


def line(**given: object) -> pl.DataFrame:
    plain: dict[str, object] = {
        "line": "L-1", "entity": "", "currency": "USD", "contract": "C-1", "account": "contract C-1",
        "customer": "quill", "product": "access", "receivable": "1100", "deferred_revenue": "2400", "revenue": "4000",
        "as_of": LAST, "first_open": date(2026, 1, 1), "billed": 1200_00, "recognized": 700_00,
    }  # fmt: skip
    return pl.DataFrame([plain | given], schema=cutover.LINES)


def told(rows: pl.DataFrame) -> list[tuple[object, ...]]:
    found = rows.select("date", "origin_period", "kind", "debit_role", "credit_role", "amount", "source")
    return sorted(found.rows(), key=str)


TARGET = journal(
    row("2025-06", 1200_00, "billing"), row("2025-12", 650_00), row("2026-01", 100_00), row("2025-12", 9, line="L-2")
)  # fmt: skip


def test_balances_replace_the_past_of_their_line_and_the_difference_follows() -> None:
    assert told(cutover.apply(TARGET, line())) == [
        (date(2025, 12, 28), "2025-12", "recognition", "deferred_revenue", "revenue", 9, None),
        (LAST, "2025-12", "billing", "receivable", "deferred_revenue", 1200_00, "opening"),
        (LAST, "2025-12", "recognition", "deferred_revenue", "revenue", 700_00, "opening"),
        (date(2026, 1, 1), "2025-12", "catch_up", "revenue", "deferred_revenue", 50_00, "opening"),
        (date(2026, 1, 28), "2026-01", "recognition", "deferred_revenue", "revenue", 100_00, None),
    ]


def test_without_balances_nothing_is_replaced() -> None:
    assert cutover.apply(TARGET, line().clear()).equals(TARGET)


def test_balances_that_agree_leave_no_difference() -> None:
    found = cutover.apply(TARGET, line(recognized=650_00))

    assert found.filter(pl.col("kind") == "catch_up").is_empty()


def test_a_line_of_which_the_engine_knows_nothing_yet_is_taken_back_whole() -> None:
    found = cutover.apply(journal(), line(billed=0))

    assert told(found) == [
        (LAST, "2025-12", "recognition", "deferred_revenue", "revenue", 700_00, "opening"),
        (date(2026, 1, 1), "2025-12", "catch_up", "revenue", "deferred_revenue", 700_00, "opening"),
    ]


def test_tax_of_the_past_is_not_posted_again() -> None:
    tax = row("2025-06", 96_00, "billing", credit_role="tax_payable", credit="2200")

    found = cutover.apply(journal(tax), line(billed=0, recognized=0))

    assert found.is_empty()


def test_a_contract_asset_of_the_past_is_shown_on_the_first_open_day() -> None:
    asset = row("2025-11", 40_00, "reclassification")

    found = cutover.apply(journal(asset), line(billed=0, recognized=0))

    assert told(found) == [
        (date(2026, 1, 1), "2025-12", "reclassification", "contract_asset", "deferred_revenue", 40_00, "opening")
    ]


def test_balances_below_zero_swap_their_sides() -> None:
    found = cutover.apply(journal(), line(billed=-5_00, recognized=0)).filter(pl.col("date") == LAST)

    assert found.select("debit", "credit", "debit_role", "amount").rows() == [
        ("2400", "1100", "deferred_revenue", 5_00)
    ]


def test_sums_are_those_of_the_target() -> None:
    found = cutover.apply(TARGET, line())

    by = ["line", "debit_role", "credit_role"]
    sums = [differences.directed(rows).group_by(by).agg(pl.col("signed").sum()).sort(by) for rows in (TARGET, found)]
    assert sums[0].equals(sums[1])

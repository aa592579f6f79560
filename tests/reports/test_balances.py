import pytest

from ratable.reports import balances, identities
from tests.reports import outcomes

SIDES = ("line", "billed", "recognized", "deferred_revenue", "unbilled_receivable", "contract_asset")


def test_a_contract_above_zero_shows_deferred_revenue() -> None:
    report = balances.table(outcomes.year())

    assert report.select(SIDES).rows() == [("C-1-1", 120000, 30000, 90000, 0, 0)]
    assert str(report["as_of"][0]) == "2026-03-31"


def test_a_contract_below_zero_shows_a_contract_asset_on_every_line() -> None:
    moved = [
        outcomes.movement(0, "2026-02-10", "recognition", "deferred_revenue > revenue", 40000),
        outcomes.movement(1, "2026-02-10", "billing", "receivable > deferred_revenue", 15000),
    ]
    report = balances.table(outcomes.of([outcomes.line("A"), outcomes.line("B")], moved))

    assert report.select(SIDES).rows() == [("A", 0, 40000, 0, 0, 40000), ("B", 15000, 0, 0, 0, -15000)]


def test_a_contract_at_or_above_zero_may_show_a_line_below_it() -> None:
    moved = [
        outcomes.movement(0, "2026-02-10", "recognition", "deferred_revenue > revenue", 40000),
        outcomes.movement(1, "2026-02-10", "billing", "receivable > deferred_revenue", 50000),
    ]
    report = balances.table(outcomes.of([outcomes.line("A"), outcomes.line("B")], moved))

    assert report["deferred_revenue"].to_list() == [-40000, 50000]


def test_what_awaits_only_time_is_never_netted() -> None:
    lines = [outcomes.line("base"), outcomes.line("calls", method="usage", fixed=False, awaits_time=True)]
    moved = [
        outcomes.movement(0, "2026-01-01", "billing", "receivable > deferred_revenue", 120000),
        outcomes.movement(0, "2026-01-31", "recognition", "deferred_revenue > revenue", 10000),
        outcomes.movement(1, "2026-01-31", "recognition", "deferred_revenue > revenue", 5000),
    ]
    report = balances.table(outcomes.of(lines, moved))

    assert report.select(SIDES).rows() == [("base", 120000, 10000, 110000, 0, 0), ("calls", 0, 5000, 0, 5000, 0)]


def test_an_invoice_with_the_id_of_a_contract_nets_by_itself() -> None:
    lines = [
        outcomes.line("A", contract="X", account="contract X"),
        outcomes.line("B", contract=None, account="invoice X"),
    ]
    moved = [
        outcomes.movement(0, "2026-01-31", "recognition", "deferred_revenue > revenue", 100),
        outcomes.movement(1, "2026-01-01", "billing", "receivable > deferred_revenue", 100),
    ]
    report = balances.table(outcomes.of(lines, moved))

    assert report.select(SIDES).rows() == [("A", 0, 100, 0, 0, 100), ("B", 100, 0, 100, 0, 0)]


def test_billed_is_without_tax_and_net_of_credits() -> None:
    moved = [
        outcomes.movement(0, "2026-01-01", "billing", "receivable > deferred_revenue", 1000),
        outcomes.movement(0, "2026-01-01", "billing", "receivable > tax_payable", 200),
        outcomes.movement(0, "2026-02-01", "credit_note", "revenue > receivable", 100),
        outcomes.movement(0, "2026-02-01", "credit_note", "tax_payable > receivable", 20),
    ]
    report = balances.table(outcomes.of([outcomes.line("A")], moved))

    assert report.select("billed", "recognized").rows() == [(900, -100)]


def test_a_line_without_movements_is_listed() -> None:
    assert balances.table(outcomes.of([outcomes.line("A")])).select(SIDES).rows() == [("A", 0, 0, 0, 0, 0)]


def test_accounts_that_disagree_with_billed_and_recognized_do_not_foot() -> None:
    wrong = outcomes.corrupted(outcomes.year(), "debit_role", "refund_liability", row=1)

    with pytest.raises(identities.DoesNotFoot, match=r"balances C-1-1 USD .* is 900\.00, posted .* is 1000\.00"):
        balances.table(wrong)

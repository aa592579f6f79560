from dataclasses import replace

import pytest

from ratable.reports import identities, names, waterfall
from tests.reports import outcomes


def test_booked_is_recognized_and_the_months_to_come() -> None:
    report = waterfall.table(outcomes.year())

    months = [f"2026-{month:02}" for month in range(4, 13)]
    assert report.columns == ["currency", "booked", "recognized", "remaining", *months]
    assert report.row(0)[:5] == ("USD", 120000, 30000, 90000, 10000)


def test_months_without_an_amount_are_there_and_dimensions_come_last() -> None:
    lines = [outcomes.line("A", contracted=100), outcomes.line("B", region="EMEA", contracted=300)]
    report = waterfall.table(outcomes.of(lines, (), [(0, "2026-04", 100), (1, "2026-06", 300)]), by="region")

    assert report.columns[4:] == ["2026-04", "2026-05", "2026-06", "region"]
    assert report.rows() == [("USD", 100, 0, 100, 100, 0, 0, ""), ("USD", 300, 0, 300, 0, 0, 300, "EMEA")]


def test_what_remains_of_this_month_has_its_own_column() -> None:
    lines = [outcomes.line("A", contracted=300)]
    report = waterfall.table(outcomes.of(lines, (), [(0, "2026-03", 100), (0, "2026-04", 200)], through="2026-03-10"))

    assert report.columns[4:] == ["2026-03", "2026-04"]


def test_usage_is_booked_as_it_is_recognized() -> None:
    lines = [outcomes.line("calls", fixed=False, contracted=0)]
    moved = [outcomes.movement(0, "2026-01-31", "recognition", "deferred_revenue > revenue", 1500)]

    assert waterfall.table(outcomes.of(lines, moved)).rows() == [("USD", 1500, 1500, 0)]


def test_the_deferred_balance_is_released_earliest_first() -> None:
    lines = [outcomes.line("A", contracted=120000)]
    moved = [
        outcomes.movement(0, "2026-03-01", "billing", "receivable > deferred_revenue", 25000),
        outcomes.movement(0, "2026-03-31", "recognition", "deferred_revenue > revenue", 10000),
    ]
    left = [(0, f"2026-{month:02}", 10000) for month in range(4, 13)] + [(0, "2027-01", 20000)]
    report = waterfall.table(outcomes.of(lines, moved, left), basis="deferred")

    assert report.columns == ["currency", "booked", "recognized", "remaining", "2026-04", "2026-05", "unscheduled"]
    assert report.rows() == [("USD", 25000, 10000, 15000, 10000, 5000, 0)]


def test_a_line_ahead_of_its_bills_lowers_what_its_contract_releases() -> None:
    lines = [outcomes.line("A", contracted=100), outcomes.line("B", contracted=100)]
    moved = [
        outcomes.movement(0, "2026-03-01", "billing", "receivable > deferred_revenue", 100),
        outcomes.movement(1, "2026-03-31", "recognition", "deferred_revenue > revenue", 40),
    ]
    report = waterfall.table(outcomes.of(lines, moved, [(0, "2026-04", 100), (1, "2026-05", 60)]), basis="deferred")

    assert report.select("remaining", "2026-04").rows() == [(60, 60)]


def test_a_balance_that_nothing_fixed_will_earn_is_unscheduled() -> None:
    lines = [outcomes.line("calls", fixed=False, contracted=0)]
    moved = [outcomes.movement(0, "2026-03-01", "billing", "receivable > deferred_revenue", 700)]
    report = waterfall.table(outcomes.of(lines, moved), basis="deferred")

    assert report.select("booked", "remaining", "unscheduled").rows() == [(700, 700, 700)]


def test_a_lost_month_does_not_foot() -> None:
    sound = outcomes.year()
    wrong = replace(sound, remaining=lambda: sound.remaining().head(8))

    with pytest.raises(identities.DoesNotFoot, match=r"waterfall C-1-1 USD .* is 1100\.00, contracted is 1200\.00"):
        waterfall.table(wrong)


def test_an_unknown_basis_is_refused() -> None:
    with pytest.raises(names.Refused, match="contracted or deferred"):
        waterfall.table(outcomes.year(), basis="billed")

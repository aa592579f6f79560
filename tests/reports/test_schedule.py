import pytest

from ratable.reports import identities, schedule
from tests.reports import outcomes


def test_revenue_is_net_of_what_was_taken_back_and_zero_rows_are_left_out() -> None:
    moved = [
        outcomes.movement(0, "2026-01-31", "recognition", "deferred_revenue > revenue", 1000),
        outcomes.movement(0, "2026-02-10", "credit_note", "revenue > receivable", 2000),
        outcomes.movement(0, "2026-03-10", "credit_note", "revenue > receivable", 500),
        outcomes.movement(0, "2026-03-31", "recognition", "deferred_revenue > revenue", 500),
    ]
    report = schedule.table(outcomes.of([outcomes.line("C-1-1")], moved))

    assert report.columns == ["contract", "line", "period", "amount", "currency"]
    assert report.rows() == [("C-1", "C-1-1", "2026-01", 1000, "USD"), ("C-1", "C-1-1", "2026-02", -2000, "USD")]


def test_day_grain_has_dates() -> None:
    report = schedule.table(outcomes.year(), grain="day")

    assert report.columns == ["contract", "line", "date", "amount", "currency"]
    assert str(report["date"][0]) == "2026-01-31"


def test_the_order_of_lines_does_not_show() -> None:
    lines = [
        outcomes.line("I-1-1", contract=None, account="invoice I-1"),
        outcomes.line("b", contract="C-2", account="contract C-2"),
        outcomes.line("a", contract="C-2", account="contract C-2"),
    ]
    moved = [outcomes.movement(no, "2026-01-31", "recognition", "deferred_revenue > revenue", 5) for no in range(3)]

    assert schedule.table(outcomes.of(lines, moved))["line"].to_list() == ["a", "b", "I-1-1"]


def test_revenue_of_no_line_does_not_foot() -> None:
    with pytest.raises(identities.DoesNotFoot, match="schedule"):
        schedule.table(outcomes.corrupted(outcomes.year(), "line_no", 9, row=1))

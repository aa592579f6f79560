from datetime import date

import pytest

from ratable.reports import identities, triangle
from tests.reports import outcomes


def bookings() -> list[dict[str, object]]:
    """Two contracts: one signed in January, one in February."""
    return [outcomes.line("A", contracted=300), outcomes.line("B", signed_on=date(2026, 2, 10), contracted=500)]


def earned(line_no: int, day: str, amount: int) -> dict[str, object]:
    return outcomes.movement(line_no, day, "recognition", "deferred_revenue > revenue", amount)


def test_bookings_stand_in_rows_and_recognition_in_columns() -> None:
    moved = [earned(0, "2026-01-31", 100), earned(0, "2026-03-31", 100), earned(1, "2026-03-31", 200)]
    left = [(0, "2026-04", 100), (1, "2026-06", 300)]

    report = triangle.table(outcomes.of(bookings(), moved, left))

    past, ahead = ["2026-01", "2026-02", "2026-03"], ["2026-04", "2026-05", "2026-06"]
    assert report.columns == ["booked_in", "currency", *past, "due", *ahead, "booked", "recognized", "remaining"]
    assert report.rows() == [
        ("2026-01", "USD", 100, 0, 100, 0, 100, 0, 0, 300, 200, 100),
        ("2026-02", "USD", 0, 0, 200, 0, 0, 0, 300, 500, 200, 300),
    ]


def test_what_is_earned_and_not_posted_is_due() -> None:
    left = [(0, "2026-02", 100), (0, "2026-03", 100), (1, "2026-04", 500)]
    report = triangle.table(outcomes.of(bookings(), [earned(0, "2026-01-31", 100)], left))

    assert report["due"].to_list() == [200, 0]
    assert report["remaining"].to_list() == [200, 500]


def test_currencies_have_rows_of_their_own_and_revenue_taken_back_lowers_its_month() -> None:
    lines = [outcomes.line("A", contracted=100), outcomes.line("B", currency="EUR", contracted=-40)]
    back = outcomes.movement(1, "2026-02-28", "credit_note", "revenue > receivable", 40)

    report = triangle.table(outcomes.of(lines, [earned(0, "2026-01-31", 100), back]))

    assert report.select("currency", "2026-01", "2026-02").rows() == [("EUR", 0, -40), ("USD", 100, 0)]


def test_without_revenue_there_are_no_months() -> None:
    report = triangle.table(outcomes.of([outcomes.line("A", contracted=0)]))

    assert report.rows() == [("2026-01", "USD", 0, 0, 0, 0)]


def test_a_line_that_lacks_a_part_of_what_was_contracted_is_refused() -> None:
    with pytest.raises(identities.DoesNotFoot, match="triangle"):
        triangle.table(outcomes.of(bookings(), [earned(0, "2026-01-31", 100)]))


def test_revenue_of_a_line_that_is_not_there_is_refused() -> None:
    stray = outcomes.corrupted(outcomes.of(bookings()[:1], [earned(0, "2026-01-31", 300)]), "line_no", 7)

    with pytest.raises(identities.DoesNotFoot, match="triangle"):
        triangle.table(stray)

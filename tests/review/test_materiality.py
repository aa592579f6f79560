from ratable.review import materiality
from tests.review import companies, snapshots


def test_a_short_history_is_stretched_to_a_year() -> None:
    """1,000.00 a month since January: 12,000.00 in a year, of which 60.00 is material and 3.00 trivial."""
    assert materiality.levels(companies.year()).rows() == [("main", "USD", 6_000, 300)]


def test_nobody_moves_the_level_that_they_are_judged_by() -> None:
    by_hand = snapshots.by_hand(companies.year(), {"amount": 90_000_000})
    assert materiality.levels(by_hand).rows() == [("main", "USD", 6_000, 300)]


def test_without_revenue_nothing_is_trivial() -> None:
    none = snapshots.without(companies.year(), companies.RECOGNITION)
    assert materiality.levels(none).rows() == [("main", "USD", 0, 0)]

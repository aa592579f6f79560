from ratable.reports import allocation
from tests.reports import outcomes


def test_fixed_lines_are_listed_in_order() -> None:
    lines = [
        outcomes.line("B", ssp=2500, price=2000, allocated=1667),
        outcomes.line("A", ssp=5000, price=4000, allocated=3333),
        outcomes.line("calls", fixed=False),
    ]
    report = allocation.table(outcomes.of(lines))

    assert report.columns == ["contract", "line", "ssp", "price", "allocated", "currency"]
    assert report.rows() == [("C-1", "A", 5000, 4000, 3333, "USD"), ("C-1", "B", 2500, 2000, 1667, "USD")]

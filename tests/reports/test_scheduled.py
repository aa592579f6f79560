import pytest

from ratable.reports import names, scheduled, waterfall
from tests.reports import outcomes

TWO = outcomes.of(
    [outcomes.line("B", contracted=300, customer="bolt"), outcomes.line("A", contracted=100)],
    [outcomes.movement(1, "2026-03-01", "billing", "receivable > deferred_revenue", 60)],
    [(0, "2026-05", 300), (1, "2026-04", 40), (1, "2026-05", 60)],
)


def test_each_line_and_month_is_a_row() -> None:
    report = scheduled.table(TWO)

    assert report.select("period", "line", "amount").rows() == [
        ("2026-04", "A", 40), ("2026-05", "A", 60), ("2026-05", "B", 300),
    ]  # fmt: skip


def test_rows_sum_to_the_waterfall_of_the_same_lines() -> None:
    lines = TWO.lines.filter(customer="acme")
    for basis in names.BASES:
        rows, (fall,) = scheduled.table(TWO, basis=basis, lines=lines), waterfall.table(
            TWO, basis=basis, lines=lines
        ).to_dicts()  # fmt: skip

        assert rows["amount"].sum() == fall["remaining"] > 0
        assert rows.filter(period="2026-04")["amount"].sum() == fall["2026-04"]


def test_what_no_date_earns_has_no_month() -> None:
    paid = outcomes.of(
        [outcomes.line("calls", fixed=False, contracted=0)],
        [outcomes.movement(0, "2026-03-01", "billing", "receivable > deferred_revenue", 70)],
    )

    assert scheduled.table(paid, basis="deferred").select("period", "amount").rows() == [(None, 70)]


def test_another_basis_is_refused() -> None:
    with pytest.raises(names.Refused, match="basis: saw 'billed'"):
        scheduled.table(TWO, basis="billed")

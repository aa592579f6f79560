import pytest

from ratable.reports import identities, names, roll_forward
from tests.reports import outcomes

BOLT = [
    outcomes.movement(1, "2026-02-01", "billing", "receivable > deferred_revenue", 60000),
    outcomes.movement(1, "2026-02-28", "recognition", "deferred_revenue > revenue", 10000),
    outcomes.movement(1, "2026-03-01", "credit_note", "deferred_revenue > receivable", 10000),
    outcomes.movement(1, "2026-03-31", "recognition", "deferred_revenue > revenue", 8000),
]
ACME = [
    outcomes.movement(0, "2026-01-01", "billing", "receivable > deferred_revenue", 120000),
    outcomes.movement(0, "2026-01-31", "recognition", "deferred_revenue > revenue", 10000),
    outcomes.movement(0, "2026-02-28", "recognition", "deferred_revenue > revenue", 10000),
    outcomes.movement(0, "2026-03-31", "recognition", "deferred_revenue > revenue", 10000),
]
LINES = [
    outcomes.line("A", customer="acme"),
    outcomes.line("B", customer="bolt", contract="C-2", account="contract C-2"),
]


def test_movements_carry_their_sign_and_add_up_to_closing() -> None:
    report = roll_forward.table(outcomes.of(LINES, ACME + BOLT), by=["customer"])

    assert report.columns[:3] == ["period", "currency", "opening"]
    assert report.columns[-2:] == ["closing", "customer"]
    figures = ("period", "opening", "billings", "recognized", "credit_notes", "closing")
    assert report.filter(customer="bolt").select(figures).rows() == [
        ("2026-02", 0, 60000, -10000, 0, 50000),
        ("2026-03", 50000, 0, -8000, -10000, 32000),
    ]


def test_without_dimensions_all_lines_of_a_currency_are_one_row() -> None:
    report = roll_forward.table(outcomes.of(LINES, ACME + BOLT))

    assert report.select("period", "opening", "recognized", "closing").rows()[-1] == ("2026-03", 150000, -18000, 122000)


def test_periods_without_movements_are_there_until_the_day_asked() -> None:
    report = roll_forward.table(outcomes.of(LINES[:1], ACME[:1], through="2026-03-15"))

    assert report.select("period", "opening", "closing").rows() == [
        ("2026-01", 0, 120000),
        ("2026-02", 120000, 120000),
        ("2026-03", 120000, 120000),
    ]


@pytest.mark.parametrize(("grain", "label"), [("quarter", "2026-Q1"), ("year", "2026")])
def test_longer_periods_sum_the_months(grain: str, label: str) -> None:
    report = roll_forward.table(outcomes.of(LINES, ACME + BOLT), grain=grain)

    assert report.select("period", "opening", "recognized", "closing").rows() == [(label, 0, -48000, 122000)]


def test_currencies_are_never_added() -> None:
    lines = [LINES[0], LINES[1] | {"currency": "EUR"}]
    report = roll_forward.table(outcomes.of(lines, ACME + BOLT), grain="year")

    assert report.select("currency", "closing").rows() == [("EUR", 32000), ("USD", 90000)]


def test_assets_grow_by_debits() -> None:
    moved = [
        outcomes.movement(0, "2026-02-28", "recognition", "deferred_revenue > revenue", 40000),
        outcomes.movement(0, "2026-02-28", "reclassification", "contract_asset > deferred_revenue", 40000),
        outcomes.movement(0, "2026-03-31", "reclassification", "deferred_revenue > contract_asset", 10000),
    ]
    report = roll_forward.table(outcomes.of(LINES[:1], moved), account="contract_asset")

    assert report.select("period", "reclassified", "closing").rows() == [
        ("2026-02", 40000, 40000),
        ("2026-03", -10000, 30000),
    ]


def test_kinds_go_to_their_columns() -> None:
    kinds = {
        "true_up": "recognized",
        "catch_up": "recognized",
        "termination": "modifications",
        "modification": "modifications",
    }
    for kind, column in kinds.items():
        moved = [outcomes.movement(0, "2026-03-05", kind, "deferred_revenue > revenue", 700)]
        assert roll_forward.table(outcomes.of(LINES[:1], moved))[column].to_list() == [-700], kind


def test_nothing_moved_makes_no_rows() -> None:
    report = roll_forward.table(outcomes.of(LINES))

    assert report.is_empty()
    assert report.columns[-1] == "closing"


def test_a_kind_without_a_column_does_not_foot() -> None:
    wrong = outcomes.corrupted(outcomes.year(), "kind", "manual", row=2)

    with pytest.raises(
        identities.DoesNotFoot, match=r"roll-forward 2026-02 USD .* is 1,?100\.00, closing is 1,?000\.00"
    ):
        roll_forward.table(wrong)


def test_a_movement_of_no_line_does_not_foot() -> None:
    with pytest.raises(identities.DoesNotFoot, match="belong to no line"):
        roll_forward.table(outcomes.corrupted(outcomes.year(), "line_no", 7))


def test_unknown_names_are_refused_with_those_that_there_are() -> None:
    with pytest.raises(names.Refused, match="saw 'foo'; expected customer, product"):
        roll_forward.table(outcomes.year(), by="customer,foo")
    with pytest.raises(names.Refused, match="account: saw 'revenue'"):
        roll_forward.table(outcomes.year(), account="revenue")

"""Amendments: separate, prospective and catch-up, what is decided when nobody chooses, and removed lines."""

from typing import Any

import pytest

from tests.engine import examples

MONTH_ENDS = [f"2026-{month:02}" for month in range(1, 13)]


def by_month(found: Any, line: str = "C-1") -> list[int]:
    """Revenue of the year by month."""
    revenue = examples.revenue(found, line)
    return [sum(n for day, n in revenue.items() if day[:7] == month) for month in MONTH_ENDS]


def amended(*changes: dict[str, Any], lines: Any = ({"price": "12000"},), **terms: Any) -> Any:
    """A contract for 2026, amended on 1 July."""
    given = [examples.amendment("2026-07-01", *changes, **terms)]
    return examples.books("2026-12-31", contracts=[examples.contract(*lines)], amendments=given)


def treatments(found: Any) -> list[str]:
    listed: list[str] = found.treatments["treatment"].to_list()
    return listed


@pytest.mark.parametrize(
    ("treatment", "july", "later"), [("prospective", 1_500_00, 1_500_00), ("catch_up", 2_750_00, 1_250_00)]
)
def test_a_higher_price(treatment: str, july: int, later: int) -> None:
    for change in ({"price": "15000"}, {"price_change": "3000"}):
        found = amended({"op": "change", "line": "C-1"} | change, treatment=treatment)

        assert by_month(found) == [1_000_00] * 6 + [july] + [later] * 5
        assert examples.allocated(found) == {"C-1": 15_000_00}
        assert examples.bills(found) == {"2026-01-01": 12_000_00, "2026-07-01": 3_000_00}


def test_an_extension_blends_the_price_and_spreads_it_to_the_new_end() -> None:
    three_years = examples.contract({"price": "300000"}, start="2024-01-01", end="2026-12-31", signed_on="2024-01-01")
    change = {"op": "change", "line": "C-1", "price": "480000", "end": "2029-12-31"}
    found = examples.books("2029-12-31", contracts=[three_years], amendments=[examples.amendment("2026-01-01", change)])

    assert by_month(found) == [5_833_33, 5_833_34, 5_833_33] * 4
    assert sum(examples.revenue(found).values()) == 480_000_00


def test_lines_added_at_their_standalone_price_are_a_contract_of_their_own() -> None:
    seats = {"id": "S", "product": "platform", "price": "600", "ssp": "600"}
    found = amended(
        {"op": "add", "line": seats}, lines=({"price": "12000", "ssp": "10000"}, {"price": "1200", "ssp": "3200"})
    )

    assert treatments(found) == ["separate"]
    assert by_month(found, "S") == [0] * 6 + [100_00] * 6
    assert by_month(found, "C-1") == [833_33, 833_34, 833_33] * 4  # As if nothing had happened.


@pytest.mark.parametrize(
    ("price", "tolerance", "found"),
    [("599.99", "0", "prospective"), ("594", "1", "separate"), ("593.99", "1", "prospective")],
)
def test_near_the_standalone_price_the_policy_decides(price: str, tolerance: str, found: str) -> None:
    seats = {"id": "S", "product": "platform", "price": price, "ssp": "600"}
    books = examples.books(
        "2026-12-31",
        contracts=[examples.contract({"price": "12000"})],
        amendments=[examples.amendment("2026-07-01", {"op": "add", "line": seats})],
        policies=[{"name": "ssp_tolerance", "value": tolerance}],
    )

    assert treatments(books) == [found]


def test_an_own_price_for_want_of_a_standalone_one_is_never_separate() -> None:
    assert treatments(amended({"op": "add", "line": {"id": "S", "product": "platform", "price": "600"}})) == [
        "prospective"
    ]


def test_a_discounted_addition_shares_the_pool_by_what_is_left() -> None:
    seats = {"id": "S", "product": "platform", "price": "3000", "ssp": "6000"}
    found = amended({"op": "add", "line": seats}, lines=({"price": "12000", "ssp": "12000"},))

    assert by_month(found) == [1_000_00] * 6 + [750_00] * 6  # Pool 9,000.00, weights 6,000.00 and 6,000.00.
    assert by_month(found, "S") == [0] * 6 + [750_00] * 6


def test_a_milestone_line_that_is_partly_done_catches_up() -> None:
    build = {
        "product": "build",
        "price": "1000",
        "milestones": [{"id": "m1", "percent": "40"}, {"id": "m2", "percent": "60"}],
    }
    found = examples.books(
        "2026-12-31",
        contracts=[examples.contract(build)],
        milestones_reached=[{"contract_line": "C-1", "milestone": "m1", "on": "2026-03-10"}],
        amendments=[examples.amendment("2026-07-01", {"op": "change", "line": "C-1", "price": "1500"})],
    )

    assert treatments(found) == ["catch_up"]
    assert "606-10-25-13(b)" in found.treatments["why"][0]
    assert by_month(found) == [0, 0, 400_00, 0, 0, 0, 200_00, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("done", ["none", "all"])
def test_a_milestone_line_not_begun_or_done_is_prospective(done: str) -> None:
    build = {"product": "build", "price": "1000", "milestones": [{"id": "m1", "percent": "100"}]}
    reached = [{"contract_line": "C-1", "milestone": "m1", "on": "2026-03-10" if done == "all" else "2026-07-01"}]
    found = examples.books(
        "2026-12-31",
        contracts=[examples.contract(build)],
        milestones_reached=reached,
        amendments=[examples.amendment("2026-07-01", {"op": "change", "line": "C-1", "price": "1500"})],
    )

    assert treatments(found) == ["prospective"]
    assert sum(by_month(found)) == 1_500_00


def test_a_removed_line_keeps_what_was_recognized_and_is_billed_no_more() -> None:
    found = amended({"op": "remove", "line": "C-1"}, lines=({"price": "12000", "billing": {"frequency": "quarterly"}},))

    assert by_month(found) == [1_000_00] * 6 + [0] * 6
    assert examples.bills(found) == {"2026-01-01": 3_000_00, "2026-04-01": 3_000_00}


def test_a_line_removed_at_a_price_releases_the_rest_where_nothing_remains() -> None:
    found = amended({"op": "remove", "line": "C-1", "price": "7000"})

    assert examples.entries(found, "termination") == [
        ("2026-07-01", "C-1", "termination: deferred_revenue / revenue", 1_000_00)
    ]


def test_a_line_removed_at_a_price_leaves_the_rest_to_the_lines_that_stay() -> None:
    lines = ({"price": "12000", "ssp": "12000"}, {"price": "12000", "ssp": "12000"})
    found = amended({"op": "remove", "line": "C-1", "price": "7200"}, lines=lines)

    assert by_month(found) == [1_000_00] * 6 + [0] * 6
    assert by_month(found, "C-2") == [1_000_00] * 6 + [1_200_00] * 6


def test_there_and_back_on_one_day_is_no_event() -> None:
    there = examples.amendment(
        "2026-07-01", {"op": "change", "line": "C-1", "price": "99"}, name="A1", treatment="catch_up"
    )
    back = examples.amendment(
        "2026-07-01", {"op": "change", "line": "C-1", "price": "12000"}, name="A2", treatment="catch_up"
    )
    found = examples.books("2026-12-31", contracts=[examples.contract({"price": "12000"})], amendments=[there, back])

    assert by_month(found) == [1_000_00] * 12
    assert examples.entries(found, "modification") == []


def test_an_amendment_takes_effect_when_it_is_approved() -> None:
    late = examples.amendment("2026-03-01", {"op": "change", "line": "C-1", "price": "15000"}, approved_on="2026-07-01")
    found = examples.books("2026-12-31", contracts=[examples.contract({"price": "12000"})], amendments=[late])

    assert by_month(found) == [1_000_00] * 6 + [1_500_00] * 6


def test_more_seats_are_priced_from_their_day() -> None:
    seats = {"unit_price": "10", "quantity": "10", "billing": {"frequency": "monthly"}}
    found = amended({"op": "change", "line": "C-1", "quantity": "20"}, lines=(seats,))

    assert examples.allocated(found) == {"C-1": 1_800_00}
    assert list(examples.bills(found).values()) == [100_00] * 6 + [200_00] * 6
    assert by_month(found) == [100_00] * 6 + [200_00] * 6


def test_a_person_may_choose_and_says_why() -> None:
    found = amended({"op": "change", "line": "C-1", "price": "15000"}, treatment="catch_up", reason="one service")

    assert found.treatments["why"].to_list() == ["a person chose it: one service"]


def test_a_price_change_after_the_end_moves_at_once() -> None:
    lines = ({"price": "6000", "end": "2026-06-30"},)
    found = amended({"op": "change", "line": "C-1", "price": "6600"}, lines=lines)

    assert examples.entries(found, "modification") == [
        ("2026-07-01", "C-1", "modification: deferred_revenue / revenue", 600_00)
    ]


def test_a_discount_survives_an_amendment() -> None:
    contract = examples.contract({"price": "12000"}, discount={"percent": "10"})
    change = {"op": "change", "line": "C-1", "price": "15000"}
    found = examples.books("2026-12-31", contracts=[contract], amendments=[examples.amendment("2026-07-01", change)])

    assert by_month(found) == [900_00] * 6 + [1_350_00] * 6

"""What is left to recognize after the day of the books, by month; and the lines as last amended."""

from typing import Any

from tests.engine import examples


def ahead(found: Any) -> dict[str, int]:
    """Remaining by month."""
    return {str(month)[:7]: n for month, n in found.remaining().sort("month").select("month", "amount").iter_rows()}


def test_eighteen_months_remain_of_twenty_four() -> None:
    contract = examples.contract({"price": "9600"}, start="2027-07-01", end="2029-06-30")
    found = ahead(examples.books("2027-12-31", contracts=[contract]))

    assert list(found.values()) == [400_00] * 18
    assert (min(found), max(found)) == ("2028-01", "2029-06")


def test_the_month_of_the_day_itself_keeps_its_rest() -> None:
    found = ahead(examples.books("2026-01-15", contracts=[examples.contract({"price": "1200"})]))

    assert found["2026-01"] == 51_61  # 16 of 31 days of 100.00.
    assert sum(found.values()) == 1_200_00 - 48_39


def test_milestones_not_reached_stay_in_the_month_of_the_end() -> None:
    build = {
        "product": "build",
        "price": "1000",
        "milestones": [{"id": "m1", "percent": "40"}, {"id": "m2", "percent": "60"}],
    }
    reached = [{"contract_line": "C-1", "milestone": "m1", "on": "2026-03-10"}]
    contract = examples.contract(build)

    assert ahead(examples.books("2026-06-30", contracts=[contract], milestones_reached=reached)) == {"2026-12": 600_00}
    assert ahead(examples.books("2027-06-30", contracts=[contract], milestones_reached=reached)) == {"2027-07": 600_00}


def test_an_amendment_approved_but_not_yet_in_effect_is_ahead() -> None:
    removal = examples.amendment(
        "2026-07-01", {"op": "remove", "line": "C-1", "price": "7000"}, approved_on="2026-03-01"
    )
    found = ahead(examples.books("2026-05-31", contracts=[examples.contract({"price": "12000"})], amendments=[removal]))

    assert found == {"2026-06": 1_000_00, "2026-07": 1_000_00}


def test_a_line_not_signed_yet_is_not_there() -> None:
    later = examples.contract({"price": "1200"}, signed_on="2026-03-01", start="2026-03-01")

    assert examples.books("2026-02-28", contracts=[later]).lines.is_empty()
    assert examples.books("2026-03-01", contracts=[later]).lines.height == 1


def test_usage_has_nothing_fixed_ahead() -> None:
    contract = examples.contract({"product": "calls", "pricing": {"unit_price": "1"}})
    found = examples.books("2026-01-31", contracts=[contract])

    assert ahead(found) == {}
    assert found.lines["fixed"].to_list() == [False]

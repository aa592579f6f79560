"""True-ups: the shortfall of each interval, shared over its lines."""

from typing import Any

import polars as pl
import pytest

from ratable.billing import minimums, usage
from tests import frames

TERMS = {
    "minimum": pl.String(), "amount": pl.Int64(), "every": pl.String(), "allocation": pl.String(), "start": pl.Date(),
    "end": pl.Date(), "available_from": pl.Date(),
}  # fmt: skip
MEMBERS = {"minimum": pl.String(), "line_no": pl.UInt32(), "line": pl.String(), "ssp": pl.Int64()}
QUARTER: dict[str, Any] = {
    "minimum": "M",
    "amount": 6_000_00,
    "every": "quarter",
    "allocation": "ssp",
    "available_from": "2026-01-01",
}
QUARTER |= {"start": "2026-01-01", "end": "2026-03-31"}
CALLS = {"minimum": "M", "line_no": 0, "line": "calls", "ssp": 3}
STORAGE = {"minimum": "M", "line_no": 1, "line": "storage", "ssp": 1}


def true_ups(*used: tuple[int, str, int], **terms: Any) -> list[tuple[int, str, int]]:
    """Line, day and amount of each true-up."""
    use = [{"line_no": line, "day": day, "amount": amount} for line, day, amount in used]
    found = minimums.true_ups(
        frames.of(TERMS, QUARTER | terms), frames.of(MEMBERS, CALLS, STORAGE), frames.of(usage.SCHEMA, *use)
    )
    return sorted(
        (line, str(day), amount) for line, day, amount in found.select("line_no", "day", "amount").iter_rows()
    )


@pytest.mark.parametrize(
    ("terms", "shares"),
    [
        ({}, [3_000_00, 1_000_00]),
        ({"allocation": "usage"}, [2_000_00, 2_000_00]),
    ],
)
def test_a_shortfall_is_shared_over_the_lines(terms: dict[str, Any], shares: list[int]) -> None:
    found = true_ups((0, "2026-01-01", 1_000_00), (1, "2026-03-31", 1_000_00), **terms)

    assert found == [(line, "2026-03-31", share) for line, share in enumerate(shares)]


def test_nothing_used_is_shared_by_standalone_price() -> None:
    assert true_ups(allocation="usage") == [(0, "2026-03-31", 4_500_00), (1, "2026-03-31", 1_500_00)]


@pytest.mark.parametrize("used", [6_000_00, 6_000_01])
def test_enough_use_leaves_nothing_to_true_up(used: int) -> None:
    assert true_ups((0, "2026-02-01", used)) == []


def test_one_unit_short_is_trued_up_on_the_line_with_the_larger_share() -> None:
    assert true_ups((0, "2026-02-01", 5_999_99)) == [(0, "2026-03-31", 1)]


def test_the_last_interval_ends_with_the_contract_and_carries_the_whole_minimum() -> None:
    found = true_ups(every="month", amount=4, start="2026-01-31", end="2026-03-15")

    assert found == [(line, day, share) for line, share in ((0, 3), (1, 1)) for day in ("2026-02-27", "2026-03-15")]


@pytest.mark.parametrize(("every", "last_days"), [("year", ["2026-12-31", "2027-12-31"]), ("term", ["2027-12-31"])])
def test_intervals_of_two_years(every: str, last_days: list[str]) -> None:
    assert [day for line, day, _ in true_ups(every=every, end="2027-12-31") if line == 0] == last_days


def test_a_true_up_waits_for_the_signature() -> None:
    assert {day for _, day, _ in true_ups(available_from="2026-05-01")} == {"2026-05-01"}

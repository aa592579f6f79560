"""Steps of progress: shares of milestones, whole or in part, and deliveries."""

from typing import Any

import polars as pl
import pytest

from ratable.engine import milestones
from tests import frames

SCHEMA: dict[str, Any] = {"line_no": pl.UInt32(), "line": pl.String(), "method": pl.String(), "price": pl.Int64()}
SCHEMA |= {"available_from": pl.Date(), "start": pl.Date(), "delivered_on": pl.Date()}
LINE: dict[str, Any] = {
    "line_no": 0,
    "line": "C-1",
    "method": "milestone",
    "price": 1_000_00,
    "available_from": "2026-01-01",
}
LINE |= {"start": "2026-01-01"}
PLAN: list[dict[str, Any]] = [
    {"contract_line": "C-1", "id": name, "percent": percent * 10_000}
    for name, percent in (("design", 30), ("live", 50), ("end", 20))
]


def shares(
    *reached: tuple[str, str, int | None], plan: list[dict[str, Any]] = PLAN, **terms: Any
) -> list[tuple[str, float]]:
    rows = [
        {"contract_line": "C-1", "milestone": name, "on": day, "percent": None if percent is None else percent * 10_000}
        for name, day, percent in reached
    ]
    found = milestones.shares(
        frames.of(SCHEMA, LINE | terms), frames.table("milestones", *plan), frames.table("milestones_reached", *rows)
    )
    return [(str(day), part / split) for day, part, split in found.select("day", "part", "split").iter_rows()]


@pytest.mark.parametrize(
    ("reached", "steps"),
    [
        ([("design", "2026-02-17", None), ("live", "2026-05-05", 50)], [("2026-02-17", 0.3), ("2026-05-05", 0.55)]),
        ([("design", "2026-02-17", 40), ("design", "2026-03-01", None)], [("2026-02-17", 0.12), ("2026-03-01", 0.3)]),
        ([("design", "2026-02-17", 40), ("design", "2026-03-01", 20)], [("2026-02-17", 0.12), ("2026-03-01", 0.06)]),
        ([("design", "2026-02-17", None), ("end", "2026-02-17", None)], [("2026-02-17", 0.5)]),
        ([("design", "2025-02-17", None)], [("2026-01-01", 0.3)]),  # Nothing counts before the signature.
        ([], []),
    ],
)
def test_the_share_reached(reached: list[tuple[str, str, int | None]], steps: list[tuple[str, float]]) -> None:
    assert shares(*reached) == steps


def test_amounts_are_shares_of_the_price() -> None:
    plan = [{"contract_line": "C-1", "id": "design", "amount": 250_00}]

    assert shares(("design", "2026-02-17", None), plan=plan) == [("2026-02-17", 0.25)]
    assert shares(("design", "2026-02-17", 50), plan=plan) == [("2026-02-17", 0.125)]


def test_all_of_it_is_all_of_it() -> None:
    reached = [(name, "2026-02-17", None) for name in ("design", "live", "end")]

    assert shares(*reached) == [("2026-02-17", 1)]


@pytest.mark.parametrize(
    ("terms", "day"),
    [
        ({"delivered_on": "2026-03-05"}, "2026-03-05"),
        ({}, "2026-01-01"),
        ({"available_from": "2026-04-01"}, "2026-04-01"),
    ],
)
def test_a_delivery_is_one_step(terms: dict[str, Any], day: str) -> None:
    lines = frames.of(SCHEMA, LINE | {"method": "point_in_time"} | terms, LINE)

    assert milestones.deliveries(lines).rows() == [(0, frames.day(day), 1, 1)]


def test_lines_do_not_mix() -> None:
    lines = frames.of(SCHEMA, LINE | {"line_no": 1, "line": "C-2"}, LINE)
    plan = [row | {"contract_line": line} for line in ("C-1", "C-2") for row in PLAN]
    reached = [
        {"contract_line": line, "milestone": name, "on": day}
        for line, name, day in (
            ("C-2", "live", "2026-05-05"), ("C-1", "live", "2026-05-05"), ("C-1", "design", "2026-03-01"),
            ("C-2", "design", "2026-05-05"),
        )
    ]  # fmt: skip
    found = milestones.shares(lines, frames.table("milestones", *plan), frames.table("milestones_reached", *reached))

    assert [(no, str(day), part / split) for no, day, part, split in found.rows()] == [
        (0, "2026-03-01", 0.3), (0, "2026-05-05", 0.8), (1, "2026-05-05", 0.8),
    ]  # fmt: skip


def test_shares_of_large_prices_stay_exact() -> None:
    price = 9_007_199_254_740_993  # One more than a float can hold.
    plan = [{"contract_line": "C-1", "id": name, "amount": worth} for name, worth in (("a", 1), ("b", price - 1))]
    reached = [{"contract_line": "C-1", "milestone": name, "on": day} for name, day in
               (("a", "2026-02-01"), ("b", "2026-03-01"))]  # fmt: skip
    found = milestones.shares(
        frames.of(SCHEMA, LINE | {"price": price}), frames.table("milestones", *plan),
        frames.table("milestones_reached", *reached),
    )  # fmt: skip

    assert found.select("part", "split").row(0) == (1, price)
    assert found["part"][1] == found["split"][1]

"""Locks: which count, what comes late, and how it is posted on the first open day."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from ratable.engine import locks, outcome
from tests import frames

JANUARY: dict[str, Any] = {"through": "2026-01-31", "locked_on": "2026-02-04"}
FEBRUARY: dict[str, Any] = {"through": "2026-02-28", "locked_on": "2026-03-04"}
STAGES = [(date(2026, 2, 4), date(2026, 1, 31)), (date(2026, 3, 4), date(2026, 2, 28))]
SCHEMA = {"line": pl.String()} | {name: dtype for name, dtype in outcome.MOVEMENTS.items() if name != "line_no"}


def movement(
    month: str, amount: int, roles: str = "deferred_revenue > revenue", kind: str = "recognition", **more: Any
) -> dict[str, Any]:
    debit, credit = roles.split(" > ")
    plain = {"line": "C-1", "date": f"{month}-28", "origin": f"{month}-01", "kind": kind, "amount": amount}
    return plain | {"debit_role": debit, "credit_role": credit} | more


def posted(*states: list[dict[str, Any]], made: list[tuple[date, date]]) -> list[tuple[str, str, str, str, int]]:
    """Date, origin, kind, roles and amount of what was posted when states of knowledge followed each other."""
    knowledge = [frames.of(SCHEMA, *rows) for rows in states]
    by_day = dict(zip([*(locked_on for locked_on, _ in made), None], knowledge, strict=True))
    rows = locks.post(made, lambda day: by_day[day]).to_dicts()
    return sorted(
        (
            str(r["date"]),
            r["origin"].strftime("%Y-%m"),
            r["kind"],
            f"{r['debit_role']} > {r['credit_role']}",
            r["amount"],
        )
        for r in rows
    )


def test_an_order_recorded_late_catches_up_month_by_month() -> None:
    months = [movement(f"2026-0{month}", 1_000_00) for month in (1, 2, 3)]
    earned = "deferred_revenue > revenue"

    assert posted([], [], months, made=STAGES) == [
        ("2026-03-01", "2026-01", "catch_up", earned, 1_000_00),
        ("2026-03-01", "2026-02", "catch_up", earned, 1_000_00),
        ("2026-03-28", "2026-03", "recognition", earned, 1_000_00),
    ]


def test_what_was_known_in_time_stays_where_it_was() -> None:
    months = [movement(f"2026-0{month}", 1_000_00) for month in (1, 2)]

    assert [row[:3] for row in posted(months, months, months, made=STAGES)] == [
        ("2026-01-28", "2026-01", "recognition"), ("2026-02-28", "2026-02", "recognition"),
    ]  # fmt: skip


def test_late_news_between_two_locks_is_posted_after_the_first() -> None:
    more = [movement("2026-01", 1_200_00)]

    assert posted([movement("2026-01", 1_000_00)], more, more, made=STAGES) == [
        ("2026-01-28", "2026-01", "recognition", "deferred_revenue > revenue", 1_000_00),
        ("2026-02-01", "2026-01", "catch_up", "deferred_revenue > revenue", 200_00),
    ]


def test_late_revenue_may_be_taken_back() -> None:
    less = [movement("2026-01", 700_00)]

    assert posted([movement("2026-01", 1_000_00)], less, made=STAGES[:1])[1:] == [
        ("2026-02-01", "2026-01", "catch_up", "revenue > deferred_revenue", 300_00)
    ]


def test_late_bills_keep_their_kind_and_source() -> None:
    bill = movement("2026-01", 500, "receivable > deferred_revenue", "billing", source="I-1")
    rows = locks.post(STAGES[:1], lambda day: frames.of(SCHEMA, *([] if day else [bill]))).to_dicts()

    assert [(row["kind"], row["source"], str(row["date"]), str(row["origin"])) for row in rows] == [
        ("billing", "I-1", "2026-02-01", "2026-01-01")
    ]


def test_late_revenue_has_no_source_unless_a_credit_took_it_back() -> None:
    taken = movement("2026-01", 500, "revenue > receivable", "credit_note", source="N")
    earned = movement("2026-01", 700, kind="modification", source="A")
    rows = locks.post(STAGES[:1], lambda day: frames.of(SCHEMA, *([] if day else [taken, earned]))).to_dicts()

    assert sorted((row["kind"], row["amount"], row["source"]) for row in rows) == [
        ("catch_up", 500, "N"),
        ("catch_up", 700, None),
    ]


def test_the_other_direction_nets_against_what_was_posted() -> None:
    there, back = movement("2026-01", 300), movement("2026-01", 100, "revenue > deferred_revenue")

    assert posted([there], [there, back], made=STAGES[:1])[1:] == [
        ("2026-02-01", "2026-01", "catch_up", "revenue > deferred_revenue", 100)
    ]


@pytest.mark.parametrize(
    ("rows", "entity", "known_on", "made"),
    [
        ([JANUARY, FEBRUARY], None, None, STAGES),
        ([FEBRUARY, JANUARY], "us", None, STAGES),
        ([JANUARY, FEBRUARY], None, "2026-03-03", STAGES[:1]),
        ([JANUARY, FEBRUARY], None, "2026-03-04", STAGES),
        ([JANUARY | {"entity": "us"}, FEBRUARY | {"entity": "uk"}], "us", None, STAGES[:1]),
        ([JANUARY | {"entity": "us"}], None, None, []),
        (
            [FEBRUARY, JANUARY | {"locked_on": "2026-04-01"}],
            None,
            None,
            [STAGES[1], (date(2026, 4, 1), date(2026, 2, 28))],
        ),
        ([JANUARY, FEBRUARY | {"locked_on": "2026-02-04"}], None, None, [(date(2026, 2, 4), date(2026, 2, 28))]),
    ],
)
def test_the_locks_that_count(
    rows: list[dict[str, Any]], entity: str | None, known_on: str | None, made: list[Any]
) -> None:
    asked = None if known_on is None else frames.day(known_on)

    assert locks.stages(frames.table("locks", *rows), entity, asked) == made


@pytest.mark.parametrize(
    ("day", "known_on", "late"),
    [
        ("2026-01-31", "2026-02-05", True),
        ("2026-01-31", "2026-02-04", False),  # Known on the day of the lock is known before it.
        ("2026-02-01", "2026-02-05", False),
        ("2026-02-28", "2026-03-05", True),
        ("2026-03-01", "2026-03-05", False),
    ],
)
def test_a_fact_is_late_after_the_lock_of_its_period(day: str, known_on: str, late: bool) -> None:
    moment = frames.of(
        {"account": pl.String(), "day": pl.Date(), "known_on": pl.Date()},
        {"account": "C", "day": day, "known_on": known_on},
    )

    assert locks.late(moment, STAGES)["account"].to_list() == (["C"] if late else [])

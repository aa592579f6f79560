"""Weights of stub months under each convention, as fractions of months or days."""

from fractions import Fraction

import polars as pl
import pytest

from ratable.engine import progress
from tests import frames

TERM = ("2026-01-16", "2026-04-15")


def weight(day: str, proration: str | None, start: str = TERM[0], end: str = TERM[1]) -> Fraction:
    """Weight through a day, in months (or days)."""
    row = pl.DataFrame(
        {"day": [frames.day(day)], "start": [frames.day(start)], "end": [frames.day(end)], "proration": [proration]}
    )
    found = progress.calendar_weight(pl.col("day"), proration=None if proration is None else "proration")
    part, split, unit = row.select(part=found.part, split=found.split, unit=found.unit).row(0)
    return Fraction(part, split * unit)


@pytest.mark.parametrize(
    ("proration", "january", "february", "whole"),
    [
        ("daily", 16, 44, 90),
        (None, 16, 44, 90),
        ("monthly_prorated", Fraction(16, 31), Fraction(47, 31), Fraction(16, 31) + 2 + Fraction(1, 2)),
        ("monthly_full_first", 1, 2, 3),  # The stub at the end is dropped.
        ("mid_month", Fraction(1, 2), Fraction(3, 2), 3),
    ],
)
def test_weights_of_a_term_between_two_stubs(
    proration: str | None, january: Fraction, february: Fraction, whole: Fraction
) -> None:
    assert weight("2026-01-15", proration) == weight("2025-01-01", proration) == 0
    assert weight("2026-01-31", proration) == january
    assert weight("2026-02-28", proration) == february
    assert weight("2026-04-15", proration) == weight("2030-01-01", proration) == whole


@pytest.mark.parametrize(
    ("proration", "day", "through"),
    [
        ("monthly_prorated", "2026-02-14", Fraction(16, 31) + Fraction(14, 28)),
        ("monthly_prorated", "2026-01-20", Fraction(5, 31)),
        ("monthly_prorated", "2026-04-03", Fraction(16, 31) + 2 + Fraction(3, 30)),
        ("monthly_full_first", "2026-01-20", Fraction(5, 16)),
        ("monthly_full_first", "2026-03-31", 3),
        ("monthly_full_first", "2026-04-03", 3),
        ("mid_month", "2026-01-20", Fraction(5, 32)),
        ("mid_month", "2026-04-03", Fraction(5, 2) + Fraction(3, 30)),
        ("daily", "2026-01-16", 1),
    ],
)
def test_a_month_weighs_evenly_over_its_service_days(proration: str, day: str, through: Fraction) -> None:
    assert weight(day, proration) == through


@pytest.mark.parametrize(
    ("proration", "whole"),
    [("monthly_full_first", 1), ("mid_month", 1), ("monthly_prorated", Fraction(10, 28)), ("daily", 10)],
)
def test_a_single_month(proration: str, whole: Fraction) -> None:
    through = [weight(day, proration, "2026-02-10", "2026-02-19") for day in ("2026-02-09", "2026-02-14", "2026-02-19")]

    assert through == [0, Fraction(whole) / 2, whole]


def test_a_whole_last_month_is_not_dropped() -> None:
    assert weight("2026-04-30", "monthly_full_first", end="2026-04-30") == 4


def test_a_year_of_whole_months_is_twelve_under_every_monthly_convention() -> None:
    for proration, whole in (("monthly_prorated", 12), ("monthly_full_first", 12), ("mid_month", 11)):
        assert weight("2026-12-31", proration, "2026-01-01", "2026-12-31") == whole

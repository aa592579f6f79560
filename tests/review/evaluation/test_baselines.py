"""What others would flag: each test of the battery on rows worked out by hand, and a forest that is seeded (EV-07)."""

from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl

from ratable.review import snapshot
from ratable.review.evaluation import baselines, worlds
from ratable.review.snapshot import Snapshot


@cache
def seen() -> Snapshot:
    return worlds.world(5, kinds=(), size=6).snapshot()


def of(*rows: tuple[date, int]) -> Snapshot:
    """A snapshot of entries of some days and amounts (minor units of USD)."""
    one = seen().entries.head(1)
    entries = [
        one.with_columns(
            date=pl.lit(day), amount=pl.lit(amount, pl.Int64), entry=pl.lit(f"e{place}"), currency=pl.lit("USD")
        )
        for place, (day, amount) in enumerate(rows)
    ]
    return replace(seen(), entries=pl.concat(entries).match_to_schema(snapshot.ENTRIES))


def test_the_battery_flags_what_textbooks_say() -> None:
    """A Wednesday in mid month and 1,234.56 is nothing; a Sunday, a month end, 5,000.00 and a repeated amount are."""
    plain = [(date(2026, 3, 4 + place), 100_000 + 7_919 * place * place) for place in (0, 1, 5, 6, 7, 8, 12, 13, 14)]
    odd = [(date(2026, 3, 8), 612_345), (date(2026, 3, 31), 712_345), (date(2026, 3, 18), 500_000)]
    twice = [(date(2026, 3, 19), 912_345), (date(2026, 3, 19), 912_345)]
    flagged = set(baselines.textbook(of(*plain, *odd, *twice))["subject"])

    assert {"e9", "e10", "e11", "e12", "e13"} <= flagged
    assert "e4" not in flagged


def test_most_clean_entries_fail_the_battery() -> None:
    flagged = baselines.textbook(seen()).height

    assert flagged > seen().reviewed.height // 2


def test_the_forest_flags_one_in_a_hundred_and_always_the_same() -> None:
    first, again = baselines.forest(seen()), baselines.forest(seen())

    assert first.equals(again)
    assert first.height == max(1, seen().reviewed.height // 100)


def test_the_forest_sees_what_stands_far_from_all() -> None:
    rows = [(date(2026, 3, 1 + place % 28), 100_000 + place) for place in range(150)]
    flagged = baselines.forest(of(*rows, (date(2026, 3, 15), 9_000_000_000)))

    assert list(flagged["subject"]) == ["e150"]


def test_recomputing_is_silent_on_a_clean_world() -> None:
    assert baselines.recompute(seen()).height == 0

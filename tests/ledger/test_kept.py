"""Entries in memory: only those that came since are read, and nothing of an act that may still fail is held."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import transaction

from ratable.ledger import entries, kept, rows
from tests.ledger import closing, test_scope
from tests.stores import Store

JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)


@pytest.fixture
def read(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """January is posted and held; how many entries each later look at them reads."""
    monkeypatch.setattr(kept, "_before", {})
    closing.posted(store, tmp_path, test_scope.BUNDLE, JANUARY)
    kept.held(keep=True)
    counted: list[int] = []
    select = rows.select

    def watched(query: str, given: Any, schema: Any) -> pl.DataFrame:
        found = select(query, given, schema)
        if "FROM entries" in query:
            counted.append(found.height)
        return found

    monkeypatch.setattr(rows, "select", watched)
    return counted


def test_only_what_came_since_is_read(store: Store, read: list[int]) -> None:
    before = entries.posted().height
    closing.post(store, FEBRUARY)
    read.clear()

    held = kept.held(keep=True).rows

    after = entries.posted()
    assert read == [after.height - before, after.height]
    assert held["no"].to_list() == after["no"].to_list()
    assert held["amount"].to_list() == after["amount"].to_list()
    assert kept.held(keep=True).rows is held


def test_nothing_of_an_act_is_held_before_it_is_done(store: Store, read: list[int]) -> None:
    before = kept.held(keep=True).rows.height
    with transaction.atomic():
        closing.post(store, FEBRUARY)
        assert kept.held(keep=False).rows.height > before
        transaction.set_rollback(True)

    assert kept.held(keep=True).rows.height == before
    assert read.count(0) == 2


@pytest.mark.usefixtures("read")
def test_a_line_is_found_by_its_place() -> None:
    held = kept.held(keep=True)
    named = held.lines[held.rows["place"]]

    assert named.equals(held.rows.select(kept.LINE))
    assert held.lines.is_unique().all()
    assert held.asked(kept.Asked(date(2026, 1, 5))).rows.equals(held.rows.filter(pl.col("date") <= date(2026, 1, 5)))
    assert held.asked(kept.Asked(FEBRUARY)).rows is held.rows
    assert held.asked(kept.Asked(FEBRUARY, date(2020, 1, 1))).rows.is_empty()

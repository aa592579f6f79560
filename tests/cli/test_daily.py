"""`ratable daily`: the folder that it writes holds the whole daily journal, once."""

from pathlib import Path

import polars as pl

from ratable.cli import main
from tests.tidy import tree

BUNDLE = tree.ROOT / "examples" / "first_contract.yaml"


def daily(*typed: str) -> int:
    return main.main(["daily", *typed])


def test_days_spans_and_entries_are_the_journal_by_day(tmp_path: Path) -> None:
    out = tmp_path / "journal"

    assert daily(str(BUNDLE), "--through", "2026-03-31", "--out", str(out)) == 0

    days = pl.read_parquet(out / "days-*.parquet").join(pl.read_parquet(out / "spans.parquet"), on="span")
    assert days.group_by("line").agg(pl.col("amount").sum()).rows() == [("C-1-1", 266301)]
    assert days.height == 90
    entries = pl.read_parquet(out / "entries.parquet")
    assert sorted(entries["kind"].cast(pl.String)) == ["billing", "billing", "recognition"]


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()

    assert daily(str(BUNDLE), "--through", "2026-03-31", "--out", str(tmp_path / "journal")) == 2
    assert list((tmp_path / "journal").iterdir()) == []


def test_a_bundle_that_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    assert daily(str(tmp_path / "none.yaml"), "--through", "2026-03-31", "--out", str(tmp_path / "journal")) == 2
    assert list(tmp_path.iterdir()) == []

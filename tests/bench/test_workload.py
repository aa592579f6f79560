"""The benchmark's workloads are the same everywhere, fit the schema, and every rival answers them alike."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from bench import rivals, run, workload
from ratable.core import tables


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("workload") / "annual-lines"
    workload.write(workload.annual_lines(200), written)
    return written


def test_annual_lines_are_those_of_the_worked_example() -> None:
    made = workload.annual_lines(8)
    assert made["invoices"].select("id", "issued_on").rows() == [("I-0", date(2023, 1, 1)), ("I-1", date(2023, 7, 31))]
    lines = made["invoice_lines"].select("id", "invoice", "amount", "service_start", "service_end").rows()
    assert lines[0] == ("I-0-0", "I-0", "100.00", date(2023, 1, 1), date(2023, 12, 31))
    assert lines[1] == ("I-0-1", "I-0", "29397.77", date(2023, 1, 1), date(2023, 12, 31))
    assert lines[4] == ("I-1-0", "I-1", "17491.08", date(2023, 7, 31), date(2024, 7, 30))


def test_january_lines_start_in_january() -> None:
    starts = workload.january_lines(400)["invoice_lines"]["service_start"]
    assert (starts.min(), starts.max()) == (date(2023, 1, 1), date(2023, 1, 31))


def test_every_thousandth_line_is_corrected() -> None:
    before = workload.january_lines(2001)["invoice_lines"]
    changed = workload.january_corrections(2001)["invoice_lines"].join(before, on="id", suffix="_before")
    assert changed["id"].to_list() == ["I-0-0", "I-250-0", "I-500-0"]
    dearer = changed.select(pl.col("amount").cast(pl.Decimal(12, 2)) - pl.col("amount_before").cast(pl.Decimal(12, 2)))
    assert dearer["amount"].to_list() == [100, 100, 100]
    assert changed["service_start"].equals(changed["service_start_before"])


def test_contracts_run_for_36_months() -> None:
    contracts = workload.three_year_contracts(30)["contracts"]
    assert contracts.select("start", "end").row(29) == (date(2022, 1, 2), date(2025, 1, 1))


@pytest.mark.parametrize("name", workload.WORKLOADS)
def test_a_size_gives_one_bundle(name: str) -> None:
    first, again = workload.WORKLOADS[name](200), workload.WORKLOADS[name](200)
    assert first.keys() == again.keys()
    assert all(first[table].equals(again[table]) for table in first)


@pytest.mark.parametrize("name", workload.WORKLOADS)
def test_columns_are_those_of_a_bundle(name: str) -> None:
    for table, frame in workload.WORKLOADS[name](20).items():
        declared = {column.name: column for column in tables.TABLES[table].columns}
        assert set(frame.columns) <= declared.keys()
        assert {column.name for column in declared.values() if column.required} <= set(frame.columns)
        days = {column for column, kind in frame.schema.items() if kind == pl.Date}
        assert days == {column for column in frame.columns if declared[column].kind == "day"}
        for key in {"id"} & set(frame.columns):
            assert frame[key].is_unique().all()


@pytest.mark.parametrize("name", sorted(workload.WORKLOADS.keys() - {"january-corrections"}))
def test_references_are_to_rows_that_are_there(name: str) -> None:
    made = workload.WORKLOADS[name](20)
    for table, frame in made.items():
        for column in tables.TABLES[table].columns:
            if column.to and column.name in frame.columns:
                assert set(frame[column.name].drop_nulls()) <= set(made[column.to]["id"])
    if "credit_notes" in made:
        assert set(made["credit_notes"]["invoice"]) <= set(made["invoices"]["id"])
        assert set(made["credit_note_lines"]["invoice_line"]) <= set(made["invoice_lines"]["id"])


@pytest.mark.parametrize("name", sorted(workload.WORKLOADS.keys() - set(workload.IMPORTED)))
def test_all_service_has_ended_by_the_day_of_the_report(name: str) -> None:
    ends = workload.WORKLOADS[name](1_000)["invoice_lines"]["service_end"]
    assert ends.max() == date(2024, 12, 30)
    assert date.fromisoformat(run.THROUGH) > date(2024, 12, 30)


def test_a_folder_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workload, "BUILD", tmp_path)
    made = workload.build("annual-lines", 8)
    before = {file.name: file.stat().st_mtime_ns for file in made.iterdir()}
    assert workload.build("annual-lines", 8) == made
    assert {file.name: file.stat().st_mtime_ns for file in made.iterdir()} == before
    assert set(before) == {f"{table}.parquet" for table in workload.annual_lines(8)}
    assert [folder.name for folder in tmp_path.iterdir()] == [made.name]


def test_what_is_imported_is_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workload, "BUILD", tmp_path)
    assert {file.suffix for name in workload.IMPORTED for file in workload.build(name, 8).iterdir()} == {".csv"}


@pytest.mark.parametrize("name", rivals.ROLL_FORWARDS)
def test_roll_forwards_agree(name: str, folder: Path) -> None:
    assert rivals.roll_forward(*rivals.ROLL_FORWARDS[name](folder)) == _by_the_day(folder)


@pytest.mark.parametrize("name", rivals.JOURNALS)
def test_journals_agree(name: str, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "journal.parquet"
    rivals.JOURNALS[name](folder, out)
    lines = pl.read_parquet(folder / "invoice_lines.parquet")
    found = rivals.totals(out)
    assert found["rows"] == (lines["service_end"] - lines["service_start"]).dt.total_days().sum() + len(lines)
    assert found["recognized"] == {row["period"]: _cents(row["recognized"]) for row in _by_the_day(folder)}
    journal = pl.read_parquet(out)
    assert journal.columns == ["line", "date", "amount", "debit", "credit"]
    by_line = journal.group_by(id=pl.col("line").cast(pl.String)).agg(pl.col("amount").sum(), pl.col("date").max())
    wanted = lines.select(
        "id", amount=pl.col("amount").str.replace(".", "", literal=True).cast(pl.Int64), date="service_end"
    )
    assert by_line.sort("id").equals(wanted.sort("id"))


def test_totals_read_text_as_major_units(tmp_path: Path) -> None:
    out = tmp_path / "schedule.parquet"
    days = [date(2023, 1, 31), date(2023, 2, 1)]
    pl.DataFrame({"date": days, "amount": ["2.50", "-0.01"]}).write_parquet(out)
    assert rivals.totals(out) == {"rows": 2, "recognized": {"2023-01": 250, "2023-02": -1}}


def _by_the_day(folder: Path) -> list[dict[str, str]]:
    """The roll-forward by a loop over days, with Python's own rounding of exact halves to even."""
    billed: Counter[str] = Counter()
    recognized: Counter[str] = Counter()
    lines = pl.read_parquet(folder / "invoice_lines.parquet")
    for amount, start, end in lines.select("amount", "service_start", "service_end").iter_rows():
        cents, days = int(amount.replace(".", "")), (end - start).days + 1
        billed[f"{start:%Y-%m}"] += cents
        for day in range(days):
            gained = round(Fraction(cents * (day + 1), days)) - round(Fraction(cents * day, days))
            recognized[f"{start + timedelta(days=day):%Y-%m}"] += gained
    return rivals.roll_forward(billed, recognized)


def _cents(text: str) -> int:
    return -int(text.replace(".", ""))

"""The demo, run once into a folder of its own."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich import console

from ratable.cli import demo, demo_ledger
from ratable.exports import options


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "files"


@pytest.fixture(scope="module")
def shown(folder: Path) -> str:
    """What the demo prints, in a process of its own: it takes a store of its own, and a process has one."""
    command = [sys.executable, "-m", "ratable", "demo", "--out", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_findings_come_before_figures(shown: str) -> None:
    parts = ["C-900-faulty-1", "2026-03  ", "USD 2026-03", "2026-Q4", "13 to 24 months", "sage-intacct", "ratable init"]
    places = [shown.index(part) for part in parts]

    assert places == sorted(places)


def test_closed_months_stand_unchanged(shown: str) -> None:
    closed = re.findall(r"(\d+) balanced entries, locked on [\d-]+; (\d+) of them stand\s+unchanged", shown)

    assert len(closed) == len(demo.CLOSES) - 1
    assert all(entries == kept for entries, kept in closed)


def test_figures_are_those_of_the_tutorial(shown: str) -> None:
    assert re.search(r"USD 2026-03\s+325,796.17\s+98,388.67\s+\(130,203.46\)\s+\(31,790.96\)\s+262,190.42", shown)


def test_every_ledger_has_its_files_and_what_is_missing_is_said(shown: str, folder: Path) -> None:
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {*options.LAYOUTS, "posted"}
    assert "netsuite: Refused: uk BHD" in shown
    control = json.loads((folder / "netsuite" / "netsuite-2026-03-001.control.json").read_text())
    assert control["entries"]["posted_in_period"] == control["entries"]["exported"] + control["entries"]["refused"]


def test_a_place_that_cannot_be_written_is_replaced_aloud(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = tmp_path / "taken"
    taken.touch()

    instead = demo.writable(console.Console(), taken / "files")

    assert instead.is_dir()
    assert "cannot be written" in " ".join(capsys.readouterr().out.split())
    instead.rmdir()


def test_the_store_is_closed_by_three_people_and_verified(shown: str, folder: Path) -> None:
    told = " ".join(shown.split())

    assert "ben is a preparer here and may not approve" in told
    assert re.search(r"Dana approves it at that hash and posts it: entries 1 to \d+", told)
    assert "It belongs to March 2026; the books were locked through 2026-03-31" in told
    assert "events and every row behind them are as they were written" in told
    assert (folder / demo_ledger.BOOKS).is_file()
    control = json.loads((folder / "posted" / "generic-2026-03-001.control.json").read_text())
    assert control["entries"]["exported"] > 0


def test_the_way_to_the_screens_is_said(shown: str) -> None:
    assert "ratable demo --serve" in shown

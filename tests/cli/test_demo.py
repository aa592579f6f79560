"""The demo, run once into a folder of its own."""

import contextlib
import io
import json
import re
from pathlib import Path

import pytest
from rich import console

from ratable.cli import demo, main
from ratable.exports import options


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "files"


@pytest.fixture(scope="module")
def shown(folder: Path) -> str:
    """What the demo prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main.main(["demo", "--out", str(folder)]) == 0
    return printed.getvalue()


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
    assert sorted(path.name for path in folder.iterdir()) == sorted(options.LAYOUTS)
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

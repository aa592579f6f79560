"""The same figures everywhere: 200 random settings of reports, by the interface and on the command line."""

import csv
import io
import json
import random
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from ratable.cli import main
from ratable.core import formulas
from ratable.ledger import knowledge
from ratable.operations import clock
from ratable.reports import names
from tests.api import calling
from tests.ledger import closing, test_books
from tests.stores import Store

SETTINGS = 200
THROUGH = ("2026-01-31", "2026-03-17", "2026-06-30")
KNOWN_ON = ("", "2026-04-01")


@pytest.fixture
def company(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The example company with half of 2026 posted, in two runs that the books knew on two days."""
    monkeypatch.setattr(clock, "now", store.clock)
    closing.bring(store, test_books.COMPANY)
    closing.post(store, "2026-03-31")
    store.clock.pass_days(30)
    closing.post(store, "2026-06-30")
    return store


def settings(entities: list[str]) -> list[dict[str, str]]:
    """Settings by a seed, those of one day together, since its books are then made once."""
    luck = random.Random(606)  # noqa: S311  the same settings each time
    made = []
    for _ in range(SETTINGS):
        report = luck.choice(list(names.REPORTS))
        takes = names.REPORTS[report]
        asked = {"report": report, "through": luck.choice(THROUGH), "known_on": luck.choice(KNOWN_ON)}
        if "by" in takes:
            asked["by"] = ",".join(luck.sample(names.DIMENSIONS, luck.randint(0, 3)))
        asked |= {name: luck.choice(["", *takes[name]]) for name in ("grain", "account", "basis") if name in takes}
        asked["entity"] = luck.choice(["", "", entities[0]])
        made.append({name: value for name, value in asked.items() if value})
    return sorted(made, key=lambda one: (one["through"], one.get("known_on", ""), one.get("entity", "")))


def printed(asked: dict[str, str], form: str, out: Path) -> tuple[int, bytes]:
    """What `ratable report` writes to a file: its exit status, and the bytes."""
    options = [f"--{name.replace('_', '-')}={value}" for name, value in asked.items() if name != "report"]
    file = out / f"report.{form}"
    file.unlink(missing_ok=True)
    status = main.main(["report", asked["report"], *options, f"--format={form}", f"--out={file}"])
    return status, file.read_bytes() if file.exists() else b""


def cells_of_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]


def cells_of_workbook(content: bytes, shown: list[list[str]]) -> list[list[str]]:
    """The first sheet as text; a number is written with the decimals that it has elsewhere."""
    sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
    return [
        [as_text(cell, told) for cell, told in zip(row, as_told, strict=True)]
        for row, as_told in zip(rows, shown, strict=True)
    ]


def as_text(cell: Any, told: str) -> str:
    if cell is None:
        return ""
    if hasattr(cell, "date"):
        return str(cell.date().isoformat())
    if isinstance(cell, int | float):
        places = len(told.partition(".")[2])
        return str(Decimal(repr(cell)).quantize(Decimal(1).scaleb(-places)))
    return str(cell)


def disagreements(asked: dict[str, str], program: calling.Program, out: Path) -> list[str]:
    """Where the interface and the command line, or two formats, say something else."""
    found, seen = [], {}
    query: dict[str, Any] = {name: value for name, value in asked.items() if name != "report"}
    for form in ("json", "csv", "xlsx"):
        status, expected = printed(asked, form, out)
        answer = program.get(f"/reports/{asked['report']}", **query | {"format": form})
        if status == 2:
            if answer.status_code not in (409, 422):
                found.append(f"{form}: refused on the command line, {answer.status_code} here")
            return found
        if answer.status_code != 200 or answer.content != expected:
            found.append(f"{form}: other bytes, {answer.status_code}")
        seen[form] = answer.content
    document = json.loads(seen["json"])
    told = [["" if cell is None else cell for cell in row.values()] for row in document["rows"]]
    if [[harmless(cell) for cell in row] for row in told] != cells_of_csv(seen["csv"]):
        found.append("csv: other cells than json")
    if cells_of_workbook(seen["xlsx"], told) != told:
        found.append("xlsx: other cells than json")
    return found


def harmless(cell: str) -> str:
    """A cell as CSV has it: a text that a spreadsheet would run has an apostrophe before it."""
    number = cell.removeprefix("-").replace(".", "", 1).isdecimal()
    return f"'{cell}" if re.match(formulas.BEGINS, cell) and not number else cell


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_interface_says_what_the_command_line_prints(company: Store, tmp_path: Path) -> None:
    program = calling.program(company, "vic")
    asked = settings(knowledge.entities())

    found = [(one, told) for one in asked if (told := disagreements(one, program, tmp_path))]

    assert found == []
    assert len({one["report"] for one in asked}) == len(names.REPORTS)


def test_a_difference_would_be_seen() -> None:
    assert as_text(1200, "1200.00") == "1200.00"
    assert as_text(1200.01, "1200.00") != "1200.00"
    assert cells_of_csv(b"a,b\r\n1,\r\n") == [["1", ""]]

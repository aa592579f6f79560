"""`ratable import`, as a person types it."""

from pathlib import Path

import pytest
import typer

from ratable.cli import importing, refusals
from ratable.ledger import knowledge
from ratable.operations import people
from tests import stores
from tests.bundle import samples
from tests.stores import Store

CREDIT = """\
credit_notes:
  - {id: CN-1, invoice: I-1, issued_on: 2026-02-01, lines: [{invoice_line: I-1-1, amount: "40.00"}]}
"""


@pytest.fixture
def clock(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line tells the time of the test."""
    monkeypatch.setattr("ratable.operations.clock.now", store.clock)


def typed(*arguments: str) -> int:
    """Type a command; its exit status."""
    app = typer.Typer(add_completion=False)
    app.callback()(lambda: None)  # With one command alone, its name would not be typed.
    importing.add(app)
    return int(app(arguments, standalone_mode=False) or 0)


def written(tmp_path: Path, text: str = samples.SMALLEST) -> str:
    path = tmp_path / "march.yaml"
    path.write_text(text)
    return str(path)


def test_the_first_import_begins_the_books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ratable.operations.clock.now", stores.Clock())
    stores.use(f"sqlite:///{tmp_path}/new.sqlite3")

    status = typed("import", written(tmp_path), "--as", "cora")

    assert status == 0
    assert people.role("cora") == "controller"
    assert knowledge.entities() == [""]


def test_what_is_no_bundle_begins_no_books(tmp_path: Path) -> None:
    stores.use(f"sqlite:///{tmp_path}/new.sqlite3")
    notes = tmp_path / "notes.txt"
    notes.write_text("hello")

    with pytest.raises(refusals.Refusal, match="no form of a bundle"):
        typed("import", str(notes), "--as", "cora")
    assert not (tmp_path / "new.sqlite3").exists()


@pytest.mark.usefixtures("clock")
def test_an_import_says_what_came_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = typed("import", written(tmp_path), "--as", "ben")

    told = capsys.readouterr()
    assert status == 0
    assert told.out.splitlines() == [
        "Import 1 of march.yaml (opening): 4 rows added, 0 known, 0 corrected, 0 left out.",
        "  customers: 1 added",
        "  products: 1 added",
        "  invoices: 1 added",
        "  invoice_lines: 1 added",
        "Control totals of what is in the books:",
        "  invoice_lines, 1 row: amount 31.00 USD",
    ]
    assert told.err == ""


@pytest.mark.usefixtures("clock")
def test_what_was_left_out_is_told_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed("import", written(tmp_path), "--as", "ben")
    status = typed("import", written(tmp_path, CREDIT), "--as", "ben")

    told = capsys.readouterr()
    assert status == 1
    assert "Import 2 of march.yaml: 0 rows added, 0 known, 0 corrected, 2 left out." in told.out
    assert "over_credit: credit_note_lines CN-1/I-1-1 (row 1), amount: saw 40.00" in told.err


@pytest.mark.usefixtures("clock")
def test_a_change_is_refused_and_then_corrected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed("import", written(tmp_path), "--as", "ben")
    changed = written(tmp_path, samples.SMALLEST.replace("31.00", "35.00"))

    with pytest.raises(refusals.Refusal, match=r"before 31\.00, now 35\.00.*--correct"):
        typed("import", changed, "--as", "ben")
    status = typed("import", changed, "--as", "ben", "--correct", "--reason", "the paper says 35.00")

    assert status == 0
    assert "  invoice_lines: 1 corrected" in capsys.readouterr().out
    assert knowledge.bundle()["invoice_lines"]["amount"].to_list() == [3500]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("name", "says"), [("gone.yaml", "no such file"), ("bundle.docx", "no form of a bundle")])
def test_what_is_no_bundle_is_refused(name: str, says: str, tmp_path: Path) -> None:
    if says == "no form of a bundle":
        (tmp_path / name).write_text("words")

    with pytest.raises(refusals.Refusal, match=says):
        typed("import", str(tmp_path / name), "--as", "ben")

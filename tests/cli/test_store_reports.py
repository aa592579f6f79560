"""`ratable report`, `export`, `explain` and `changes` on a store."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ratable.cli import main
from ratable.ledger import entries, models
from ratable.operations import choices, decide, propose
from tests.ledger import closing, test_books
from tests.stores import Store

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def january(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with January posted, at hand for the command; the bundle that it came from."""
    bundle = closing.posted(store, tmp_path, test_books.ORDER, "2026-01-31")
    monkeypatch.setattr("ratable.operations.clock.now", store.clock)
    monkeypatch.setenv("RATABLE_PERSON", "ben")
    return bundle


def test_a_report_of_the_store_is_that_of_run(january: Path, capfd: Capture) -> None:
    for name in ("roll-forward", "journal", "trial-balance", "waterfall"):
        assert main.main(["report", name, "--through", "2026-01-31", "--format", "csv"]) == 0
        stored = capfd.readouterr()
        assert main.main(["run", str(january), "--through", "2026-01-31", "--report", name, "--format", "csv"]) == 0
        assert stored == capfd.readouterr()


@pytest.mark.usefixtures("january")
def test_the_choices_and_days_are_repeated(capfd: Capture) -> None:
    typed = ["--through", "2026-01-31", "--known-on", "2026-04-01", "--by", "customer", "--format", "json"]

    assert main.main(["report", "roll-forward", *typed]) == 0

    document = json.loads(capfd.readouterr().out)
    assert document["parameters"] == {"through": "2026-01-31", "known_on": "2026-04-01", "by": ["customer"]}
    assert document["rows"][0]["recognized"] == "-1019.18"
    assert "notes" not in document


@pytest.mark.usefixtures("january")
@pytest.mark.parametrize("format_", ["json", "table"])
def test_bt_03_the_day_of_knowledge_is_said_where_it_was_not_asked_for(
    store: Store, format_: str, capfd: Capture
) -> None:
    report = ["report", "roll-forward", "--through", "2026-01-31", "--format", format_]

    assert main.main(report) == 0
    said = capfd.readouterr().out
    store.clock.pass_days(9)
    assert main.main([*report, "--known-on", "2026-04-01"]) == 0

    assert capfd.readouterr().out == said
    assert "2026-04-01" in said


@pytest.mark.usefixtures("january")
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["report", "ledger", "--through", "2026-01-31"], "report: saw 'ledger'; expected allocation"),
        (["report", "journal", "--through", "2026-02-28", "--grain", "day"], "grain day: recognition of line C-1-1"),
        (["report", "journal", "--through", "2026-01-31", "--entity", "mars"], "entity: saw 'mars'"),
        (["explain", "zz"], "no posted entry begins with 'zz'"),
        (["explain", "zz", "--format", "pdf"], "--format: saw 'pdf'; expected text or json."),
        (["changes"], "nothing is locked yet"),
        (["changes", "--since-close", "--since", "2026-01-31"], "saw both; expected one of them"),
        (["export", "generic", "--period", "2026-13", "--out", "erp"], "--period: saw '2026-13'"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(capfd: Capture, typed: list[str], words: str) -> None:
    assert main.main(typed) == 2

    told = capfd.readouterr()
    assert told.out == ""
    assert words in told.err
    assert len(told.err.splitlines()) == 1


def test_an_export_of_what_is_posted_is_logged(january: Path, tmp_path: Path, capfd: Capture) -> None:
    out, direct = tmp_path / "erp", tmp_path / "direct"
    typed = ["--period", "2026-01", "--detail", "entries"]

    assert main.main(["export", "generic", *typed, "--out", str(out)]) == 0
    assert main.main(["export", "generic", str(january), *typed, "--out", str(direct)]) == 0

    (file,) = out.glob("*.csv")
    assert file.read_bytes() == (direct / file.name).read_bytes()
    event = models.Event.objects.order_by("-no").first()
    said = json.loads(event.body)["what"]["files"]
    totals = json.loads(file.with_name(file.name.replace(".csv", ".control.json")).read_text())
    rows = len(list(csv.reader(file.read_text().splitlines()))) - 1
    assert (event.actor, event.action, event.subject) == ("ben", "export", "generic 2026-01")
    assert said == [{"file": file.name, "sha256": totals["sha256"], "rows": str(rows)}]
    assert capfd.readouterr().out.startswith(str(file))


@pytest.mark.usefixtures("january")
def test_a_viewer_exports_nothing(tmp_path: Path, capfd: Capture) -> None:
    out = tmp_path / "erp"

    assert main.main(["export", "generic", "--period", "2026-01", "--out", str(out), "--as", "vic"]) == 2

    assert "vic is a viewer here and may not export" in capfd.readouterr().err
    assert not out.exists()
    assert models.Event.objects.order_by("-no").first().action == "refused"


@pytest.mark.usefixtures("january")
def test_an_entry_is_explained_in_words_and_as_a_document(capfd: Capture) -> None:
    entry = entries.posted()["entry"][-1]

    assert main.main(["explain", entry[:10]]) == 0
    words = capfd.readouterr().out
    assert main.main(["explain", entry, "--format", "json"]) == 0
    document = json.loads(capfd.readouterr().out)

    assert f"Entry {entry}" in words
    assert "12,000.00 x 31/365 = 1,019.18 earned through 2026-01-31" in words
    assert document["entry"] == entry


def test_changes_are_told_by_cause(january: Path, store: Store, tmp_path: Path, capfd: Capture) -> None:
    store.clock.pass_days(1)
    closing.bring(store, closing.written(tmp_path, test_books.LATE))

    assert main.main(["changes", "--since", "2026-04-01", "--format", "csv"]) == 0
    rows = list(csv.DictReader(capfd.readouterr().out.splitlines()))
    assert [(row["line"], row["period"], row["cause"], row["revenue"]) for row in rows] == [
        ("I-9-1", "2026-01", "invoice", "310.00")
    ]
    assert main.main(["changes", "--since", "2026-04-01"]) == 0
    assert "changes through 2026-04-30, since 2026-04-01, known on 2026-04-02" in capfd.readouterr().out
    assert january.exists()


def test_who_approved_alone_is_named_wherever_there_is_room(
    january: Path, store: Store, tmp_path: Path, capfd: Capture
) -> None:
    choices.set_choice(store.actor("cora", "We are two people."), "single_person", "on")
    made = propose.propose(store.actor("cora"), date(2026, 2, 28))
    assert made.run is not None
    decide.approve(store.actor("cora", "Dana is away."), made.run, made.hash, override=True)
    decide.post(store.actor("cora"), made.run)
    note = "Run 2 was prepared and approved by one person, cora, as the company allows: Dana is away."
    report = ["report", "roll-forward", "--through", "2026-02-28"]
    book = january.with_name("report.xlsx")

    assert main.main(report) == 0
    assert note in " ".join(capfd.readouterr().out.split())
    assert main.main([*report, "--format", "json"]) == 0
    assert json.loads(capfd.readouterr().out)["notes"] == [note]
    assert main.main([*report, "--format", "csv"]) == 0
    assert note in capfd.readouterr().err
    assert main.main([*report, "--out", str(book)]) == 0
    assert load_workbook(book)["notes"]["A2"].value == note
    assert main.main(["report", "roll-forward", "--through", "2026-01-31", "--format", "csv"]) == 0
    assert note not in capfd.readouterr().err

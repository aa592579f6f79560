"""`ratable close`, `lock`, `unlock`, `dispose` and `choose` as they are typed."""

from pathlib import Path

import pytest
import typer

from ratable.cli import closing, refusals
from ratable.ledger import closed, models
from ratable.operations import choices, founding
from tests.ledger import closing as steps
from tests.ledger import noticed
from tests.operations import agreed
from tests.stores import Store

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def books(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Books posted through March, with two controllers, by the clock of the test."""
    monkeypatch.setattr("ratable.operations.clock.now", store.clock)
    monkeypatch.setenv("RATABLE_PERSON", "cora")
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(tmp_path / "signing.key"))
    founding.grant(store.actor("cora"), "carl", "controller")
    steps.posted(store, tmp_path, agreed.BUNDLE, "2026-01-31", "2026-02-28", "2026-03-31")
    return store


def typed(*words: str) -> int:
    """The exit status of a command of this area."""
    app = typer.Typer()
    closing.add(app)
    return int(app(list(words), standalone_mode=False) or 0)


def test_close_says_what_is_open_and_what_is_next(books: Store, capsys: Capture) -> None:
    assert typed("close", "2026-03") == 0
    said = capsys.readouterr().out
    assert said.count("  done  ") == 8
    assert said.endswith("Next: ratable lock 2026-03\n")

    assert typed("close", "2026-04", "--soft") == 1
    said = capsys.readouterr().out
    assert said.startswith("Soft-closed 2026-04.\n")
    assert "  open  drafts posted: 1 entry is due through 2026-04-30 and not posted." in said


def test_lock_says_what_was_signed(books: Store, capsys: Capture) -> None:
    assert typed("lock", "2026-03") == 0

    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Locked 2026-03. What is learned from now on is posted later."
    kept = models.Statement.objects.get(report="roll-forward")
    assert f"  signed roll-forward, 3 rows, SHA-256 {kept.sha256}" in said
    assert models.Checkpoint.objects.count() == 1


def test_lock_refuses_in_a_sentence(books: Store) -> None:
    with pytest.raises(refusals.Refusal, match="ben is a preparer here and may not lock"):
        typed("lock", "2026-03", "--as", "ben")
    assert closed.states() == []


def test_a_key_that_others_can_read_locks_nothing(books: Store, tmp_path: Path) -> None:
    (tmp_path / "signing.key").touch(mode=0o644)

    with pytest.raises(refusals.Refusal, match="saw a signing key that others on this machine can read"):
        typed("lock", "2026-03")
    assert closed.states() == []


def test_unlock_asks_first_and_reopens_for_another_controller(books: Store, tmp_path: Path, capsys: Capture) -> None:
    typed("lock", "2026-03")
    capsys.readouterr()

    assert typed("unlock", "2026-03", "--reason", "C-2 was forgotten") == 0
    assert capsys.readouterr().out == (
        "cora has asked for 2026-03. Another controller reopens it: ratable unlock 2026-03 --reason TEXT\n"
    )
    with pytest.raises(refusals.Refusal, match="cora asked for 2026-03 and cannot reopen it"):
        typed("unlock", "2026-03", "--reason", "C-2 was forgotten")
    assert typed("unlock", "2026-03", "--reason", "agreed", "--as", "carl") == 0
    assert capsys.readouterr().out == ("Reopened 2026-03; what was signed stays, and the month counts as restated.\n")

    steps.bring(books, steps.written(tmp_path, agreed.LATE))
    steps.post(books, "2026-03-31")
    typed("lock", "2026-03")
    said = capsys.readouterr().out
    assert "rows differ from the statements signed before:" in said
    assert "  - roll-forward: 2026-03,USD,1000.00,0.00,-100.00,0.00,0.00,0.00,0.00,900.00\n" in said
    assert "  and " in said


def test_findings_are_disposed_of_by_number_or_code(books: Store, capsys: Capture) -> None:
    noticed.on_import(books, noticed.FLOAT, noticed.UNPRICED)

    typed("dispose", "1", "accepted", "--reason", "never signed")
    typed("dispose", "ssp_missing", "accepted", "--reason", "negotiated")

    assert capsys.readouterr().out == "Finding 1 is accepted.\nssp_missing is accepted, 1 finding.\n"
    assert models.Disposition.objects.count() == 2


def test_a_choice_is_made(books: Store, capsys: Capture) -> None:
    typed("choose", "single_person", "on", "--reason", "nobody else keeps books here")

    assert choices.chosen("single_person") == "on"
    assert capsys.readouterr().out == "single_person is on from now on.\n"

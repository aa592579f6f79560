"""`ratable verify`, `checkpoint` and `proof` as they are typed."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from ratable.cli import proving, refusals
from ratable.proof import verify_entry
from tests.ledger import histories, tampering
from tests.stores import Store

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Cora works on books just begun, by the clock of the test."""
    monkeypatch.setattr("ratable.operations.clock.now", store.clock)
    monkeypatch.setenv("RATABLE_PERSON", "cora")
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(tmp_path / "signing.key"))
    return tmp_path


def typed(*words: object) -> int:
    """The exit status of a command of this area."""
    app = typer.Typer()
    proving.add(app)
    try:
        return int(app([str(word) for word in words], standalone_mode=False) or 0)
    except typer.Exit as ended:
        return ended.exit_code


def test_sound_books_are_said_to_be_so(folder: Path, capsys: Capture) -> None:
    anchors = folder / "anchors.jsonl"
    assert typed("checkpoint", "--out", anchors) == 0
    assert typed("checkpoint", "--out", anchors) == 0
    assert capsys.readouterr().out.startswith(f"Signed 4 events; added to {anchors}. Keep it where nobody")

    assert typed("verify") == 0
    assert typed("verify", "--anchors", anchors) == 0
    assert typed("verify", "--since", "2026-04-01") == 0
    assert capsys.readouterr().out.splitlines() == [
        "The books are as they were written, as far as they can tell themselves.",
        "The books are as they were written, and agree with 2 anchors.",
        "The books are as they were written, since 2026-04-01.",
    ]


def test_the_first_bad_row_is_named(folder: Path, capsys: Capture) -> None:
    with histories.unguarded():
        histories.run("UPDATE grants SET role = 'controller' WHERE no = 4")

    assert typed("verify") == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("grants 4: row 4 is not what event 4 added")
    assert said[1] == "The books are not as they were written; each line names the first bad row that a check found."


def test_anchors_convict_a_cut(folder: Path, capsys: Capture) -> None:
    typed("checkpoint")
    (folder / "anchors.jsonl").write_text(capsys.readouterr().out)
    with histories.unguarded():
        tampering.cut(4)

    assert typed("verify") == 0
    assert typed("verify", "--anchors", folder / "anchors.jsonl") == 1
    assert "events 4: is gone: 4 events were there" in capsys.readouterr().out


def test_a_proof_says_what_it_holds(folder: Path, capsys: Capture) -> None:
    assert typed("proof", "--out", folder / "proof.zip") == 0

    said = capsys.readouterr().out
    assert said.startswith(f"Wrote {folder / 'proof.zip'}: 4 events and 4 rows. SHA-256 ")
    assert said.endswith("Verify it with the verify_proof.py inside: python verify_proof.py proof.zip\n")


def test_an_entry_is_proved_alone(store: Store, folder: Path, capsys: Capture) -> None:
    histories.small(store)
    anchors, out = folder / "anchors.jsonl", folder / "entry.json"
    assert typed("checkpoint", "--out", anchors) == 0
    capsys.readouterr()

    assert typed("proof", "--entry", "1-b", "--anchors", anchors, "--out", out) == 0

    assert capsys.readouterr().out == (
        f"Wrote {out}. Verify it with what you kept: python verify_entry.py entry.json anchors.jsonl\n"
    )
    program = [sys.executable, "-I", verify_entry.__file__, str(out), str(anchors)]
    said = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    assert said.startswith("OK: entry 2 was added")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("verify", "--anchors", "missing.jsonl"), "missing.jsonl: cannot be read"),
        (("verify", "--since", "soon"), "--since"),
        (("proof", "--out", "missing/proof.zip"), "cannot write missing/"),
        (("proof", "--out", "entry.json", "--entry", "zz"), "no posted entry begins with 'zz'"),
        (("proof", "--out", "proof.zip", "--anchors", "anchors.jsonl"), "--anchors: saw no --entry"),
        (("checkpoint", "--out", "missing/anchors.jsonl"), "cannot write missing/anchors.jsonl"),
        (("checkpoint", "--as", "eve"), "eve has no role here"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(folder: Path, words: tuple[str, ...], says: str) -> None:
    with pytest.raises(refusals.Refusal, match=says):
        typed(*words)


def test_a_key_that_others_can_read_is_refused(folder: Path) -> None:
    typed("checkpoint")
    (folder / "signing.key").chmod(0o644)

    for words in (("checkpoint",), ("verify",)):
        with pytest.raises(refusals.Refusal, match="others on this machine can read"):
            typed(*words)

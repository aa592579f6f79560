"""A real close of the example company, verified here and by an auditor."""

import subprocess
import sys
from pathlib import Path

import pytest

from ratable.ledger import canonical, checkpoints, models, signing, tracing, verification
from ratable.operations import acts, proving
from ratable.proof import verify_proof
from tests.ledger import closing, histories
from tests.operations import books
from tests.stores import Store

COMPANY = Path(__file__).parents[2] / "examples" / "company"


@pytest.fixture(autouse=True)
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of this test alone."""
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(tmp_path / "signing.key"))


def test_a_checkpoint_is_made_by_anybody_with_a_role(store: Store) -> None:
    anchor = proving.checkpoint(store.actor("vic"))

    assert anchor.key == signing.known()
    assert models.Event.objects.order_by("-no")[0].action == "checkpoint"
    with pytest.raises(acts.Refused, match="eve has no role here and may not checkpoint"):
        proving.checkpoint(store.actor("eve"))


def test_a_proof_is_logged_and_not_for_everybody(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "proof.zip"
    with pytest.raises(acts.Refused, match="vic is a viewer here and may not export"):
        proving.proof(store.actor("vic"), path)
    assert not path.exists()

    written = proving.proof(store.actor("dana"), path)

    assert written.sha256 == canonical.sha256(path.read_bytes())
    assert written.sha256 in models.Event.objects.order_by("-no")[0].body
    assert not list(tmp_path.glob(".proof*"))


def test_the_proof_of_an_entry_is_logged_and_not_for_everybody(store: Store, tmp_path: Path) -> None:
    histories.small(store)
    path = tmp_path / "entry.json"
    with pytest.raises(acts.Refused, match="vic is a viewer here and may not export"):
        proving.entry(store.actor("vic"), path, "1-a")
    with pytest.raises(tracing.Unknown):
        proving.entry(store.actor("dana"), path, "9-a")
    assert not path.exists()

    proving.entry(store.actor("dana"), path, "1-a")

    event = models.Event.objects.order_by("-no")[0]
    assert (event.action, event.subject) == ("export", "proof of entry 1-a")
    assert canonical.sha256(path.read_bytes()) in event.body


def test_a_real_close_verifies_here_and_outside(store: Store, tmp_path: Path) -> None:
    closing.bring(store, COMPANY)
    closing.post(store, "2026-02-28")
    books.lock(store, "2026-03-31", "us")
    closing.post(store, "2026-04-30")
    anchor = proving.checkpoint(store.actor("cora"))
    anchors = tmp_path / "anchors.jsonl"
    anchors.write_text(f"{anchor.line()}\n")
    path = tmp_path / "proof.zip"
    proving.proof(store.actor("dana"), path)

    assert verification.verify(anchors=checkpoints.read(anchors)) == []
    assert verification.verify(since=store.clock.now.date()) == []
    program = [sys.executable, "-I", verify_proof.__file__, str(path), str(anchors)]
    said = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (said.stderr, said.returncode) == ("", 0), said.stdout

    with histories.unguarded():
        histories.run("UPDATE entries SET amount = amount + 1 WHERE no = 41")
    assert [(fault.table, fault.no) for fault in verification.verify()] == [("entries", 41)]

"""With the agent and the model off a month closes all the same: every act of the close, as it is typed (GR-14)."""

from pathlib import Path

import pytest

from ratable.cli import main
from ratable.ledger import closed, models
from ratable.ledger.review_tables import Review
from tests.ledger import closing
from tests.operations import agreed
from tests.stores import Store

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def books(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Books whose company switched the review off, on a machine whose model is switched off and would not answer."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ratable.operations.clock.now", store.clock)
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(tmp_path / "signing.key"))
    monkeypatch.setenv("RATABLE_MODEL_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("RATABLE_MODEL_NAME", "nobody")
    monkeypatch.setenv("RATABLE_MODEL", "off")
    assert typed("choose", "review", "off", "--as", "cora", "--reason", "an incident") == 0
    return store


def typed(*words: str) -> int:
    return main.main(list(words))


def test_a_month_is_closed_without_the_agent(books: Store, tmp_path: Path, capsys: Capture) -> None:
    bundle = closing.written(tmp_path, agreed.BUNDLE)

    assert typed("import", str(bundle), "--as", "ben") == 0
    assert typed("propose", "--through", "2026-01-31", "--as", "ben") == 0
    assert typed("review", "1", "--as", "dana") == 0
    assert "The review is switched off." in capsys.readouterr().out
    assert typed("approve", "1", "--as", "dana") == 0
    assert typed("post", "1", "--as", "dana") == 0
    assert typed("lock", "2026-01", "--as", "cora") == 0
    assert closed.of_month("2026-01", "") == closed.LOCKED
    entry = str(models.Entry.objects.values_list("entry", flat=True).first())
    erp = str(tmp_path / "erp")
    for command in (
        ("report", "roll-forward", "--through", "2026-01-31"),
        ("export", "generic", "--period", "2026-01", "--out", erp, "--as", "cora"),
        ("explain", entry), ("changes",), ("verify",),
    ):  # fmt: skip
        assert typed(*command) == 0, command
    assert not Review.objects.exists()
    assert not models.Event.objects.filter(actor__startswith="agent:").exists()


def test_questions_are_answered_by_rules_alone(books: Store, tmp_path: Path, capsys: Capture) -> None:
    closing.bring(books, closing.written(tmp_path, agreed.BUNDLE))
    closing.post(books, "2026-01-31")

    assert typed("ask", "How much revenue was recognized in January 2026?") == 0
    assert "100.00 USD" in capsys.readouterr().out

"""`ratable accept` and `ratable watchtower` as they are typed."""

from pathlib import Path

import pytest
import typer

from ratable.cli import reviewing
from ratable.operations import reviewing as reviews
from tests.operations import agreed, books
from tests.stores import Store

CLAUSE = "service from 02.01.2026 to 31.12.2026"


@pytest.fixture
def flag(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run of a line that begins a day before its clause says, reviewed: the flag that says so."""
    monkeypatch.setattr("ratable.operations.clock.now", store.clock)
    monkeypatch.setenv("RATABLE_PERSON", "ben")
    line = agreed.LINE | {"clause": CLAUSE}
    contract = agreed.CONTRACT | {"lines": [line]}
    books.proposed(store, tmp_path, agreed.BUNDLE | {"contracts": [contract]}, "2026-01-31")
    raised = reviews.review_run(store.actor("ben"), 1).flags
    return str(raised.filter(check="JC-11")["id"].item())


def typed(*words: str) -> int:
    """The exit status of a command of this area."""
    app = typer.Typer()
    app.command()(reviewing.accept)
    app.command()(reviewing.watchtower)
    return int(app(list(words), standalone_mode=False) or 0)


def test_a_proposal_is_shown_by_month_with_a_total(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("accept", flag) == 0
    said = capsys.readouterr().out
    assert "2026-12  USD" in said
    assert said.splitlines()[-3].split() == ["total", "USD", "1,200.00", "1,200.00", "\N{EN DASH}", "\N{EN DASH}"]


@pytest.mark.usefixtures("flag")
def test_the_watchtower_lists_what_the_agent_did(capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("watchtower") == 0
    assert "run 1" in capsys.readouterr().out

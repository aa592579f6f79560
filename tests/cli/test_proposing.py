from pathlib import Path

import pytest
import typer

from ratable.cli import proposing, refusals
from ratable.ledger import entries
from ratable.operations import founding, reviewing
from tests.operations import books
from tests.stores import Store

app = typer.Typer()
proposing.add(app)


@pytest.fixture
def company(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The contract of 1,200.00 imported; the clock of the command line is that of the store."""
    monkeypatch.setattr("ratable.operations.clock.now", store.clock)
    books.bring(store, tmp_path, books.bundle())
    return store


def typed(*words: str) -> None:
    app(words, standalone_mode=False)


def test_from_proposal_to_entries(
    company: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "240")  # Room for a whole sentence in its column.
    typed("propose", "--through", "2026-01-31", "--as", "ben")
    assert capsys.readouterr().out == (
        "Run 1: 2 entries, 1,300.00 USD. cora or dana has to approve it: ratable approve 1 --as NAME\n"
    )
    typed("review", "--as", "dana")
    shown = capsys.readouterr().out
    assert "Prepared by ben through 2026-01-31; in review." in shown
    assert "Billed 1,200.00 USD for Access" in shown
    typed("approve", "--as", "dana")
    assert capsys.readouterr().out.startswith("Run 1: 2 entries, 1,300.00 USD. Approved by dana at hash ")
    typed("post", "--as", "dana")
    assert capsys.readouterr().out == "Run 1: 2 entries, 1,300.00 USD. Posted as entries 1 to 2.\n"

    typed("propose", "--through", "2026-01-31", "--as", "ben")

    assert capsys.readouterr().out == "Nothing to post through 2026-01-31: the books hold all that is due.\n"
    with pytest.raises(refusals.Refusal, match="no run waits for anybody"):
        typed("approve", "--as", "dana")


def test_a_look_by_its_preparer_is_no_review(company: Store, capsys: pytest.CaptureFixture[str]) -> None:
    typed("propose", "--through", "2026-01-31", "--as", "ben")

    typed("review", "1", "--as", "ben")

    assert "not reviewed yet" in capsys.readouterr().out
    assert entries.state(1) == "draft"


def test_a_run_is_rejected_with_a_reason(company: Store, capsys: pytest.CaptureFixture[str]) -> None:
    typed("propose", "--through", "2026-01-31", "--as", "ben")
    capsys.readouterr()

    with pytest.raises(refusals.Refusal, match="saw no reason"):
        typed("reject", "--as", "dana")
    typed("reject", "1", "--as", "dana", "--reason", "wrong price")

    assert capsys.readouterr().out == "Run 1 is rejected; `ratable propose` starts anew.\n"
    assert entries.state(1) == "reject"


def test_the_hash_that_was_shown_can_be_named(company: Store) -> None:
    typed("propose", "--through", "2026-01-31", "--as", "ben")

    with pytest.raises(refusals.Refusal, match="saw 0000; look at it again"):
        typed("approve", "1", "--hash", "0000", "--as", "dana")


def test_where_nobody_may_approve_it_says_so(company: Store, capsys: pytest.CaptureFixture[str]) -> None:
    founding.grant(company.actor("cora"), "dana", "viewer")

    typed("propose", "--through", "2026-01-31", "--as", "cora")

    assert "Nobody here may approve it" in capsys.readouterr().out


def test_what_is_not_there_is_named(company: Store) -> None:
    with pytest.raises(refusals.Refusal, match="run 9: there is none"):
        typed("review", "9", "--as", "dana")
    with pytest.raises(refusals.Refusal, match="--through: saw 'soon'"):
        typed("propose", "--through", "soon", "--as", "ben")


def test_in_large_books_the_agent_looks_when_the_run_is_shown(
    company: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviewing, "AT_ONCE", 1)
    typed("propose", "--through", "2026-01-31", "--as", "ben")
    assert "the agent looks at it when it is first shown, by ratable review 1" in capsys.readouterr().out

    typed("review", "1", "--as", "dana")
    assert "checks ran" in capsys.readouterr().out

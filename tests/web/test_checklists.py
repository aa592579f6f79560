"""One thread at a time works a checklist out; others see the last one, but none from before an act of their own."""

from pathlib import Path
from unittest import mock

import pytest

from ratable.web import checklists
from tests.ledger import closing, test_scope
from tests.stores import Store


@pytest.fixture
def worked_out(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> checklists.WorkedOut:
    """The checklist of January, before Ben brought something more; another thread works out the new one."""
    monkeypatch.setattr(checklists, "_last", {})
    closing.bring(store, closing.written(tmp_path, test_scope.BUNDLE))
    before = checklists.of("2026-01", None, person="vic")
    closing.bring(store, closing.written(tmp_path, {"contracts": [test_scope.contract("C-9")]}))
    return before


def test_who_did_nothing_meanwhile_sees_it_as_it_was(
    worked_out: checklists.WorkedOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = mock.Mock(acquire=mock.Mock(return_value=False))
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(checklists, "_working", busy)
        assert checklists.of("2026-01", None, person="vic") is worked_out

    busy.acquire.assert_called_once_with(blocking=False)
    assert checklists.of("2026-01", None, person="vic").after == worked_out.after + 1


def test_who_has_acted_waits_for_the_new_one(worked_out: checklists.WorkedOut, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = mock.Mock(acquire=mock.Mock(return_value=True))
    monkeypatch.setattr(checklists, "_working", waited)

    assert checklists.of("2026-01", None, person="ben").after == worked_out.after + 1
    waited.acquire.assert_called_once_with(blocking=True)
    waited.release.assert_called_once_with()

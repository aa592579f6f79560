import json
from datetime import date
from pathlib import Path

import pytest

from ratable.ledger import watchtower
from ratable.operations import acts, answering, decide, people, propose, reviewing
from ratable.review import flags, running
from tests.ledger import closing
from tests.operations import reviewed
from tests.operations.agreed import BUNDLE
from tests.operations.test_reviewing import Answer
from tests.stores import Store


@pytest.fixture
def books(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A review that was interrupted, one that was not, an answer to its flag, and a question."""
    reviewed.use(monkeypatch, flags.FLAGS)
    closing.bring(store, closing.written(tmp_path, BUNDLE))
    propose.propose(store.actor("ben"), date(2026, 1, 31))
    with monkeypatch.context() as broken:
        broken.setattr(running, "review", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            reviewing.review_run(store.actor("ben"), 1)
    flag = reviewing.review_run(store.actor("ben"), 1).flags["id"][0]
    answering.answer(store.actor("dana", "as agreed"), flag, "exception")
    reviewing.asked(store.actor("vic"), "What is deferred?", Answer())
    return store


def test_all_that_was_done_is_there_and_what_was_interrupted(books: Store) -> None:
    """AL-14, AL-15."""
    seen = watchtower.actions()

    assert seen.select("kind", "state", "on_behalf_of").rows() == [
        ("question", "done", "vic"), ("answer", "done", ""),
        ("review", "done", "ben"), ("review", "interrupted", "ben"),
    ]  # fmt: skip
    done = seen.filter((seen["kind"] == "review") & (seen["state"] == "done")).row(0, named=True)
    assert (done["no"], done["subject"], done["ran"], done["checked"], done["flags"], done["blocks"]) == (
        1, "run 1", 1, 2, 1, 0,
    )  # fmt: skip
    assert done["began_at"] < done["at"]
    assert seen["says"].to_list()[:2] == ["What is deferred?", "exception: as agreed"]


def test_filters(books: Store) -> None:
    assert watchtower.actions(kind="review").height == 2
    assert watchtower.actions(subject="run 1").height == 2
    assert watchtower.actions(person="dana")["kind"].to_list() == ["answer"]


def test_a_review_with_its_checks(books: Store) -> None:
    told = watchtower.review(1)

    assert told is not None
    assert (told["run"], told["model"], told["on_behalf_of"]) == (1, "none", "ben")
    assert [check["check"] for check in told["checks"]] == [reviewed.ODD, "JC-99"]
    assert watchtower.review(9) is None


def test_records_follow_one_another(books: Store) -> None:
    """AL-16."""
    with pytest.raises(acts.Denied):
        decide.approve(books.actor(people.AGENT), 1, "x")
    lines = list(watchtower.lines())

    assert watchtower.check(lines) == ""
    records = [json.loads(line) for line in lines]
    assert [record["record_phase"] for record in records] == ["pre", "pre", "post", "post", "post", "post"]
    assert [record["outcome"] for record in records] == [
        "interrupted", "pending", "success", "success", "success", "denied",
    ]  # fmt: skip
    assert records[2]["parent_record_id"] == records[1]["record_id"]
    assert "may not approve" in records[-1]["action_detail"]["what"]["why"]


def test_records_that_were_changed_are_found(books: Store) -> None:
    lines = list(watchtower.lines())

    assert watchtower.check(lines[1:]).startswith("record 1: names another record")
    changed = lines[0].replace("run 1", "run 2")
    assert watchtower.check([changed, *lines[1:]]).startswith("record 2: names another record")
    assert watchtower.check([" " + lines[0]]).startswith("record 1: is not in canonical form")
    assert watchtower.check(["{}"]).startswith("record 1: expected the fields")
    assert watchtower.check(["x"]) == "record 1: cannot be read."

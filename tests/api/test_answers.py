"""An act is done once, however often it is sent; what is answered is kept with what was done."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from ratable.api import models as kept
from ratable.ledger import models
from tests.api import calling
from tests.stores import Store

SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


def test_the_same_call_again_has_the_same_answer_and_does_nothing(books: Store) -> None:
    ben = calling.program(books, "ben")

    first = ben.post("/runs", {"through": "2026-02-28"}, key="february")
    again = ben.post("/runs", {"through": "2026-02-28"}, key="february")

    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert models.Run.objects.count() == 2


@SQLITE
def test_a_key_is_for_one_call_of_one_person(books: Store) -> None:
    ben, cora = calling.program(books, "ben"), calling.program(books, "cora")
    ben.post("/runs", {"through": "2026-02-28"}, key="mine")

    other = ben.post("/runs", {"through": "2026-03-31"}, key="mine")
    assert (other.status_code, other.json()["type"]) == (422, "urn:ratable:problem:key-reused")
    assert cora.post("/runs", {"through": "2026-03-31"}, key="mine").status_code == 200


@SQLITE
def test_an_act_takes_a_key(books: Store) -> None:
    ben = calling.program(books, "ben")

    assert ben.post("/runs", {"through": "2026-02-28"}, key="").json()["type"] == "urn:ratable:problem:key-missing"
    assert ben.post("/runs", {"through": "2026-02-28"}, key="").status_code == 400
    assert ben.post("/runs", {"through": "2026-02-28"}, key="two words").status_code == 400
    assert models.Run.objects.count() == 1


@SQLITE
def test_what_was_refused_is_answered_again_and_its_event_stays(books: Store) -> None:
    made = calling.program(books, "cora").post("/runs", {"through": "2026-02-28"}).json()
    cora = calling.program(books, "cora")
    events = models.Event.objects.count()

    first = cora.post("/runs/2/approve", {"hash": made["hash"]}, key="approve")
    again = cora.post("/runs/2/approve", {"hash": made["hash"]}, key="approve")

    assert (first.status_code, first.content) == (409, again.content)
    assert "cora prepared run 2 and cannot approve it" in first.json()["detail"]
    assert again.headers["Content-Type"] == "application/problem+json"
    assert models.Event.objects.count() == events


def test_two_at_once_are_one(books: Store) -> None:
    ben = calling.program(books, "ben")

    def post(_: int) -> tuple[int, bytes, bool]:
        try:
            answer = calling.Program(ben.token).post("/runs", {"through": "2026-02-28"}, key="at-once")
            return answer.status_code, answer.content, "Idempotent-Replayed" in answer.headers
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(post, range(4)))

    assert len({(status, content) for status, content, _ in seen}) == 1
    assert sorted(replayed for _, _, replayed in seen) == [False, True, True, True]
    assert models.Run.objects.count() == 2


@SQLITE
def test_an_answer_is_kept_with_what_was_done_or_not_at_all(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(kept.Answer.objects, "create", broken)

    answer = calling.program(books, "ben").post("/runs", {"through": "2026-02-28"})

    assert (answer.status_code, answer.json()["type"]) == (500, "urn:ratable:problem:failed")
    assert "the disk is full" not in answer.content.decode()
    assert models.Run.objects.count() == 1

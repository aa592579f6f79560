"""Calls over a line that breaks: done once, tried five times, and refusals in words."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

from ratable import client
from ratable.client import calling

POSTED = {"run": 3, "first": 1, "last": 2, "rows": 2, "totals": {"USD": "12.34"}}
REFUSED = {
    "type": "urn:ratable:problem:refused", "title": "The books do not allow this", "status": 409,
    "detail": "ben prepared run 3 and cannot approve it; another person has to.", "instance": "/api/v1/runs/3/approve",
}  # fmt: skip


class Way:
    """Answers one call after the other, and keeps what was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited, none of which pass."""
    seconds: list[float] = []
    monkeypatch.setattr("ratable.client.calling.time.sleep", seconds.append)
    return seconds


def by(way: Callable[[httpx.Request], httpx.Response]) -> AbstractContextManager[client.Books]:
    return client.connect("https://books.example.com/", "rtb_key", transport=httpx.MockTransport(way))


def problem() -> httpx.Response:
    return httpx.Response(409, json=REFUSED, headers={"Content-Type": "application/problem+json"})


def test_a_call_that_was_cut_off_is_made_again_with_its_key(waited: list[float]) -> None:
    way = Way(httpx.ConnectError("no"), httpx.ReadTimeout("cut"), httpx.Response(503), httpx.Response(200, json=POSTED))
    with by(way) as books:
        posted = books.post(3)

    assert (posted.first, str(posted.totals["USD"])) == (1, "12.34")
    assert len({request.headers["Idempotency-Key"] for request in way.asked}) == 1
    assert waited == [0.5, 1.0, 2.0]


def test_two_calls_have_two_keys() -> None:
    way = Way(*(httpx.Response(200, json=POSTED) for _ in range(2)))
    with by(way) as books:
        books.post(3)
        books.post(3)

    keys = [request.headers["Idempotency-Key"] for request in way.asked]
    assert len(set(keys)) == 2
    assert [request.headers["Authorization"] for request in way.asked] == ["Bearer rtb_key"] * 2
    assert str(way.asked[0].url) == "https://books.example.com/api/v1/runs/3/post"


def test_after_five_attempts_the_fault_is_raised(waited: list[float]) -> None:
    way = Way(*(httpx.ConnectError("no") for _ in range(5)))
    with by(way) as books, pytest.raises(httpx.ConnectError):
        books.post(3)
    assert len(waited) == calling.TRIES - 1


def test_what_is_refused_is_not_tried_again() -> None:
    way = Way(problem())
    with pytest.raises(client.Problem, match="another person has to") as raised, by(way) as books:
        books.approve(3, "0" * 64)

    assert (raised.value.status, raised.value.kind, len(way.asked)) == (409, "refused", 1)


def test_an_answer_of_something_else_is_no_answer() -> None:
    with by(Way(httpx.Response(404, text="<h1>nginx</h1>"))) as books, pytest.raises(client.Problem, match="is this"):
        books.explain("5f1c")


def test_a_job_is_waited_for_and_its_refusal_raised() -> None:
    running = {"no": 7, "state": "running", "result": None}
    refused = {"no": 7, "state": "refused", "result": REFUSED}
    way = Way(httpx.Response(202, json=running), httpx.Response(200, json=running), httpx.Response(200, json=refused))
    with by(way) as books, pytest.raises(client.Problem, match="another person has to"):
        books.import_bundle(Path(__file__))
    assert [request.url.path.rpartition("/")[2] for request in way.asked] == ["imports", "7", "7"]

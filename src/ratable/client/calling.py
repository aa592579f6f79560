"""Calls over HTTP that are made once more where the line breaks, and that say plainly what was refused.

Worked example: `POST /api/v1/runs/3/post` with `Idempotency-Key: 8Jq...` is cut off after half a second. The client
waits half a second and sends the same call with the same key: if the first had arrived, its answer comes back, and
nothing is posted twice. After five attempts the fault of the line is raised as it came.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

TRIES = 5

_FIRST_WAIT = 0.5
_AGAIN = frozenset({429, 502, 503, 504})
_PROBLEM = "application/problem+json"


@dataclass(eq=False)  # Not frozen: Python writes into an exception on its way.
class Problem(Exception):
    """What the interface refused: the status, the kind, such as "refused", and one sentence for a person."""

    status: int
    kind: str
    detail: str
    findings: tuple[dict[str, Any], ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} ({self.status}): {self.detail}"


@dataclass(frozen=True)
class Line:
    """The way to a server, over connections that are kept open."""

    http: httpx.Client

    def get(self, path: str, **asked: object) -> httpx.Response:
        """Read something.

        Raises:
            Problem: it is not there, or not for whoever asks.
            httpx.TransportError: the server cannot be reached.
        """
        params = {name: str(value) for name, value in asked.items() if value is not None}
        return self._call(lambda: self.http.get(path, params=params))

    def act(self, path: str, **sent: Any) -> httpx.Response:
        """Do something, once.

        Args:
            path: below /api/v1.
            sent: `json`, or `params` and `files`, as httpx takes them.

        Raises:
            Problem: the books do not allow it; nothing was done.
            httpx.TransportError: the server cannot be reached; whether it was done is not known.
        """
        headers = {"Idempotency-Key": secrets.token_urlsafe(18)}
        return self._call(lambda: self.http.post(path, headers=headers, **sent))

    def _call(self, attempt: Callable[[], httpx.Response]) -> httpx.Response:
        for number in range(1, TRIES + 1):
            last = number == TRIES
            try:
                answer = attempt()
            except httpx.TransportError:
                if last:
                    raise
            else:
                if last or answer.status_code not in _AGAIN:
                    return _sound(answer)
            time.sleep(_FIRST_WAIT * 2 ** (number - 1))
        raise AssertionError("the last attempt returns or raises")


def _sound(answer: httpx.Response) -> httpx.Response:
    """The answer, where it is none of a problem."""
    if answer.is_success:
        return answer
    if _PROBLEM not in answer.headers.get("Content-Type", ""):
        raise Problem(answer.status_code, "answer", f"saw status {answer.status_code} and no reason; is this ratable?")
    said = answer.json()
    kind = str(said["type"]).rpartition(":")[2]
    raise Problem(answer.status_code, kind, str(said["detail"]), tuple(said.get("findings", ())))

"""One call to a language model by the interface that most servers speak (`POST /chat/completions`), under a budget.

Worked example: with `Settings("http://127.0.0.1:8080/v1", "small")` and a budget of 4 calls, `ask(...)` sends two
messages and a JSON schema, and gives the object that came back with what it cost: 212 tokens. The fifth call of the
run is not made: `Unavailable("the budget of 4 calls is used up")`.

Refuses an answer that is late, too long, or no object of the schema's
keys. Whoever calls goes on without the model then.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import httpx

from ratable.review.model import settings

_LONGEST = 20_000  # Characters of an answer; what is longer is no answer to what was asked.


class Unavailable(Exception):
    """The model cannot help now; the message says why, for the log."""


@dataclass(frozen=True)
class Reply:
    """What came back, what it cost, and what proves it later: the hashes of what was sent and received."""

    content: dict[str, Any]
    model: str
    tokens: int
    sent: str
    received: str


@dataclass
class Budget:
    """What is left of one answer or run; it counts down, so it is the one thing here that changes."""

    calls: int
    tokens: int

    def take(self) -> None:
        """Count one call.

        Raises:
            Unavailable: nothing is left.
        """
        if self.calls <= 0 or self.tokens <= 0:
            raise Unavailable("the budget of this answer is used up")
        self.calls -= 1


def ask(
    of: settings.Settings, budget: Budget, *, instruction: str, data: str, schema: dict[str, Any],
    transport: httpx.BaseTransport | None = None,
) -> Reply:  # fmt: skip
    """One question to the model, answered by an object of a schema.

    Args:
        of: where it is.
        budget: what is left; counts down.
        instruction: what to do, written by us alone.
        data: what to do it with; never mixed into the instruction.
        schema: JSON schema of an object; its keys are those that the answer must have, and no other.
        transport: of the connection; None: the network.

    Raises:
        Unavailable: no answer that can be used came in time.
    """
    budget.take()
    body = {
        "model": of.name,
        "messages": [{"role": "system", "content": instruction}, {"role": "user", "content": data}],
        "temperature": 0,
        "max_tokens": min(budget.tokens, of.tokens),
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}},
    }
    headers = {"Authorization": f"Bearer {of.key}"} if of.key else {}
    try:
        with httpx.Client(timeout=of.seconds, transport=transport, follow_redirects=False) as client:
            answer = client.post(f"{of.url}/chat/completions", json=body, headers=headers)
            answer.raise_for_status()
            given = answer.json()
            text = given["choices"][0]["message"]["content"]
            used = int(given.get("usage", {}).get("total_tokens", of.tokens))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, IndexError, TypeError, AttributeError) as why:
        raise Unavailable(f"{type(why).__name__}: {str(why)[:200]}") from why
    budget.tokens -= used
    return Reply(_object(text, schema), of.name, used, _hash(json.dumps(body, sort_keys=True)), _hash(str(text)))


def _object(text: object, schema: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise Unavailable("the answer is no text of a usable length")
    try:
        found = json.loads(text)
    except ValueError as why:
        raise Unavailable("the answer is no JSON") from why
    if not isinstance(found, dict) or set(found) != set(schema["properties"]):
        raise Unavailable(f"the answer has not the keys {', '.join(schema['properties'])}")
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

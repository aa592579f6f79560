"""Phrasing by a model: other words around the same slots, which the server fills.

Worked example: the template "{amount} was deferred for {customer} at the end of {period}." goes out with its slots, and
"At the end of {period}, {amount} of {customer} was still deferred." comes back: the slots are the same, no digit stands
outside of them, so it is taken and filled from the facts. "{amount}, or about half" would be filled too, and is refused
by the verifier that reads every filled sentence (`review.grounding`); "4,000 of {customer}" is refused here.
"""

import re
from collections import Counter
from typing import Any

import httpx

from ratable.review.model import endpoint

PROMPT = "phrase 1"
"""Name and version of the instruction below; part of the log of every call."""

_INSTRUCTION = (
    "You edit one sentence for a finance team: plain, short, in the same meaning. Words in braces are slots: keep each "
    "exactly as it is and as often as it is. Write no digit, no number word, no percentage and no name of your own."
)
_SLOT = re.compile(r"\{[a-z_0-9]+\}")
_NUMBERS = re.compile(
    r"\b(zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|"
    r"eighty|ninety|hundreds?|thousands?|millions?|billions?|half|halves|thirds?|quarter|double|doubled|twice|triple|"
    r"dozens?|percent)\b",
    re.IGNORECASE,
)
_LONGER = 2  # Times as long as what was given: what is longer says more.


def phrase(
    template: str, of: endpoint.Settings, budget: endpoint.Budget, *, transport: httpx.BaseTransport | None = None
) -> tuple[str, endpoint.Reply] | None:
    """A template in other words; None where the model changed more than words.

    Args:
        template: one sentence with slots in braces; no fact is in it.
        of: where the model is.
        budget: what is left; counts down.
        transport: of the connection; None: the network.

    Returns:
        a template with the same slots, each as often, and no number outside of them; and the call.

    Raises:
        endpoint.Unavailable: the model cannot help now.
    """
    text: dict[str, Any] = {"type": "string"}
    schema = {"type": "object", "properties": {"sentence": text}, "required": ["sentence"],
              "additionalProperties": False}  # fmt: skip
    reply = endpoint.ask(of, budget, instruction=_INSTRUCTION, data=template, schema=schema, transport=transport)
    said = str(reply.content["sentence"]).strip()
    return (said, reply) if kept(template, said) else None


def kept(template: str, said: str) -> bool:
    """Whether a sentence has the slots of a template, each as often, and says no number or brace outside of them."""
    if Counter(_SLOT.findall(template)) != Counter(_SLOT.findall(said)):
        return False
    rest, before = _SLOT.sub("", said), _SLOT.sub("", template)
    if any(one.isnumeric() or one in "{}<>\n" for one in rest) or len(said) > _LONGER * len(template):
        return False
    return set(map(str.lower, _NUMBERS.findall(rest))) <= set(map(str.lower, _NUMBERS.findall(before)))

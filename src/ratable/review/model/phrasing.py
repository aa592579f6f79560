"""Phrasing by a model: other words around the same slots, which the server fills.

Worked example: the template "{amount} was deferred for {customer} at the end of {period}." goes out with its slots, and
"So {amount} of {customer} still waited when {period} ended." comes back: the slots are the same in the same order, and
no digit stands outside of them, so it is taken and filled from the facts. "4,000 of {customer}" is refused here, and
what is filled is read by the verifier (`review.grounding`) besides.
"""

import re
from dataclasses import dataclass
from typing import Any

import httpx

from ratable.review.model import endpoint, settings

PROMPT = "phrase 1"
"""Name and version of the instruction below; part of the log of every call."""

_INSTRUCTION = (
    "You edit one sentence for a finance team: plain, short, in the same meaning. Words in braces are slots: keep each "
    "exactly as it is, and all in their order. Write no digit, no number word, no percentage and no name of your own."
)
_SLOT = re.compile(r"\{[a-z_0-9]+\}")
_NUMBERS = re.compile(
    r"\b(zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|"
    r"eighty|ninety|hundreds?|thousands?|millions?|billions?|half|halves|thirds?|quarter|double|doubled|twice|triple|"
    r"dozens?|percent)\b",
    re.IGNORECASE,
)
_LONGER = 2  # Times as long as what was given: what is longer says more.


@dataclass(frozen=True)
class Phrased:
    """A template in other words (empty: the model changed more than words), and the call that said so."""

    sentence: str
    reply: endpoint.Reply


def phrase(
    template: str, of: settings.Settings, budget: endpoint.Budget, *, transport: httpx.BaseTransport | None = None
) -> Phrased:
    """A template in other words.

    Args:
        template: one sentence with slots in braces; no fact is in it.
        of: where the model is.
        budget: what is left; counts down.
        transport: of the connection; None: the network.

    Returns:
        a template with the same slots in the same order, and no number outside of them; or an empty one.

    Raises:
        endpoint.Unavailable: the model cannot help now.
    """
    text: dict[str, Any] = {"type": "string"}
    schema = {"type": "object", "properties": {"sentence": text}, "required": ["sentence"],
              "additionalProperties": False}  # fmt: skip
    reply = endpoint.ask(of, budget, instruction=_INSTRUCTION, data=template, schema=schema, transport=transport)
    said = str(reply.content["sentence"]).strip()
    return Phrased(said if kept(template, said) else "", reply)


def kept(template: str, said: str) -> bool:
    """Whether a sentence has the slots of a template in their order, and says no number or brace outside of them.

    In their order, since two amounts that change places make a true sentence false.
    """
    if _SLOT.findall(template) != _SLOT.findall(said):
        return False
    rest, before = _SLOT.sub("", said), _SLOT.sub("", template)
    if any(one.isnumeric() or one in "{}<>\n" for one in rest) or len(said) > _LONGER * len(template):
        return False
    return set(map(str.lower, _NUMBERS.findall(rest))) <= set(map(str.lower, _NUMBERS.findall(before)))

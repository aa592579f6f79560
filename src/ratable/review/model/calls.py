"""Calls to a language model, as they are kept with the answer that they had a part in.

Worked example: prompt "route 1", model "small", ended "why-deferred", 212 tokens, and the hashes of what was sent and
received: enough to prove later what a model was asked and said, and that no figure came from it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """One call to a model, as it is kept: for what, by which model and instruction, what proves it, and how it ended.

    Hashes are SHA-256 of what was sent and received; where nothing came, they are empty and `ended` says why.
    """

    prompt: str
    model: str
    ended: str
    tokens: int = 0
    sent: str = ""
    received: str = ""

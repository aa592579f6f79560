"""The event log: one row for each act, chained by SHA-256, without gaps.

Worked example: event 7 "approve run 3 by Dana" holds the hash of event 6, and its own hash is over the version of this
rule, the company's id, 7, the hash of event 6 and the SHA-256 of its body. To change event 6 unseen one would have to
make 7 and all that follow anew, and the signed checkpoints (ledger.checkpoints) with them.
"""

from dataclasses import dataclass, field
from typing import Any

from ratable.ledger import canonical, models

VERSION = "1"
FIRST = "0" * 64


@dataclass
class Act:
    """An act while it is done: what its event will say; `body` gathers what changed, with counts and digests."""

    no: int
    at: str
    actor: str
    action: str
    subject: str = ""
    reason: str = ""
    on_behalf_of: str = ""
    code: str = ""
    body: dict[str, Any] = field(default_factory=dict)


def hashed(company: str, no: int, previous: str, body: str) -> str:
    """The hash of an event: every part with its length, so that no two lists of parts are one text."""
    parts = (VERSION, company, str(no), previous, canonical.sha256(body))
    return canonical.sha256("".join(f"{len(part.encode())}:{part}" for part in parts))


def text(act: Act) -> str:
    """The body of an event, as it is hashed: everything that it says, once."""
    return canonical.text({
        "action": act.action, "actor": act.actor, "at": act.at, "code": act.code, "on_behalf_of": act.on_behalf_of,
        "reason": act.reason, "subject": act.subject, "what": act.body,
    })  # fmt: skip


def last() -> tuple[int, str, str]:
    """Number, hash and moment of the last event; (0, sixty-four zeros, "") before the first."""
    row = models.Event.objects.order_by("-no").values_list("no", "hash", "at").first()
    return row or (0, FIRST, "")


def append(act: Act) -> None:
    """Add the event of an act; the caller holds the lock of the store and its transaction."""
    no, previous, _ = last()
    if act.no != no + 1:
        raise AssertionError(f"event {act.no} follows {no}: an act was begun without the lock of the store")
    body = text(act)
    company = models.Company.objects.get().id
    models.Event.objects.create(
        no=act.no, at=act.at, actor=act.actor, on_behalf_of=act.on_behalf_of, action=act.action, subject=act.subject,
        reason=act.reason, body=body, previous=previous, hash=hashed(company, act.no, previous, body),
    )  # fmt: skip

"""Keys that programs sign in with: whose they are, what they may be used for, and until when.

These are the acts alone: keys are kept where people sign in (`ratable.access.keys`), and the books keep the SHA-256 of
each.

Worked example: Ben makes the key "nightly" with the scope "import", to 31 December; a program with it brings bundles
in as Ben, and proposes nothing. Adam, the administrator, makes one for "billing-bot", who is a preparer and no human.

Refused: a scope of which the person's role allows nothing; a key that lasts longer than a year; a key that decides or
closes for anybody but the one who makes it, since whoever held it could approve their own run as somebody else.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from ratable.ledger import events
from ratable.operations import acts, people

SCOPES: dict[str, tuple[str, ...]] = {
    "read": (),
    "import": ("import", "correct", "keep a mapping"),
    "propose": ("propose", "enter manually", "propose a revision"),
    "decide": (
        "approve a revision",
        "reject a revision",
        "review",
        "approve",
        "reject",
        "post",
        "mark an entry",
        "comment on an entry",
        "answer a flag",
        "accept a proposal",
    ),
    "close": ("soft-close", "lock", "ask to unlock", "unlock", "dispose of a finding"),
    "controls": ("set a choice",),
    "export": ("export",),
    "webhooks": ("change a webhook",),
}
"""Scope of a key to the acts of `people.MAY` that it opens; the role of its person has to allow them too."""
OWN = frozenset({"decide", "close", "controls"})
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Key:
    """A key as it is asked for: whose, what it is called, what it opens, its last day, and the SHA-256 of its text."""

    person: str
    name: str
    scopes: frozenset[str]
    expires_on: date
    sha256: str


@contextmanager
def making(actor: acts.Actor, key: Key) -> Iterator[events.Act]:
    """The act of making a key; what is done inside is kept with its event, or neither is.

    Args:
        actor: its person; or, for a person whom a program stands for, whoever gives roles.
        key: what is asked for.

    Yields:
        the event to be.

    Raises:
        acts.Refused: the actor may not make this key.
    """
    with acts.begin(actor, "make a key", f"{key.name} of {key.person}") as act:
        day = date.fromisoformat(act.at[:10])
        _refuse_words(key)
        _refuse_day(key, day)
        _refuse_scopes(key, day)
        _refuse_for_another(actor, key, day)
        act.body["key"] = {
            "person": key.person, "name": key.name, "scopes": sorted(key.scopes), "sha256": key.sha256,
            "expires_on": key.expires_on.isoformat(),
        }  # fmt: skip
        yield act


@contextmanager
def revoking(actor: acts.Actor, key: Key) -> Iterator[events.Act]:
    """The act of revoking a key; what is done inside is kept with its event, or neither is.

    Args:
        actor: its person, or whoever gives roles.
        key: the one that ends.

    Yields:
        the event to be.

    Raises:
        acts.Refused: it is the key of somebody else.
    """
    with acts.begin(actor, "revoke a key", f"{key.name} of {key.person}") as act:
        denied = people.denial(actor.person, "grant a role", on=date.fromisoformat(act.at[:10]))
        if actor.person != key.person and denied:
            raise acts.Refused(f"the key {key.name!r} belongs to {key.person}; {denied}")
        act.body["key"] = {"person": key.person, "name": key.name, "sha256": key.sha256}
        yield act


def opened(scopes: Collection[str]) -> frozenset[str]:
    """The acts that scopes open."""
    return frozenset(verb for scope in scopes for verb in SCOPES[scope])


def _refuse_words(key: Key) -> None:
    strange = sorted(key.scopes - SCOPES.keys())
    if strange or not key.scopes:
        raise acts.Refused(f"scope: saw {', '.join(strange) or 'none'}; expected some of {', '.join(SCOPES)}.")
    if not key.name.strip():
        raise acts.Refused("name: saw none; expected what the key is for, such as nightly-import.")


def _refuse_day(key: Key, day: date) -> None:
    if not day <= key.expires_on <= day + LONGEST:
        raise acts.Refused(
            f"expiry: saw {key.expires_on}; expected a day from {day} to {day + LONGEST}. Make a new key then."
        )


def _refuse_scopes(key: Key, day: date) -> None:
    """A scope that opens acts has to open one that the person may do."""
    if people.role(key.person, on=day) == people.NONE:
        raise acts.Refused(f"{key.person} has no role here, and a key of theirs would open nothing.")
    for scope in sorted(key.scopes):
        denials = [people.denial(key.person, verb, on=day) for verb in SCOPES[scope]]
        if denials and all(denials):
            raise acts.Refused(f"scope {scope}: {denials[0]}")


def _refuse_for_another(actor: acts.Actor, key: Key, day: date) -> None:
    if actor.person == key.person:
        return
    denied = people.denial(actor.person, "grant a role", on=day)
    if denied:
        raise acts.Refused(f"{actor.person} makes keys of their own alone; {denied}")
    own = sorted(OWN & key.scopes)
    if own:
        raise acts.Refused(
            f"scope {own[0]}: {actor.person} would hold a key that acts as {key.person}; {key.person} has to make it."
        )

"""Service keys: made once, known by their SHA-256, and dead on their last day, when revoked, or with their person.

Worked example: `make(ben, "ben", "nightly", {"import"}, date(2026, 12, 31))` gives `rtb_` with 43 characters, once.
`known` of that text is `Known("ben", {"import"}, "nightly")`; of any other text, and from 1 January on, it is None.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ratable.access.models import Account, ServiceKey
from ratable.operations import acts, people, service_keys

_MARK = "rtb_"
_SHOWN = len(_MARK) + 6  # Enough to tell keys apart, and nothing to guess the rest from.
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Known:
    """Whose key a program showed, what it opens, and what it is called."""

    person: str
    scopes: frozenset[str]
    name: str


def make(actor: acts.Actor, person: str, name: str, scopes: Collection[str], expires_on: date) -> str:
    """Make a key.

    Args:
        actor: the person themselves; or, for one whom a program stands for, whoever gives roles.
        person: in whose name the key acts.
        name: what it is for.
        scopes: some of `operations.service_keys.SCOPES`.
        expires_on: its last day, at most a year away.

    Returns:
        the text of the key, which is not kept.

    Raises:
        acts.Refused: the actor may not make this key, or the person signs in and makes their own.
    """
    token = _MARK + secrets.token_urlsafe(32)
    asked = service_keys.Key(person, name, frozenset(scopes), expires_on, _digest(token))
    with service_keys.making(actor, asked) as act:
        if actor.person != person and Account.objects.filter(username=person).exists():
            raise acts.Refused(
                f"{person} signs in here and makes their own keys; a key for a program has its own name."
            )
        if ServiceKey.objects.filter(person=person, name=name, revoked_at=None, expires_on__gte=act.at[:10]).exists():
            raise acts.Refused(f"{person} has a key {name!r} already; revoke it first, or name this one otherwise.")
        made = ServiceKey.objects.create(
            person=person, name=name, prefix=token[:_SHOWN], sha256=asked.sha256, scopes=sorted(asked.scopes),
            expires_on=expires_on, made_at=_moment(act.at), made_by=actor.person,
        )  # fmt: skip
        act.body["key"]["no"] = str(made.pk)
    return token


def revoke(actor: acts.Actor, no: int) -> None:
    """End a key, from its next use on.

    Args:
        actor: its person, or whoever gives roles.
        no: its number.

    Raises:
        acts.Refused: there is no such key, it is over, or it is the key of somebody else.
    """
    key = ServiceKey.objects.filter(pk=no).first()
    if key is None:
        raise acts.Refused(f"key {no}: there is none of that number; the list of keys has them all.")
    if key.revoked_at is not None:
        raise acts.Refused(f"key {no} was revoked already, at {key.revoked_at:%Y-%m-%d %H:%M}. Nothing was done.")
    told = service_keys.Key(key.person, key.name, frozenset(key.scopes), key.expires_on, key.sha256)
    with service_keys.revoking(actor, told) as act:
        ServiceKey.objects.filter(pk=no, revoked_at=None).update(revoked_at=_moment(act.at))


def known(token: str, now: datetime) -> Known | None:
    """Whose key a text is; None where it is nobody's, or of somebody who has no role or no account any more.

    Args:
        token: what a program showed.
        now: the moment.
    """
    if not token.startswith(_MARK):
        return None
    key = ServiceKey.objects.filter(sha256=_digest(token), revoked_at=None, expires_on__gte=now.date()).first()
    if key is None or people.role(key.person, on=now.date()) == people.NONE:
        return None
    if Account.objects.filter(username=key.person, is_active=False).exists():
        return None
    if key.last_used_at is None or now - key.last_used_at >= _MINUTE:
        ServiceKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return Known(key.person, frozenset(key.scopes), key.name)


def kept(person: str | None = None) -> list[ServiceKey]:
    """Every key that was made, the newest last; of one person, where one is named."""
    every = ServiceKey.objects.order_by("pk")
    return list(every if person is None else every.filter(person=person))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone(UTC)

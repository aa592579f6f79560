"""One-time links: with one, a person chooses their own password and is signed in. No password is ever given to anybody.

Worked example: the first start of the application prints the link of `first_link`, which makes the one who follows it
the administrator. `invite(adam, "dana", "approver", url)` gives Dana her role and a link. A link is good for three
days, and dead as soon as it, or a later one, has been used.
"""

import uuid
from collections.abc import Mapping
from pathlib import Path

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from ratable.access.models import Account
from ratable.operations import acts, clock, founding, inviting, people

_WHY = "first start of the application"


def first_link(url: str, *, person: str = people.ADMINISTRATOR) -> str | None:
    """The link of the first person, as long as nobody can sign in; None from then on.

    Where there are no books it begins them. A person without a role becomes the administrator, unless the books have
    one: then the link is that one's.

    Args:
        url: where people reach the application, such as https://books.example.com.
        person: their name in the books.

    Raises:
        acts.Refused: the name is none that somebody can sign in with.
    """
    if somebody_can_sign_in():
        return None
    if people.role(person) == people.NONE:
        person = next((name for name in people.everyone() if people.role(name) == people.ADMINISTRATOR), person)
    actor = acts.Actor(person, clock.now, _WHY)
    _check(person)
    company = str(uuid.uuid4())  # noqa: TID251  one for each company
    founding.found(actor, name=Path.cwd().name, company=company, role=people.ADMINISTRATOR)
    if people.role(person) == people.NONE:
        founding.appoint(actor)
    return _link(_account(person), url)


def invite(
    actor: acts.Actor,
    person: str,
    role: str,
    url: str,
    given: tuple[Mapping[str, int], people.Scope] = ({}, people.EVERYWHERE),
) -> str:
    """Give a person a role, and a link to sign in with.

    Args:
        actor: whoever gives roles.
        person: who is invited.
        role: one of `people.ROLES`.
        url: where people reach the application.
        given: limits and scope, as in `founding.grant`.

    Returns:
        the link, which is shown once and kept nowhere.

    Raises:
        acts.Refused: the actor may not, or the name is none that somebody can sign in with.
    """
    _check(person)
    founding.grant(actor, person, role, *given)
    return link(actor, person, url)


def link(actor: acts.Actor, person: str, url: str) -> str:
    """A new link for a person who has a role: for the first time, or because the password is lost. The old one is dead.

    Args:
        actor: whoever gives roles; the log keeps that they had the link.
        person: whose it is.
        url: where people reach the application.

    Raises:
        acts.Refused: the actor may not, or the person has no role.
    """
    _check(person)
    with inviting.inviting(actor, person):
        return _link(_account(person), url)


def somebody_can_sign_in() -> bool:
    """Whether any account has a password, or has been signed in to."""
    able = Account.objects.filter(is_active=True)
    chosen: bool = able.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()
    return chosen or bool(able.exclude(last_login=None).exists())


def _check(person: str) -> None:
    """Refuse a name that nobody can type at sign-in, or that could be taken for another."""
    try:
        Account.username_validator(person)
    except ValidationError as fault:
        raise acts.Refused(
            f"person: saw {person!r}; expected letters, digits and @ . + - _ alone, as typed at sign-in."
        ) from fault
    taken = Account.objects.filter(username__iexact=person).exclude(username=person).first()
    if taken is not None:
        raise acts.Refused(f"person: saw {person!r}; {taken.username} signs in here, and the two would be mistaken.")


def _account(person: str) -> Account:
    """The account of a person with no password that works, so that every earlier link and session ends."""
    with transaction.atomic():
        account: Account = Account.objects.get_or_create(username=person)[0]
        account.set_unusable_password()
        account.save(update_fields=["password"])
    return account


def _link(account: Account, url: str) -> str:
    named = {"uidb36": user_pk_to_url_str(account), "key": default_token_generator.make_token(account)}
    path: str = reverse("account_reset_password_from_key", kwargs=named)
    return url.rstrip("/") + path

"""Who may do what, in one table: roles with their bounds, how people sign in, their keys, and what is kept apart.

Worked example: Dana is an approver for DE up to 50,000.00 USD, last signed in this morning with an authenticator, and
has no keys. Cora is a controller: she may propose and approve, and never the same run.
"""

from dataclasses import dataclass
from datetime import date, datetime

from allauth.mfa.models import Authenticator

from ratable.access import keys
from ratable.access.models import Account, ServiceKey
from ratable.ledger import models
from ratable.operations import clock, people


@dataclass(frozen=True)
class Person:
    """One person: what they were given, how they come in, their keys that still open something, and their conflicts.

    `entities` is empty where it is all of them, `limits` (minor units by currency) where there is none. `account` says
    whether somebody can sign in by that name; `second_factor` whether more than a password is asked of them.
    """

    name: str
    role: str
    entities: tuple[str, ...]
    until: date | None
    limits: dict[str, int]
    account: bool
    last_sign_in: datetime | None
    second_factor: bool
    keys: tuple[ServiceKey, ...]
    conflicts: tuple[str, ...]


def everyone() -> list[Person]:
    """Everybody who has a role, had one, or has an account, by name."""
    accounts = {account.username: account for account in Account.objects.all()}
    granted = models.Grant.objects.values_list("person", flat=True).distinct()
    second = set(
        Authenticator.objects.filter(type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
        .values_list("user__username", flat=True)
    )  # fmt: skip
    today = clock.now().date()
    alive = [key for key in keys.kept() if key.revoked_at is None and key.expires_on >= today]
    return [
        _person(name, accounts.get(name), name in second, tuple(key for key in alive if key.person == name))
        for name in sorted({*accounts, *granted})
    ]


def _person(name: str, account: Account | None, second: bool, own: tuple[ServiceKey, ...]) -> Person:  # noqa: FBT001  one call
    held = people.held(name)
    return Person(
        name=name, role=held.role, entities=held.scope.entities, until=held.scope.until, limits=held.limits,
        account=account is not None and account.is_active, last_sign_in=account.last_login if account else None,
        second_factor=second, keys=own, conflicts=tuple(people.shared(held.role)),
    )  # fmt: skip

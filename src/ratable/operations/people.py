"""Who may do what: roles, the acts that each allows, and the most that one approval may total.

Worked example: Ben is a preparer and Dana an approver up to 50,000.00 USD. Ben may import and propose; Dana may
approve what Ben proposed, up to that sum; neither may lock a period, which takes a controller. Whoever makes the books
is their first controller. Nobody may approve or reopen what they prepared or asked for themselves, whatever the role.
"""

import json

from ratable.ledger import models

ROLES = ("viewer", "auditor", "preparer", "approver", "controller", "administrator")
NONE = "none"  # The role that ends all access.

_EVERYONE = frozenset(ROLES)
_PREPARES = frozenset({"preparer", "controller"})
_APPROVES = frozenset({"approver", "controller"})
_CLOSES = frozenset({"controller"})
MAY: dict[str, frozenset[str]] = {
    "import": _PREPARES,
    "correct": _PREPARES,
    "propose": _PREPARES,
    "enter manually": _PREPARES,
    "review": _APPROVES,
    "approve": _APPROVES,
    "reject": _APPROVES,
    "post": _APPROVES,
    "dispose of a finding": _APPROVES,
    "soft-close": _CLOSES,
    "lock": _CLOSES,
    "ask to unlock": _CLOSES,
    "unlock": _CLOSES,
    "set a choice": _CLOSES,
    "export": _EVERYONE - {"viewer"},
    "grant a role": frozenset({"administrator", "controller"}),
    "checkpoint": _EVERYONE,
}


def role(person: str) -> str:
    """The role of a person, or "none"."""
    row = models.Grant.objects.filter(person=person).order_by("-no").values_list("role", flat=True).first()
    return row or NONE


def everyone() -> list[str]:
    """Whoever has a role here, by name."""
    named = models.Grant.objects.values_list("person", flat=True).distinct().order_by("person")
    return [person for person in named if role(person) != NONE]


def limits(person: str) -> dict[str, int]:
    """The most that one approval of a person may total, by currency in minor units; empty: no limit."""
    row = models.Grant.objects.filter(person=person).order_by("-no").values_list("limits", flat=True).first()
    return {currency: int(most) for currency, most in json.loads(row or "{}").items()}


def denial(person: str, verb: str) -> str:
    """Why a person may not do an act, in one sentence; empty where they may."""
    allowed = MAY[verb]
    held = role(person)
    if held in allowed:
        return ""
    who = f"{person} is {_article(held)} here" if held != NONE else f"{person} has no role here"
    ask = f"that takes {' or '.join(_article(name) for name in ROLES if name in allowed)}"
    return f"{who} and may not {verb}; {ask}. A controller gives roles: `ratable people grant {person} ROLE`."


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"

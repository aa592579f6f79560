"""Who may do what: roles, the acts that each allows, the entities and days they hold for, and duties kept apart.

Worked example: Ben is a preparer and Dana an approver up to 50,000.00 USD. Ben may import and propose; Dana may
approve what Ben proposed, up to that sum; neither may lock a period, which takes a controller. Ada audits the entity
DE until 31 March: on 1 April her role is "none", and before that she may export DE and not US.

Whoever makes the books is their first controller, and gives roles until there is an administrator; from then on only
administrators do, who may do nothing else. Nobody may approve or reopen what they prepared or asked for themselves,
whatever the role (CONFLICTS).
"""

import json
from dataclasses import dataclass, field
from datetime import date

from ratable.ledger import models
from ratable.operations import clock

ROLES = ("viewer", "auditor", "preparer", "approver", "controller", "administrator")
NONE = "none"  # The role that ends all access.
AGENT = "agent:review"
"""Who reviews and answers questions: a program that no role is ever given to."""
AGENT_MAY = ("intend to review", "review by checks", "answer a question")
"""All that it may do, and that nobody else does."""
ADMINISTRATOR = "administrator"

_EVERYONE = frozenset(ROLES)
_PREPARES = frozenset({"preparer", "controller"})
_APPROVES = frozenset({"approver", "controller"})
_CLOSES = frozenset({"controller"})
_ADMITS = frozenset({ADMINISTRATOR, "controller"})
FINANCE = _PREPARES | _APPROVES | _CLOSES
MAY: dict[str, frozenset[str]] = {
    "import": _PREPARES,
    "correct": _PREPARES,
    "keep a mapping": _PREPARES,
    "propose a revision": _PREPARES,
    "approve a revision": _APPROVES,
    "reject a revision": _PREPARES | _APPROVES,
    "propose": _PREPARES,
    "enter manually": _PREPARES,
    "review": _APPROVES,
    "approve": _APPROVES,
    "reject": _APPROVES,
    "post": _APPROVES,
    "mark an entry": _APPROVES,
    "comment on an entry": _PREPARES | _APPROVES,
    "dispose of a finding": _APPROVES,
    "answer a flag": _APPROVES,
    "accept a proposal": _PREPARES | _APPROVES,
    "soft-close": _CLOSES,
    "lock": _CLOSES,
    "ask to unlock": _CLOSES,
    "unlock": _CLOSES,
    "set a choice": _CLOSES,
    "export": _EVERYONE - {"viewer"},
    "grant a role": _ADMITS,
    "invite": _ADMITS,
    "make a key": _EVERYONE,
    "revoke a key": _EVERYONE,
    "change a webhook": _ADMITS,
    "checkpoint": _EVERYONE,
}
ADMITTING = ("grant a role", "invite")
"""Acts by which people come in: a controller does them while the books have no administrator."""


@dataclass(frozen=True)
class Conflict:
    """Two acts that one person may not do both of: on the same `of`, or not at all where that is empty."""

    one: str
    other: str
    of: str = ""


CONFLICTS: tuple[Conflict, ...] = (
    *(Conflict("invite", verb) for verb, roles in MAY.items() if roles <= FINANCE),
    *(Conflict("grant a role", verb) for verb, roles in MAY.items() if roles <= FINANCE),
    Conflict("propose", "approve", "run"),
    Conflict("enter manually", "approve", "run"),
    Conflict("propose a revision", "approve a revision", "revision"),
    Conflict("import", "dispose of a finding", "import"),
    Conflict("correct", "dispose of a finding", "import"),
    Conflict("propose", "answer a flag", "run"),
    Conflict("enter manually", "answer a flag", "run"),
    Conflict("ask to unlock", "unlock", "month"),
)
"""What is kept apart. Without `of`, no role allows both, once there is an administrator; a person has one role, and
nobody comes from one side to the other by the acts of one person (`barrier`). With `of`, each act refuses it."""


@dataclass(frozen=True)
class Scope:
    """What a role is held for: entities by id (none: all of them), and its last day (None: until it is changed)."""

    entities: tuple[str, ...] = ()
    until: date | None = None


EVERYWHERE = Scope()


class NotTheirs(Exception):
    """What a person asked for is of an entity that their role is not held for; the message names theirs."""


@dataclass(frozen=True)
class Held:
    """What a person was given last; `role` is "none" before that, and after its last day."""

    role: str = NONE
    limits: dict[str, int] = field(default_factory=dict)
    scope: Scope = EVERYWHERE


def held(person: str, *, on: date | None = None) -> Held:
    """The role of a person, with its limits (in minor units by currency) and its scope.

    Args:
        person: by name.
        on: the day that is asked about; None: today.
    """
    row = models.Grant.objects.filter(person=person).order_by("-no").first()
    if row is None:
        return Held()
    over = row.until is not None and (on or clock.now().date()) > row.until
    limits = {currency: int(most) for currency, most in json.loads(row.limits).items()}
    scope = Scope(tuple(json.loads(row.entities)), row.until)
    return Held(NONE if over else row.role, limits, scope)


def role(person: str, *, on: date | None = None) -> str:
    """The role of a person on a day, today if none is named; "none" where they have none or its last day is over."""
    return held(person, on=on).role


def entities(person: str) -> frozenset[str] | None:
    """The entities that a person's role is held for; None: all."""
    return frozenset(held(person).scope.entities) or None


def seen(person: str, asked: str | None) -> str | None:
    """The entity that an answer to a person is about: the one that they ask for, or their only one; None: all.

    Raises:
        NotTheirs: their role is held for some entities only, and what they ask for is none of them.
    """
    own = entities(person)
    if own is None or (asked is not None and asked in own):
        return asked
    if asked is None and len(own) == 1:
        return next(iter(own))
    said = f"entity: saw {asked!r}" if asked is not None else "entity: saw none"
    raise NotTheirs(f"{said}; expected one of yours: {', '.join(sorted(own)) or 'none'}.")


def limits(person: str) -> dict[str, int]:
    """The most that one approval of a person may total, by currency in minor units; empty: no limit."""
    return held(person).limits


def everyone(*, on: date | None = None) -> list[str]:
    """Whoever has a role here, by name."""
    named = models.Grant.objects.values_list("person", flat=True).distinct().order_by("person")
    return [person for person in named if role(person, on=on) != NONE]


def administered(*, on: date | None = None) -> bool:
    """Whether the books have an administrator."""
    once = models.Grant.objects.filter(role=ADMINISTRATOR).values_list("person", flat=True).distinct()
    return any(role(person, on=on) == ADMINISTRATOR for person in once)


def denial(person: str, verb: str, entity: str | None = None, *, on: date | None = None) -> str:
    """Why a person may not do an act, in one sentence; empty where they may.

    Args:
        person: who would do it.
        verb: one of MAY.
        entity: the one that the act is about; None: of none in particular.
        on: the day; None: today.
    """
    if is_agent(person) or verb in AGENT_MAY:
        return _of_the_agent(person, verb)
    allowed, given = MAY[verb], held(person, on=on)
    if verb in ADMITTING and given.role in FINANCE and administered(on=on):
        allowed = frozenset({ADMINISTRATOR})
    if given.role not in allowed:
        return _not_allowed(person, verb, allowed, given)
    if entity is not None and given.scope.entities and entity not in given.scope.entities:
        own = ", ".join(given.scope.entities)
        what = entity or "what belongs to no entity"
        return f"{person} acts for {own} here and may not {verb} {what}; somebody whose role covers it has to."
    return ""


def is_agent(person: str) -> bool:
    """Whether a name is that of a program which reviews, and never of a person."""
    return person.startswith("agent:")


def _of_the_agent(person: str, verb: str) -> str:
    if person == AGENT and verb in AGENT_MAY:
        return ""
    if is_agent(person):
        return f"{person} is a program: it reviews and answers questions, and may not {verb}. A person has to."
    return f"{person} may not {verb}; {AGENT} does, when somebody asks for it."


def barrier(giver: str, person: str, role: str, *, on: date) -> str:
    """Why a person may not give a role that they could give to others, in one sentence; empty where they may.

    Nobody changes their own role, no program that reviews has one, and the way from administering to finance or back
    takes two others: one who ends what was, one who gives what comes.

    Args:
        giver: who gives it.
        person: who receives it.
        role: what is given, or "none".
        on: the day of the act.
    """
    if is_agent(person):
        return f"{person} is a program that reviews; no role is given to it."
    if person == giver:
        other = ADMINISTRATOR if administered(on=on) else "controller"
        return f"{person} cannot change the role of {person}; another {other} has to."
    sides = FINANCE | {ADMINISTRATOR}
    rows = models.Grant.objects.filter(person=person).order_by("no").select_related("event")
    before = rows.filter(role__in=sides).last()
    crosses = before is not None and role in sides and ADMINISTRATOR in {before.role, role} != {ADMINISTRATOR}
    if not crosses:
        return ""
    ended = rows.filter(no__gt=before.no).first()
    if ended is None:
        return (
            f"{person} is {_article(before.role)} here, and nobody becomes {_article(role)} from there by the acts of "
            f"one person. End that role first; somebody else then gives the new one."
        )
    if ended.event.actor == giver:
        return (
            f"{giver} ended the role of {person} as {_article(before.role)} and cannot make them {_article(role)}; "
            "somebody else has to."
        )
    return ""


def shared(role: str) -> list[str]:
    """The acts of a role that are kept apart case by case, each pair in words."""
    return [
        f"{pair.one} and {pair.other}: never the same {pair.of}"
        for pair in CONFLICTS
        if pair.of and role in MAY[pair.one] & MAY[pair.other]
    ]


def _not_allowed(person: str, verb: str, allowed: frozenset[str], given: Held) -> str:
    who = f"{person} is {_article(given.role)} here" if given.role != NONE else f"{person} has no role here"
    ask = f"that takes {' or '.join(_article(name) for name in ROLES if name in allowed)}"
    giver = "An administrator" if administered() else "A controller"
    return f"{who} and may not {verb}; {ask}. {giver} gives roles."


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"

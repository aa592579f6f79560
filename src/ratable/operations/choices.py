"""Choices of a company about its own controls: each is as it comes until a controller says otherwise, with a reason.

Worked example: a company of one person says `set_choice(actor, "single_person", "on")`. From then on that person may
approve what they prepared, each time with a reason, and every report made from these books names the choice.
"""

import polars as pl

from ratable.ledger import covering, models
from ratable.operations import acts, reasons

CHOICES: dict[str, tuple[str, ...]] = {
    "single_person": ("off", "on"),
    "revisions_only": ("off", "on"),  # Products, SSPs, accounts and policies change by revisions, never by imports.
    "review": ("on", "off"),  # Off: the agent looks at nothing, and what it said before keeps nobody from anything.
    "second_factor": ("off", "on"),  # Whoever may do more than look signs in with a password and something else.
}
"""Name of a choice to its values; the first counts until another one is set."""


def chosen(name: str) -> str:
    """The value of a choice that counts now."""
    kept = models.Setting.objects.filter(name=name).order_by("-no").values_list("value", flat=True).first()
    return kept or CHOICES[name][0]


def acts_alone(actor: acts.Actor, prepared_by: str, what: str, *, override: bool) -> bool:
    """Whether one person approves what they prepared, as the company allows it.

    Args:
        actor: who approves; with a reason, where they prepared it.
        prepared_by: who prepared it.
        what: what is approved, in words.
        override: the actor knows that it is their own.

    Raises:
        acts.Refused: it is their own, and they do not know it, the company takes two people, or there is no reason.
    """
    if actor.person != prepared_by:
        return False
    if not override:
        raise acts.Refused(f"{actor.person} prepared {what} and cannot approve it; another person has to.")
    if chosen("single_person") != "on":
        raise acts.Refused(
            f"{actor.person} prepared {what}, and these books take two people. A controller may choose single_person "
            "instead, with a reason."
        )
    reasons.require(actor, f"approve {what} alone")
    return True


def set_choice(actor: acts.Actor, name: str, value: str) -> None:
    """Make a choice.

    Args:
        actor: a controller, with a reason.
        name: one of CHOICES.
        value: one of its values.

    Raises:
        acts.Refused: there is no such choice or value, it is the value already, or no reason was given.
    """
    if name not in CHOICES:
        raise acts.Refused(f"choice: saw {name!r}; expected one of {', '.join(CHOICES)}.")
    if value not in CHOICES[name]:
        raise acts.Refused(f"{name}: saw {value!r}; expected {' or '.join(CHOICES[name])}.")
    with acts.begin(actor, "set a choice", name) as act:
        before = chosen(name)
        if before == value:
            raise acts.Refused(f"{name} is {value} already. Nothing was changed.")
        reasons.require(actor, f"set {name}")
        covering.cover(act, "settings", pl.DataFrame({"name": [name], "value": [value]}))
        act.body |= {"choice": name, "before": before, "after": value}

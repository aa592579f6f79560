"""Lets a person in: the act of handing out a one-time link with which they choose their own password.

Worked example: Adam invites Dana. The log says that he did, before Dana's link works; should Adam use it himself, Dana
finds her password gone and the log says who had the link.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from ratable.ledger import events
from ratable.operations import acts, people


@contextmanager
def inviting(actor: acts.Actor, person: str) -> Iterator[events.Act]:
    """The act of handing out a link; what is done inside is kept with its event, or neither is.

    Args:
        actor: whoever gives roles.
        person: who may sign in with it; they have a role.

    Yields:
        the event to be.

    Raises:
        acts.Refused: the actor may not, or the person has no role here.
    """
    with acts.begin(actor, "invite", person) as act:
        if people.role(person, on=date.fromisoformat(act.at[:10])) == people.NONE:
            raise acts.Refused(f"{person} has no role here; give one first.")
        yield act

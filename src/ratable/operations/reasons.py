"""Acts that are kept with a reason, and refused without one.

Worked example: `ratable unlock 2026-01` ends with "unlock 2026-01: saw no reason; expected one in words, which is kept
in the event log."
"""

from ratable.operations import acts


def require(actor: acts.Actor, act: str) -> None:
    """Go on only where the actor gave a reason.

    Raises:
        acts.Refused: there is none.
    """
    if not actor.reason.strip():
        raise acts.Refused(f"{act}: saw no reason; expected one in words, which is kept in the event log.")

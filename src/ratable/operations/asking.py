"""A person asks the books a question, which is kept with its answer.

Worked example: Cora asks "Why was $4,200 deferred for Acme this month?"; the answer is question 17 of the watchtower.
Where the company has a language model, it may have chosen the query and the words of the first sentence: its calls are
kept with the question. Without one, or with RATABLE_MODEL=off, the same questions are answered by rules alone.
"""

import os
from dataclasses import dataclass

from ratable.operations import acts, people, reviewing
from ratable.review import narrowed
from ratable.review.ask import answers, asking
from ratable.review.model import settings
from ratable.review.snapshot import Snapshot


@dataclass(frozen=True)
class Asked:
    """The number of a question, and its answer."""

    no: int
    answer: answers.Answer


def seen_by(person: str, whole: Snapshot, entity: str | None = None) -> Snapshot:
    """As much of a snapshot as a person may ask.

    Args:
        person: who asks.
        whole: of all entities.
        entity: the one that they ask about; None: all that is theirs.

    Raises:
        people.NotTheirs: their role is held for other entities.
    """
    own = people.seen(person, entity)
    return whole if own is None else narrowed.of(whole, own)


def ask(actor: acts.Actor, question: str, seen: Snapshot) -> Asked:
    """Answer a question from a snapshot, and write both down.

    Args:
        actor: who asks; anybody with a role.
        question: in words.
        seen: what is asked, as far as the actor may see it.

    Raises:
        acts.Refused: the actor has no role, or what the surroundings say about a model cannot be meant.
    """
    try:
        model = settings.read(os.environ)
    except ValueError as wrong:
        raise acts.Refused(str(wrong)) from wrong
    if model is None:
        answer = asking.answer(question, seen)
        return Asked(reviewing.asked(actor, question, answer, snapshot=seen.name), answer)
    from ratable.review.model import assisted  # noqa: PLC0415  what reaches a model is installed where there is one

    helped = assisted.answer(question, seen, model)
    no = reviewing.asked(actor, question, helped.answer, snapshot=seen.name, calls=helped.calls)
    return Asked(no, helped.answer)

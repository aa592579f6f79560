"""A question answered with the help of a model, where there is one, and the same without where it cannot help.

Worked example: "How come so much is parked for Acme?" fits no query by rule. The model routes it to why-deferred, the
answer is computed as ever, and its first sentence is asked for in other words, as a template without figures. What
comes back is filled from the facts and read by the verifier; where that misses a numeral, the sentence stands as it
was. With the model gone, the answer asks back, as it does for a company that has none.
"""

from dataclasses import dataclass, replace

import httpx

from ratable.review.ask import answers, asking, library
from ratable.review.model import endpoint, phrasing, routing, settings
from ratable.review.model.calls import Call
from ratable.review.snapshot import Snapshot


@dataclass(frozen=True)
class Assisted:
    """An answer, and the calls that had a part in it."""

    answer: answers.Answer
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True)
class _Model:
    """A model, what is left of its budget, and the calls so far."""

    of: settings.Settings
    budget: endpoint.Budget
    kept: list[Call]
    transport: httpx.BaseTransport | None

    def note(self, prompt: str, reply: endpoint.Reply, ended: str) -> None:
        self.kept.append(Call(prompt, reply.model, ended, reply.tokens, reply.sent, reply.received))

    def missed(self, prompt: str, why: endpoint.Unavailable) -> None:
        self.kept.append(Call(prompt, self.of.name, str(why)))


def answer(
    question: str, snapshot: Snapshot, of: settings.Settings | None, *, transport: httpx.BaseTransport | None = None
) -> Assisted:
    """The answer to a question, routed and phrased by a model where that helps.

    Args:
        question: as it was asked.
        snapshot: what is asked.
        of: the model; None: there is none.
        transport: of its connection; None: the network.

    Returns:
        figures, tables, checks and sources as `asking.answer` computes them for the query; only the choice of the query
        where the rules knew none, and words between figures, may be the model's.
    """
    made = asking.answer(question, snapshot)
    if of is None:
        return Assisted(made)
    model = _Model(of, endpoint.Budget(of.calls, of.tokens), [], transport)
    if made.kind == answers.ASKS_BACK and not made.query:
        made = _routed(question, snapshot, model) or made
    if made.kind == answers.ANSWERED:
        made = _phrased(made, model)
    return Assisted(made, tuple(model.kept))


def _routed(question: str, snapshot: Snapshot, model: _Model) -> answers.Answer | None:
    titles = {name: one.title for name, one in library.QUERIES.items()}
    try:
        found = routing.route(question, titles, model.of, model.budget, transport=model.transport)
    except endpoint.Unavailable as why:
        model.missed(routing.PROMPT, why)
        return None
    model.note(routing.PROMPT, found.reply, found.query or "no query of the library")
    return asking.answer_as(found.query, question, snapshot) if found.query else None


def _phrased(made: answers.Answer, model: _Model) -> answers.Answer:
    """The answer with its first sentence in other words, where the verifier agrees."""
    if not (made.sentences and made.told[0].text and model.budget.calls):
        return made
    try:
        found = phrasing.phrase(made.sentences[0].text, model.of, model.budget, transport=model.transport)
    except endpoint.Unavailable as why:
        model.missed(phrasing.PROMPT, why)
        return made
    said = asking.verified(replace(made.sentences[0], text=found.sentence)) if found.sentence else None
    taken = said is not None and bool(said.text)
    model.note(phrasing.PROMPT, found.reply, "taken" if taken else "more than words were changed; not taken")
    return replace(made, told=(said, *made.told[1:])) if said is not None and taken else made

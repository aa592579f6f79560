"""Ask: a question of the books, how it was understood, the answer with what it rests on; alone or beside any screen.

Worked example: "Why was $4,200 deferred for Acme this month?" is sent once, becomes question 17 of the watchtower, and
leads to `/ask/17`: no figure of Acme is 4,200.00, the nearest are 4,320.00, 2,400.00 and 2,160.00, and how the balance
came to be. Its chips lead to `/ask?query=why-deferred&customer=acme&from=2026-03&to=2026-03`, where the same is asked
without words, and nothing is written down: to look at an address never changes anything.

Answers read the entity of the address, and the whole company where it names none and the person sees all.
"""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.ledger import models, snapshots
from ratable.ledger.review_tables import Question
from ratable.operations import asking as questions
from ratable.reports import rendering
from ratable.review import narrowed
from ratable.review.ask import answers, asking, library, query
from ratable.review.snapshot import Snapshot
from ratable.web import answered, behind, downloads, frame, log, state


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The box with examples, or the answer to what the address asks; a POST asks, and leads to its number."""
    if request.method == "POST":
        return _ask(request, asked)
    return _page(request, asked, asked.get("q"))


@frame.screen
def one(request: HttpRequest, asked: state.State, no: int) -> HttpResponse:
    """A question that was asked, answered from the books as they are now."""
    kept: Question | None = Question.objects.filter(no=no).select_related("event").first()
    if kept is None:
        raise state.Unclear(f"question {no}: there is none of that number.")
    return _page(request, asked, kept.question, kept)


def snapshot(asked: state.State) -> Snapshot | None:
    """The books through the month of an address, of its entity; None where there is nothing to ask yet."""
    if not models.Entry.objects.exists():
        return None
    whole = snapshots.snapshot(asked.period)
    return whole if asked.entity is None else narrowed.of(whole, asked.entity)


def answer(asked: state.State, question: str, seen: Snapshot) -> answers.Answer | None:
    """The answer to the words of a question, or to the query of an address; None where it asks nothing."""
    if question:
        return asking.answer(question, seen)
    if not (name := asked.get("query")):
        return None
    known = library.QUERIES.get(name)
    takes = known.takes if known else ()
    given = {one: asked.get(one) for one in query.TYPES if one in takes and asked.get(one)}
    return asking.run(name, given, seen)


def _ask(request: HttpRequest, asked: state.State) -> HttpResponse:
    question, seen = request.POST.get("q", "").strip(), snapshot(asked)
    if not question or seen is None:
        return HttpResponseRedirect(asked.link("/ask"), status=303)
    no = questions.ask(requests.actor(request), question, seen).no
    return HttpResponseRedirect(asked.link(f"/ask/{no}"), status=303)


def _page(request: HttpRequest, asked: state.State, question: str, kept: Question | None = None) -> HttpResponse:
    seen = snapshot(asked)
    if seen is None:
        return frame.page(request, "web/ask.html", {"empty": True})
    made = asking.answer_as(kept.query, question, seen) if kept and kept.query else answer(asked, question, seen)
    if made is not None and (format_ := downloads.wanted(request)):
        return _file(format_, asked, made)
    told: dict[str, Any] = {"question": question, "through": seen.through, "post": asked.link("/ask")}
    if made is None:
        return frame.page(request, "web/ask.html", told | {"examples": asking.examples(seen)})
    known = library.QUERIES.get(made.query)
    return frame.page(request, "web/ask.html", told | {
        "answer": made, "said": answered.sentences(made, asked), "chips": answered.chips(made, seen, asked),
        "others": answered.others(made, seen, asked), "rooms": answered.queries(), "query": known,
        "parts": answered.parts(made, asked), "charts": answered.chart(made), "choices": answered.choices(made, asked),
        "entries": behind.entries(made, asked), "kept": kept, "differs": kept is not None and _differs(kept, made),
        "at": log.moment(kept.event.at) if kept else "", "by": kept.event.on_behalf_of if kept else "",
        "examples": asking.examples(seen) if made.kind == answers.REFUSED else [],
    })  # fmt: skip


def _differs(kept: Question, made: answers.Answer) -> bool:
    """Whether the books give other figures now than when the question was asked."""
    then = json.loads(kept.answer)["figures"]
    return bool(then != {name: vars(figure) for name, figure in made.figures.items()})


def _file(format_: str, asked: state.State, made: answers.Answer) -> HttpResponse:
    """One table of the answer, with all of its rows."""
    number = asked.get("table", "answer-1").rpartition("-")[2]
    if not number.isdecimal() or not 0 < int(number) <= len(made.tables):
        raise state.Unclear(f"table: saw {asked.get('table')!r}; expected one of the answer.")
    parameters = {"through": asked.through.isoformat(), "query": made.query} | dict(made.parameters)
    heading = rendering.Heading("answer", parameters, downloads.NO_FINDINGS)
    return downloads.file(format_, [answered.plain(made.tables[int(number) - 1].rows)], heading)

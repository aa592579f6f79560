"""One flag of the review as it is shown: what is odd, expected against actual, the formula, the rows, who may answer.

Worked example: flag 91d0 of run 7: "Invoice I-8107 bills 6,600.00 USD of platform again; I-8101 has billed it."
Expected one invoice, actual two; 6,600.00 + 6,600.00 for one service of 6,600.00; links to both invoices; what was
answered to the like for Marlow before; next step; the proposal, a credit note for I-8107, whose before and after by
month come below it.
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from ratable.access import requests
from ratable.core import currencies
from ratable.ledger import flagged, models
from ratable.ledger.review_tables import Review
from ratable.operations import accepting, answering, decide, people
from ratable.review import flags, proposals
from ratable.web import citations, frame, places, queues, raised, state
from ratable.web.screens import review_run

VERDICTS = {
    flagged.ERROR: "Error: it is wrong and will be put right", flagged.EXCEPTION: "Accepted exception: odd, and agreed",
    flagged.FALSE_ALARM: "False alarm: it is right", flagged.DUPLICATE: "Duplicate of another flag",
}  # fmt: skip
_VERBS = {"correct": "correct", "add": "import", "credit": "import", "post": "enter manually"}
Shown = dict[str, Any]


def page(request: HttpRequest, asked: state.State, flag: str, *, of: int | None, **more: Any) -> HttpResponse:
    """The flag as a page or a panel.

    Args:
        request: who looks.
        asked: where they are, with the filters of a queue.
        flag: its id, or the beginning of it.
        of: the run in whose queue it stands; None: the list of all that wait.
        more: what the page says besides, such as why an act was refused.
    """
    person = requests.person(request)
    shown = raised.one(flag, person)
    answer = frame.page(request, "web/review_flag.html", _near(asked, person, str(shown["id"]), of) | {
        "flag": shown, "sign": raised.SIGNS[str(shown["class"])], "cited": citations.found(_rows(shown), asked),
        "like": raised.like(shown), "verdicts": _verdicts(shown), "denied": answering.denial(person, str(shown["id"])),
        "overrides": _overrides(shown), "at": f"/review/flags/{shown['id']}", "here": _here(asked, shown, of),
        "last": raised.today() + answering.HOLDS, "latest": raised.today() + answering.LONGEST, "of": of,
        "first": raised.today(), "currency": shown["currency"] if shown["currency"] in currencies.EXPONENTS else "",
        "proposes": bool(shown["fix"]), "accepted": list(accepting.accepted(str(shown["id"]))),
        "explain": explain(asked, shown), "contract": places.contract(shown["contract"]) if shown["contract"] else "",
    } | more)  # fmt: skip
    answer.status_code = HTTPStatus.CONFLICT if more.get("refused") else HTTPStatus.OK
    return answer


def proposal(request: HttpRequest, asked: state.State, flag: str) -> Shown:
    """What the proposal of a flag would do by month, and whether this person may accept it.

    Raises:
        acts.Refused: it carries none, or one of nothing in the books.
    """
    person = requests.person(request)
    shown = raised.one(flag, person)
    seen = accepting.preview(str(shown["id"]))
    return {
        "flag": shown, "fix": seen.fix, "says": seen.says, "document": seen.document, "months": seen.months,
        "denied": _denied(person, shown, seen.fix), "here": _here(asked, shown, None),
    }  # fmt: skip


def explain(asked: state.State, shown: Shown) -> str:
    """The question that explains what a flag is about; empty where the library has none."""
    if shown["table"] == "entries":
        return asked.link("/ask", query="why-entry", entry=shown["subject"])
    if shown["contract"]:
        return asked.link("/ask", query="position", contract=shown["contract"])
    return ""


def _rows(shown: Shown) -> list[str]:
    about = f"{shown['table']}/{shown['subject']}"
    return list(dict.fromkeys([about, *shown["rows"]]))


def _here(asked: state.State, shown: Shown, of: int | None) -> str:
    return asked.link(f"/review/flags/{shown['id']}", **asked.some(*queues.FILTERS), of=of or asked.get("of") or None)


def _near(asked: state.State, person: str, flag: str, of: int | None) -> Shown:
    """The items before and after it, in the queue of its run or in the list of all flags that wait."""
    held = models.Run.objects.filter(no=of).first() if of is not None else None
    if held is not None and queues.waits(held):
        walk, item = queues.of(held, person).walk(asked.some(*queues.FILTERS)), f"flags/{flag}"
        near = {name: review_run.item_address(asked, held.no, queues.near(walk, item, by)) for name, by in _SIDES}
    else:
        walk, item = list(raised.waiting(person)["id"]), flag
        found = {name: queues.near(walk, item, by) for name, by in _SIDES}
        near = {name: raised.address(asked, one) if one else "" for name, one in found.items()}
    return near | {"place": walk.index(item) if item in walk else None, "many": len(walk)}


_SIDES = (("before", -1), ("following", 1))


def _verdicts(shown: Shown) -> dict[str, str]:
    """What may be said to it: of what blocks, only that it is an error."""
    return {flagged.ERROR: VERDICTS[flagged.ERROR]} if shown["class"] == flags.BLOCKS else VERDICTS


def _overrides(shown: Shown) -> str:
    """Of a flag that blocks: who may approve the run despite it, in one sentence."""
    run = Review.objects.filter(no=shown["review"]).values_list("run_id", flat=True).first()
    if shown["class"] != flags.BLOCKS or run is None:
        return ""
    may = ", ".join(decide.approvers(run)) or "nobody here yet"
    return f"It blocks run {run}. Who may approve the run despite it, with a reason: {may}."


def _denied(person: str, shown: Shown, fix: proposals.Fix) -> str:
    """Why a person may not accept a proposal, in one sentence; empty where they may."""
    if fix.kind == "except":
        return answering.denial(person, str(shown["id"]))
    verb = "propose" if (fix.kind, fix.table) == ("post", "contract_lines") else _VERBS[fix.kind]
    return people.denial(person, "accept a proposal", shown["entity"]) or people.denial(person, verb, shown["entity"])

"""Watchtower: all that the agent did, on whose behalf, what it saw, and what people made of it; and any of it again.

Worked example: `/watchtower?kind=review&subject=run 7` has review 1 of run 7 on behalf of Ben: begun 09:30, done 09:31,
61 of 63 checks, 3 flags, 1 proposal. Its page names each check with its version, the flags with their answers, and a
button that makes the review again on the store of then: "the same 3 flags". `/watchtower/log.jsonl` is the whole of it.

For auditors and those who decide, as the event log is.
"""

import json
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.api import jobs
from ratable.ledger import flagged, models, watchtower
from ratable.ledger.review_tables import Question, Review
from ratable.operations import people, reviewing
from ratable.reports import rendering
from ratable.web import citations, downloads, figures, filters, frame, log, raised, state, tables
from ratable.web.screens import activity

_KINDS = ("review", "question", "answer", "acceptance")
_FILTERS = ("kind", "subject", "person")
_AT_A_TIME = 200


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The feed, the newest first; or all that the filters select as a file."""
    if denied := denial(requests.person(request)):
        return frame.sentence(request, denied, status=403)
    chosen = {name: asked.get(name) for name in _FILTERS}
    found = watchtower.actions(**chosen)
    if format_ := downloads.wanted(request):
        heading = rendering.Heading("watchtower", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [found], heading)
    table = _table(asked, found)
    if asked.get("cursor") and request.htmx:
        return HttpResponse(table.body())
    every = watchtower.actions() if any(chosen.values()) else found
    who = sorted({*every["by"].drop_nulls(), *every["on_behalf_of"].drop_nulls()} - {"", people.AGENT})
    return frame.page(request, "web/watchtower.html", {
        "table": table, "kinds": _KINDS, "chosen": chosen, "filtered": any(chosen.values()), "who": who,
        "waits": raised.waiting(requests.person(request)).height, "on": raised.on(),
    })  # fmt: skip


@frame.screen
def lines(request: HttpRequest, asked: state.State) -> HttpResponse:
    """Every record of the agent as JSON Lines, each with the hash of the one before it."""
    if denied := denial(requests.person(request)):
        return frame.sentence(request, denied, status=403)
    text = "".join(f"{line}\n" for line in watchtower.lines())
    answer = HttpResponse(text, content_type="application/jsonl; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="watchtower.jsonl"'
    return answer


@frame.screen
def review(request: HttpRequest, asked: state.State, no: int) -> HttpResponse:
    """One review: its intent, what it saw, its checks, flags and their answers; a POST makes it again."""
    if denied := denial(requests.person(request)):
        return frame.sentence(request, denied, status=403)
    told = watchtower.review(no)
    if told is None:
        raise state.Unclear(f"review {no}: there is none of that number.")
    if request.method == "POST":
        return _replay(request, asked, no)
    found = flagged.of_reviews([no], on=raised.today())
    return frame.page(request, "web/watchtower_review.html", {
        "review": told, "began": log.moment(told["began_at"]), "at": log.moment(told["at"]),
        "checks": _checks(told["checks"]), "flags": raised.table(found, lambda row: raised.address(asked, row["id"])),
        "raised": found.height, "proposals": found["fix"].drop_nulls().len(),
        "decided": _decided(asked, found), "event": Review.objects.get(no=no).event_id,
        "held": told["run"] and models.Run.objects.get(no=told["run"]),
    })  # fmt: skip


@frame.screen
def question(request: HttpRequest, asked: state.State, no: int) -> HttpResponse:
    """One question as it was understood and answered then."""
    if denied := denial(requests.person(request)):
        return frame.sentence(request, denied, status=403)
    kept: Question | None = Question.objects.filter(no=no).select_related("event").first()
    if kept is None:
        raise state.Unclear(f"question {no}: there is none of that number.")
    said = json.loads(kept.answer)
    sentences = [
        {"text": one["text"], "withheld": one["withheld"], "cites": citations.found(one["cites"], asked)}
        for one in said["sentences"]
    ]
    return frame.page(request, "web/watchtower_question.html", {
        "kept": kept, "at": log.moment(kept.event.at), "by": kept.event.on_behalf_of, "said": said,
        "sentences": sentences, "again": asked.link(f"/ask/{no}"),
    })  # fmt: skip


def denial(person: str) -> str:
    """Why a person may not see what the agent did, in one sentence; empty where they may."""
    return activity.denial(person).replace("the event log", "the Watchtower")


def _table(asked: state.State, found: pl.DataFrame) -> tables.Table:
    cursor = asked.get("cursor", "0")
    first = int(cursor) if cursor.isdecimal() else 0
    end = first + filters.at_a_time(asked, _AT_A_TIME)
    moments = pl.col("at").map_elements(log.moment, return_dtype=pl.String)
    sign = pl.when(pl.col("state") == watchtower.DONE).then(pl.lit("good")).otherwise(pl.lit("warn"))
    shown = found[first:end].with_columns(
        at=moments, kind=pl.col("kind").replace(_SAID), state=pl.concat_list(sign, "state"),
        covered=pl.format("{} of {}", "ran", "checked"),
        who=pl.when(pl.col("on_behalf_of") == "").then("by").otherwise(pl.coalesce("on_behalf_of", "by")),
        place=pl.struct("kind", "no", "subject"),
    )  # fmt: skip

    def to_act(row: tables.Row) -> str:
        return _address(asked, row["place"], row["event"])

    columns = (
        tables.Column("at", "At, UTC", "day", to_act),
        tables.Column("kind", "What", "text", to_act),
        tables.Column("subject", "Of", "text", wide=True),
        tables.Column("who", "On behalf of"),
        tables.Column("entries", "Entries", "count"),
        tables.Column("covered", "Checks", "day"),
        tables.Column("flags", "Flags", "count"),
        tables.Column("proposals", "Proposals", "count"),
        tables.Column("says", "Says", "text", wide=True),
        tables.Column("state", "State", "status"),
    )
    more = asked.here(cursor=end) if end < found.height else ""
    return tables.Table("watchtower", "What the agent did", columns, shown, count=found.height, more=more)


_SAID = {"answer": "answer to a flag", "acceptance": "accepted proposal"}


def _address(asked: state.State, place: dict[str, Any], event: int) -> str:
    kind, no = place["kind"], place["no"]
    if kind == "review" and no is not None:
        return asked.link(f"/watchtower/reviews/{no}")
    if kind == "question":
        return asked.link(f"/watchtower/questions/{no}")
    if kind in _SAID.values():
        return raised.address(asked, str(place["subject"]).removeprefix("flag "))
    return f"/activity/{event}"


def _checks(ran: list[dict[str, str]]) -> tables.Table:
    """Each check with what came of it, those first that could not run or found something."""
    told = pl.DataFrame(ran, schema_overrides={"could_not": pl.String}).with_columns(pl.col("flags").cast(pl.Int64))
    missing = pl.col("could_not").is_not_null()
    raised_ = pl.col("flags") > 0
    sign = pl.when(missing).then(pl.lit("warn")).when(raised_).then(pl.lit("open")).otherwise(pl.lit("good"))
    some = pl.when(raised_).then(pl.format("{} flagged", "flags")).otherwise(pl.lit("nothing odd"))
    word = pl.when(missing).then(pl.lit("could not run")).otherwise(some)
    rows = told.with_columns(came=pl.concat_list(sign, word)).sort(
        missing, pl.col("flags"), "check", descending=[True, True, False]
    )
    columns = (
        tables.Column("check", "Check", "id"), tables.Column("title", "Looks at"),
        tables.Column("came", "Came to", "status"), tables.Column("could_not", "Why not", wide=True),
        tables.Column("class", "Class"), tables.Column("version", "Version"), tables.Column("owner", "Owner"),
    )  # fmt: skip
    return tables.Table("checks", "Checks of the review", columns, rows, short=True)


def _decided(asked: state.State, found: pl.DataFrame) -> tables.Table | None:
    """What people answered to its flags."""
    moments = pl.col("at").map_elements(log.moment, return_dtype=pl.String)
    words = pl.col("verdict").str.replace("_", " ")
    said = found.filter(pl.col("verdict").is_not_null()).with_columns(at=moments, verdict=words)
    columns = (
        tables.Column("subject", "About", "id", lambda row: raised.address(asked, row["id"])),
        tables.Column("verdict", "Answer"), tables.Column("by", "By"), tables.Column("at", "At, UTC", "day"),
        tables.Column("until", "Holds until", "day"), tables.Column("reason", "Why", wide=True),
    )  # fmt: skip
    return tables.Table("decided", "Answers of people", columns, said, short=True) if said.height else None


def _replay(request: HttpRequest, asked: state.State, no: int) -> HttpResponse:
    """Make a review again, which takes as long as it took; nothing is written."""

    def work(step: jobs.Step) -> dict[str, Any]:
        step(f"Making review {no} again on the store as it stood then")
        return {"says": compared(no, reviewing.replay(no))}

    then = asked.link(f"/watchtower/reviews/{no}")
    job = jobs.start("replay", requests.actor(request), work, reads=True)
    return HttpResponseRedirect(f"/jobs/{job}?{urlencode({'next': then})}", status=303)


def compared(no: int, made: reviewing.Replayed) -> str:
    """What came of making a review again, in words."""
    if made.same:
        count = figures.counted(Review.objects.get(no=no).flags, "flag")
        return f"Review {no} made again on the store of then: the same {count}."
    says = f"Review {no} made again: {made.gone.height} of its flags are gone, {made.new.height} are new."
    differing = [*made.gone["says"].head(2), *made.new["says"].head(2)]
    versions = f" Other versions now: {', '.join(made.versions)}." if made.versions else ""
    return " ".join([says, *differing]) + versions

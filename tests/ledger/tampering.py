"""The history of tests.ledger.histories written anew, as somebody would who owns the database and knows the rules."""

import json
from collections.abc import Callable
from typing import Any

from ratable.ledger import canonical, checkpoints, covering, events, merkle, models, signing, stored
from tests.ledger import histories

Change = Callable[[dict[str, Any]], None]


def rewrite(no: int, change: Change, *, sign: bool = False) -> None:
    """Change what an event says and make all hashes from it on anew; with `sign`, the checkpoints too."""
    company = models.Company.objects.get().id
    for event in models.Event.objects.filter(no__gte=no).order_by("no"):
        said = json.loads(event.body)
        if event.no == no:
            change(said)
        if sign and event.no > no and "checkpoints" in said["what"].get("rows", {}):
            said["what"]["rows"]["checkpoints"]["digest"] = _sign_anew(event.no, said["at"])
        body = canonical.text(said)
        previous = models.Event.objects.get(no=event.no - 1).hash if event.no > 1 else events.FIRST
        columns = {name: said[name] for name in ("at", "actor", "on_behalf_of", "action", "subject", "reason")}
        hash_ = events.hashed(company, event.no, previous, body)
        models.Event.objects.filter(no=event.no).update(body=body, previous=previous, hash=hash_, **columns)


def append(no: int, **other: str) -> None:
    """Add a copy of an event at the end of the log, rightly chained, with some of what it says changed."""
    event = models.Event.objects.get(no=no)
    last = models.Event.objects.order_by("-no")[0]
    said = json.loads(event.body) | other
    columns = {name: said[name] for name in ("at", "actor", "on_behalf_of", "action", "subject", "reason")}
    body, company = canonical.text(said), models.Company.objects.get().id
    models.Event.objects.create(
        no=last.no + 1, body=body, previous=last.hash, hash=events.hashed(company, last.no + 1, last.hash, body),
        **columns,
    )  # fmt: skip


def cut(no: int) -> None:
    """Remove all events from a number on with the rows that they covered, as an old backup would not have them."""
    for event in models.Event.objects.filter(no__gte=no).order_by("-no"):
        for table, its in json.loads(event.body)["what"].get("rows", {}).items():
            histories.run(f'DELETE FROM "{table}" WHERE no >= %s', its["from"])  # noqa: S608  names of our own schema
            if table == "runs":
                histories.run("DELETE FROM drafts WHERE run_no >= %s", its["from"])
    histories.run("DELETE FROM events WHERE no >= %s", no)


def rehash(table: str, no: int) -> None:
    """Make the digest of a changed row anew."""
    digest = covering.digests(stored.read(table, no, no))[0]
    histories.run(f'UPDATE "{table}" SET digest = %s WHERE no = %s', digest, no)  # noqa: S608  names of our own schema


def _sign_anew(event_no: int, at: str) -> str:
    hashes = models.Event.objects.filter(no__lt=event_no).order_by("no").values_list("hash", flat=True)
    unsigned = checkpoints.Anchor(
        models.Company.objects.get().id, event_no - 1, merkle.root(hashes), at, signing.public(histories.KEY), ""
    )
    kept = models.Checkpoint.objects.filter(event=event_no)
    kept.update(root=unsigned.root, signature=signing.sign(histories.KEY, unsigned.words()))
    no = kept.get().no
    return canonical.of_all(covering.digests(stored.read("checkpoints", no, no)))

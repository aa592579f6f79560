"""The acts of a store, read from its own event log and the files that it keeps, and done again in another one.

Worked example: event 9 says that Ben imported `late.yaml` and names the file by its SHA-256; `again` writes the bytes
that were kept under that hash to a file of that name and imports it as Ben, with his reason, by the clock given.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from ratable.ledger import models
from ratable.operations import acts, decide, disposing, founding, import_bundle, people, periods, propose
from tests.ledger import histories


@dataclass(frozen=True)
class Deed:
    """One event: who did what, when and why, what its body says, and the files that came with it."""

    action: str
    subject: str
    actor: str
    reason: str
    at: str
    what: dict[str, Any]
    name: str
    files: dict[str, bytes]
    opening: bool


def deeds() -> list[Deed]:
    """Every act of the store in use, in order."""
    imports = {row.event_id: row for row in models.Import.objects.all()}
    contents = {row.sha256: bytes(row.content) for row in models.File.objects.all()}
    found = []
    for event in models.Event.objects.order_by("no"):
        came = imports.get(event.no)
        hashes = json.loads(came.files) if came else {}
        found.append(Deed(
            event.action, event.subject, event.actor, event.reason, event.at, json.loads(event.body)["what"],
            came.name if came else "", {name: contents[sha256] for name, sha256 in hashes.items()},
            came is not None and came.kind == "opening",
        ))  # fmt: skip
    return found


def again(done: list[Deed], clock: Callable[[str], datetime], folder: Path, company: str) -> None:
    """Do every act again in the empty store in use; `clock` gives the moment of an act from that of the first time."""
    for number, deed in enumerate(done):
        actor = acts.Actor(deed.actor, partial(clock, deed.at), deed.reason)
        if deed.action == "found":
            founding.found(actor, name=deed.subject, company=company)
        else:
            DO[deed.action](actor, deed, folder / str(number))


def _import(actor: acts.Actor, deed: Deed, folder: Path) -> None:
    whole = list(deed.files) == [deed.name]
    place = folder if whole else folder / deed.name
    place.mkdir(parents=True)
    for name, content in deed.files.items():
        (place / name).write_bytes(content)
    import_bundle.import_bundle(
        actor, folder / deed.name, correction=deed.action == "correct", opening=deed.opening or None
    )


def _grant(actor: acts.Actor, deed: Deed, _: Path) -> None:
    said = deed.what["grant"]
    limits = {currency: int(most) for currency, most in said["limits"].items()}
    until = date.fromisoformat(said["until"]) if said["until"] else None
    founding.grant(actor, said["person"], said["role"], limits, people.Scope(tuple(said["entities"]), until))


def _dispose(actor: acts.Actor, deed: Deed, _: Path) -> None:
    disposing.dispose_all(actor, deed.subject.removeprefix("findings "), deed.what["verdict"])


def _propose(actor: acts.Actor, deed: Deed, _: Path) -> None:
    propose.propose(actor, date.fromisoformat(deed.what["through"]), book=deed.what["book"])


def _approve(actor: acts.Actor, deed: Deed, _: Path) -> None:
    said = deed.what["decision"]
    shown = models.Run.objects.get(no=int(said["run"]))
    decide.approve(actor, shown.no, shown.hash, override=said["override"])


def _post(actor: acts.Actor, deed: Deed, _: Path) -> None:
    decide.post(actor, int(deed.what["decision"]["run"]))


def _lock(actor: acts.Actor, deed: Deed, _: Path) -> None:
    period, _of, entity = deed.subject.partition(" of ")
    periods.lock(actor, period, entity=entity or None, key=histories.KEY)


DO: dict[str, Callable[[acts.Actor, Deed, Path], None]] = {
    "grant a role": _grant, "import": _import, "correct": _import, "dispose of a finding": _dispose,
    "propose": _propose, "approve": _approve, "post": _post, "lock": _lock,
}  # fmt: skip
"""What a close takes; an act that is not here is a KeyError, and not left out."""

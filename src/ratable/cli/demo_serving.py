"""`ratable demo --serve`: the example company in the middle of its close, on screens, with a person for each duty.

Worked example: January to March are locked. In April an invoice of March has come late, one of April is sound, one
names a customer that nobody knows and one has half a cent: a run of drafts waits for Dana, and two findings for whoever
may answer them. Ben prepared them and may not approve them; Cora locks; Ada, the administrator, may do none of it.
April has five errors besides that no rule of input sees (examples/planted); the agent has reviewed it, and its flags
wait in the queue.

There are no passwords: each person gets a link, which works once and asks them for a password of their own.
"""

import os
from pathlib import Path

import typer
import yaml
from rich import console

from ratable.cli import acting, days, demo, demo_ledger, serving

BOOKS = "screens.sqlite3"
ADMINISTRATOR = "ada"
PEOPLE = (("ben", "preparer"), ("dana", "approver"), ("erin", "approver"), ("cora", "controller"))

_APRIL = "2026-04-30"
_LIMIT = {"USD": 1_000_000}  # Of Erin in minor units, who approves an entry just below it.
_TOP_SIDE = {
    "date": "2026-04-30", "entity": "us", "currency": "USD", "line": None, "debit": "2400", "credit": "4000",
    "debit_role": "deferred_revenue", "credit_role": "revenue", "amount": 980000,
}  # fmt: skip
_LATE = {
    "id": "I-LATE", "customer": "acme", "currency": "USD", "issued_on": "2026-03-20",
    "lines": [{"id": "I-LATE-1", "product": "platform", "amount": "900.00", "service_start": "2026-03-01",
               "service_end": "2026-05-31"}],
}  # fmt: skip
_SOUND = {
    "id": "I-8001", "customer": "ironbridge", "currency": "USD", "issued_on": "2026-04-02",
    "lines": [{"id": "I-8001-1", "product": "platform", "amount": "4800.00", "service_start": "2026-04-01",
               "service_end": "2027-03-31"}],
}  # fmt: skip
_NOBODY = {
    "id": "I-8002", "customer": "bolt-uk", "currency": "GBP", "issued_on": "2026-04-07",
    "lines": [{"id": "I-8002-1", "product": "platform", "amount": "1250.00", "service_start": "2026-04-01",
               "service_end": "2026-09-30"}],
}  # fmt: skip
_HALF_A_CENT = {
    "id": "I-8003", "customer": "redfern", "currency": "USD", "issued_on": "2026-04-14",
    "lines": [{"id": "I-8003-1", "product": "platform", "amount": "249.995", "service_start": "2026-04-14",
               "service_end": "2026-07-13"}],
}  # fmt: skip
_INVOICES = (_LATE, _SOUND, _NOBODY, _HALF_A_CENT)


def run(out: Path, port: int) -> None:
    """Make the company anew in a folder, and serve it on this machine until told to end.

    Args:
        out: where its store, its keys and its files go.
        port: where to listen; 0: any that is free.

    Raises:
        refusals.Refusal: the port is taken, or the store cannot be made.
    """
    screen = console.Console(highlight=False)
    folder = demo.writable(screen, out)
    with serving.listening(serving.HOST, port) as heard:
        typer.echo("Making three months of an example company, and a fourth that is not closed yet.")
        prepare(folder)
        serving.answer(heard, _links)


def prepare(folder: Path) -> None:
    """Make the store of the company in a folder, as the one of this process.

    Raises:
        refusals.Refusal: the store cannot be made.
    """
    demo_ledger.name_places(folder, BOOKS)
    os.environ["RATABLE_SECRET_FILE"] = str((folder / "secret.key").resolve())
    serving.opened()
    with acting.on_the_store("cora", create=True, company=demo_ledger.COMPANY) as cora:
        demo_ledger.close_quarter(lambda _: None, cora, demo.example())
        _begin_april(folder)


def _begin_april(folder: Path) -> None:
    """What came in April is proposed, the agent looks at it, and it waits for somebody to review it."""
    from ratable.operations import import_bundle, propose, reviewing

    came = folder / "april.yaml"
    came.write_text(yaml.safe_dump({"invoices": list(_INVOICES)}, sort_keys=False), encoding="utf-8")
    ben = demo_ledger.by("ben")
    import_bundle.import_bundle(ben, came)
    import_bundle.import_bundle(ben, demo.example("planted") / "bundle.yaml")
    made = propose.propose(ben, days.day(_APRIL, "through"))
    for run in (made.run, _write_by_hand()):
        if run is not None:
            reviewing.review_run(ben, run)


def _write_by_hand() -> int | None:
    """Ben moves revenue by hand, with next to no words, just below what Erin may approve; she approves it."""
    import polars as pl

    from ratable.operations import decide, founding, manual

    founding.grant(demo_ledger.by("cora"), "erin", "approver", limits=_LIMIT)
    row = pl.DataFrame([_TOP_SIDE | {"date": days.day(_APRIL, "date")}], schema=manual.JOURNAL)
    made = manual.enter(demo_ledger.by("ben"), row, manual.Ground("top-side", b"see close call"))
    if made.run is not None:
        decide.approve(demo_ledger.by("erin"), made.run, made.hash)
    return made.run


def _links(url: str) -> list[str]:
    """The link of each person; the administrator, who is the first, gives the others theirs."""
    from ratable.access import invitations

    first = invitations.first_link(url, person=ADMINISTRATOR)
    links = [(f"{ADMINISTRATOR}, administrator", first)]
    for person, role in PEOPLE:
        links.append((f"{person}, {role}", invitations.link(demo_ledger.by(ADMINISTRATOR), person, url)))
    told = "Each link works once, and asks for a password of your own:"
    return [told, *(f"  {who:<20} {link}" for who, link in links)]

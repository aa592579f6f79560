"""The second half of `ratable demo`: the same company in a store, closed by three people.

Worked example: Ben proposes the quarter and may not approve it; Dana approves and posts; Cora locks March. An invoice
of March that comes afterwards is posted in April, with its month beside it. At the end every row is checked against the
log.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from rich import console, text

from ratable.cli import acting, days, refusals
from ratable.exports import options
from ratable.operations import clock

if TYPE_CHECKING:
    from ratable.operations.acts import Actor
    from ratable.operations.drafting import Proposed

BOOKS = "books.sqlite3"
COMPANY = "Quillmere Software"
_KEY = "signing.key"
_LAST, _PERIOD, _NEXT = "2026-03-31", "2026-03", "2026-04-30"
_PEOPLE = (("ben", "preparer"), ("dana", "approver"))
_LATE = {
    "id": "I-LATE", "customer": "acme", "currency": "USD", "issued_on": "2026-03-20",
    "lines": [{"id": "I-LATE-1", "product": "platform", "amount": "900.00", "service_start": "2026-03-01",
               "service_end": "2026-05-31"}],
}  # fmt: skip

Say = Callable[[str], None]


def run(screen: console.Console, company: Path, folder: Path) -> None:
    """Import, propose, approve, post, lock, meet a late invoice, verify and export.

    Args:
        screen: where it is told.
        company: the example company.
        folder: where the store, its key and the files go; a store of an earlier demo is made anew.

    Raises:
        refusals.Refusal: the store cannot be made, or an act is refused that should not be.
    """
    name_places(folder, BOOKS)

    def say(words: str) -> None:
        screen.print(text.Text(words), soft_wrap=True)

    with acting.on_the_store("cora", create=True, company=COMPANY) as cora:
        close_quarter(say, cora, company)
        _meet_late_invoice(say, folder)
        _prove(say, folder)


def name_places(folder: Path, books: str) -> None:
    """Name a store in a folder, and its key, as those of this process; what an earlier demo left there is removed."""
    for name in (books, f"{books}-wal", f"{books}-shm", _KEY):
        (folder / name).unlink(missing_ok=True)
    os.environ["RATABLE_DATABASE_URL"] = f"sqlite:///{(folder / books).resolve()}"
    os.environ["RATABLE_SIGNING_KEY"] = str((folder / _KEY).resolve())


def by(person: str, reason: str = "") -> "Actor":
    """A person as who acts, by the clock of this machine."""
    from ratable.operations import acts

    return acts.Actor(person, clock.now, reason)


def close_quarter(say: Say, cora: "Actor", company: Path) -> None:
    """The people get their roles; the quarter comes in, is proposed, approved by somebody else, posted and locked."""
    from ratable.ledger import signing
    from ratable.operations import acts, decide, disposing, founding, import_bundle, periods, propose

    for person, role in _PEOPLE:
        founding.grant(cora, person, role)
    came = import_bundle.import_bundle(by("ben"), company)
    say(f"Ben imports the folder: {came.added} rows are facts now, {came.left_out} wait outside because of a finding.")
    run = propose.propose(by("ben"), days.day(_LAST, "through"))
    say(f"Ben proposes everything through {_LAST}: run {run.run}, {run.rows} entries, hash {run.hash[:12]}.")
    try:
        decide.approve(by("ben"), _number(run), run.hash)
    except acts.Refused as refused:
        say(f'Ben tries to approve it: "{refused}"')
    say(f"Dana approves it at that hash and posts it: {_posted(run)}.")
    for code in ("too_many_decimals", "over_credit", "unknown_column"):
        disposing.dispose_all(by("dana", "sales will send it again, corrected"), code, "accepted")
    say("Dana answers the three findings with a reason; before that the month cannot be locked.")
    locked = periods.lock(by("cora"), _PERIOD, key=signing.key())
    say(f"Cora locks {_PERIOD}: {locked.statements.height} statements kept, the log signed.")


def _meet_late_invoice(say: Say, folder: Path) -> None:
    """An invoice of the locked month arrives."""
    import polars as pl

    from ratable.ledger import entries
    from ratable.operations import import_bundle, propose

    late = folder / "late-invoice.yaml"
    late.write_text(yaml.safe_dump({"invoices": [_LATE]}, sort_keys=False), encoding="utf-8")
    import_bundle.import_bundle(by("ben"), late)
    run = propose.propose(by("ben"), days.day(_NEXT, "through"))
    done = _posted(run)
    say(f"An invoice of 20 March arrives, 900.00 for March to May. Ben proposes April; Dana approves, posts: {done}.")
    caught = entries.posted().filter((pl.col("line") == "I-LATE-1") & (pl.col("kind") == "catch_up"))
    for narrative in caught["narrative"]:
        say(f"  {narrative}")


def _prove(say: Say, folder: Path) -> None:
    """Everything is checked against the log, and March goes to an ERP from what is posted."""
    from ratable.ledger import models, verification
    from ratable.operations import exporting

    faults = verification.verify()
    if faults:
        raise refusals.Refusal(f"the demo's books do not verify: {faults[0]}")
    say(f"{models.Event.objects.count()} events and every row behind them are as they were written.")
    asked = options.Options(layout="generic", period=_PERIOD, out=folder / "posted", overwrite=True)
    done = exporting.export(by("dana"), asked, through=days.day(_LAST, "through"))
    rows = sum(int(str(file.totals["rows"])) for file in done.written.files)
    say(f"{rows} rows of {_PERIOD} go out from what is posted, {len(done.written.files)} file; the log has its hash.")


def _posted(run: "Proposed") -> str:
    from ratable.operations import decide

    decide.approve(by("dana"), _number(run), run.hash)
    done = decide.post(by("dana"), _number(run))
    return f"entries {done.first} to {done.last}"


def _number(run: "Proposed") -> int:
    if run.run is None:
        raise refusals.Refusal("the demo found nothing to post; install ratable again.")
    return run.run

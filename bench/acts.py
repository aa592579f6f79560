"""One act on a store, or some questions to it, in a process of its own; what it took and found is printed as JSON.

Worked example: with RATABLE_DATABASE_URL naming a store into which eight lines were imported, `python -m bench.acts
propose 2023-01-31` prints `{"seconds": 0.21, "rows": 16}`: the act alone took that long, without the start of Python.

The people of every store here are Cora, who controls, Ben, who prepares, and Dana, who approves. An act that the books
do not allow ends the process, as does whatever else is wrong.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from bench import configured  # noqa: F401  it makes the ledger ready to be imported
from ratable.ledger import books, canonical, models, rows, store, verification
from ratable.operations import acts, clock, decide, founding, import_bundle, periods
from ratable.operations import propose as proposing

COMPANY = canonical.sha256("bench")
CALLS = 15  # After the first one.


def begin(clock: Callable[[], datetime] = clock.now) -> dict[str, Any]:
    """The people of the books."""
    cora = acts.Actor("cora", clock)
    founding.found(cora, name="Quillmere Software", company=COMPANY)
    for person, role in (("ben", "preparer"), ("dana", "approver")):
        founding.grant(cora, person, role)
    return {}


def bring_in(folder: str, reason: str = "") -> dict[str, Any]:
    """Import a bundle; with a reason as a correction."""
    bring = import_bundle.import_bundle
    return _timed(
        lambda: bring(_actor("ben", reason), Path(folder), correction=bool(reason)),
        lambda made: {"rows": made.added + made.corrected},
    )


def propose(through: str) -> dict[str, Any]:
    """Propose what is missing through a day."""
    day = date.fromisoformat(through)
    return _timed(lambda: proposing.propose(_actor("ben"), day), lambda made: {"rows": made.rows})


def approve() -> dict[str, Any]:
    """Approve the newest run, which Ben prepared."""
    run = models.Run.objects.latest("no")
    return _timed(lambda: decide.approve(_actor("dana"), run.no, run.hash))


def post() -> dict[str, Any]:
    """Post the newest run."""
    run = models.Run.objects.latest("no")
    return _timed(lambda: decide.post(_actor("dana"), run.no), lambda made: {"rows": made.rows})


def lock(period: str) -> dict[str, Any]:
    """Lock a month."""
    return _timed(lambda: periods.lock(_actor("cora"), period))


def revenue(table: str = "entries") -> dict[str, Any]:
    """Revenue of all entries, or of the drafts that wait, in minor units."""
    signed = "CASE WHEN credit_role = 'revenue' THEN amount WHEN debit_role = 'revenue' THEN -amount ELSE 0 END"
    found = rows.select(f"SELECT CAST(sum({signed}) AS bigint) FROM {table}", [], {"sum": pl.Int64()})
    return {"revenue": found["sum"].item()}


def verify(since: str = "") -> dict[str, Any]:
    """Verify all, or the acts from a day on.

    Raises:
        SystemExit: something is not as it was written.
    """
    found = _timed(
        lambda: verification.verify(since=date.fromisoformat(since) if since else None),
        lambda faults: {"faults": [str(fault) for fault in faults]},
    )
    if found["faults"]:
        raise SystemExit(f"verify found {found['faults'][:3]}")
    return found | {"events": rows.count("events"), "entries": rows.count("entries")}


def reports(through: str, customer: str) -> dict[str, Any]:
    """Each report on the books through a day: seconds of the first call, and the median of those that follow.

    Raises:
        SystemExit: they disagree about revenue.
    """
    day = date.fromisoformat(through)
    asked: dict[str, Callable[[], pl.DataFrame]] = {
        "roll-forward": lambda: books.books(day).roll_forward(),
        "waterfall": lambda: books.books(day).waterfall(),
        "balances": lambda: books.books(day).balances(),
        "statement": lambda: _statement(day, customer),
    }
    found, taken = {}, {}
    for name, report in asked.items():
        seconds = []
        for _ in range(1 + CALLS):
            began = time.perf_counter()
            found[name] = report()
            seconds.append(time.perf_counter() - began)
        taken[name] = {"first": seconds[0], "median": statistics.median(seconds[1:])}
    told = {
        -found["roll-forward"]["recognized"].sum(),
        *(found[name]["recognized"].sum() for name in ("waterfall", "balances")),
    }
    if len(told) > 1 or found["statement"].is_empty():
        raise SystemExit(f"the reports disagree: revenue of {told}, {found['statement'].height} rows of {customer}")
    return {"reports": taken, "revenue": told.pop()}


COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {
    "begin": begin,
    "import": bring_in,
    "propose": propose,
    "approve": approve,
    "post": post,
    "lock": lock,
    "revenue": revenue,
    "verify": verify,
    "reports": reports,
}


def main() -> None:
    """Do what the command line names, with what follows as its arguments."""
    name, *given = sys.argv[1:]
    store.open_(create=True)
    sys.stdout.write(json.dumps(COMMANDS[name](*given)) + "\n")


def _actor(person: str, reason: str = "") -> acts.Actor:
    return acts.Actor(person, clock.now, reason)


def _timed(act: Callable[[], Any], say: Callable[[Any], dict[str, Any]] = lambda _: {}) -> dict[str, Any]:
    began = time.perf_counter()
    made = act()
    return {"seconds": time.perf_counter() - began} | say(made)


def _statement(through: date, customer: str) -> pl.DataFrame:
    """What a customer was billed and what was recognized, month by month."""
    return books.books(through).of(customer=customer).roll_forward()


if __name__ == "__main__":
    main()

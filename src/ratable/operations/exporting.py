"""Exports: what leaves the books for the general ledger is written and logged in one act.

Worked example: Ben exports January for NetSuite. The event "export, netsuite 2026-01" names each file with its SHA-256
and its rows, so that an auditor can tell years later whether a file is the one that was made here.

A person whose role may not export is refused before anything is written. The event is committed after the files are
in place: an interrupt between the two leaves files that the same export, asked again, replaces by the same bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ratable.core import accounts
from ratable.exports import options, writing
from ratable.ledger import books, knowledge
from ratable.operations import acts


@dataclass(frozen=True)
class Exported:
    """The files as written, and the books that they were made from."""

    written: writing.Written
    books: books.Posted


def export(
    actor: acts.Actor,
    asked: options.Options,
    *,
    through: date,
    known_on: date | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Exported:
    """Write the entries posted in a month in the layout of a ledger, and log the files.

    Args:
        actor: who exports.
        asked: layout, month, folder and options.
        through: the last day of the month.
        known_on: only entries posted by the end of that day count; None: all.
        step: is told what is being done.

    Raises:
        acts.Refused: the person may not export.
        layout.ExportError: the export would be wrong, or the ledger would refuse it; nothing is written then.
    """
    owners = [asked.entity] if asked.entity else knowledge.entities()
    with acts.begin(actor, "export", f"{asked.layout} {asked.period}", owners) as act:
        done = preview(asked, through=through, known_on=known_on, step=step)
        act.body["files"] = [
            {"file": file.path.name, "sha256": file.totals["sha256"], "rows": str(file.totals["rows"])}
            for file in done.written.files
        ]
        act.body["known_on"] = known_on.isoformat() if known_on else None
    return done


def preview(
    asked: options.Options,
    *,
    through: date,
    known_on: date | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Exported:
    """Write the very files of an export without the act, to be looked at before it: nothing is logged.

    Args:
        asked: layout, month, folder and options.
        through: the last day of the month.
        known_on: only entries posted by the end of that day count; None: all.
        step: is told what is being done.

    Raises:
        layout.ExportError: the export would be wrong, or the ledger would refuse it; nothing is written then.
    """
    step(f"Reading the entries through {through}")
    made = books.books(through, known_on=known_on)
    step(f"Writing {asked.out}")
    done = writing.write(made.journal, made.bundle, asked, accounts=accounts.in_force(made.chart))
    return Exported(done, made)

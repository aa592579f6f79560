"""`ratable export`: the journal of a month as the files that a ledger imports, of the store or straight from a bundle.

Worked example: `ratable export netsuite company --period 2026-03 --out erp --set "Exchange Rate=1"` prints the files,
and on standard error what is in none of them and why; exit status 1 says that a book was refused or a finding blocks.
Without a bundle it writes what is posted, and the act is logged with the SHA-256 of each file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ratable.cli import days, progress, refusals, reporting

if TYPE_CHECKING:
    from ratable.exports.options import Options
    from ratable.exports.writing import Written
    from ratable.reports.books import Books


@dataclass(frozen=True)
class Request:
    """What was asked of `ratable export`: layout, month YYYY-MM, folder, and `choices` of `options.Options`.

    Without a bundle it is an export from the store, by `person`, for the reason `reason`.
    """

    layout: str
    bundle: Path | None
    period: str
    out: Path
    known_on: str = ""
    person: str = ""
    reason: str = ""
    choices: dict[str, Any] = field(default_factory=dict)


def fixed(given: Sequence[str]) -> dict[str, str]:
    """Values for whole columns, as typed: COLUMN=VALUE, where the column is named by its header.

    Raises:
        refusals.Refusal: no equals sign, no column, or one column twice.
    """
    values: dict[str, str] = {}
    for typed in given:
        column, equals, value = typed.partition("=")
        if not (column and equals) or column in values:
            raise refusals.Refusal(f"--set: saw {typed!r}; expected COLUMN=VALUE, each column once; say Class=EMEA.")
        values[column] = value
    return values


def answer(asked: Request) -> int:
    """Write the files and say which; the exit status.

    Raises:
        refusals.Refusal: the export is refused, by us or by the rules of the ledger.
    """
    from ratable.bundle import reading
    from ratable.exports import layout, options
    from ratable.reports import identities

    wanted = options.Options(layout=asked.layout, period=asked.period, out=asked.out, **asked.choices)
    try:
        _days(asked)
        options.resolve(wanted)
        with progress.shown(f"Reading {asked.bundle.name if asked.bundle else 'the books'}") as step:
            done, books = _of_bundle(asked, wanted, step) if asked.bundle else _of_store(asked, wanted, step)
    except (reading.Unreadable, identities.DoesNotFoot, layout.ExportError) as refused:
        raise refusals.Refusal(str(refused)) from refused
    except OSError as fault:
        raise refusals.Refusal(f"cannot write to {asked.out}: {fault.strerror or fault}.") from fault
    for file in done.files:
        typer.echo(file.path)
    for note in (*done.notes, *books.notes):
        typer.echo(note, err=True)
    reporting.tell_findings(books.findings)
    return 1 if books.blocked or not done.division.refused.is_empty() else 0


def _of_bundle(asked: Request, wanted: "Options", step: reporting.Step) -> "tuple[Written, Books]":
    """What the engine makes of a bundle; nothing is stored."""
    import ratable
    from ratable.core import accounts
    from ratable.exports import writing

    through, known_on = _days(asked)
    bundle = ratable.read_bundle(asked.bundle or "")
    step(f"Recognizing through {through}")
    books = ratable.recognize(bundle, through, known_on=known_on)
    step(f"Writing {asked.out}")
    return writing.write(books.journal, bundle, wanted, accounts=accounts.in_force(books.chart)), books


def _of_store(asked: Request, wanted: "Options", step: reporting.Step) -> "tuple[Written, Books]":
    """What is posted; the act is logged."""
    from ratable.cli import acting

    through, known_on = _days(asked)
    with acting.on_the_store(asked.person, asked.reason) as actor:
        from ratable.operations import exporting

        done = exporting.export(actor, wanted, through=through, known_on=known_on, step=step)
    return done.written, done.books


def _days(asked: Request) -> tuple[date, date | None]:
    """The last day of the month, and the day on which it was known."""
    known_on = days.day(asked.known_on, "--known-on") if asked.known_on else None
    return days.last_day(asked.period, "--period"), known_on

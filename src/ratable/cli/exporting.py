"""`ratable export`: the journal of a month as the files that a ledger imports, straight from a bundle.

Worked example: `ratable export netsuite company --period 2026-03 --out erp --set "Exchange Rate=1"` prints the files,
and on standard error what is in none of them and why; exit status 1 says that a book was refused or a finding blocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from ratable.cli import days, progress, refusals, reporting


@dataclass(frozen=True)
class Request:
    """What was asked of `ratable export`: layout, bundle, month YYYY-MM, folder, and `choices` of `options.Options`."""

    layout: str
    bundle: Path
    period: str
    out: Path
    known_on: str = ""
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
    through = days.last_day(asked.period, "--period")
    known_on = days.day(asked.known_on, "--known-on") if asked.known_on else None

    import ratable
    from ratable.bundle import reading
    from ratable.core import accounts
    from ratable.exports import layout, options, writing
    from ratable.reports import identities

    wanted = options.Options(layout=asked.layout, period=asked.period, out=asked.out, **asked.choices)
    try:
        options.resolve(wanted)
        with progress.shown(f"Reading {asked.bundle.name}") as step:
            bundle = ratable.read_bundle(asked.bundle)
            step(f"Recognizing through {through}")
            books = ratable.recognize(bundle, through, known_on=known_on)
            step(f"Writing {asked.out}")
            done = writing.write(books.journal, bundle, wanted, accounts=accounts.in_force(books.chart))
    except (reading.Unreadable, identities.DoesNotFoot, layout.ExportError) as refused:
        raise refusals.Refusal(str(refused)) from refused
    except OSError as fault:
        raise refusals.Refusal(f"cannot write to {asked.out}: {fault.strerror or fault}.") from fault
    for file in done.files:
        typer.echo(file.path)
    for note in done.notes:
        typer.echo(note, err=True)
    reporting.tell_findings(books.findings)
    return 1 if books.blocked or not done.division.refused.is_empty() else 0

"""`ratable export`: the journal of a month as the files that a ledger imports, straight from a bundle."""

from dataclasses import dataclass
from pathlib import Path

import typer

from ratable.cli import days, progress, refusals, reporting


@dataclass(frozen=True)
class Request:
    """What was asked of `ratable export`: the layout, the bundle, the month YYYY-MM and the folder."""

    layout: str
    bundle: Path
    period: str
    out: Path
    known_on: str = ""


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

    wanted = options.Options(layout=asked.layout, period=asked.period, out=asked.out)
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
    return 1 if books.blocked else 0

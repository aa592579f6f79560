"""`ratable run` and `ratable report`: from a bundle, or from the store, to a report on paper.

Worked example: `ratable run contracts.yaml --through 2026-12-31 --report rpo --format json` prints the remaining
performance obligations at the end of the year; exit status 1 says that a finding kept something out of the books.
"""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ratable.cli import days, files, progress, refusals
from ratable.reports import names

if TYPE_CHECKING:
    import polars as pl

    from ratable.reports.books import Books
    from ratable.reports.rendering import Heading

FORMATS = ("table", "json", "csv", "parquet", "xlsx")
_BY_SUFFIX = {".txt": "table", ".json": "json", ".csv": "csv", ".parquet": "parquet", ".xlsx": "xlsx"}
_FOR_FILES_ONLY = ("parquet", "xlsx")
_WITHOUT_NOTES = ("csv", "parquet")  # They hold rows and nothing else, so that notes are said beside them.


Step = Callable[[str], None]
To = tuple[str, Path | None]


@dataclass(frozen=True)
class Request:
    """What was asked of a report, checked; without a bundle it is on the store."""

    bundle: Path | None
    through: date
    known_on: date | None
    report: str
    choices: names.Choices
    format: str
    out: Path | None
    entity: str = ""

    def parameters(self) -> dict[str, Any]:
        """What was asked, as the output repeats it."""
        asked: dict[str, Any] = {"bundle": self.bundle.name} if self.bundle else {}
        asked["through"] = self.through.isoformat()
        if self.known_on:
            asked["known_on"] = self.known_on.isoformat()
        if self.entity:
            asked["entity"] = self.entity
        return asked | {name: list(v) if isinstance(v, tuple) else v for name, v in self.choices.given().items()}


def request(
    bundle: Path | None, through: str, *, known_on: str, report: str, choices: dict[str, str], to: To
) -> Request:
    """The request, refused before any work where it cannot be met.

    Args:
        bundle: the path typed, or None for the store.
        through: the day typed.
        known_on: the day typed, or empty.
        report: the report typed.
        choices: by, grain, account and basis as typed, empty where they were not.
        to: the format typed, or empty, and the file to write.

    Raises:
        refusals.Refusal: a day, name or choice that there is not.
    """
    try:
        by = names.dimensions(choices.pop("by"))
        asked = names.Choices(by=by, **{name: value or None for name, value in choices.items()})
        names.check(report, asked)
    except names.Refused as refused:
        raise refusals.Refusal(str(refused)) from refused
    known = days.day(known_on, "--known-on") if known_on else None
    return Request(bundle, days.day(through, "--through"), known, report, asked, format_of(*to), to[1])


def answer(asked: Request, make: "Callable[[Request, Step], Books]") -> int:
    """Make the books, report and write; the exit status.

    Args:
        asked: what was asked.
        make: makes the books, and says what it is doing: `of_bundle`, or what reads the store.

    Raises:
        refusals.Refusal: the bundle cannot be read, the file cannot be written, or the figures do not foot.
    """
    from ratable.bundle import reading
    from ratable.reports import books, identities, rendering

    try:
        with progress.shown(f"Reading {asked.bundle.name if asked.bundle else 'the books'}") as step:
            ledger = make(asked, step)
            step(f"Reporting {asked.report}")
            heading = rendering.Heading(asked.report, asked.parameters(), ledger.findings, ledger.notes)
            parts = books.parts(ledger, asked.report, asked.choices)
            # The first part carries the checks: what does not foot is refused before anything is written.
            write(itertools.chain([next(parts)], parts), heading, to=(asked.format, asked.out))
    except (reading.Unreadable, identities.DoesNotFoot, names.Refused) as refused:
        raise refusals.Refusal(str(refused)) from refused
    if asked.format in _WITHOUT_NOTES:
        _tell(ledger.notes)
    if asked.format != "json":
        tell_findings(ledger.findings)
    return 1 if ledger.blocked else 0


def of_bundle(asked: Request, step: Step) -> "Books":
    """The books of the bundle that was named; nothing is stored."""
    import ratable

    if asked.bundle is None:
        raise AssertionError("a report on the store has no bundle to read")
    bundle = ratable.read_bundle(asked.bundle)
    step(f"Recognizing through {asked.through}")
    return ratable.recognize(bundle, asked.through, known_on=asked.known_on)


def write(parts: "Iterable[pl.DataFrame]", heading: "Heading", *, to: To) -> None:
    """Write a report in a format to a file, or to standard output."""
    writer = _writer(to[0])
    with files.written(to[1]) as out:
        writer(out, parts, heading)


def _writer(format_: str) -> "Callable[[IO[bytes], Iterable[pl.DataFrame], Heading], None]":
    """What writes a format; nothing is imported for the others."""
    if format_ == "table":
        from ratable.cli import terminal

        return terminal.write
    if format_ == "xlsx":
        from ratable.reports import workbook

        return workbook.write
    from ratable.reports import rendering

    return rendering.WRITERS[format_]


def format_of(typed: str, out: Path | None) -> str:
    """The format asked for, else the one that the file's name tells, else a table.

    Raises:
        refusals.Refusal: there is no such format, or it needs a file.
    """
    if typed:
        chosen = typed
    elif out is None:
        chosen = "table"
    elif out.suffix in _BY_SUFFIX:
        chosen = _BY_SUFFIX[out.suffix]
    else:
        endings = ", ".join(_BY_SUFFIX)
        raise refusals.Refusal(f"--out: saw {out.name!r}; expected a name that ends in {endings}, or --format.")
    if chosen not in FORMATS:
        raise refusals.Refusal(f"--format: saw {chosen!r}; expected one of {', '.join(FORMATS)}.")
    if out is None and chosen in _FOR_FILES_ONLY:
        raise refusals.Refusal(f"--format {chosen} writes a file; name it with --out, such as --out books.{chosen}.")
    return chosen


def _tell(notes: Iterable[str]) -> None:
    import typer

    for note in notes:
        typer.echo(note, err=True)


def tell_findings(found: "pl.DataFrame") -> None:
    """The number of findings and the first ten, on standard error."""
    import typer

    if found.is_empty():
        return
    blocking = found.filter(found["severity"] == "blocks").height
    count = f"{found.height} finding{'s' if found.height > 1 else ''}, {blocking} blocking"
    typer.secho(count, err=True, bold=True)
    first = found.sort("severity").head(10)
    for code, severity, message in first.select("code", "severity", "message").rows():
        typer.secho(f"  {severity} ", err=True, nl=False, fg="red" if severity == "blocks" else "yellow")
        typer.echo(f"{code}: {_printable(message)}", err=True)
    if found.height > first.height:
        typer.echo(f"  and {found.height - first.height} more; --report findings lists them all", err=True)


def _printable(text: str) -> str:
    """The text without what could steer a terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)

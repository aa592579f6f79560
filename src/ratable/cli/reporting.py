"""`ratable run`: a bundle in, a report out, no database.

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


@dataclass(frozen=True)
class Request:
    """What was asked of `ratable run`, checked."""

    bundle: Path
    through: date
    known_on: date | None
    report: str
    choices: names.Choices
    format: str
    out: Path | None

    def parameters(self) -> dict[str, Any]:
        """What was asked, as the output repeats it."""
        asked: dict[str, Any] = {"bundle": self.bundle.name, "through": self.through.isoformat()}
        if self.known_on:
            asked["known_on"] = self.known_on.isoformat()
        return asked | {name: list(v) if isinstance(v, tuple) else v for name, v in self.choices.given().items()}


def request(
    bundle: Path, through: str, *, known_on: str, report: str, choices: dict[str, str], to: tuple[str, Path | None]
) -> Request:
    """The request, refused before any work where it cannot be met.

    Args:
        bundle: the path typed.
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
    return Request(bundle, days.day(through, "--through"), known, report, asked, _format(*to), to[1])


def answer(asked: Request) -> int:
    """Read, recognize and write; the exit status.

    Raises:
        refusals.Refusal: the bundle cannot be read, the file cannot be written, or the figures do not foot.
    """
    from ratable.bundle import reading
    from ratable.reports import books, identities, rendering

    try:
        with progress.shown(f"Reading {asked.bundle.name}") as step:
            ledger = _recognized(asked, step)
            step(f"Reporting {asked.report}")
            heading = rendering.Heading(asked.report, asked.parameters(), ledger.findings)
            parts = books.parts(ledger, asked.report, asked.choices)
            # The first part carries the checks: what does not foot is refused before anything is written.
            _write(asked, itertools.chain([next(parts)], parts), heading)
    except (reading.Unreadable, identities.DoesNotFoot, names.Refused) as refused:
        raise refusals.Refusal(str(refused)) from refused
    if asked.format != "json":
        tell_findings(ledger.findings)
    return 1 if ledger.blocked else 0


def _recognized(asked: Request, step: Callable[[str], None]) -> "Books":
    import ratable

    bundle = ratable.read_bundle(asked.bundle)
    step(f"Recognizing through {asked.through}")
    return ratable.recognize(bundle, asked.through, known_on=asked.known_on)


def _write(asked: Request, parts: "Iterable[pl.DataFrame]", heading: "Heading") -> None:
    write = _writer(asked.format)
    with files.written(asked.out) as out:
        write(out, parts, heading)


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


def _format(typed: str, out: Path | None) -> str:
    """The format asked for, else the one that the file's name tells, else a table."""
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

"""`ratable report`: every report from what is posted, as it was known on a day.

Worked example: `ratable report roll-forward --through 2026-01-31 --known-on 2026-02-04` prints the January that was
closed on 4 February, today and in ten years. `ratable explain 5f1c` says where an entry comes from, and `ratable
changes --since-close` what became known since the last close and what it does to revenue.
"""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratable.cli import acting, days, progress, refusals, reporting
from ratable.reports import names

if TYPE_CHECKING:
    from ratable.operations.acts import Actor
    from ratable.reports.books import Books

KnownOn = Annotated[str, typer.Option(metavar="DATE", help="Only what was known and posted by the end of this day.")]
Out = Annotated[Path | None, typer.Option(metavar="PATH", help="Write to this file, whole or not at all.")]
Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help="table, json, csv, parquet or xlsx.")]


def add(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(report)
    app.command()(explain)
    app.command()(changes)


def report(  # noqa: PLR0913 one parameter for each option that can be typed
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"{', '.join(names.REPORTS)}.")],
    *,
    through: Annotated[str, typer.Option(metavar="DATE", help="Last day of the books, YYYY-MM-DD.")],
    known_on: KnownOn = "",
    by: Annotated[str, typer.Option(metavar="DIM,...", help=f"Any of {', '.join(names.DIMENSIONS)}.")] = "",
    grain: Annotated[str, typer.Option(metavar="GRAIN", help=f"{', '.join(names.GRAINS)}, as the report takes.")] = "",
    account: Annotated[str, typer.Option(metavar="ROLE", help=f"{', '.join(names.ROLLED_ACCOUNTS)}.")] = "",
    basis: Annotated[str, typer.Option(metavar="BASIS", help=f"{', '.join(names.BASES)}.")] = "",
    entity: Annotated[str, typer.Option(metavar="ENTITY", help="This entity alone.")] = "",
    to: Format = "",
    out: Out = None,
) -> None:
    """Report on what is posted."""
    choices = {"by": by, "grain": grain, "account": account, "basis": basis}
    asked = reporting.request(None, through, known_on=known_on, report=name, choices=choices, to=(to, out))
    with acting.on_the_store() as actor:
        # Said where it was not asked for too: typed again on a later day, it gives the same report.
        said = replace(asked, entity=entity, known_on=asked.known_on or _today(actor))
        raise typer.Exit(reporting.answer(said, partial(_of_store, known_on=asked.known_on)))


def _of_store(asked: reporting.Request, step: reporting.Step, known_on: date | None) -> "Books":
    from ratable.ledger import books

    step(f"Reading the entries through {asked.through}")
    return books.books(asked.through, known_on=known_on, entity=asked.entity or None)


def _today(actor: "Actor") -> date:
    """The day of the ledger."""
    from ratable.operations import acts

    return acts.ledger_day(actor.clock().isoformat())


def explain(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="Id of an entry, or how it begins.")],
    *,
    to: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text or json.")] = "text",
) -> None:
    """Say where an entry comes from: the arithmetic, the contract, the file and the row."""
    if to not in ("text", "json"):
        raise refusals.Refusal(f"--format: saw {to!r}; expected text or json.")
    with acting.on_the_store():
        from ratable.ledger import tracing

        try:
            found = tracing.explain(entry)
        except tracing.Unknown as unknown:
            raise refusals.Refusal(str(unknown)) from unknown
        typer.echo(found.text() if to == "text" else found.json())


def changes(
    *,
    since_close: Annotated[bool, typer.Option("--since-close", help="Since the last lock; the default.")] = False,
    since: Annotated[str, typer.Option(metavar="DATE", help="Since the end of this day of the ledger.")] = "",
    through: Annotated[str, typer.Option(metavar="DATE", help="Last day of bills; revenue counts to its end.")] = "",
    to: Format = "",
    out: Out = None,
) -> None:
    """Say what became known since the last close, and what each cause does to revenue and bills."""
    if since and since_close:
        raise refusals.Refusal("--since-close and --since: saw both; expected one of them.")
    format_ = reporting.format_of(to, out)
    asked = {"since": days.day(since, "--since") if since else None,
             "through": days.day(through, "--through") if through else None}  # fmt: skip
    with acting.on_the_store() as actor:
        from ratable.core import findings
        from ratable.ledger import changes as ledger_changes
        from ratable.reports import identities, rendering

        try:
            with progress.shown("Comparing what is known"):
                found = ledger_changes.since_close(**asked)
        except ledger_changes.NotClosed as missing:
            raise refusals.Refusal(f"{missing} Type it with --since DATE.") from missing
        except identities.DoesNotFoot as refused:
            raise refusals.Refusal(str(refused)) from refused
        known = {"through": found.through, "since": found.since, "known_on": _today(actor)}
        said = {name: day.isoformat() for name, day in known.items()}
        heading = rendering.Heading("changes", said, findings.none())
        reporting.write([found.rows], heading, to=(format_, out))

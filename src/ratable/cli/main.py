"""The command `ratable`: parses what was typed, calls one function, prints, and ends with a status.

Worked example: `ratable run contracts.yaml --through 2026-12-31` prints a roll-forward and ends with 0, with 1 where a
finding kept something out of the books, with 2 and one sentence where it could not be done at all.

What is heavy is imported by the command that needs it, so that `ratable --help` answers at once.
"""

import signal
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from typer import exceptions

from ratable.cli import (
    acting,
    asking,
    assisting,
    closing,
    evaluating,
    importing,
    keys,
    people,
    proposing,
    proving,
    refusals,
    reviewing,
    serving,
    store_reports,
)
from ratable.reports import names

app = typer.Typer(
    name="ratable",
    help="Revenue recognition under ASC 606 and IFRS 15: contracts in, a balanced and provable journal out.",
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)

# As `exports.options.NAMES` has them, which cannot be imported without what is heavy.
LAYOUTS = ("netsuite", "quickbooks", "xero", "sage-intacct", "generic", "template")
BundlePath = Annotated[
    Path, typer.Argument(metavar="BUNDLE", help="A .yaml, .json, .xlsx or .zip file, or a folder of tables.")
]
KnownOn = Annotated[str, typer.Option(metavar="DATE", help="Only facts known by the end of this day count.")]


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Revenue recognition under ASC 606 and IFRS 15: contracts in, a balanced and provable journal out."""
    if version:
        import ratable

        typer.echo(f"ratable {ratable.__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def run(  # noqa: PLR0913 one parameter for each option that can be typed
    bundle: BundlePath,
    *,
    through: Annotated[str, typer.Option(metavar="DATE", help="Last day of the books, YYYY-MM-DD.")],
    report: Annotated[str, typer.Option(metavar="NAME", help=f"{', '.join(names.REPORTS)}.")] = "roll-forward",
    to: Annotated[str, typer.Option("--format", metavar="FORMAT", help="table, json, csv, parquet or xlsx.")] = "",
    by: Annotated[str, typer.Option(metavar="DIM,...", help=f"Any of {', '.join(names.DIMENSIONS)}.")] = "",
    grain: Annotated[str, typer.Option(metavar="GRAIN", help=f"{', '.join(names.GRAINS)}, as the report takes.")] = "",
    account: Annotated[str, typer.Option(metavar="ROLE", help=f"{', '.join(names.ROLLED_ACCOUNTS)}.")] = "",
    basis: Annotated[str, typer.Option(metavar="BASIS", help=f"{', '.join(names.BASES)}.")] = "",
    known_on: KnownOn = "",
    out: Annotated[Path | None, typer.Option(metavar="PATH", help="Write to this file, whole or not at all.")] = None,
) -> None:
    """Read a bundle and report on it; nothing is stored."""
    from ratable.cli import reporting

    choices = {"by": by, "grain": grain, "account": account, "basis": basis}
    asked = reporting.request(bundle, through, known_on=known_on, report=report, choices=choices, to=(to, out))
    raise typer.Exit(reporting.answer(asked, reporting.of_bundle))


@app.command()
def schema(table: Annotated[str, typer.Argument(metavar="[TABLE]", help="One table; default: all.")] = "") -> None:
    """Show the tables and columns of a bundle."""
    from ratable.bundle import schema_page
    from ratable.core import tables

    if table and table not in tables.TABLES:
        raise refusals.Refusal(f"schema: saw {table!r}; expected one of {', '.join(tables.TABLES)}.")
    typer.echo(schema_page.text(table or None), nl=False)


@app.command()
def daily(
    bundle: BundlePath,
    *,
    through: Annotated[str, typer.Option(metavar="DATE", help="Last day of the books, YYYY-MM-DD.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="A new folder for its Parquet files.")],
    known_on: KnownOn = "",
) -> None:
    """Write the daily journal of any number of lines as Parquet."""
    from ratable.cli import daily as journal
    from ratable.cli import days

    known = days.day(known_on, "--known-on") if known_on else None
    raise typer.Exit(journal.write(bundle, days.day(through, "--through"), known, out))


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="Where to write it.")] = Path()) -> None:
    """Write a first bundle that runs, to be changed into your own."""
    from ratable.cli import starting

    path = starting.write(folder)
    typer.echo(f"Wrote {path}. Next: ratable run {path} --through 2026-12-31")


@app.command()
def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where to write its files.")] = Path("ratable-demo"),
    *,
    serve: Annotated[bool, typer.Option("--serve", help="Open its screens instead, until Ctrl-C.")] = False,
    port: serving.Port = serving.PORT,
) -> None:
    """Close three months of an example company, and say what happens on the way."""
    if serve:
        from ratable.cli import demo_serving

        demo_serving.run(out, port)
        return
    from ratable.cli import demo as story

    story.run(out)


@app.command()
def export(  # noqa: PLR0913 one parameter for each option that can be typed
    layout: Annotated[str, typer.Argument(metavar="FORMAT", help=f"{', '.join(LAYOUTS)}.")],
    bundle: Annotated[
        Path | None,
        typer.Argument(metavar="[BUNDLE]", help="A bundle, of which nothing is stored; default: what is posted."),
    ] = None,
    *,
    period: Annotated[str, typer.Option(metavar="PERIOD", help="Month of posting, YYYY-MM.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the files.")],
    template: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV from your ledger, whose header FORMAT template fills.")
    ] = None,
    date_format: Annotated[str, typer.Option(metavar="DATES", help="Of YYYY, MM and DD, such as DD.MM.YYYY.")] = "",
    accounts_by: Annotated[str, typer.Option(metavar="HOW", help="code or name.")] = "",
    detail: Annotated[str, typer.Option(metavar="DETAIL", help="entries or summary.")] = "",
    rows_per_file: Annotated[int | None, typer.Option(metavar="N", help="Most rows of a file.")] = None,
    lines_per_journal: Annotated[int | None, typer.Option(metavar="N", help="Most lines of a journal.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="COLUMN=VALUE", help="One value for a whole column; may be repeated."),
    ] = None,
    entity: Annotated[str, typer.Option(metavar="ENTITY", help="This entity alone.")] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that differ.")] = False,
    known_on: KnownOn = "",
    person: acting.As = "",
    reason: acting.Reason = "",
) -> None:
    """Write the journal of a month as files that a ledger imports."""
    from ratable.cli import exporting

    if template and layout != "template":
        raise refusals.Refusal(f"--template: saw FORMAT {layout!r}; expected the FORMAT template with it.")
    choices = {
        "template": template,
        "date_format": date_format,
        "accounts_by": accounts_by,
        "detail": detail,
        "rows_per_file": rows_per_file,
        "lines_per_journal": lines_per_journal,
        "fixed": exporting.fixed(set_ or ()),
        "entity": entity,
        "overwrite": overwrite,
    }
    asked = exporting.Request(layout, bundle, period, out, known_on, person, reason, choices)
    raise typer.Exit(exporting.answer(asked))


for commands in (
    importing, people, proposing, reviewing, closing, store_reports, asking, assisting, proving, serving, keys,
    evaluating,
):  # fmt: skip
    commands.add(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status."""
    signal.signal(signal.SIGTERM, _end)
    try:
        status = app(arguments, prog_name="ratable", standalone_mode=False)
    except exceptions.TyperException as misused:
        return _refused(_with_hint(misused))
    except refusals.Refusal as refused:
        return _refused(str(refused))
    except (KeyboardInterrupt, typer.Abort):
        return 130
    return int(status or 0)


def _refused(sentence: str) -> int:
    typer.echo(f"ratable: {sentence}", err=True)
    return 2


def _with_hint(misused: exceptions.TyperException) -> str:
    """What was wrong with what was typed, and where to read what can be."""
    context = getattr(misused, "ctx", None)
    command = context.command_path if context else "ratable"
    sentence = getattr(misused, "format_message", misused.__str__)()
    return f"{sentence.rstrip('.')}. Try `{command} --help`."


def _end(number: int, _: FrameType | None) -> None:
    """Ends like an interrupt does, so that no half-written file stays behind."""
    raise SystemExit(128 + number)

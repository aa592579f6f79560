"""`ratable ask`: a question on the ledger, or on a bundle, answered from its entries, with what it rests on.

Worked example: `ratable ask "Why was $4,200 deferred for Acme this month?" --bundle examples/company --through
2026-03-31` says how it understood the question, that no figure of Acme is 4,200.00, which are nearest, and how the
balance came to be; `--format json` writes the same with every figure and fact. `ratable ask --query why-deferred --set
customer=acme` asks the same query without words.

Exit status 1 says that a finding kept something out of the books that were asked.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ratable.cli import acting, days, progress, refusals

if TYPE_CHECKING:
    from ratable.review.ask.answers import Answer
    from ratable.review.snapshot import Snapshot

FORMATS = ("table", "json")


def add(app: typer.Typer) -> None:
    """Give the command line this command."""
    app.command()(ask)


def ask(  # noqa: PLR0913 one parameter for each option that can be typed
    question: Annotated[str, typer.Argument(metavar="[QUESTION]", help="In words; without any, examples.")] = "",
    *,
    query: Annotated[str, typer.Option(metavar="ID", help="Ask this query of the library, without words.")] = "",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of --query; may be repeated."),
    ] = None,
    month: Annotated[str, typer.Option(metavar="PERIOD", help="Month under review; default: the last one.")] = "",
    run: Annotated[int | None, typer.Option(metavar="RUN", help="With the drafts of this run.")] = None,
    bundle: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Ask this bundle, of which nothing is stored.")
    ] = None,
    through: Annotated[str, typer.Option(metavar="DATE", help="Last day of the books of --bundle.")] = "",
    to: Annotated[str, typer.Option("--format", metavar="FORMAT", help="table or json.")] = "table",
) -> None:
    """Answer a question from the entries and facts, with what the answer rests on."""
    if to not in FORMATS:
        raise refusals.Refusal(f"--format: saw {to!r}; expected one of {', '.join(FORMATS)}.")
    if (bundle is None) != (not through):
        raise refusals.Refusal("--bundle and --through: saw one of them; expected both, or neither for the store.")
    given = _parameters(query, set_ or [])
    if bundle is not None:
        snapshot = _of_bundle(bundle, through)
        _say(snapshot, question, (query, given), to)
        raise typer.Exit(1 if snapshot.books.blocked else 0)
    with acting.on_the_store():
        _say(_of_store(month, run), question, (query, given), to)


def _parameters(query: str, given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if given and not query:
        raise refusals.Refusal("--set: saw no --query; expected the query whose parameter it is.")
    if wrong := next((one for one, pair in zip(given, pairs, strict=True) if not pair[1]), ""):
        raise refusals.Refusal(f"--set: saw {wrong!r}; expected NAME=VALUE, such as customer=acme.")
    return {name: value for name, _, value in pairs}


def _of_bundle(path: Path, through: str) -> "Snapshot":
    import ratable
    from ratable.bundle import reading
    from ratable.review import computed

    last = days.day(through, "--through")
    try:
        with progress.shown(f"Reading {path.name}"):
            return computed.of_bundle(ratable.read_bundle(path), last, name=f"{path.name} through {last}")
    except reading.Unreadable as fault:
        raise refusals.Refusal(str(fault)) from fault


def _of_store(month: str, run: int | None) -> "Snapshot":
    from django.db.models import Max

    from ratable.ledger import models, snapshots
    from ratable.reports import names

    last = month or models.Entry.objects.aggregate(last=Max("period"))["last"]
    if not last:
        raise refusals.Refusal(
            "nothing is posted yet; ask a bundle with --bundle and --through, or a month with --month."
        )
    days.last_day(last, "--month")
    try:
        with progress.shown("Reading the books"):
            return snapshots.snapshot(last, run=run)
    except names.Refused as refused:
        raise refusals.Refusal(str(refused)) from refused


def _say(snapshot: "Snapshot", question: str, asked: tuple[str, dict[str, str]], to: str) -> None:
    from ratable.review.ask import asking

    if not question and not asked[0]:
        typer.echo("\n".join(asking.examples(snapshot)))
        return
    answer = asking.run(*asked, snapshot) if asked[0] else asking.answer(question, snapshot)
    if to == "json":
        typer.echo(json.dumps(answer.document(), ensure_ascii=False, indent=2, default=str))
    else:
        _text(answer, snapshot)


def _text(answer: "Answer", snapshot: "Snapshot") -> None:
    """How it was understood, the sentences with their first facts, the tables, what else could be meant."""
    from ratable.cli import terminal
    from ratable.core import findings
    from ratable.reports import rendering

    if answer.chips:
        typer.echo("Understood: " + "; ".join(_chip(chip) for chip in answer.chips))
        typer.echo("")
    for told in answer.told:
        typer.echo(told.text or f"(withheld: {'; '.join(told.missed)})")
        typer.echo("    " + ", ".join(map(str, told.cites[:3])) + (" ..." if len(told.cites) > 3 else ""))
    for table in answer.tables:
        if table.rows.height:
            typer.echo("")
            heading = rendering.Heading(table.title, {"through": snapshot.through.isoformat()}, findings.none())
            sys.stdout.flush()
            terminal.write(sys.stdout.buffer, [table.rows], heading)
    if answer.alternatives:
        typer.echo("")
        typer.echo("Or did you mean:")
        for choice in answer.alternatives:
            given = "".join(f" --set {name}={value}" for name, value in choice.parameters.items())
            typer.echo(f"    {choice.shown}: --query {choice.query}{given}")


def _chip(chip: Any) -> str:
    if chip.name == "query":
        return str(chip.shown)
    return f"{chip.name} {chip.shown}" + (f" ({chip.words})" if chip.words else " (assumed)")

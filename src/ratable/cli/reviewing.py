"""`answer`, `accept` and `watchtower`: what people make of what the agent noticed, and all that it did.

Worked example: `ratable review 7` ends with two flags. `ratable answer 5f1c false_alarm --reason "as the clause says"
--as dana` answers the first; `ratable accept 91d0` shows by month what the proposal of the second would change, and
`ratable accept 91d0 --yes --reason "the clause is right" --as ben` imports it. `ratable watchtower --export log.jsonl`
writes a record of every act of the agent, each with the hash of the one before it.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratable.cli import acting, days, files, progress, refusals

if TYPE_CHECKING:
    import polars as pl

    from ratable.operations.acts import Actor

Flag = Annotated[str, typer.Argument(metavar="FLAG", help="Id of the flag, or the beginning of it.")]


def add(app: typer.Typer) -> None:
    """Give the command line these commands."""
    for command in (answer, accept, watchtower):
        app.command()(command)


def answer(
    flag: Flag,
    verdict: Annotated[str, typer.Argument(metavar="VERDICT", help="error, exception, false_alarm or duplicate.")],
    *,
    until: Annotated[str, typer.Option(metavar="DATE", help="Its last day; default: 180 days from now.")] = "",
    reason: acting.Reason = "",
    person: acting.As = "",
) -> None:
    """Answer a flag of the review, with a reason."""
    last = days.day(until, "--until") if until else None
    with acting.on_the_store(person, reason) as actor:
        from ratable.operations import answering

        held = answering.answer(actor, flag, verdict, until=last)
        typer.echo(f"Flag {flag} is answered: {verdict}{f', until {held}' if held else ''}.")


def accept(
    flag: Flag,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this it is only shown.")] = False,
    reason: acting.Reason = "",
    person: acting.As = "",
) -> None:
    """Show what the proposal of a flag would change by month; with --yes and a reason, accept it."""
    with acting.on_the_store(person, reason) as actor:
        from ratable.operations import accepting

        if not yes:
            shown = accepting.preview(flag)
            typer.echo(shown.says)
            if shown.document:
                typer.echo(shown.document.rstrip())
            _table(shown.months, "months")
            typer.echo(f'Accept it: ratable accept {flag} --yes --reason "..." --as NAME')
            return
        with progress.shown("Accepting") as step:
            done = accepting.accept(actor, flag, step=step)
        typer.echo(f"Flag {done.flag}: accepted; it became {done.became}.")


def watchtower(
    *,
    export: Annotated[Path | None, typer.Option(metavar="FILE", help="Write all of it as JSON Lines.")] = None,
    check: Annotated[Path | None, typer.Option(metavar="FILE", help="Check the chain of such a file.")] = None,
    replay: Annotated[int | None, typer.Option(metavar="REVIEW", help="Make a stored review again.")] = None,
    subject: Annotated[str, typer.Option(metavar="TEXT", help='Only what is about this, such as "run 7".')] = "",
) -> None:
    """Show what the agent did, on whose behalf, what it saw, and what people decided."""
    if check is not None:
        _check(check)
        return
    with acting.on_the_store():
        from ratable.ledger import watchtower as tower

        if replay is not None:
            _replay(replay)
            return
        if export is not None:
            written = list(tower.lines())
            with files.written(export) as out:
                out.write("".join(f"{line}\n" for line in written).encode())
            typer.echo(f"{len(written)} records written to {export}.")
            return
        import polars as pl
        import polars.selectors as cs

        shown = ["at", "kind", "no", "subject", "on_behalf_of", "ran", "checked", "flags", "blocks", "says", "state"]
        told = tower.actions(subject=subject).select(shown)
        _table(told.with_columns(cs.signed_integer().cast(pl.UInt32)), "watchtower")  # Counts, no amounts.


def month(actor: "Actor", period: str) -> None:
    """Review the posted entries of a month, and print what it raised."""
    from ratable.operations import reviewing

    with progress.shown(f"Reviewing {period}") as step:
        made = reviewing.review_period(actor, period, step=step)
    told(made.flags, made.covered)


def flags_of(actor: "Actor", run: int) -> None:
    """Print the flags of a run beneath its rows, after a review where there was none yet."""
    from ratable.ledger import flagged
    from ratable.operations import choices, people, reviewing

    on = actor.clock().date()
    if choices.chosen("review") == "off":
        typer.echo("The review is switched off.")
        return
    last = flagged.latest(run=run)
    if last is None and people.role(actor.person) != people.NONE and not _over(run):
        with progress.shown(f"Reviewing run {run}") as step:
            reviewing.review_run(actor, run, step=step)
        last = flagged.latest(run=run)
    if last is None:
        return
    told(flagged.of_run(run, on=on), (last.ran, last.checked))


def told(found: "pl.DataFrame", covered: tuple[int, int]) -> None:
    """Print flags, each with its sentence and what to do.

    Args:
        found: flagged.FLAGS.
        covered: how many checks ran, of how many.
    """
    from ratable.ledger import flagged

    waiting = flagged.open_(found).height
    typer.echo(f"Reviewed: {covered[0]} of {covered[1]} checks ran; {found.height} flags, of which {waiting} wait.")
    for row in found.iter_rows(named=True):
        state = row["state"] if row["verdict"] is None else f"{row['verdict']} by {row['by']}"
        typer.echo(f"{row['id']} {row['check']} {row['class']}, {state}: {row['says']}")
        if row["state"] == flagged.OPEN:
            fix = f" A proposal: ratable accept {row['id']}" if row["fix"] else ""
            typer.echo(f"    {row['formula']}. {row['next']}{fix}")


def _over(run: int) -> bool:
    from ratable.ledger import entries

    return entries.state(run) in ("replace", "reject")


def _check(path: Path) -> None:
    from ratable.ledger import watchtower as tower

    try:
        wrong = tower.check(path.read_text("utf-8").splitlines())
    except OSError as fault:
        raise refusals.Refusal(f"{path}: cannot be read ({fault.strerror}).") from fault
    if wrong:
        typer.echo(f"BAD: {wrong}")
        raise typer.Exit(1)
    typer.echo("OK: every record follows the one before it.")


def _replay(no: int) -> None:
    from ratable.operations import reviewing

    with progress.shown(f"Making review {no} again"):
        found = reviewing.replay(no)
    if found.same:
        typer.echo(f"Review {no}: the same flags.")
        return
    typer.echo(f"Review {no}: {found.gone.height} flags are gone, {found.new.height} are new.")
    if found.versions:
        typer.echo(f"Other versions now: {', '.join(found.versions)}.")
    typer.echo(json.dumps({"gone": found.gone["id"].to_list(), "new": found.new["id"].to_list()}))
    raise typer.Exit(1)


def _table(frame: "pl.DataFrame", name: str) -> None:
    import sys

    from ratable.cli import terminal
    from ratable.core import findings
    from ratable.reports import rendering

    sys.stdout.flush()
    terminal.write(sys.stdout.buffer, [frame], rendering.Heading(name, {}, findings.none()))

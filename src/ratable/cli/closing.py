"""Closing a month on the command line: `close`, `lock`, `unlock`, `dispose`, `choose`.

Worked example: `ratable close 2026-03` prints the checklist with what is missing and ends with 1 while something is;
`ratable lock 2026-03` locks the month once all of it is done. `ratable unlock 2026-03 --reason "..."` asks for the
month when the first controller says it, and reopens it when another one does.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from ratable.cli import acting, progress, refusals

if TYPE_CHECKING:
    import polars as pl

    from ratable.ledger.checklist import Item
    from ratable.operations import periods

Period = Annotated[str, typer.Argument(metavar="PERIOD", help="The month, YYYY-MM.")]
Entity = Annotated[str, typer.Option(metavar="ENTITY", help="This entity alone.")]
_SHOWN = 10
_MARKS = {True: "done", False: "open"}


def add(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(close)
    app.command()(lock)
    app.command()(unlock)
    app.command()(dispose)
    app.command()(choose)


def close(
    period: Period,
    *,
    soft: Annotated[bool, typer.Option("--soft", help="Also warn those who still book that the month closes.")] = False,
    entity: Entity = "",
    person: acting.As = "",
    reason: acting.Reason = "",
) -> None:
    """Show what is still to do before a month can be locked."""
    with acting.on_the_store(person, reason) as actor:
        from ratable.operations import periods

        if soft:
            owners = periods.soft_close(actor, period, entity=entity or None)
            typer.echo(f"Soft-closed {period}{_of(owners)}.")
        with progress.shown(f"Looking at {period}") as step:
            items = periods.checked(period, entity=entity or None, step=step)
    _tell(items)
    if all(item.done for item in items):
        typer.echo(f"Next: ratable lock {period}")
        return
    raise typer.Exit(1)


def lock(
    period: Period,
    *,
    entity: Entity = "",
    person: acting.As = "",
    reason: acting.Reason = "",
) -> None:
    """Lock a month for good and sign its statements."""
    with acting.on_the_store(person, reason) as actor:
        from ratable.ledger import signing
        from ratable.operations import periods

        try:
            key = signing.key()
        except signing.BadKey as bad:
            raise refusals.Refusal(str(bad)) from bad
        with progress.shown(f"Locking {period}") as step:
            done = periods.lock(actor, period, entity=entity or None, key=key, step=step)
    typer.echo(f"Locked {period}{_of(done.entities)}. What is learned from now on is posted later.")
    for owner, report, rows, sha256 in done.statements.iter_rows():
        typer.echo(f"  signed {owner + ' ' if owner else ''}{report}, {rows} rows, SHA-256 {sha256}")
    _tell_differences(done)


def unlock(
    period: Period,
    *,
    reason: acting.Reason,
    entity: Entity = "",
    person: acting.As = "",
) -> None:
    """Ask for the month locked last to be reopened, or reopen it when another controller has asked."""
    with acting.on_the_store(person, reason) as actor:
        from ratable.operations import periods

        if not periods.asked(period, entity=entity or None):
            periods.ask_to_unlock(actor, period, entity=entity or None)
            again = f"ratable unlock {period} --reason TEXT"
            typer.echo(f"{actor.person} has asked for {period}. Another controller reopens it: {again}")
            return
        with progress.shown(f"Reopening {period}"):
            done = periods.unlock(actor, period, entity=entity or None)
    typer.echo(f"Reopened {period}{_of(done.entities)}; what was signed stays, and the month counts as restated.")
    _tell_differences(done)


def dispose(
    finding: Annotated[str, typer.Argument(metavar="FINDING", help="A number, or a code for all findings of it.")],
    verdict: Annotated[str, typer.Argument(metavar="VERDICT", help="resolved or accepted.")],
    *,
    reason: acting.Reason,
    person: acting.As = "",
) -> None:
    """Answer a finding: it is resolved, or accepted as it is."""
    with acting.on_the_store(person, reason) as actor:
        from ratable.operations import disposing

        if finding.isdecimal():
            disposing.dispose(actor, int(finding), verdict)
            typer.echo(f"Finding {finding} is {verdict}.")
        else:
            count = disposing.dispose_all(actor, finding, verdict)
            typer.echo(f"{finding} is {verdict}, {count} finding{'s' if count > 1 else ''}.")


def choose(
    name: Annotated[str, typer.Argument(metavar="NAME", help="One of the choices above.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="on or off.")],
    *,
    reason: acting.Reason,
    person: acting.As = "",
) -> None:
    """Make a choice of the company about its own controls.

    single_person: one person may approve what they prepared. second_factor: whoever may act signs in with two of them.
    review: the agent looks at what is proposed. revisions_only: products, SSPs, accounts and policies change by
    revisions that a second person approves.
    """
    with acting.on_the_store(person, reason) as actor:
        from ratable.operations import choices

        choices.set_choice(actor, name, value)
    typer.echo(f"{name} is {value} from now on.")


def _tell(items: "Iterable[Item]") -> None:
    for item in items:
        typer.secho(f"  {_MARKS[item.done]}  ", nl=False, fg="green" if item.done else "red")
        typer.echo(f"{item.name}: {item.says}")


def _tell_differences(done: "periods.Done") -> None:
    """How what is signed now differs from what was signed before: the first rows, with a sign before each."""
    differs: pl.DataFrame = done.differences
    if differs.is_empty():
        return
    typer.echo(f"{differs.height} rows differ from the statements signed before:")
    for owner, report, row, signed, now in differs.head(_SHOWN).iter_rows():
        typer.echo(f"  {'-' if signed > now else '+'} {owner + ' ' if owner else ''}{report}: {row}")
    if differs.height > _SHOWN:
        typer.echo(f"  and {differs.height - _SHOWN} more")


def _of(entities: Iterable[str]) -> str:
    named = [entity for entity in entities if entity]
    return f" of {', '.join(named)}" if named else ""

"""`ratable verify`, `checkpoint` and `proof`: the books checked, signed, and handed to those who check them without us.

Worked example: `ratable verify --anchors anchors.jsonl` prints "The books are as they were written." and ends with 0;
or "entries 107: saw what hashes to 9b1c...; expected 5d0c..." and 1.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ratable.cli import acting, days, progress, refusals


def add(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(verify)
    app.command()(checkpoint)
    app.command()(proof)
    app.command()(database_role)
    app.command()(upgrade)


def verify(
    *,
    since: Annotated[str, typer.Option(metavar="DATE", help="Only acts from this day on; trusts what is older.")] = "",
    anchors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Lines of `ratable checkpoint --out`, kept outside.")
    ] = None,
) -> None:
    """Check that nothing in the books was changed, removed, or added past the event log."""
    first = days.day(since, "--since") if since else None
    with acting.on_the_store(), _told(), progress.shown("Verifying the books") as step:
        from ratable.ledger import checkpoints, verification

        kept = checkpoints.read(anchors) if anchors else []
        faults = verification.verify(since=first, anchors=kept, step=step)
    for fault in faults:
        typer.echo(str(fault))
    if faults:
        typer.echo("The books are not as they were written; each line names the first bad row that a check found.")
        raise typer.Exit(1)
    scope = (
        f"since {first}"
        if first
        else f"and agree with {len(kept)} anchors"
        if kept
        else "as far as they can tell themselves"
    )
    typer.echo(f"The books are as they were written, {scope}.")


def checkpoint(
    *,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Add the signed line to this file.")] = None,
    person: acting.As = "",
    reason: acting.Reason = "",
) -> None:
    """Sign the event log so far; whoever keeps the line can tell later whether history was rewritten."""
    with acting.on_the_store(person, reason) as actor, _told():
        from ratable.operations import proving

        made = proving.checkpoint(actor)
        if out is None:
            typer.echo(made.line())
            return
        with out.open("a", encoding="utf-8") as file:
            file.write(f"{made.line()}\n")
            file.flush()
            os.fsync(file.fileno())
    typer.echo(f"Signed {made.size} events; added to {out}. Keep it where nobody who keeps these books can change it.")


def proof(
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The .zip to write; with --entry, the .json.")],
    entry: Annotated[str, typer.Option(metavar="ENTRY", help="This entry alone: its id, or how that begins.")] = "",
    anchors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --entry: the checkpoints that its reader kept.")
    ] = None,
    person: acting.As = "",
    reason: acting.Reason = "",
) -> None:
    """Write everything that an auditor needs to verify the books, or one entry, without us."""
    if anchors and not entry:
        raise refusals.Refusal("--anchors: saw no --entry; a whole proof is held against them by verify_proof.py.")
    with acting.on_the_store(person, reason) as actor, _told(), progress.shown("Writing the proof") as step:
        from ratable.ledger import checkpoints
        from ratable.operations import proving

        if entry:
            proving.entry(actor, out, entry, checkpoints.read(anchors) if anchors else [])
            typer.echo(f"Wrote {out}. Verify it with what you kept: python verify_entry.py {out.name} anchors.jsonl")
            return
        made = proving.proof(actor, out, step=step)
    typer.echo(f"Wrote {out}: {made.events:,} events and {made.rows:,} rows. SHA-256 {made.sha256}.")
    typer.echo(f"Verify it with the verify_proof.py inside: python verify_proof.py {out.name}")


@contextmanager
def _told() -> Iterator[None]:
    """Turns what a key, an anchor or a file refuses into one sentence."""
    from ratable.ledger import checkpoints, inclusion, signing, tracing

    try:
        yield
    except (checkpoints.BadAnchors, inclusion.Unproved, signing.BadKey, tracing.Unknown) as refused:
        raise refusals.Refusal(str(refused)) from refused
    except OSError as fault:
        raise refusals.Refusal(f"cannot write {fault.filename}: {fault.strerror or fault}.") from fault


def database_role(
    role: Annotated[str, typer.Argument(metavar="ROLE", help="The role that the application signs in with.")],
) -> None:
    """Print the SQL for a PostgreSQL role that may only add to the books and read them."""
    acting.with_sign_in()
    with acting.on_the_store():
        from ratable.ledger import least_role

        try:
            said = least_role.statements(role)
        except ValueError as fault:
            raise refusals.Refusal(str(fault)) from fault
    for statement in said:
        typer.echo(f"{statement};")


def upgrade() -> None:
    """Bring the tables of books that an older version made up to date; make a backup first."""
    from ratable.ledger import store

    try:
        store.open_(upgrade=True)
    except store.NoStore as missing:
        raise refusals.Refusal(str(missing)) from missing
    typer.echo("The books are of this version.")

"""`propose`, `review`, `approve`, `reject` and `post`: what is to be posted, and who decides on it.

Worked example: `ratable propose --through 2026-03-31 --as ben` prints "Run 3: 42 entries, 12,345.67 USD. Cora or dana
has to approve it: ratable approve 3 --as NAME". `ratable approve --as dana` then shows the same totals and the hash of
the 42 rows, and approves just those.
"""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ratable.cli import acting, days, progress, refusals, reviewing

if TYPE_CHECKING:
    from ratable.ledger.models import Run

RunNo = Annotated[
    int | None, typer.Argument(metavar="[RUN]", help="Number of the run; default: the newest that waits.")
]


def add(app: typer.Typer) -> None:
    """Give the command line these commands."""
    for command in (propose, review, approve, reject, post):
        app.command()(command)


def propose(
    *, through: Annotated[str, typer.Option(metavar="DATE", help="Last day of the books, YYYY-MM-DD.")],
    person: acting.As = "",
) -> None:  # fmt: skip
    """Compare what should be posted with what is, and keep the difference as a run of drafts."""
    last = days.day(through, "--through")
    with acting.on_the_store(person) as actor:
        from ratable.operations import propose as proposing
        from ratable.operations import reviewing as reviewed

        with progress.shown("Reading the facts") as step:
            made = proposing.propose(actor, last, step=step)
            found = reviewed.after_proposal(actor, made.run, step=step)
        if made.run is None:
            typer.echo(f"Nothing to post through {last}: the books hold all that is due.")
            return
        typer.echo(f"{_summary(made.run, made.rows, made.totals)} {_who_approves(made.run)}")
        if found is not None and not found.flags.is_empty():
            reviewing.told(found.flags, found.covered)
        elif reviewed.later(made.run):
            typer.echo(
                f"The books are large: the agent looks at it when it is first shown, by ratable review {made.run}"
            )


def review(
    run: RunNo = None, *,
    period: Annotated[str, typer.Option(metavar="MONTH", help="Review the posted entries of a month instead.")] = "",
    person: acting.As = "",
) -> None:  # fmt: skip
    """Show a run: its state, its hash, its totals, its rows and its flags. An approver thereby takes it up."""
    with acting.on_the_store(person) as actor:
        from ratable.operations import decide

        if period:
            reviewing.month(actor, period)
            return
        held = _held(run)
        if decide.may_take_up(actor, held.no):
            decide.review(actor, held.no)
        _show(held)
        reviewing.flags_of(actor, held.no)


def approve(
    run: RunNo = None, *,
    hash_: Annotated[str, typer.Option("--hash", metavar="HASH", help="Of the run as it was shown to you.")] = "",
    override: Annotated[bool, typer.Option("--override", help="Alone, where the company allows it.")] = False,
    despite: Annotated[bool, typer.Option("--despite-flags", help="All the same, where flags block it.")] = False,
    reason: acting.Reason = "",
    person: acting.As = "",
) -> None:  # fmt: skip
    """Approve a run that somebody else prepared, at the hash that is shown."""
    with acting.on_the_store(person, reason) as actor:
        from ratable.operations import decide

        held = _held(run)
        decide.approve(actor, held.no, hash_ or held.hash, override=override, despite=despite)
        typer.echo(f"{_summary(held.no, held.rows, _totals(held))} Approved by {actor.person} at hash {held.hash}.")
        typer.echo(f"Next: ratable post {held.no} --as NAME")


def reject(run: RunNo = None, *, reason: acting.Reason = "", person: acting.As = "") -> None:
    """Reject a run, with a reason."""
    with acting.on_the_store(person, reason) as actor:
        from ratable.operations import decide

        held = _held(run)
        decide.reject(actor, held.no)
        typer.echo(f"Run {held.no} is rejected; `ratable propose` starts anew.")


def post(run: RunNo = None, *, person: acting.As = "") -> None:
    """Post an approved run. Nothing ever changes what is posted."""
    with acting.on_the_store(person) as actor:
        from ratable.operations import decide

        held = _held(run)
        with progress.shown(f"Posting run {held.no}"):
            posted = decide.post(actor, held.no)
        numbers = f"entry {posted.first}" if posted.rows == 1 else f"entries {posted.first:,} to {posted.last:,}"
        typer.echo(f"{_summary(held.no, posted.rows, posted.totals)} Posted as {numbers}.")


def _held(run: int | None) -> "Run":
    """The run that was asked for, else the newest that waits for somebody."""
    from ratable.ledger import entries, models

    number = run if run is not None else entries.latest()
    if number is None:
        raise refusals.Refusal("no run waits for anybody; `ratable propose --through DATE` makes one.")
    held: Run | None = models.Run.objects.filter(no=number).first()
    if held is None:
        raise refusals.Refusal(f"run {number}: there is none.")
    return held


def _totals(held: "Run") -> dict[str, int]:
    from ratable.operations import drafting

    return drafting.totals_of(held)


def _summary(run: int, rows: int, totals: dict[str, int]) -> str:
    """Run 3: 42 entries, 12,345.67 USD."""
    from ratable.operations import decide

    sums = " and ".join(decide.money(total, currency) for currency, total in totals.items())
    return f"Run {run}: {rows:,} {'entry' if rows == 1 else 'entries'}, {sums}."


def _who_approves(run: int) -> str:
    from ratable.operations import decide

    people = decide.approvers(run)
    if not people:
        return (
            "Nobody here may approve it: the preparer cannot, and no other approver has so high a limit. "
            "A controller gives roles: ratable people grant NAME approver"
        )
    return f"{' or '.join(people)} has to approve it: ratable approve {run} --as NAME"


def _show(held: "Run") -> None:
    from ratable.cli import terminal
    from ratable.core import findings
    from ratable.ledger import entries
    from ratable.operations import decide
    from ratable.reports import journal, rendering

    typer.echo(_summary(held.no, held.rows, _totals(held)))
    typer.echo(f"Prepared by {held.prepared_by} through {held.through}; {decide.WORDS[entries.state(held.no)]}.")
    typer.echo(f"Hash {held.hash}")
    if held.memo:
        typer.echo(f"Memo: {held.memo}")
    rows = entries.of_run(held.no).select(journal.COLUMNS)
    heading = rendering.Heading(f"run {held.no}", {"through": held.through.isoformat()}, findings.none())
    sys.stdout.flush()
    terminal.write(sys.stdout.buffer, [rows], heading)

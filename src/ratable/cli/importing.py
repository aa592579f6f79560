"""`ratable import`: what comes into the books.

Worked example: `ratable import march.yaml --as ben` prints "Import 3 of march.yaml: 2 rows added, 38 known, 0
corrected, 0 left out." with the control totals; exit status 1 says that a finding left rows out.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratable.cli import acting, progress, refusals, reporting

if TYPE_CHECKING:
    import polars as pl

    from ratable.operations.import_bundle import Imported

BundlePath = Annotated[
    Path, typer.Argument(metavar="BUNDLE", help="A .yaml, .json, .xlsx or .zip file, or a folder of tables.")
]


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("import")(import_)


def import_(
    bundle: BundlePath,
    *,
    correct: Annotated[
        bool, typer.Option("--correct", help="Rows that say otherwise than the books become new versions.")
    ] = False,
    opening: Annotated[
        bool,
        typer.Option("--opening", help="The rows are history: their known_on and locks count, as in the first import."),
    ] = False,
    reason: acting.Reason = "",
    person: acting.As = "",
) -> None:
    """Bring a bundle into the books; the first import begins them."""
    from ratable.bundle import reading

    with progress.shown(f"Reading {bundle.name}") as step:
        try:
            opened = reading.opened(bundle)  # Before the books: what is no bundle begins none.
        except reading.Unreadable as fault:
            raise refusals.Refusal(str(fault)) from fault
        with acting.on_the_store(person, reason, create=True) as actor:
            from ratable.operations import import_bundle

            try:
                done = import_bundle.import_opened(
                    actor, opened, correction=correct, opening=opening or None, step=step
                )
            except import_bundle.Otherwise as differs:
                raise refusals.Refusal(f"{differs} Type it again with --correct --reason '...'.") from differs
    _tell(bundle.name, done)
    reporting.tell_findings(done.findings)
    raise typer.Exit(1 if done.left_out or "blocks" in done.findings["severity"] else 0)


def _tell(name: str, done: "Imported") -> None:
    typer.echo(
        f"Import {done.no} of {name}{' (opening)' if done.kind == 'opening' else ''}: {done.added} rows added, "
        f"{done.known} known, {done.corrected} corrected, {done.left_out} left out."
    )
    for table, added, known, corrected, left_out in done.counts.rows():
        counted = {"added": added, "known": known, "corrected": corrected, "left out": left_out}
        typer.echo(f"  {table}: {', '.join(f'{rows} {word}' for word, rows in counted.items() if rows)}")
    if not done.totals["amount"].count():
        return
    typer.echo("Control totals of what is in the books:")
    for table, currency, rows, column, amount in _written(done.totals).rows():
        typer.echo(f"  {table}, {rows} row{'s' if rows > 1 else ''}: {column} {amount} {currency}")


def _written(totals: "pl.DataFrame") -> "pl.DataFrame":
    """Control totals that are sums of amounts, as people write them."""
    import polars as pl

    from ratable.core import amounts

    sums = totals.drop_nulls(["amount", "currency"])
    words = amounts.text(pl.col("amount"), amounts.decimals_present(sums), separator=",")
    return sums.with_columns(amount=words)

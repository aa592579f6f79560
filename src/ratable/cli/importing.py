"""`ratable import` and `ratable people`: what comes into the books, and who may do what with them.

Worked example: `ratable import march.yaml --as ben` prints "Import 3 of march.yaml: 2 rows added, 38 known, 0
corrected, 0 left out." with the control totals; exit status 1 says that a finding left rows out. `ratable people grant
dana approver --limit USD=50000` lets Dana approve up to 50,000.00 USD.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratable.cli import acting, progress, refusals, reporting

if TYPE_CHECKING:
    import polars as pl

    from ratable.operations.import_bundle import Imported

# As `operations.people.ROLES` has them, which cannot be imported without what is heavy.
ROLES = ("viewer", "auditor", "preparer", "approver", "controller", "administrator")
BundlePath = Annotated[
    Path, typer.Argument(metavar="BUNDLE", help="A .yaml, .json, .xlsx or .zip file, or a folder of tables.")
]


def add(app: typer.Typer) -> None:
    """Register the commands."""
    people = typer.Typer(help="Who may do what in the books.", rich_markup_mode=None, no_args_is_help=True)
    app.command("import")(import_)
    people.command("grant")(grant)
    people.command("list")(list_)
    app.add_typer(people, name="people")


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

            done = import_bundle.import_opened(actor, opened, correction=correct, opening=opening or None, step=step)
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


def grant(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Who receives it.")],
    role: Annotated[str, typer.Argument(metavar="ROLE", help=f"{', '.join(ROLES)}; none ends all access.")],
    *,
    limit: Annotated[
        list[str] | None,
        typer.Option(metavar="CURRENCY=AMOUNT", help="The most that one approval may total; may be repeated."),
    ] = None,
    reason: acting.Reason = "",
    by: acting.As = "",
) -> None:
    """Give a person a role, which replaces the one before."""
    most = dict(_limit(typed) for typed in limit or ())
    with acting.on_the_store(by, reason) as actor:
        from ratable.operations import founding

        founding.grant(actor, person, role, most)
        typer.echo(_described(person))


def list_(*, by: acting.As = "") -> None:
    """Show who has which role, and up to which sums they approve."""
    with acting.on_the_store(by):
        from ratable.operations import people

        for person in people.everyone():
            typer.echo(_described(person))


def _described(person: str) -> str:
    from ratable.operations import people

    most = people.limits(person)
    upto = ", ".join(f"{_major(amount, currency)} {currency}" for currency, amount in sorted(most.items()))
    return f"{person}: {people.role(person)}{f', approves up to {upto}' if upto else ''}"


def _major(amount: int, currency: str) -> str:
    import polars as pl

    from ratable.core import amounts

    one = pl.DataFrame({"amount": [amount], "currency": [currency]})
    return str(one.select(amounts.text(pl.col("amount"), amounts.decimals_present(one), separator=",")).item())


def _limit(typed: str) -> tuple[str, int]:
    """A limit as typed: its currency, and the sum in minor units.

    Raises:
        refusals.Refusal: it is no CURRENCY=AMOUNT.
    """
    import polars as pl

    from ratable.bundle import decimals
    from ratable.core import currencies

    currency, _, amount = typed.partition("=")
    places = currencies.EXPONENTS.get(currency)
    most = None if places is None else pl.select(decimals.parse(pl.lit(amount), pl.String(), places)).item()
    if most is None or most < 0:
        raise refusals.Refusal(f"--limit: saw {typed!r}; expected CURRENCY=AMOUNT, such as USD=50000.00.")
    return currency, most

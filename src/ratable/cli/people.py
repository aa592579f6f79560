"""`ratable people`: who may do what with the books, and the link with which a person first signs in.

Worked example: `ratable people grant dana approver --limit USD=50000 --entity DE` lets Dana approve up to 50,000.00 USD
in DE; `ratable people grant ada auditor --until 2026-06-30` lets Ada look until then; `ratable people invite dana`
prints a link, good once and for three days, with which Dana chooses her password.
"""

import os
from typing import Annotated

import typer

from ratable.cli import acting, days, refusals, serving

# As `operations.people.ROLES` has them, which cannot be imported without what is heavy.
ROLES = ("viewer", "auditor", "preparer", "approver", "controller", "administrator")
Who = Annotated[str, typer.Argument(metavar="PERSON", help="Who receives it.")]


def add(app: typer.Typer) -> None:
    """Register the commands."""
    people = typer.Typer(help="Who may do what in the books.", rich_markup_mode=None, no_args_is_help=True)
    people.command("grant")(grant)
    people.command("list")(list_)
    people.command("invite")(invite)
    app.add_typer(people, name="people")


def grant(  # noqa: PLR0913 one parameter for each option that can be typed
    person: Who,
    role: Annotated[str, typer.Argument(metavar="ROLE", help=f"{', '.join(ROLES)}; none ends all access.")],
    *,
    limit: Annotated[
        list[str] | None,
        typer.Option(metavar="CURRENCY=AMOUNT", help="The most that one approval may total; may be repeated."),
    ] = None,
    entity: Annotated[
        list[str] | None, typer.Option(metavar="ENTITY", help="For this entity alone; may be repeated.")
    ] = None,
    until: Annotated[str, typer.Option(metavar="DATE", help="Its last day; that of an auditor has to end.")] = "",
    reason: acting.Reason = "",
    by: acting.As = "",
) -> None:
    """Give a person a role, which replaces the one before."""
    most = dict(_limit(typed) for typed in limit or ())
    last = days.day(until, "--until") if until else None
    with acting.on_the_store(by, reason) as actor:
        from ratable.operations import founding, people

        founding.grant(actor, person, role, most, people.Scope(tuple(entity or ()), last))
        typer.echo(_described(person))


def list_(*, by: acting.As = "") -> None:
    """Show who has which role, for which entities and how long, and up to which sums they approve."""
    with acting.on_the_store(by):
        from ratable.operations import people

        for person in people.everyone():
            typer.echo(_described(person))


def invite(
    person: Who,
    *,
    url: Annotated[str, typer.Option(metavar="URL", help="Where people reach it; default: RATABLE_URL.")] = "",
    reason: acting.Reason = "",
    by: acting.As = "",
) -> None:
    """Print a one-time link for a person who has a role: to sign in first, or again where a password is lost."""
    place = url or os.environ.get("RATABLE_URL") or f"http://{serving.HOST}:{serving.PORT}"
    with acting.on_the_application(by, reason) as actor:
        from ratable.access import invitations

        typer.echo(invitations.link(actor, person, place))


def _described(person: str) -> str:
    from ratable.operations import people

    held = people.held(person)
    upto = ", ".join(f"{_major(amount, currency)} {currency}" for currency, amount in sorted(held.limits.items()))
    said = [
        f"{person}: {held.role}",
        f"for {' and '.join(held.scope.entities)}" if held.scope.entities else "",
        f"until {held.scope.until}" if held.scope.until else "",
        f"approves up to {upto}" if upto else "",
    ]
    return ", ".join(filter(None, said))


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

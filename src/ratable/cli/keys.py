"""`ratable keys`: what programs sign in with.

Worked example: `ratable keys make nightly --scope import --until 2026-12-31 --as ben` prints a key once; a program that
shows it imports as Ben, and does nothing else. `ratable keys revoke 3` ends key 3 from its next use on.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from ratable.cli import acting, days

if TYPE_CHECKING:
    from ratable.access.models import ServiceKey

# As `operations.service_keys.SCOPES` has them, which cannot be imported without what is heavy.
SCOPES = ("read", "import", "propose", "decide", "close", "controls", "export", "webhooks")


def add(app: typer.Typer) -> None:
    """Register the commands."""
    keys = typer.Typer(help="What programs sign in with.", rich_markup_mode=None, no_args_is_help=True)
    keys.command("make")(make)
    keys.command("list")(list_)
    keys.command("revoke")(revoke)
    app.add_typer(keys, name="keys")


def make(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for, such as nightly-import.")],
    *,
    scope: Annotated[list[str], typer.Option(metavar="SCOPE", help=f"{', '.join(SCOPES)}; may be repeated.")],
    until: Annotated[str, typer.Option(metavar="DATE", help="Its last day, at most a year away.")],
    owner: Annotated[
        str, typer.Option("--for", metavar="PERSON", help="A program with a role of its own; default: whoever acts.")
    ] = "",
    reason: acting.Reason = "",
    by: acting.As = "",
) -> None:
    """Make a key and print it, once; only its hash is kept."""
    last = days.day(until, "--until")
    with acting.on_the_application(by, reason) as actor:
        from ratable.access import keys

        typer.echo(keys.make(actor, owner or actor.person, name, scope, last))


def list_(*, by: acting.As = "") -> None:
    """Show every key: its number, whose it is, how it begins, what it opens, and until when."""
    with acting.on_the_application(by):
        from ratable.access import keys

        for key in keys.kept():
            typer.echo(_described(key))


def revoke(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As `ratable keys list` shows it.")],
    *,
    reason: acting.Reason = "",
    by: acting.As = "",
) -> None:
    """End a key, from its next use on."""
    with acting.on_the_application(by, reason) as actor:
        from ratable.access import keys

        keys.revoke(actor, number)
        typer.echo(f"Key {number} is revoked.")


def _described(key: "ServiceKey") -> str:
    ends = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else f"until {key.expires_on}"
    used = f"used {key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
    return f"{key.pk} {key.person}: {key.name}, {key.prefix}..., {' '.join(key.scopes)}, {ends}, {used}"

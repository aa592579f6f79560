"""What every command on the store begins with: the store open, and the person who acts.

Worked example: `ratable approve --as dana` acts as Dana; without `--as` it is the name in RATABLE_PERSON, and without
that the name under which the person is signed in on this machine.
"""

import getpass
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratable.cli import refusals
from ratable.operations import clock

if TYPE_CHECKING:
    from ratable.operations.acts import Actor

As = Annotated[
    str, typer.Option("--as", metavar="PERSON", help="Who acts; default: RATABLE_PERSON, then who is signed in here.")
]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why, in words; kept in the event log.")]


@contextmanager
def on_the_store(person: str = "", reason: str = "", *, create: bool = False, company: str = "") -> Iterator["Actor"]:
    """The store open, and who acts on it; a refusal inside ends the command with its sentence.

    Args:
        person: as typed with --as, or empty.
        reason: as typed with --reason, or empty.
        create: begin the books where there are none, with the person as their first controller.
        company: its name, where books begin; default: that of the working folder.

    Raises:
        refusals.Refusal: there are no books, or they do not allow the act.
    """
    try:
        from ratable.ledger import store
    except ModuleNotFoundError as missing:
        raise refusals.Refusal(
            f"the store needs {missing.name}: install ratable[store], or ratable[postgres]."
        ) from missing
    try:
        store.open_(create=create)
    except store.NoStore as missing:
        raise refusals.Refusal(str(missing)) from missing
    from django.db import InterfaceError, OperationalError

    from ratable.operations import acts, founding

    actor = acts.Actor(person or os.environ.get("RATABLE_PERSON", "") or getpass.getuser(), clock.now, reason)
    try:
        if create:
            name, number = company or Path.cwd().name, uuid.uuid4()  # noqa: TID251  one for each company
            founding.found(actor, name=name, company=str(number))
        yield actor
    except acts.Refused as refused:
        raise refusals.Refusal(str(refused)) from refused
    except (OperationalError, InterfaceError) as fault:
        raise refusals.Refusal(
            f"the database failed ({' '.join(str(fault).split())}). What was asked is done whole or not at all; "
            "when the database works again, type it again: what is done already is said to be."
        ) from fault


@contextmanager
def on_the_application(person: str = "", reason: str = "") -> Iterator["Actor"]:
    """As `on_the_store`, with the tables by which people and programs sign in.

    Args:
        person: as typed with --as, or empty.
        reason: as typed with --reason, or empty.

    Raises:
        refusals.Refusal: there are no books, they do not allow the act, or what serves them is not installed.
    """
    missing = with_sign_in()
    if missing:
        raise refusals.Refusal(f"signing in needs {missing}: install ratable[server].")
    with on_the_store(person, reason) as actor:
        from django.core import management

        management.call_command("migrate", verbosity=0, interactive=False)
        yield actor


def with_sign_in() -> str:
    """Let what follows know the tables of sign-in too; the name of what is not installed that they need, or empty."""
    try:
        import ratable.server.settings  # noqa: F401  whether it is installed
    except ModuleNotFoundError as missing:
        return str(missing.name)
    except ValueError as wrong:  # Something of the environment that cannot be meant.
        raise refusals.Refusal(str(wrong)) from wrong
    os.environ["DJANGO_SETTINGS_MODULE"] = "ratable.server.settings"
    return ""

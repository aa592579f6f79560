"""`ratable serve`: the screens, and the interface for programs, on one machine.

Worked example: `ratable serve` in an empty folder makes the store and its tables, prints a link by which one person may
become the administrator, once, and answers at http://127.0.0.1:8000 until Ctrl-C. `RATABLE_URL=https://books.example.com
ratable serve --host 0.0.0.0` is the same behind a proxy that has the certificate for that name.

Refused: an address that other machines reach without TLS in front, a port that is taken, books of an older version.
"""

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from ratable.cli import refusals

HOST, PORT = "127.0.0.1", 8000

Host = Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")]
Port = Annotated[int, typer.Option(metavar="N", min=0, max=65_535, help="Where to listen; 0: any that is free.")]


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(serve)


def serve(*, host: Host = HOST, port: Port = PORT) -> None:
    """Open the screens and the interface for programs, until Ctrl-C."""
    address = allowed(host)
    with listening(address, port) as heard:
        opened()
        answer(heard, first_links)


def allowed(host: str) -> str:
    """The address to listen at, where passwords and figures cannot be read on the way.

    Raises:
        refusals.Refusal: it is no address, or one that other machines reach without TLS.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError as fault:
        raise refusals.Refusal(f"--host: saw {host!r}; expected an address, such as {HOST}.") from fault
    if not address.is_loopback and not os.environ.get("RATABLE_URL", "").startswith("https://"):
        raise refusals.Refusal(
            f"--host {host}: other machines reach it, and RATABLE_URL names no https address, so that passwords and "
            "figures could be read on the way. Put a proxy with TLS before it and set RATABLE_URL=https://NAME, or "
            "leave --host out."
        )
    return str(address)


@contextmanager
def listening(address: str, port: int) -> Iterator[socket.socket]:
    """A socket at this address, heard before the books are opened, so that nothing is done in vain.

    Raises:
        refusals.Refusal: another program has the port, or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        heard = socket.create_server((address, port), family=family, backlog=1024)
    except OSError as fault:
        reason = os.strerror(fault.errno) if fault.errno else fault
        raise refusals.Refusal(f"cannot listen at {address} port {port}: {reason}. --port names another.") from fault
    with heard:
        yield heard


def opened() -> None:
    """Open the store, or make it, and bring the application's own tables up to date.

    Raises:
        refusals.Refusal: the books cannot be opened, or what serves them is not installed.
    """
    try:
        from ratable.ledger import store
        from ratable.server import settings
    except ModuleNotFoundError as missing:
        raise refusals.Refusal(f"serving needs {missing.name}: install ratable[server].") from missing
    os.environ["DJANGO_SETTINGS_MODULE"] = settings.__name__
    try:
        store.open_(create=True)
    except store.NoStore as missing:
        raise refusals.Refusal(str(missing)) from missing
    from django.core import management
    from django.db import Error

    try:
        # Those of the books are done by now, or were refused.
        management.call_command("migrate", verbosity=0, interactive=False)
    except Error as fault:
        raise refusals.Refusal(
            f"the tables of the application cannot be made: {' '.join(str(fault).split())}"
        ) from fault


def answer(heard: socket.socket, links: Callable[[str], list[str]]) -> None:
    """Say where the application is, and answer until told to end.

    Args:
        heard: where it listens.
        links: given the address of the application, what to say about signing in.
    """
    from ratable.server import running

    url = address_of(heard)
    said = [f"ratable listens at {url}", *links(url), "Ctrl-C ends it."]
    running.serve(heard, lambda: typer.echo("\n".join(said)))


def address_of(heard: socket.socket) -> str:
    """The address that people type: RATABLE_URL, else where the socket listens."""
    address, port = heard.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    return os.environ.get("RATABLE_URL", "").rstrip("/") or f"http://{shown}:{port}"


def first_links(url: str) -> list[str]:
    """What to say where nobody can sign in yet: the link of the first administrator.

    Raises:
        refusals.Refusal: the books have people with whose roles nobody can become it.
    """
    from ratable.access import invitations
    from ratable.operations import acts

    try:
        link = invitations.first_link(url)
    except acts.Refused as refused:
        raise refusals.Refusal(str(refused)) from refused
    return [f"Nobody can sign in yet. The first administrator does, once, at {link}"] if link else []

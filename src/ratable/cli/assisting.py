"""`ratable mcp`: the books for an assistant of your own, to read, by the Model Context Protocol.

Worked example: an assistant is told to run `ratable mcp --as cora` in the folder of the books; it may then ask "Why was
$4,200 deferred for Acme this month?" and read reports, as far as Cora may. It ends when the assistant closes it.
"""

import typer

from ratable.cli import acting, refusals


def add(app: typer.Typer) -> None:
    """Give the command line this command."""
    app.command("mcp")(serve)


def serve(*, person: acting.As = "") -> None:
    """Answer an assistant over standard input and output, with the rights of one person, until it closes."""
    with acting.on_the_store(person) as actor:
        try:
            from ratable.mcp import server, tools
        except ModuleNotFoundError as missing:
            raise refusals.Refusal(f"assistants need {missing.name}: install ratable[mcp].") from missing
        try:
            tools.Reader(actor.person).admitted()
        except tools.Refused as why:  # Said before it begins: an assistant shows little of what goes wrong later.
            raise refusals.Refusal(str(why)) from why
        server.of(actor.person).run("stdio")

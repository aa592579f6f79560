"""`ratable` commands, each in a process of its own with a connection of its own, which may be killed.

Worked example: `start(Typed(("post", "--as", "dana"), folder, url))` gives a process; `ended(process)` waits for it and
says with which status it ended, and what it said. The processes are forked from one that has imported everything and
opened nothing, so that a command takes a tenth of a second and not two.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path

from ratable.cli import main
from tests import stores

# Polars threads do not survive a fork of a process that has used them; this one never does.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([
    "tests.conftest", "tests.commands",
    "typer._adapters", "django.db.backends.postgresql.base", "django.db.backends.sqlite3.base",  # Else only when used.
])  # fmt: skip
_PATIENCE = 120  # Seconds, after which a command hangs.
_NUMBERS = count(1)


@dataclass(frozen=True)
class Typed:
    """What is typed after `ratable`, in which folder and about which store."""

    arguments: tuple[str, ...]
    folder: Path
    url: str

    @property
    def key(self) -> Path:
        """The signing key of whoever types in this folder."""
        return self.folder / "key"


@dataclass(frozen=True)
class Started:
    """A command on its way, and the file that has what it says."""

    process: BaseProcess
    said: Path


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit status, or minus the signal that killed it; and all that it said."""

    status: int
    said: str


def start(typed: Typed, around: Callable[[], AbstractContextManager[None]] = nullcontext) -> Started:
    """Start a command; `around` makes what surrounds it in its own process."""
    said = typed.folder / f"said-{next(_NUMBERS)}"
    process = CONTEXT.Process(target=_run, args=(typed, said, around))
    process.start()
    return Started(process, said)


def ended(started: Started) -> Ended:
    """Wait for a command."""
    started.process.join(_PATIENCE)
    status = started.process.exitcode
    if status is None:
        started.process.kill()
        raise AssertionError(f"the command hangs after {started.said.read_text()!r}")
    return Ended(status, started.said.read_text())


def run(typed: Typed, around: Callable[[], AbstractContextManager[None]] = nullcontext) -> Ended:
    """Start a command and wait for it."""
    return ended(start(typed, around))


def _run(typed: Typed, said: Path, around: Callable[[], AbstractContextManager[None]]) -> None:
    with said.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.chdir(typed.folder)
    os.environ["RATABLE_SIGNING_KEY"] = str(typed.key)
    stores.use(typed.url)
    with around():
        status = main.main(typed.arguments)
    stores.close()
    sys.exit(status)

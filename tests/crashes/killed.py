"""Runs one `ratable` command and kills its own process, hard, at a statement of its choice.

Worked example: `python -m tests.crashes.killed 17 post 1 --as dana` sends the sixteen first statements of the act to
the database and kills the process at the seventeenth. With 0 it ends by itself and prints how many there were.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any
from unittest import mock

from django.db import connection, transaction

from ratable.cli import main
from ratable.ledger import rows, store


class Killer:
    """Counts what an act sends to the database."""

    def __init__(self, at: int) -> None:
        self.at, self.count, self.counting = at, 0, False

    def reach(self) -> None:
        self.count += self.counting
        if self.counting and self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, execute: Callable[..., Any], *rest: Any) -> Any:
        self.reach()
        return execute(*rest)


def run(at: int, arguments: list[str]) -> int:
    """The exit status of the command, had it been let to live."""
    killer = Killer(at)
    add, lock, leave = rows.add, store.lock, transaction.Atomic.__exit__

    def added(*given: Any) -> None:
        killer.reach()
        add(*given)
        killer.reach()

    def locked() -> None:
        # What comes before only reads.
        killer.counting = True
        lock()

    def left(*given: Any) -> None:
        killer.reach()
        leave(*given)
        killer.reach()  # Committed, and nobody told.

    with (
        mock.patch.object(rows, "add", added),
        mock.patch.object(store, "lock", locked),
        mock.patch.object(transaction.Atomic, "__exit__", left),
        connection.execute_wrapper(killer.statement),
    ):
        status = main.main(arguments)
    sys.stderr.write(f"{killer.count} statements\n")
    return status


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), sys.argv[2:]))

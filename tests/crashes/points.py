"""The points of an act at which it may be struck: before and after each of its writes, and each of its statements.

Worked example: `with struck("before entries", blow)` lets `ratable post` record its decision and calls `blow` when it
is about to add the first entry. `struck("moment 17", blow)` does so at the seventeenth thing that the act does,
whatever it is. `with followed(file)` strikes nothing, and writes down every point that was passed.
"""

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from ratable.ledger import rows
from ratable.operations import acts

LOOK = "a look"  # Each statement that only reads.
MOMENT = "moment"
_WRITE = re.compile(r'(INSERT INTO|DELETE FROM) "(\w+)"')


@dataclass
class _Watch:
    """Sees what an act does, from the moment that it begins."""

    at: str
    blow: Callable[[], None]
    seen: list[str] = field(default_factory=list)
    moments: int = 0
    begun: bool = False

    def pass_(self, point: str) -> None:
        if not self.begun:
            return
        self.moments += 1
        first = point not in self.seen
        if first:
            self.seen.append(point)
        if (first and point == self.at) or self.at == f"{MOMENT} {self.moments}":
            self.blow()

    def around(self, what: str, do: Callable[..., Any], *given: Any, **named: Any) -> Any:
        self.pass_(f"before {what}")
        done = do(*given, **named)
        self.pass_(f"after {what}")
        return done

    def statement(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        write = _WRITE.match(sql)
        if write is None:
            self.pass_(LOOK)
            return execute(sql, *rest)
        verb, table = write.groups()
        return self.around(f"{table} removed" if verb == "DELETE FROM" else table, execute, sql, *rest)

    def add(self, add: Callable[..., Any], table: str, frame: Any) -> None:
        # Nothing is sent for no rows.
        if frame.is_empty():
            return
        self.around(table, add, table, frame)


def die() -> None:
    """End this process, which can do nothing about it."""
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def struck(at: str, blow: Callable[[], None]) -> Iterator[None]:
    """Whatever act is done inside is struck at a point."""
    with _watched(_Watch(at, blow)):
        yield


@contextmanager
def followed(to: Path) -> Iterator[None]:
    """Write down the points that an act passes: how many moments it has, then each name once."""
    watch = _Watch("", die)
    with _watched(watch):
        yield
    to.write_text("\n".join([str(watch.moments), *watch.seen]))


@contextmanager
def _watched(watch: _Watch) -> Iterator[None]:
    begin, add, commit = acts.begin, rows.add, BaseDatabaseWrapper.commit
    written, placed = Path.write_bytes, Path.replace

    def begins(*given: Any, **named: Any) -> Any:
        # What comes before only reads.
        watch.begun = True
        return begin(*given, **named)

    with ExitStack() as stack:
        for place, name, instead in (
            (acts, "begin", begins),
            (rows, "add", lambda *given: watch.add(add, *given)),
            (BaseDatabaseWrapper, "commit", lambda *given: watch.around("commit", commit, *given)),
            (Path, "write_bytes", lambda *given: watch.around("a file beside its place", written, *given)),
            (Path, "replace", lambda *given: watch.around("a file in its place", placed, *given)),
        ):
            stack.enter_context(mock.patch.object(place, name, instead))
        stack.enter_context(connection.execute_wrapper(watch.statement))
        yield

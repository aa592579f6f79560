"""The database server itself is killed in the middle of an act: the client says so, and nothing is lost or doubled.

Worked example: every process of PostgreSQL is killed when `ratable post` has added the entries and not yet committed.
The command ends with one sentence. The server, started again on the folder as it was left, has no entry and run 2 still
approved; typed again, the command posts it.

The server waits for the disk as PostgreSQL does unless told otherwise. What a disk loses with its power is its own.
"""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from tests import stores
from tests.crashes import points, stages
from tests.crashes.test_crash_matrix import NAMED

SAMPLE = [
    ("import", "after fact_contracts"), ("propose", "before drafts"), ("approve", "before commit"),
    ("post", "after entries"), ("post", "after commit"), ("lock", "before checkpoints"), ("export", "before events"),
]  # fmt: skip
GONE = re.compile(r"ratable: the database failed \(.+\)\. What was asked is done whole or not at all; .+\n")
STRUCK = NAMED if "RATABLE_KILLS" in os.environ else SAMPLE


def kill(postmaster: int) -> None:
    """Kill a server and all that it has started, with no time to put anything in order."""
    every = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [line.split() for line in every.splitlines()]
    for process in (postmaster, *(int(pid) for pid, parent in pairs if int(parent) == postmaster)):
        # The others end by themselves once the first is gone.
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def stop_at_once(postmaster: int) -> None:
    """What `pg_ctl stop --mode immediate` does: every process leaves without a word to the disk."""
    os.kill(postmaster, signal.SIGQUIT)


@pytest.fixture(scope="module")
def durable() -> Iterator[stores.Server]:
    running = stores.Server(durable=True)
    try:
        stores.make_template(running.create("books"))
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def on_durable(
    sqlite_template: Path, durable: stores.Server, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, stages.Stage]:
    first = stages.begun(tmp_path_factory.mktemp("crashes") / "durable", sqlite_template, durable)
    for setting in stores.DURABLE:
        stores.use(first.url)
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW {setting}")
            assert cursor.fetchone() == ("on",)
    stores.close()
    return stages.stages(first)


@pytest.mark.parametrize(("act", "point"), STRUCK)
def test_the_server_is_killed_and_nothing_is_lost(
    act: str, point: str, durable: stores.Server, on_durable: dict[str, stages.Stage], tmp_path: Path
) -> None:
    stage, blow = on_durable[act], stop_at_once if point.startswith("after") else kill
    struck = stage.place.copy(tmp_path / "struck")

    ended = struck.type(stages.ACTS[act], partial(points.struck, stage.at(point), partial(blow, durable.process)))
    stores.close()
    durable.start_again()

    if point != "after commit":
        assert ended.status == 2, ended.said
        assert GONE.fullmatch(ended.said), ended.said
    stages.check(struck, act, point, stage)
    struck.discard()

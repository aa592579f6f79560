"""Work behind a request: queued in the order in which it was asked for, done by one thread of this process.

Worked example: `no = jobs.start("import", actor, work)` answers at once; `jobs.get(no)` says "queued", then "running"
with the step that `work` is at, then "done" with its result. The result is kept in the transaction in which `work` acts
on the books, so that "done" and what was done are one. A job of a process that has ended is "failed": nothing of it was
saved, and it may be asked for again.

One process serves a store. `work` is called once, with a function that is told each step; what the books refuse makes
the job "refused", what nobody foresaw makes it "failed", and neither leaves anything behind but its event.
"""

import json
import logging
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connections, transaction

from ratable.api import models, problems
from ratable.operations import acts, clock

QUEUED, RUNNING, DONE, REFUSED, FAILED = "queued", "running", "done", "refused", "failed"
STATES = (QUEUED, RUNNING, DONE, REFUSED, FAILED)
INTERRUPTED = "The server was stopped while this was waiting or under way. Nothing of it was saved; send it again."

Step = Callable[[str], None]
Work = Callable[[Step], dict[str, Any]]
Around = Callable[[], AbstractContextManager[Any]]

_LOG = logging.getLogger("ratable.api")
_PROCESS = f"{os.getpid()} {secrets.token_hex(8)}"
_waiting: queue.SimpleQueue[tuple[int, Work, Around]] = queue.SimpleQueue()
_steps: dict[int, str] = {}  # What running jobs are at; of no interest once they are over.
_changing = threading.Condition()
_working: list[threading.Thread] = []


@dataclass(frozen=True)
class Seen:
    """A job as it stands; `result` is what came of it, or the problem that ended it."""

    no: int
    kind: str
    person: str
    state: str
    step: str
    result: dict[str, Any] | None
    made_at: datetime
    ended_at: datetime | None

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (DONE, REFUSED, FAILED)


def start(kind: str, actor: acts.Actor, work: Work, *, reads: bool = False) -> int:
    """Queue work; it begins when the transaction around this call is committed.

    Args:
        kind: what it is, such as "import".
        actor: who asks for it.
        work: does it by one act on the books, and returns what is told of it as JSON.
        reads: it acts on nothing, so that nobody who writes has to wait for it.

    Returns:
        the number of the job.
    """
    made = models.Job.objects.create(kind=kind, person=actor.person, process=_PROCESS, made_at=clock.now())
    transaction.on_commit(lambda: _enqueue(made.no, work, nullcontext if reads else transaction.atomic))
    return int(made.no)


def get(no: int) -> Seen | None:
    """A job by its number; None where there is none."""
    row = models.Job.objects.filter(no=no).first()
    if row is None:
        return None
    state, result = row.state, json.loads(row.result) if row.result else None
    if state in (QUEUED, RUNNING) and row.process != _PROCESS:
        state, result = FAILED, problems.Problem("failed", INTERRUPTED).told(address(no))
    step = "" if state in (DONE, REFUSED, FAILED) else _steps.get(no, "")
    return Seen(no, row.kind, row.person, state, step, result, row.made_at, row.ended_at)


def last(kind: str, *, among: Collection[str] = STATES) -> Seen | None:
    """The newest job of a kind that was kept in one of these states; None where there is none."""
    row = models.Job.objects.filter(kind=kind, state__in=among).order_by("-no").first()
    return None if row is None else get(row.no)


def wait(no: int, seconds: int) -> Seen | None:
    """A job when it is over, or as it stands after some seconds."""
    end = time.monotonic() + seconds
    with _changing:
        while (seen := get(no)) and not seen.over and (left := end - time.monotonic()) > 0:
            _changing.wait(left)
    return get(no)


def finish() -> None:
    """Wait until all that was asked for is done, as a server does before it stops."""
    for thread in list(_working):
        thread.join()


def address(no: int) -> str:
    """Where a job is read."""
    return f"/api/v1/jobs/{no}"


def _enqueue(no: int, work: Work, around: Around) -> None:
    _waiting.put((no, work, around))
    with _changing:
        if not _working:
            # No daemon: what is under way when the process ends is finished first.
            _working.append(threading.Thread(target=_work_off, name="jobs", daemon=False))
            _working[0].start()


def _work_off() -> None:
    """Do what waits, and end when nothing does; the next job gets a thread and a connection of its own."""
    try:
        while True:
            with _changing:
                if _waiting.empty():
                    _working.clear()
                    return
            no, work, around = _waiting.get()
            _do(no, work, around)
            with _changing:
                _steps.pop(no, None)
                _changing.notify_all()
    finally:
        connections.close_all()


def _do(no: int, work: Work, around: Around) -> None:
    def step(says: str) -> None:
        _steps[no] = says

    try:
        _settle(no, RUNNING)
        with around():
            try:
                state, result = DONE, work(step)
            except Exception as fault:
                problem = problems.foreseen(fault)
                if problem is None or problem.kind == "unavailable":
                    raise
                state, result = REFUSED, problem.told(address(no))
            _settle(no, state, result)
    except Exception as fault:  # noqa: BLE001  the job ends, whatever it was, and the next one begins
        _LOG.exception("job %s failed", no)
        problem = problems.foreseen(fault) or problems.Problem(
            "failed", "Something went wrong here that nobody foresaw; it was logged. Nothing was saved."
        )
        _fail(no, problem)


def _fail(no: int, problem: problems.Problem) -> None:
    try:
        _settle(no, FAILED, problem.told(address(no)))
    except DatabaseError:
        # The job stays as it was, and the next process knows that it was interrupted.
        _LOG.exception("job %s: its end could not be kept", no)


def _settle(no: int, state: str, result: dict[str, Any] | None = None) -> None:
    over = {} if result is None else {"result": json.dumps(result, ensure_ascii=False), "ended_at": clock.now()}
    models.Job.objects.filter(no=no).update(state=state, **over)

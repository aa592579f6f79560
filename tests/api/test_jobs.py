"""Work behind a request: done in order, whole or not at all, and never lost without a word."""

import threading
from typing import Any

import pytest

from ratable.api import jobs, models
from ratable.ledger import models as kept
from ratable.operations import acts
from tests.stores import Store

SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


def checkpointing(store: Store, result: dict[str, Any]) -> jobs.Work:
    def work(step: jobs.Step) -> dict[str, Any]:
        step("Writing an event")
        with acts.begin(store.actor("ben"), "checkpoint", "by a job"):
            return result

    return work


def test_work_is_done_in_order_and_says_what_came_of_it(books: Store) -> None:
    numbers = [jobs.start("test", books.actor("ben"), checkpointing(books, {"n": n})) for n in range(3)]
    jobs.finish()

    seen = [job for no in numbers if (job := jobs.get(no))]
    assert [(job.state, job.result, job.person) for job in seen] == [("done", {"n": n}, "ben") for n in range(3)]
    assert [job.ended_at for job in seen] == sorted(job.ended_at for job in seen if job.ended_at)


def test_a_step_is_seen_while_the_work_goes_on(books: Store) -> None:
    at_it, go_on = threading.Event(), threading.Event()

    def work(step: jobs.Step) -> dict[str, Any]:
        step("Comparing with the books")
        at_it.set()
        assert go_on.wait(60)
        return {}

    no = jobs.start("test", books.actor("ben"), work)
    assert at_it.wait(60)
    seen = jobs.get(no)
    go_on.set()

    assert seen is not None
    assert (seen.state, seen.step) == ("running", "Comparing with the books")
    ended = jobs.wait(no, 60)
    assert ended is not None
    assert (ended.state, ended.step) == ("done", "")
    jobs.finish()


@SQLITE
def test_what_the_books_refuse_is_refused_with_its_sentence(books: Store) -> None:
    def work(_: jobs.Step) -> dict[str, Any]:
        raise acts.Refused("the file does not go with what is in the books.")

    no = jobs.start("test", books.actor("ben"), work)
    seen = jobs.wait(no, 60)
    jobs.finish()

    assert seen is not None
    assert seen.state == "refused"
    assert seen.result is not None
    assert seen.result["detail"] == "the file does not go with what is in the books."


@SQLITE
def test_what_nobody_foresaw_leaves_nothing_and_the_next_is_done(books: Store) -> None:
    events = kept.Event.objects.count()

    def work(step: jobs.Step) -> dict[str, Any]:
        checkpointing(books, {})(step)
        raise RuntimeError("secret of the machine")

    bad = jobs.start("test", books.actor("ben"), work)
    good = jobs.start("test", books.actor("ben"), checkpointing(books, {}))
    seen, after = jobs.wait(bad, 60), jobs.wait(good, 60)
    jobs.finish()

    assert seen is not None
    assert after is not None
    assert (seen.state, after.state) == ("failed", "done")
    assert "secret" not in str(seen.result)
    assert kept.Event.objects.count() == events + 1


@SQLITE
def test_a_job_of_a_process_that_ended_was_interrupted(books: Store) -> None:
    row = models.Job.objects.create(
        kind="import", person="ben", process="another", state="running", made_at=books.clock()
    )

    seen = jobs.get(row.no)

    assert seen is not None
    assert seen.state == "failed"
    assert seen.result is not None
    assert seen.result["detail"] == jobs.INTERRUPTED


@SQLITE
def test_a_job_of_no_number_is_none(books: Store) -> None:
    assert jobs.get(999) is None
    assert jobs.wait(999, 1) is None

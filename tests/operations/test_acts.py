"""One act, one transaction, one event: whole or not at all, in order, and said by whom."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection

import ratable
from ratable.ledger import models, verification
from ratable.operations import acts, decide
from tests.ledger import histories
from tests.operations import books
from tests.stores import Store

NO_EVENT = {
    "sqlite": ("CREATE TRIGGER no_event BEFORE INSERT ON events BEGIN SELECT raise(ABORT, 'no event'); END",),
    "postgresql": (
        "CREATE FUNCTION no_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no event'; END $$",
        "CREATE TRIGGER no_event BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION no_event()",
    ),
}


@contextmanager
def no_event() -> Iterator[None]:
    """A database that takes no event while it lasts."""
    for statement in NO_EVENT[connection.vendor]:
        histories.run(statement)
    yield
    histories.run("DROP TRIGGER no_event" if connection.vendor == "sqlite" else "DROP FUNCTION no_event CASCADE")


def rows() -> list[int]:
    kept = (models.Import, models.Run, models.Draft, models.Decision, models.Entry, models.Lock, models.Event)
    return [model.objects.count() for model in kept]


def test_al_01_nothing_is_done_whose_event_cannot_be_written(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    run = books.approve(store, books.propose(store, "2026-01-31"))
    before = rows()

    with no_event():
        for act in (
            lambda: books.bring(store, tmp_path, books.bundle(price="2400.00"), correction=True),
            lambda: books.propose(store, "2026-02-28"),
            lambda: decide.reject(store.actor("dana", "not ours"), run),
            lambda: decide.post(store.actor("dana"), run),
            lambda: books.lock(store, "2026-01-31"),
        ):
            with pytest.raises(DatabaseError, match="no event"):
                act()

    assert rows() == before
    assert verification.verify() == []


def test_al_02_an_event_says_who_did_what_when_why_and_by_which_code(store: Store) -> None:
    actor = acts.Actor("dana", store.clock, "as agreed", on_behalf_of="cora")
    with acts.begin(actor, "export", "generic 2026-01") as act:
        act.body["files"] = []

    event = models.Event.objects.order_by("-no")[0]
    said = {"action": "export", "actor": "dana", "on_behalf_of": "cora", "reason": "as agreed",
            "subject": "generic 2026-01", "at": store.clock.now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}  # fmt: skip
    assert {name: getattr(event, name) for name in said} == said
    assert json.loads(event.body) == said | {"code": ratable.__version__, "what": {"files": []}}


def test_al_05_an_act_that_failed_leaves_no_gap(store: Store) -> None:
    before = models.Event.objects.count()
    with pytest.raises(RuntimeError), acts.begin(store.actor("dana"), "export"):
        raise RuntimeError
    with acts.begin(store.actor("dana"), "export"):
        pass

    assert list(models.Event.objects.order_by("no").values_list("no", flat=True)) == list(range(1, before + 2))


def test_what_is_refused_is_said_in_the_log(store: Store) -> None:
    with pytest.raises(acts.Refused, match="vic is a viewer here"), acts.begin(store.actor("vic"), "export"):
        pass

    event = models.Event.objects.order_by("-no")[0]
    assert (event.action, event.actor) == ("refused", "vic")
    assert json.loads(event.body)["what"]["act"] == "export"


def test_al_20_a_clock_that_was_turned_back_is_refused(store: Store) -> None:
    before = models.Event.objects.order_by("-no")[0]
    store.clock.now -= timedelta(seconds=30)
    with (
        pytest.raises(acts.Refused, match="Nothing was done; set the clock"),
        acts.begin(store.actor("dana"), "export"),
    ):
        pass
    store.clock.now += timedelta(seconds=28)
    with acts.begin(store.actor("dana"), "export") as act:
        pass

    assert act.at == before.at  # Within a second, two acts keep their order.
    assert verification.verify() == []

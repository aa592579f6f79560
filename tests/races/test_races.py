"""Many people type the same command at once: one of them does it, and each of the others is told so in one sentence.

Worked example: eight controllers lock January in the same moment, each in a process and by a connection of their own,
having all seen it open. One signs the statements; seven are told "2026-01 is locked already, since ... by ...". The
store has one lock and one event more than before, and `verify` finds nothing.

A check runs 20 rounds, each act by 2, 4, 8 and 16 people; `make races` runs 1,000.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import synchronize
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from ratable.ledger import models, signing, verification
from ratable.operations import acts, decide, founding
from tests import commands, stores
from tests.operations import books

ROUNDS = int(os.environ.get("RATABLE_RACES", "20"))
AT_ONCE = (2, 4, 8, 16)
PEOPLE = tuple(f"controller-{number}" for number in range(1, max(AT_ONCE) + 1))
# What is typed, and what those are told who come too late.
ACTS = {
    "approve": (("approve", "1"), r"run 1 is approved; to approve it, it has to be not reviewed yet or in review\."),
    "post": (("post", "1"), r"run 1 is posted; to post it, it has to be approved\."),
    "lock": (("lock", "2026-01"), r"2026-01 is locked already, since [-\d]+ by controller-\d+\. Nothing was done\."),
}
# Five and four share no factor: in twenty rounds each place of this list meets each number of people.
ORDER = ("lock", "approve", "lock", "post", "lock")
_PATIENCE = 60  # Seconds, after which somebody did not come.


@contextmanager
def together(gate: synchronize.Barrier) -> Iterator[None]:
    """Whoever is about to act waits for the others, who have seen the books as they are too."""
    begin = acts.begin

    def begins(*given: Any) -> Any:
        gate.wait(_PATIENCE)
        return begin(*given)

    with mock.patch.object(acts, "begin", begins):
        yield


@pytest.fixture(scope="module")
def waiting(server: stores.Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """For each act a database in which it is the next one."""
    # A number besides: a process that takes up this file a second time finds the databases of the first.
    folder, time = tmp_path_factory.mktemp("races"), next(stores.NUMBERS)
    found = {"approve": f"races_{time}_before_approve"}
    store = stores.founded(server.create(found["approve"], "books"))
    for person in PEOPLE:
        founding.grant(store.actor("cora"), person, "controller")
    books.bring(store, folder, books.bundle())
    made = books.propose(store, "2026-01-31")
    for act, done in (
        ("post", lambda store: decide.approve(store.actor("dana"), 1, made.hash)),
        ("lock", lambda store: decide.post(store.actor("dana"), 1)),
    ):
        stores.close()
        found[act] = f"races_{time}_before_{act}"
        store = stores.Store(server.create(found[act], list(found.values())[-2]), store.clock)
        stores.use(store.url)
        done(store)
    stores.close()
    return found


def count() -> dict[str, int]:
    """Rows of what the acts add to, and the last number of an event."""
    last = models.Event.objects.order_by("-no").values_list("no", flat=True).first()
    every = (models.Event, models.Decision, models.Entry, models.Draft, models.Lock, models.Statement)
    return {"last": last} | {model.__name__: model.objects.count() for model in every}


ADDED = {
    "approve": {"last": 1, "Event": 1, "Decision": 1},
    "post": {"last": 1, "Event": 1, "Decision": 1, "Entry": 2, "Draft": -2},
    "lock": {"last": 1, "Event": 1, "Lock": 1, "Statement": 6},
}


@pytest.mark.parametrize("number", range(ROUNDS))
def test_one_of_many_does_it_and_the_others_are_told(
    number: int, waiting: dict[str, str], server: stores.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, people = ORDER[number % len(ORDER)], PEOPLE[: AT_ONCE[number % len(AT_ONCE)]]
    typed, told = ACTS[act]
    name = f"race_{next(stores.NUMBERS)}"
    url = server.create(name, waiting[act])
    stores.use(url)
    before = count()
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(tmp_path / "key"))
    signing.key()

    gate = commands.CONTEXT.Barrier(len(people))
    racing = [
        commands.start(commands.Typed((*typed, "--as", person), tmp_path, url), partial(together, gate))
        for person in people
    ]
    ended = [commands.ended(started) for started in racing]

    assert sorted(each.status for each in ended) == [0] + [2] * (len(people) - 1), [each.said for each in ended]
    for late in ended:
        assert late.status == 0 or re.fullmatch(f"ratable: {told}\n", late.said), late.said
    winner = people[[each.status for each in ended].index(0)]
    last = models.Event.objects.order_by("-no").first()
    assert (last.action, last.actor) == (act, winner)
    assert {name: rows - before[name] for name, rows in count().items() if rows != before[name]} == ADDED[act]
    assert verification.verify() == []
    stores.close()
    server.drop(name)

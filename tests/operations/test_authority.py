"""The agent reviews, and nothing else: every act, the tables, and the database under its own role are tried.

`make authority` tries 100,000 random calls; RATABLE_CALLS names another number.
"""

import inspect
import os
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import DatabaseError, connection, transaction

from ratable.bundle import reading
from ratable.ledger import agent_role, covering, events, flagged, models, rows, stored, verification
from ratable.operations import (
    accepting,
    acts,
    answering,
    choices,
    decide,
    disposing,
    founding,
    import_bundle,
    manual,
    noting,
    people,
    periods,
    propose,
    reviewing,
    revisions,
)
from ratable.review import flags
from tests import stores
from tests.ledger import closing, histories
from tests.operations import reviewed
from tests.operations.agreed import BUNDLE
from tests.stores import Store

CALLS = int(os.environ.get("RATABLE_CALLS", "300"))
KEPT = ("entries", "decisions", "locks", "grants", "settings", "runs", "flag_dispositions", "revisions", "imports",
        "revision_decisions", "acceptances", "review_notes", "dispositions", "statements")  # fmt: skip
ACTS: tuple[Callable[..., Any], ...] = (
    propose.propose, decide.review, decide.approve, decide.reject, decide.post, periods.soft_close, periods.lock,
    periods.ask_to_unlock, periods.unlock, disposing.dispose, choices.set_choice, founding.grant, founding.appoint,
    noting.note, revisions.propose, revisions.approve, revisions.reject, manual.reverse, answering.answer,
    accepting.accept, import_bundle.import_bundle,
)  # fmt: skip


@pytest.fixture
def books(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """January posted, February waiting as run 2 with one flag, and a file that could be imported."""
    return begun(store, tmp_path, monkeypatch)


def begun(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    reviewed.use(monkeypatch, flags.FLAGS)
    closing.bring(store, closing.written(folder, BUNDLE))
    closing.post(store, "2026-01-31")
    propose.propose(store.actor("ben"), date(2026, 2, 28))
    reviewing.review_run(store.actor("ben"), 2)
    return store


def held() -> dict[str, int]:
    return {table: rows.count(table) for table in KEPT} | {"drafts": models.Draft.objects.count()}


def values(chance: random.Random, folder: Path) -> dict[str, list[Any]]:
    """What an argument of a name may be."""
    run = models.Run.objects.get(no=2)
    flag = flagged.of_run(2, on=date(2026, 4, 1))["id"].to_list()
    entry = list(models.Entry.objects.values_list("entry", flat=True))
    return {
        "through": [date(2026, 1, 31), date(2026, 3, 31)], "run": [1, 2, 3], "hash_": [run.hash, "0" * 64],
        "override": [True, False], "despite": [True, False], "period": ["2026-01", "2026-02"], "entity": [None],
        "finding_no": [1], "verdict": [*flagged.VERDICTS, "accepted"], "name": list(choices.CHOICES),
        "value": ["on", "off"], "person": ["mallory", people.AGENT, "dana"], "role": list(people.ROLES),
        "shown": [noting.Shown(2, run.hash)], "noted_on": [[draft] for draft in models.Draft.objects.values_list(
            "entry", flat=True)], "kind": list(noting.VERBS), "rows": [{"products": [{"id": "x", "name": "X",
            "method": "straight_line"}]}], "memo": ["because"], "no": [1], "posted": [entry[:1]],
        "on": [date(2026, 2, 28)], "ground": [manual.Ground("why", b"x")], "flag": flag, "until": [None],
        "path": sorted(folder.glob("bundle-*")), "correction": [True, False], "opening": [None, False],
    }  # fmt: skip


def call(act: Callable[..., Any], actor: acts.Actor, known: dict[str, list[Any]], chance: random.Random) -> None:
    """Call an act with random arguments."""
    wanted = [one for one in inspect.signature(act).parameters.values() if one.name in known]
    given = {
        one.name: chance.choice(known[one.name]) for one in wanted
        if known[one.name] and (one.default is inspect.Parameter.empty or chance.random() < 0.7)
    }  # fmt: skip
    act(actor, **given)


def test_no_random_call_of_the_agent_changes_the_books(books: Store, tmp_path: Path) -> None:
    """MS-06, GR-09: whatever the agent calls, nothing but refusals is written."""
    chance, before = random.Random(5), held()  # noqa: S311  which calls are tried, and not a secret
    known = values(chance, tmp_path)
    names = (people.AGENT, "agent:other", "agent:")
    for _ in range(CALLS):
        actor = books.actor(chance.choice(names), chance.choice(("", "because")))
        with suppress(acts.Refused, reading.Unreadable):
            call(chance.choice(ACTS), actor, known, chance)
    assert held() == before
    assert not models.Event.objects.filter(actor__startswith="agent:").exclude(action__in=AGENT_ACTIONS).exists()
    assert verification.verify() == []


AGENT_ACTIONS = (*people.AGENT_MAY, "refused")


def test_nobody_gives_the_agent_a_role(books: Store) -> None:
    for role in (*people.ROLES, people.NONE):
        with pytest.raises(acts.Refused, match="no role is given to it"):
            founding.grant(books.actor("cora"), people.AGENT, role)
    with pytest.raises(acts.Refused):
        founding.appoint(books.actor(people.AGENT))


def test_the_tables_take_nothing_from_the_agent(books: Store) -> None:
    """GR-10: past the operations, with the words of a decision copied."""
    run = models.Run.objects.get(no=2)
    for verb in ("approve", "post"):
        decided: dict[str, Any] = {
            "no": rows.count("decisions") + 1, "run_no": 2, "verb": verb, "by": people.AGENT, "reason": "",
            "hash": run.hash, "override": False, "event_no": rows.count("events") + 1,
        }  # fmt: skip
        with (
            pytest.raises(DatabaseError, match="made by people"),
            transaction.atomic(),
            connection.wrap_database_errors,
        ):
            rows.add("decisions", pl.DataFrame([decided]))
    no, *_ = events.last()
    with pytest.raises(DatabaseError, match="does nothing else"), transaction.atomic():
        events.append(events.Act(no + 1, "2026-12-31T00:00:00.000000Z", people.AGENT, "lock"))


def test_what_the_agent_added_past_the_guards_is_found(books: Store) -> None:
    """The guards are the database's; whoever lifts them is found by `verify`."""
    with transaction.atomic():
        with histories.unguarded():
            no, _, at = events.last()
            act = events.Act(no + 1, at, people.AGENT, "review by checks")
            covering.cover(act, "settings", pl.DataFrame({"name": ["single_person"], "value": ["on"]}))
            events.append(act)
        assert "the agent added rows to settings" in verification.verify()[0].says
        transaction.set_rollback(True)


@pytest.fixture
def reviewer(server: stores.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The same books in PostgreSQL, used by the role of the agent."""
    with stores.postgresql(server) as url:
        made = begun(stores.founded(url), tmp_path, monkeypatch)
        with connection.cursor() as cursor:
            for statement in agent_role.statements("reviewer"):
                cursor.execute(statement)
            cursor.execute("SET ROLE reviewer")
        yield made


def test_under_its_role_the_agent_can_do_its_work(reviewer: Store) -> None:
    assert reviewing.review_run(reviewer.actor("ben"), 2).no == 2
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert verification.verify() == []


def test_under_its_role_the_database_refuses_all_else(reviewer: Store) -> None:
    """GR-09, by the catalogue: each table, each verb."""
    for table in ("drafts", "company", "files", *stored.covered(), "events"):
        name = stored.key(table)
        said = [f'UPDATE "{table}" SET {name} = {name}', f'DELETE FROM "{table}"', f'TRUNCATE "{table}"']  # noqa: S608  names of our own
        if table not in agent_role.ADDED:
            said.append(f'INSERT INTO "{table}" DEFAULT VALUES')
        for statement in said:
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                run(statement)
    for statement in ("ALTER TABLE events DISABLE TRIGGER ALL", "DROP TABLE entries", "CREATE TABLE mine (id int)"):
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
            run(statement)
    with pytest.raises(DatabaseError, match="permission denied"), connection.wrap_database_errors:
        decide.approve(reviewer.actor("dana"), 2, models.Run.objects.get(no=2).hash)


def test_under_its_role_no_event_names_a_person(reviewer: Store) -> None:
    no, previous, at = events.last()
    act = events.Act(no + 1, at, "dana", "approve", "run 2")
    with pytest.raises(DatabaseError, match="an event of the agent names the agent"), transaction.atomic():
        events.append(act)
    assert (no, previous) == events.last()[:2]


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)

"""Killed at any point of any act, the store holds the whole act or nothing of it, and the same command finishes it.

Worked example: `ratable post` is killed before it adds the entries. The next look finds none and run 2 still approved;
typed again, the command posts it, and the entries are those of a run that nobody killed.

A check kills at a sample of the named points, on both databases in turn; `make crash` kills 1,000 times: at every named
point, and then at moments drawn at random, between whatever two statements they fall.
"""

import os
import random
import signal
from functools import partial
from pathlib import Path

import pytest

from tests import stores
from tests.crashes import points, stages

KILLS = int(os.environ.get("RATABLE_KILLS", "36"))
ALWAYS = ("events", "commit")
WRITES = {
    "import": (
        "files", "imports", "fact_customers", "fact_products", "fact_contracts", "fact_contract_lines", "fact_invoices",
        "fact_invoice_lines", "fact_locks", *ALWAYS,
    ),
    "propose": ("decisions", "drafts removed", "drafts", "runs", *ALWAYS),
    "approve": ("decisions", *ALWAYS),
    "post": ("decisions", "entries", "drafts removed", "locks", *ALWAYS),
    "lock": ("locks", "statements", "checkpoints", *ALWAYS),
    "export": ("a file beside its place", "a file in its place", *ALWAYS),
}  # fmt: skip
NAMED = [(act, f"{side} {what}") for act, every in WRITES.items() for what in every for side in ("before", "after")]
DATABASES = ("sqlite", "postgresql")


def drawn() -> list[tuple[str, str, str]]:
    """Database, act and point of each kill."""
    named = min(KILLS, len(DATABASES) * len(NAMED))
    every = [(DATABASES[n % 2], *NAMED[n * len(NAMED) // named]) for n in range(named)]
    luck = random.Random(3)  # noqa: S311  the same moments each time, so that a kill can be repeated
    at_random = [
        (luck.choice(DATABASES), luck.choice(list(WRITES)), f"{points.MOMENT} {luck.random():.4f}")
        for _ in range(KILLS - named)
    ]
    return every + at_random


@pytest.fixture(scope="module")
def on_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, stages.Stage]:
    return stages.stages(stages.begun(tmp_path_factory.mktemp("crashes") / "sqlite", sqlite_template, None))


@pytest.fixture(scope="module")
def on_postgresql(
    sqlite_template: Path, server: stores.Server, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, stages.Stage]:
    return stages.stages(stages.begun(tmp_path_factory.mktemp("crashes") / "postgresql", sqlite_template, server))


@pytest.fixture
def own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever verifies here is whoever types there, and knows the key that signed."""
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(tmp_path / "killed" / "key"))


def test_every_write_of_an_act_is_a_named_point(on_postgresql: dict[str, stages.Stage]) -> None:
    passed = {act: {point for point in stage.passed if point != points.LOOK} for act, stage in on_postgresql.items()}

    assert passed == {act: {point for of, point in NAMED if of == act} for act in WRITES}
    assert len(NAMED) >= 60


@pytest.mark.usefixtures("own_key")
@pytest.mark.parametrize(("database", "act", "point"), drawn())
def test_an_act_is_whole_or_not_there(
    database: str, act: str, point: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    stage: stages.Stage = request.getfixturevalue(f"on_{database}")[act]
    killed = stage.place.copy(tmp_path / "killed")

    ended = killed.type(stages.ACTS[act], partial(points.struck, stage.at(point), points.die))

    assert ended.status == -signal.SIGKILL, ended.said
    stages.check(killed, act, point, stage)
    killed.discard()

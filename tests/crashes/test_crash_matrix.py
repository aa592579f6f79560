"""Killed at any statement of any act, the store holds the whole act or nothing of it, and the same command finishes it.

Worked example: `ratable post` is killed after half of its statements. The next look finds no entry and run 1 still
approved; typed again, the command posts it, and the entries are those of a run that nobody killed.
"""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import stores

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "examples" / "first_contract.yaml"
POINTS = int(os.environ.get("RATABLE_KILLS", "2"))  # For each act; `make crash` takes many more.
ACTS = {
    "import": ["import", str(BUNDLE), "--as", "ben"],
    "propose": ["propose", "--through", "2026-01-31", "--as", "ben"],
    "approve": ["approve", "--as", "dana"],
    "post": ["post", "--as", "dana"],
    "lock": ["lock", "2026-01", "--as", "cora"],
    "export": ["export", "generic", "--period", "2026-01", "--out", "erp", "--as", "cora"],
}
COUNTED = (
    "imports", "fact_contracts", "fact_invoices", "runs", "decisions", "drafts", "entries", "locks", "statements",
    "checkpoints", "events",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A working folder with a store in it."""

    folder: Path

    def type(self, arguments: list[str], kill_at: int = 0) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ, "RATABLE_DATABASE_URL": f"sqlite:///{self.folder}/books.sqlite3", "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "ratable.settings", "RATABLE_SIGNING_KEY": str(self.folder / "key"),
        }  # fmt: skip
        command = [sys.executable, "-m", "tests.crashes.killed", str(kill_at), *arguments]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def rows(self) -> dict[str, int]:
        with sqlite3.connect(self.folder / "books.sqlite3") as books:
            return {name: books.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in COUNTED}  # noqa: S608  names of our own

    def copy(self, to: Path) -> "Place":
        return Place(Path(shutil.copytree(self.folder, to)))


@pytest.fixture(scope="module")
def stages(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Place, int, Place]]:
    """For each act: the store before it, the number of its statements, and the store after it."""
    folder = tmp_path_factory.mktemp("crashes") / "first"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "books.sqlite3")
    stores.founded(f"sqlite:///{folder}/books.sqlite3")
    stores.close()
    found = {}
    before = Place(folder)
    for act, arguments in ACTS.items():
        after = before.copy(folder.parent / act)
        done = after.type(arguments)
        assert done.returncode == 0, done.stderr
        count = re.search(r"(\d+) statements", done.stderr)
        assert count is not None
        found[act] = (before, int(count[1]), after)
        before = after
    return found


@pytest.mark.parametrize("share", [(n + 1) / POINTS for n in range(POINTS)])
@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_whole_or_not_there(
    act: str, share: float, stages: dict[str, tuple[Place, int, Place]], tmp_path: Path
) -> None:
    before, statements, after = stages[act]
    killed = before.copy(tmp_path / "killed")
    ended = killed.type(ACTS[act], kill_at=max(1, round(statements * share)))

    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert killed.rows() in (before.rows(), after.rows())
    assert killed.type(["verify"]).returncode == 0

    if killed.rows() == before.rows():
        again = killed.type(ACTS[act])
        assert again.returncode == 0, again.stderr
    assert killed.rows() == after.rows()
    assert killed.type(["verify"]).returncode == 0

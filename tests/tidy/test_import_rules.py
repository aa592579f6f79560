"""Each import rule of pyproject.toml fails when it is broken: a rule that never fires guards nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy import tree

LINT = Path(sys.executable).with_name("lint-imports")

# One import for every wall: the module that we plant, what it imports, and how the report names it.
PLANTED = {
    "core_reaches_up": ("core", "ratable.engine"),
    "billing_reaches_up": ("billing", "ratable.engine"),
    "billing_reaches_across": ("billing", "ratable.bundle"),
    "engine_reaches_up": ("engine", "ratable.reports"),
    "reports_reach_across": ("reports", "ratable.exports"),
    "oracle_asks_the_engine": ("oracle", "ratable.engine"),
    "oracle_asks_billing": ("oracle", "ratable.billing"),
    "oracle_asks_the_bundle": ("oracle", "ratable.bundle"),
    "ledger_reaches_up": ("ledger", "ratable.operations"),
    "operations_reach_up": ("operations", "ratable.cli"),
    "webhooks_reach_up": ("webhooks", "ratable.api"),
    "client_asks_the_api": ("client", "ratable.api"),
    "client_needs_django": ("client", "django"),
    "proof_asks_the_ledger": ("proof", "ratable.ledger"),
    "core_opens_files": ("core", "os"),
    "billing_rolls_dice": ("billing", "random"),
    "engine_asks_the_clock": ("engine", "time"),
    "engine_opens_a_database": ("engine", "sqlite3"),
    "reports_open_a_socket": ("reports", "socket"),
    "oracle_calls_out": ("oracle", "http"),
    "bundle_calls_out": ("bundle", "urllib"),
    "exports_ask_the_clock": ("exports", "time"),
    "checks_ask_the_clock": ("review.checks", "time"),
    "answers_open_a_database": ("review.ask", "sqlite3"),
}
# The verifier of answers is one module, which is written over with one import.
GROUNDING = ("src/ratable/review/grounding.py", "ratable.review.ask.rendering")


def lint(folder: Path) -> tuple[int, str]:
    """Run the import rules over the sources below a folder."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "200"}
    done = subprocess.run(
        [LINT, "--no-cache", "--config", folder / "pyproject.toml"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the sources that a test may break."""
    shutil.copytree(tree.ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(tree.ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_rule_holds(copied: Path) -> None:
    status, report = lint(copied)
    assert status == 0, report


def test_every_wall_fails_when_broken(copied: Path) -> None:
    for name, (room, imported) in PLANTED.items():
        (copied / "src" / "ratable" / room.replace(".", "/") / f"{name}.py").write_text(f"import {imported}\n")

    (copied / GROUNDING[0]).write_text(f"import {GROUNDING[1]}\n")

    status, report = lint(copied)

    assert status == 1
    assert "0 kept, 8 broken" in report
    assert f"ratable.review.grounding -> {GROUNDING[1]}" in report
    imports = [f"ratable.{room}.{name} -> {imported}" for name, (room, imported) in PLANTED.items()]
    assert [text for text in imports if text not in report] == []


def test_a_new_room_needs_a_place(copied: Path) -> None:
    (copied / "src" / "ratable" / "attic").mkdir()
    (copied / "src" / "ratable" / "attic" / "__init__.py").touch()

    status, report = lint(copied)

    assert status == 1
    assert "attic" in report

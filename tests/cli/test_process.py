"""What only a real process shows: interrupts, closed pipes and what is imported."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ratable.cli import starting

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "src")}


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    done = python(
        "import sys; from ratable.cli import main; main.main(['run', '--help']);"
        "print([name for name in ('polars', 'numpy', 'rich', 'yaml') if name in sys.modules])",
        tmp_path,
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert "trial-balance" in done.stdout


def test_json_needs_no_terminal(tmp_path: Path) -> None:
    starting.write(tmp_path)
    typed = ["run", starting.NAME, "--through", "2026-01-31", "--format", "json"]
    done = python(
        f"import sys; from ratable.cli import main; main.main({typed}); print('rich' in sys.modules)", tmp_path
    )

    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_nothing(tmp_path: Path, number: int, status: int) -> None:
    starting.write(tmp_path)
    typed = ["run", starting.NAME, "--through", "2026-01-31", "--out", "books.csv"]
    interrupted = (
        "import os, signal, sys; from ratable.cli import main; from ratable.reports import rendering\n"
        f"def interrupt(*_): os.kill(os.getpid(), {int(number)})\n"
        f"rendering.WRITERS['csv'] = interrupt\nsys.exit(main.main({typed}))"
    )
    done = python(interrupted, tmp_path)

    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [starting.NAME]


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path) -> None:
    starting.write(tmp_path)
    command = f"{sys.executable} -m ratable run {starting.NAME} --through 2026-12-31 --report journal --format csv"
    done = subprocess.run(
        ["bash", "-c", f"{command} | true; exit ${{PIPESTATUS[0]}}"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 141)

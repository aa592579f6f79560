"""What a process took: run to its end, timed by the clock on the wall, with the most memory that it held.

Worked example: `measure((sys.executable, "-c", "print(6 * 7)"))` is about 0.02 seconds, 9 MiB and the output "42".

This module imports the standard library alone: a child's peak memory never counts as less than that of its parent.
A command that fails ends the run.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "bench" / "build"


@dataclass(frozen=True)
class Measure:
    """What one process, or the best of several, took: seconds by the clock on the wall, and the most memory it held."""

    seconds: float
    mebibytes: float
    output: str = ""


def measure(command: Sequence[str], more: Mapping[str, str] | None = None) -> Measure:
    """Run a command to its end.

    Args:
        command: program and arguments, run in the folder of the project.
        more: variables of its environment, beside those of this process.

    Raises:
        SystemExit: it failed; with its command, its exit status and the end of what it said.
    """
    # A first run may compile modules; the later ones must find them compiled, whatever the caller's shell says.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= more or {}
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as complaint:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=complaint)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        complaint.seek(0)
        if process.returncode:
            said = complaint.read()[-2000:]
            raise SystemExit(f"{' '.join(command)}\nended with status {process.returncode}:\n{said}")
        unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kibibytes
        return Measure(seconds, usage.ru_maxrss * unit / 2**20, output.read())


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, its first column of words and the others of figures."""
    rule = ("---", *("--:" for _ in heads[1:]))
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, rule, *rows))

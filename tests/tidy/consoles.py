"""Console blocks of a page: commands that a reader may type, with what they print.

A block fenced as `console` holds lines that begin with `$ ` (a command) and what it prints below. A line of three
dots stands for any lines left out; a command without lines below it may print anything. A block whose last command is
meant to fail says so beside the fence: `console exit=1`.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.tidy import tree

BLOCK = re.compile(r"^```console(?: exit=(\d))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Command:
    """One command of a page, what it prints and the exit status it ends with."""

    typed: str
    printed: tuple[str, ...]
    status: int


def commands(text: str) -> list[Command]:
    """Every command in the console blocks of a page."""
    found: list[Command] = []
    for status, block in BLOCK.findall(text):
        steps = [step.splitlines() for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
        for number, (typed, *printed) in enumerate(steps, 1):
            last = number == len(steps)
            found.append(Command(typed, tuple(line.rstrip() for line in printed), int(status or 0) if last else 0))
    return found


def same(expected: tuple[str, ...], seen: list[str]) -> bool:
    """Whether the lines seen are those expected, where a line `...` stands for any number of lines."""
    pattern = "".join("(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in expected)
    return re.fullmatch(pattern, "".join(line.rstrip() + "\n" for line in seen)) is not None


def disagreement(command: Command, folder: Path) -> str | None:
    """Type the command in a folder; what differs from the page, or None."""
    scripts = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "120",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }
    done = subprocess.run(
        ["bash", "-c", command.typed],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    seen = (done.stdout + done.stderr).rstrip("\n").splitlines()
    if done.returncode != command.status:
        return f"$ {command.typed}: exit status {done.returncode}, the page says {command.status}: {seen[-1:]}"
    if command.printed and not same(command.printed, seen):
        return f"$ {command.typed}: printed\n" + "\n".join(seen)
    return None


def workplace(folder: Path) -> Path:
    """A folder like a fresh checkout, as far as the commands of the pages need one."""
    shutil.copytree(tree.ROOT / "examples", folder / "examples")
    return folder

"""`ratable serve` in a process of its own, at a free port, as anybody starts it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

_PATIENCE = 60  # Seconds, after which it hangs.


@dataclass
class Served:
    """A server on its way, what it said on standard output before it answered, and what it logs."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        found = re.search(r"http://[\d.]+:\d+", "\n".join(self.said))
        assert found, self.said
        return found[0]

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", headers=headers, trust_env=False)

    def lines(self) -> list[dict[str, Any]]:
        """What was logged so far."""
        return [json.loads(line) for line in self.logged]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it; its exit status."""
        self.process.send_signal(number)
        return self.process.wait(_PATIENCE)


def environment(**more: str) -> dict[str, str]:
    """That of this process, without what other tests set."""
    return {name: value for name, value in os.environ.items() if not name.startswith("RATABLE_")} | more


@contextmanager
def served(
    folder: Path, *typed: str, start: tuple[str, ...] = ("-m", "ratable", "serve"), **more: str
) -> Iterator[Served]:
    """A server that answers, in a folder of its own."""
    process = subprocess.Popen(
        [sys.executable, *start, "--port", "0", *typed], cwd=folder, env=environment(**more), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    server = Served(process)
    assert process.stdout is not None
    assert process.stderr is not None
    heard = threading.Thread(target=server.logged.extend, args=(process.stderr,), daemon=True)
    heard.start()
    try:
        for line in process.stdout:
            server.said.append(line.rstrip("\n"))
            if line.startswith("Ctrl-C"):
                break
        assert server.said, (process.wait(_PATIENCE), server.logged)
        yield server
    finally:
        process.kill()
        process.wait()
        heard.join(_PATIENCE)
        process.stdout.close()
        process.stderr.close()

"""The guide of the interface: its commands run, one after the other, against an application that is served."""

import os
import re
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref import simple_server

import pytest

from ratable.ledger import closed
from ratable.operations import clock
from ratable.server import application
from tests.api import calling
from tests.stores import Store
from tests.tidy import consoles, tree

GUIDE = tree.ROOT / "docs/guides/api.md"
BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Quiet(simple_server.WSGIRequestHandler):
    """Says nothing of what it answers."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def address(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the interface is served, from the store of the test."""
    monkeypatch.setattr(clock, "now", store.clock)
    served = simple_server.make_server("127.0.0.1", 0, application.application, handler_class=Quiet)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}/api/v1"
    served.shutdown()
    thread.join()
    served.server_close()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_close_by_curl(store: Store, address: str, tmp_path: Path) -> None:
    folder = consoles.workplace(tmp_path)
    names = {"BEN": "ben", "DANA": "dana", "CORA": "cora"}
    tokens = {name: calling.program(store, person).token for name, person in names.items()}
    script = "set -euo pipefail\n" + "".join(BLOCK.findall(GUIDE.read_text()))

    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, **tokens, "API": address, "RATABLE_SIGNING_KEY": str(folder / "key")},
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert closed.of_month("2026-01", "") == closed.LOCKED
    assert (folder / "roll-forward.csv").read_text().startswith("period,")
    assert zipfile.ZipFile(folder / "export.zip").namelist()
    assert "606-10-32-31" in done.stdout

"""The demo on screens: a company in the middle of its close, and a link for each of its people."""

import re
import subprocess
import sys
from pathlib import Path

import httpx

from ratable.cli import demo_serving
from tests import serving

PREPARED = """
from pathlib import Path
from ratable.cli import demo_serving
demo_serving.prepare(Path())
from ratable.ledger import closed, entries, models, pending
locked = closed.state("main", models.Lock.objects.last().entity).locked
print(locked, entries.state(entries.latest()), pending.findings().height)
"""


def test_each_person_has_a_link_and_nobody_a_password(tmp_path: Path) -> None:
    start = ("-m", "ratable", "demo", "--serve")
    with serving.served(tmp_path, start=start, RATABLE_PERSON="nobody") as server:
        links = dict(re.findall(r"^  (\w+), \w+ +(http\S+)$", "\n".join(server.said), re.MULTILINE))
        pages = {person: httpx.get(link, follow_redirects=True, trust_env=False) for person, link in links.items()}
        ready = server.get("/readyz").status_code
        status = server.stop()

    assert set(links) == {demo_serving.ADMINISTRATOR, *(person for person, _ in demo_serving.PEOPLE)}
    assert all(page.status_code == 200 and 'type="password"' in page.text for page in pages.values())
    assert (ready, status) == (200, 0)
    assert {path.name for path in (tmp_path / "ratable-demo").iterdir()} >= {demo_serving.BOOKS, "secret.key"}


def test_a_month_is_open_with_a_run_and_findings_that_wait(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PREPARED], cwd=tmp_path, env=serving.environment(), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["2026-03", "draft", "2"], done.stderr

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
from ratable.ledger import closed, entries, flagged, models, pending
from ratable.operations import clock
locked = closed.state("main", models.Lock.objects.last().entity).locked
print(locked, entries.state(2), entries.state(3), pending.findings().height)
on = clock.now().date()
print(*sorted(flagged.open_(flagged.of_run(2, on=on))["check"]))
print(*sorted({"JC-45", "JC-55"} & set(flagged.open_(flagged.of_run(3, on=on))["check"])))
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


def test_a_month_is_open_with_a_run_and_findings_and_flags_that_wait(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PREPARED], cwd=tmp_path, env=serving.environment(), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    months, planted, by_hand = done.stdout.splitlines() or ["", "", ""]
    assert months.split() == ["2026-03", "draft", "approve", "2"], done.stderr
    assert planted.split() == ["JC-11", "JC-22", "JC-29", "JC-49D"]
    assert by_hand.split() == ["JC-45", "JC-55"]

"""The agent's look at a run of large books: behind the proposal, seen by whoever opens the run meanwhile."""

import html
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ratable.api import jobs, models, reviews
from ratable.ledger import flagged
from ratable.operations import choices, reviewing
from tests.stores import Store
from tests.web import companies
from tests.web import flagged as agent
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
HTMX = {"hx-request": "true"}


@pytest.fixture
def large(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Store:
    """Books that count as large, with one run that waits, not reviewed."""
    agent.use(monkeypatch)
    companies.proposed(store, tmp_path)
    monkeypatch.setattr(reviewing, "AT_ONCE", 1)
    return store


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_a_proposal_does_not_wait_for_it(large: Store, signed_in: SignedIn) -> None:
    ben = signed_in("ben")
    ben.post("/close/act?period=2026-03", {"verb": "propose"})
    jobs.finish()

    proposed, looked = models.Job.objects.order_by("-no")[:2][::-1]
    assert (proposed.kind, looked.kind, looked.state) == ("propose", "review of run 3", "done")
    assert '"says": "Run 3: ' in proposed.result
    assert "The agent is looking at them." in proposed.result
    assert flagged.latest(run=3) is not None


def test_whoever_opens_the_run_sees_what_it_is_at(
    large: Store, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, leave = threading.Event(), threading.Event()
    whole: Callable[..., reviewing.Reviewed] = reviewing.review_run

    def slow(actor: Any, run: int, *, step: Callable[[str], None]) -> reviewing.Reviewed:
        step("Checking")
        reached.set()
        leave.wait(30)
        return whole(actor, run, step=step)

    monkeypatch.setattr(reviewing, "review_run", slow)
    reviews.start(large.actor("ben"), 2)
    reached.wait(30)
    dana = signed_in("dana")
    try:
        page, part = text(dana.get("/review/2")), text(dana.get("/review/2/looking", headers=HTMX))
    finally:
        leave.set()
        jobs.finish()

    for told in (page, part):
        assert "The agent looks at this run: checking." in told
    assert "Let it review the run" not in page
    assert dana.get("/review/2/looking", headers=HTMX)["HX-Refresh"] == "true"
    assert dana.get("/review/2/looking")["Location"].startswith("/review/2?")
    assert "Reviewed by the agent:" in text(dana.get("/review/2"))


def test_nothing_looks_where_it_is_switched_off(large: Store) -> None:
    choices.set_choice(large.actor("cora", "an incident"), "review", "off")

    assert reviews.after_proposal(large.actor("ben"), 2) is None
    assert not models.Job.objects.exists()

"""The first screen: where the month stands, what needs a person, and who may do what about it."""

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from ratable.ledger import books, closed, models
from ratable.operations import founding, people, periods
from ratable.web.screens import close
from tests.stores import Store
from tests.web import companies, flagged
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
PAGE = "/?period=2026-02&currency=USD"


@pytest.fixture
def posted(store: Store, tmp_path: Path) -> Store:
    """January and February posted, nothing locked."""
    companies.posted(store, tmp_path)
    return store


def said(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_figures_are_those_of_the_reports(posted: Store, signed_in: SignedIn) -> None:
    page = signed_in("cora").get(PAGE).content.decode()
    deferred = books.books(companies.LAST).roll_forward().filter(currency="USD", period="2026-02")["closing"].item()
    shown = re.findall(r'<a href="([^"]+)" data-v="(-?[\d.]+)"', page)

    assert (f"{deferred // 100}.{deferred % 100:02}") in [amount for link, amount in shown if "deferred" in link]


def test_an_empty_store_says_how_to_begin(store: Store, signed_in: SignedIn) -> None:
    assert "No facts yet" in said(signed_in("cora"), "/")


def test_steps_say_what_is_left_and_lead_to_where_it_is_done(posted: Store, signed_in: SignedIn) -> None:
    page = signed_in("cora").get("/close/steps?period=2026-03").content.decode()

    assert "entries are due through 2026-03-31 and not posted" in page
    assert 'href="/review?period=2026-03"' in page


def test_every_item_of_the_checklist_is_a_step(
    store: Store, signed_in: SignedIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flagged.reviewed(store, tmp_path, monkeypatch)

    items = [item.name for item in periods.checked("2026-03")]
    assert [name for name, *_ in close._STEPS] == items
    steps = said(signed_in("cora"), "/close/steps?period=2026-03")
    assert "2 flags of the review on 2026-03 wait" in steps


def test_steps_follow_each_act(posted: Store, signed_in: SignedIn) -> None:
    cora = signed_in("cora")
    before = said(cora, "/close/steps?period=2026-02")
    periods.lock(posted.actor("cora"), "2026-01")
    after = said(cora, "/close/steps?period=2026-02")

    assert "Everything is done" in after
    assert before != said(cora, "/close/steps?period=2026-01")


def test_steps_say_after_which_event_and_when_they_were_worked_out(posted: Store, signed_in: SignedIn) -> None:
    cora, after = signed_in("cora"), models.Event.objects.count()
    begun = posted.clock.now
    words = f"after event {after}, worked out at {begun:%Y-%m-%d %H:%M} UTC"
    assert words in said(cora, "/close/steps?period=2026-02")
    posted.clock.now = begun + timedelta(minutes=7)
    assert words in said(cora, "/close/steps?period=2026-02")

    periods.soft_close(posted.actor("cora"), "2026-03")
    words = f"after event {after + 1}, worked out at {posted.clock.now:%Y-%m-%d %H:%M} UTC"
    assert words in said(cora, "/close/steps?period=2026-02")


def test_a_viewer_may_not_propose_and_is_told_who_may(posted: Store, signed_in: SignedIn) -> None:
    answer = signed_in("vic").post("/close/act?period=2026-03", {"verb": "soft"})

    assert answer.status_code == 409
    assert "vic is a viewer here and may not soft-close" in html.unescape(answer.content.decode())
    assert closed.of_month("2026-03", "us") == closed.OPEN


def test_a_soft_close_is_one_event_and_says_so(posted: Store, signed_in: SignedIn) -> None:
    answer = signed_in("cora").post("/close/act?period=2026-03", {"verb": "soft"}, follow=True)

    assert "Mar 2026 is soft-closed" in answer.content.decode()
    assert models.Event.objects.filter(action="soft-close").count() == 1


def test_who_has_a_role_for_one_entity_sees_that_alone(posted: Store, signed_in: SignedIn) -> None:
    founding.grant(posted.actor("cora"), "eva", "viewer", None, people.Scope(("eu",)))
    eva = signed_in("eva")

    assert "EUR" in said(eva, "/roll-forward?period=2026-02")
    assert "acme" not in said(eva, "/journals?period=2026-01")
    for other in ("/roll-forward?entity=us", "/contracts/C-1", "/invoices/I-7", "/credit-notes/N-1"):
        assert eva.get(other).status_code == 404, other
    entry = models.Entry.objects.filter(entity="us").first()
    assert entry is not None
    assert eva.get(f"/entries/{entry.entry}").status_code == 404

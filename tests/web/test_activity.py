"""The event log on the screen: found by what it says, shown with its hash, and verified."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client

from ratable.api import jobs
from ratable.ledger import checkpoints, models
from ratable.operations import founding, people
from ratable.web import log
from tests.ledger import histories
from tests.stores import Store
from tests.web import companies, pages
from tests.web.conftest import SignedIn


@pytest.fixture
def cora(store: Store, tmp_path: Path, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(tmp_path / "signing.key"))
    companies.posted(store, tmp_path)
    return signed_in("cora")


def events(answer: HttpResponse) -> list[str]:
    """What the events of a page did, the newest first."""
    return pages.table(answer, "events")["Did"]


def acted(browser: Client, verb: str) -> HttpResponse:
    """The page after an act of proof."""
    answer = browser.post("/activity/proof/act", {"verb": verb})
    jobs.finish()
    return browser.get(answer.headers["Location"], follow=True)


@pytest.mark.parametrize(
    ("asked", "did"),
    [
        ("actor=dana", ["post", "approve"]),
        ("action=propose", ["propose"]),
        ("subject=run+1", ["post", "approve", "propose"]),
        ("words=HOSTILE", []),
        ("words=bundle-0&actor=ben", ["import"]),
        ("amount=77.77", []),
        ("amount=12,000.00&action=post", ["post"]),
        ("until=2026-03-31", []),
        ("since=2026-04-01&action=post", ["post"]),
    ],
)
def test_events_are_found_by_what_they_say(cora: Client, asked: str, did: list[str]) -> None:
    page = cora.get(f"/activity?{asked}")

    if did:
        assert events(page) == did
    else:
        assert "No event says that" in page.content.decode()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_an_entry_leads_to_the_events_that_it_came_by(cora: Client) -> None:
    entry = models.Entry.objects.earliest("no").entry

    assert (
        f"/activity?period=2026-02&amp;entry={entry}" in cora.get(f"/entries/{entry}?period=2026-02").content.decode()
    )
    assert events(cora.get(f"/activity?entry={entry[:10]}")) == ["post", "approve", "propose"]
    assert cora.get("/activity?entry=none").status_code == 404


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_an_event_is_shown_in_words_with_its_hash_and_as_it_was_hashed(cora: Client, store: Store) -> None:
    founding.grant(store.actor("cora", companies.HOSTILE), "vic", "approver", {"USD": 5_000_000})
    row = models.Event.objects.latest("no")
    page = cora.get(f"/activity/{row.no}").content.decode()

    assert "50,000.00 USD" in page
    assert row.hash in page
    assert row.previous in page
    assert companies.HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert cora.get(f"/activity/{row.no}?format=json").json()["body"] == json.loads(row.body)
    assert cora.get("/activity/999").status_code == 404


def test_what_an_event_did_is_said_thing_by_thing() -> None:
    what = {"rows": {"grants": {"from": "1", "to": "2", "digest": "9b"}}, "before": None, "after": "on",
            "owners": ["us", "eu"], "totals": {"USD": "-1250"}, "alone": False, "files": [{"file": "a"}]}  # fmt: skip

    assert list(log.said(what)) == [
        ("rows, grants", "1 to 2, digest 9b"), ("after", "on"), ("owners", "us, eu"), ("totals, USD", "-12.50 USD"),
        ("alone", "no"), ("files 1, file", "a"),
    ]  # fmt: skip


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_log_is_for_those_who_may_read_it(cora: Client, signed_in: SignedIn, store: Store) -> None:
    ben, dana = signed_in("ben"), signed_in("dana")
    for address in ("/activity", "/activity/1", "/activity/proof", "/activity/checkpoints/1"):
        assert "ben has the role preparer; the event log is for these" in ben.get(address).content.decode()
    assert ben.post("/activity/proof/act", {"verb": "verify"}).status_code == 403
    founding.grant(store.actor("cora"), "dana", "approver", None, people.Scope(("eu",)))
    assert "dana sees some entities only" in dana.get("/activity").content.decode()


def test_everything_is_verified_and_a_changed_row_is_named(cora: Client) -> None:
    assert "Not verified here yet" in cora.get("/activity/proof").content.decode()

    last = models.Event.objects.latest("no").no
    assert f"Verified up to event {last}" in acted(cora, "verify").content.decode()

    with histories.unguarded():
        histories.run("UPDATE entries SET amount = amount + 1 WHERE no = 3")
    page = acted(cora, "verify").content.decode()
    assert "entries 3: " in page
    assert "Not everything is as it was written" in page


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_checkpoint_is_signed_and_its_line_kept_outside(cora: Client, tmp_path: Path) -> None:
    page = acted(cora, "checkpoint")
    (kept,) = pages.table(page, "checkpoints")["To keep outside"]
    file = tmp_path / "anchors.jsonl"
    file.write_bytes(cora.get("/activity/checkpoints/1").content)

    (anchor,) = checkpoints.read(file)
    assert (kept, anchor.holds(), anchor.size) == ("line", True, models.Event.objects.latest("no").no - 1)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_proof_bundle_is_made_once_more_and_had_as_a_file(cora: Client) -> None:
    acted(cora, "proof")
    page = acted(cora, "proof").content.decode()
    no = models.Event.objects.latest("no").no

    assert f"/exports/{no}/files" in page
    names = zipfile.ZipFile(io.BytesIO(cora.get(f"/exports/{no}/files").content)).namelist()
    assert "verify_proof.py" in names
    assert cora.get(f"/exports/{no - 1}/files").status_code == 404


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_log_is_a_file_too_and_long_ones_come_in_parts(cora: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    every = models.Event.objects.count()
    header, *lines = cora.get("/activity?format=csv").content.decode().splitlines()
    assert (header, len(lines)) == ("no,at,actor,on_behalf_of,action,subject,reason,hash", every)

    monkeypatch.setattr("ratable.web.screens.activity._AT_A_TIME", 3)
    assert "cursor=" in cora.get("/activity").content.decode()
    rest = cora.get(f"/activity?cursor={every - 2}", headers={"hx-request": "true"}).content.decode()
    assert rest.count("<tr>") == 3
    for address in ("since=March", "amount=many"):
        assert cora.get(f"/activity?{address}").status_code == 404

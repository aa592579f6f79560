"""Exports: looked at before they are made, made as a job, logged with their hashes, and had again as a zip."""

import io
import zipfile
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client

from ratable.api import jobs
from ratable.ledger import models
from ratable.operations import founding, people
from tests.stores import Store
from tests.web import companies, pages
from tests.web.conftest import SignedIn

PERIOD = f"{companies.LAST:%Y-%m}"


@pytest.fixture
def ben(store: Store, tmp_path: Path, signed_in: SignedIn) -> Client:
    companies.posted(store, tmp_path)
    return signed_in("ben")


def exported(browser: Client, asked: str) -> HttpResponse:
    """The page after the job that an export is."""
    answer = browser.post(f"/exports/run?period={PERIOD}&{asked}", {"reason": "month end"})
    jobs.finish()
    return browser.get(answer.headers["Location"], follow=True)


def test_an_export_is_made_logged_and_had_again(ben: Client) -> None:
    preview = ben.get(f"/exports/preview?period={PERIOD}&layout=generic")
    (hash_, *_) = pages.table(preview, "files")["SHA-256"]
    assert not models.Event.objects.filter(action="export").exists()

    page = exported(ben, "layout=generic")

    assert "is exported for Generic CSV" in page.content.decode()
    past = pages.table(page, "exports")
    assert (past["SHA-256"], past["By"]) == ([hash_], ["ben"])
    event = models.Event.objects.get(action="export")
    assert event.reason == "month end"
    files = ben.get(f"/exports/{event.no}/files")
    assert zipfile.ZipFile(io.BytesIO(files.content)).namelist() == [
        f"generic-{PERIOD}-001.control.json", f"generic-{PERIOD}-001.csv",
    ]  # fmt: skip


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_preview_shows_control_totals_and_the_first_rows(ben: Client) -> None:
    preview = ben.get(f"/exports/preview?period={PERIOD}&layout=netsuite&lines_per_journal=20&fixed=Exchange Rate = 1")

    files, first = pages.table(preview, "files"), pages.table(preview, "first-rows")
    assert files["Debits"] == files["Credits"]
    assert 0 < len(first["External ID"]) <= 10
    assert set(first["Exchange Rate"]) == {"1"}
    assert companies.HOSTILE not in preview.content.decode()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("layout=moon", "layout: saw moon; expected one of"),
        ("layout=xero&fixed=Berlin", "fixed value: saw Berlin; expected Column = value"),
        ("layout=xero&lines_per_journal=many", "lines per journal: saw many; expected a number"),
        ("layout=xero&detail=all", "detail: saw all; expected one of"),
    ],
)
def test_what_cannot_be_exported_is_said_before_and_changes_nothing(ben: Client, asked: str, says: str) -> None:
    assert says in ben.get(f"/exports/preview?period={PERIOD}&{asked}").content.decode()

    refused = ben.post(f"/exports/run?period={PERIOD}&{asked}")

    assert refused.status_code == 409
    assert says in refused.content.decode()
    assert not models.Event.objects.filter(action="export").exists()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_viewer_reads_why_they_may_not_export_and_cannot(ben: Client, signed_in: SignedIn) -> None:
    exported(ben, "layout=generic")
    no = models.Event.objects.get(action="export").no
    vic = signed_in("vic")

    assert "vic is a viewer here and may not export" in vic.get("/exports?layout=generic").content.decode()
    assert vic.get(f"/exports/{no}/files").status_code == 403
    refused = exported(vic, "layout=generic")
    assert "vic is a viewer here and may not export" in refused.content.decode()
    assert models.Event.objects.filter(action="export").count() == 1


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_an_entity_goes_out_alone(ben: Client, store: Store) -> None:
    founding.grant(store.actor("cora"), "ben", "preparer", None, people.Scope(("eu",)))

    assert "eu" in exported(ben, "layout=generic&entity=eu").content.decode()
    refused = ben.post("/exports/run?layout=generic&entity=us")
    assert (refused.status_code, "your role is held for eu" in refused.content.decode()) == (404, True)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_history_is_a_file_too_and_what_is_not_there_is_said(ben: Client) -> None:
    exported(ben, "layout=generic")

    header, line = ben.get("/exports?format=csv").content.decode().splitlines()
    assert header == "at,by,what,file,rows,sha256,download"
    assert line.endswith(",zip")
    assert ben.get("/exports/99/files").status_code == 404
    assert ben.get("/exports/run").status_code == 405

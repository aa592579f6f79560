"""Exports: looked at before they are made, made as a job, logged with their hashes, and had again as a zip."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
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


HEADER = "Posting Date;*Account No.;Debit Amount;Credit Amount;Journal Number;Cost Center\n"


def with_template(browser: Client, content: str, name: str = "../header.csv") -> str:
    """The address to which a template that was sent leads."""
    sent = SimpleUploadedFile(name, content.encode())
    return str(browser.post(f"/exports/template?period={PERIOD}", {"template": sent}).headers["Location"])


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_header_of_a_ledger_is_filled(ben: Client) -> None:
    place = with_template(ben, HEADER)
    page = ben.get(place).content.decode()
    preview = ben.get(place.replace("/exports?", "/exports/preview?"))
    first = pages.table(preview, "first-rows")

    assert "Another header in place of header.csv" in page
    assert list(first) == ["Posting Date", "*Account No.", "Debit Amount", "Credit Amount", "Journal Number",
                           "Cost Center"]  # fmt: skip
    assert set(first["Cost Center"]) == {""}
    assert "Left empty: Cost Center" in preview.content.decode()

    done = exported(ben, place.partition("?")[2])

    assert "is exported for The header of my ledger" in done.content.decode()
    no = models.Event.objects.get(action="export").no
    with zipfile.ZipFile(io.BytesIO(ben.get(f"/exports/{no}/files").content)) as kept:
        written = [name for name in kept.namelist() if name.endswith(".csv")]
        assert "header.csv" not in written
        assert kept.read(written[0]).decode("utf-8-sig").startswith(HEADER.strip())


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_header_that_cannot_be_filled_is_said_with_its_name_and_no_place_of_this_machine(ben: Client) -> None:
    place = with_template(ben, HEADER.replace("Cost Center", "*Cost Center")).replace("/exports?", "/exports/preview?")
    said = ben.get(place).content.decode()

    assert "template header.csv: required column *Cost Center matches nothing" in said
    assert "ratable-" not in said
    filled = ben.get(place + "&fixed=*Cost Center = Berlin")
    assert set(pages.table(filled, "first-rows")["*Cost Center"]) == {"Berlin"}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_template_is_a_csv_of_who_sent_it(ben: Client, signed_in: SignedIn) -> None:
    wrong = SimpleUploadedFile("header.xlsx", b"PK")
    assert "saw header.xlsx; expected the CSV" in ben.post("/exports/template", {"template": wrong}).content.decode()
    assert "saw no file; expected the CSV" in ben.post("/exports/template").content.decode()
    assert "The CSV template that your ledger gives you" in ben.get("/exports?layout=template").content.decode()

    place = with_template(ben, HEADER)
    dana = signed_in("dana")

    assert dana.get(place).status_code == 404
    assert dana.get(place.replace("/exports?", "/exports/preview?")).status_code == 404

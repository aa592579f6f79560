"""Files come in by the screens: checked first, then imported; foreign ones by a mapping; findings by row."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ratable.api import jobs
from ratable.bundle import reading
from ratable.ledger import canonical, knowledge, models, verification
from ratable.operations import import_bundle, mappings
from ratable.web import models as web
from tests.ledger import closing
from tests.stores import Store
from tests.web import companies, pages
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)

MORE = b"""
customers: [{id: cable, name: "<script>alert(1)</script>"}]
invoices:
- {id: I-97, customer: cable, currency: USD, issued_on: 2026-03-02, lines: [
    {id: I-97-1, product: setup, amount: "6200.00", tax: "620.00"}]}
- {id: I-98, customer: cable, currency: USD, issued_on: 2026-03-02, lines: [{id: I-98-1, product: setup, amount: 10.1}]}
"""
FOREIGN = b"Number;Customer ID;Invoice date;Memo\nI-97;acme;28/02/2026;=cmd()\nI-98;nobody;01/03/2026;x\n"


@pytest.fixture
def ben(store: Store, tmp_path: Path, signed_in: SignedIn) -> Client:
    closing.bring(store, closing.written(tmp_path, companies.FACTS))
    return signed_in("ben")


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def send(person: Client, **files: bytes) -> Any:
    """Drop files, each named with two underlines for its dot."""
    sent = [SimpleUploadedFile(name.replace("__", "."), content) for name, content in files.items()]
    return person.post("/imports", {"files": sent})


def brought(person: Client, upload: str, **said: str) -> str:
    """Where an import leads when its job is over."""
    job = person.post(upload, said)
    assert job.status_code == 303, text(job)[-1500:]
    jobs.finish()
    over = person.get(job["Location"])
    assert over.status_code == 303, text(over)[-1500:]
    return str(person.get(over["Location"])["Location"])


def test_a_check_says_what_would_come_in_and_keeps_nothing(ben: Client, tmp_path: Path) -> None:
    before = models.Event.objects.count()
    upload = send(ben, march__yaml=MORE)["Location"]
    page = ben.get(upload)

    counts = pages.table(page, "counts")
    done = import_bundle.check(reading.opened(closing.written(tmp_path, MORE.decode())))
    assert dict(zip(counts["Table"], counts["New"], strict=True)) == {
        table: str(added) for table, added in done.counts.select("table", "added").iter_rows()
    }
    assert "6,200.00" in pages.table(page, "totals")["Sum"]
    found = pages.table(page, "findings")
    assert (found["Row"], found["Column"], found["Saw"]) == (["2"], ["amount"], ["10.1"])
    assert found["Expected"] == ["a decimal text such as '12.50'"]
    assert "<script>alert(1)" not in page.content.decode()
    assert models.Event.objects.count() == before


def test_the_import_is_a_job_and_its_page_has_rows_totals_findings_and_files(ben: Client) -> None:
    place = brought(ben, send(ben, march__yaml=MORE)["Location"])
    page = ben.get(place)

    assert place == "/imports/2"
    assert "6,200.00" in pages.table(page, "totals")["Sum"]
    assert pages.table(page, "findings")["Column"] == ["amount"]
    rows = ben.get(f"{place}?rows=invoice_lines")
    assert pages.table(rows, "rows")["id"] == ["I-97-1"]
    assert pages.total(rows, "rows", "amount") == "6200.00"
    sha256 = canonical.sha256(MORE)
    file = ben.get(f"{place}/files/{sha256}")
    assert (file.content, file["Content-Disposition"]) == (MORE, 'attachment; filename="import-2-march.yaml"')
    assert ben.get(f"{place}/files/{'0' * 64}").status_code == 404
    assert pages.table(ben.get("/imports"), "imports")["Import"] == ["2", "1"]
    assert not web.Upload.objects.exists()
    assert verification.verify() == []


def test_findings_are_a_file_for_a_spreadsheet(ben: Client) -> None:
    upload = send(ben, march__yaml=MORE.replace(b"cable, name", b'"=cmd()", name'))["Location"]
    lines = ben.get(f"{upload}?format=csv&table=findings").content.decode().splitlines()

    assert lines[0] == "code,severity,table,row,id,column,value,expected,remedy"
    assert any(",'=cmd()," in line for line in lines)


def test_changed_rows_stand_side_by_side_and_come_in_as_a_correction_with_a_reason(ben: Client) -> None:
    renamed = b"customers: [{id: bolt, name: Bolt AG, region: east, entity: eu}]"
    upload = send(ben, march__yaml=renamed)["Location"]

    changes = pages.table(ben.get(upload), "changes")
    assert (changes["In the books"], changes["In the file"]) == (["Bolt GmbH"], ["Bolt AG"])
    assert "A correction says why" in text(ben.post(upload, {"kind": "correction", "reason": " "}))
    assert models.Import.objects.count() == 1

    brought(ben, upload, kind="correction", reason="the register says so")

    kept = models.Import.objects.get(no=2)
    assert (kept.kind, kept.reason) == ("correction", "the register says so")


def test_the_same_file_again_brings_nothing(ben: Client) -> None:
    brought(ben, send(ben, march__yaml=MORE.replace(b"10.1", b'"10.10"'))["Location"])
    again = send(ben, march__yaml=MORE.replace(b"10.1", b'"10.10"'))["Location"]

    assert "Every row is in the books already" in text(ben.get(again))


@pytest.mark.parametrize(("files", "says"), [
    ({"march__pdf": b"%PDF"}, "march.pdf: no form of a bundle"),
    ({"march__xlsx": b"not zipped"}, "its content is no xlsx file"),
    ({"march__zip": b"PK\x03\x04 but damaged"}, "damaged, encrypted or no zip"),
    ({"march__yaml": b""}, "has 0 bytes"),
    ({"march__yaml": b"a: ["}, "not YAML"),
    ({"stripe__csv": FOREIGN, "customers__csv": b"id,name\n"}, "send it alone"),
])  # fmt: skip
def test_what_is_no_bundle_is_refused_beside_the_form(ben: Client, files: dict[str, bytes], says: str) -> None:
    page = text(send(ben, **files))

    assert says in page
    assert "Nothing was saved" in page
    assert 'type="file"' in page


def test_nobody_opens_what_another_sent_and_a_viewer_sends_nothing(ben: Client, signed_in: SignedIn) -> None:
    upload = send(ben, march__yaml=MORE)["Location"]
    vic = signed_in("vic")

    assert signed_in("cora").get(upload).status_code == 404
    assert "vic is a viewer here and may not import" in text(vic.get("/imports"))
    assert 'type="file"' not in text(vic.get("/imports"))
    assert "may not import" in text(send(vic, march__yaml=MORE))


def test_a_foreign_file_comes_in_by_a_mapping_that_the_next_one_takes_by_itself(ben: Client, store: Store) -> None:
    place = send(ben, **{"stripe-march__csv": FOREIGN})["Location"]
    page = text(ben.get(place))
    assert "<option selected>Invoice date</option>" in page
    assert pages.table(ben.get(place), "preview")["issued_on"] == ["2026-02-28", "2026-03-01"]

    said = {"table": "invoices", "shown": "invoices", "order": "day", "mark": ".", "from.id": "Number",
            "from.customer": "Customer ID", "from.issued_on": "Invoice date", "fixed.currency": "USD"}  # fmt: skip
    shown = pages.table(ben.get(place, said), "findings")
    assert (shown["Id"], shown["Column"]) == (["I-98"], ["customer"])
    upload = ben.post(place, said | {"source": "stripe"})["Location"]
    brought(ben, upload)

    assert list(mappings.known()) == ["stripe"]
    assert knowledge.current("invoices").filter(id="I-97")["currency"].item() == "USD"
    files = models.File.objects.filter(sha256__in=re.findall("[0-9a-f]{64}", models.Import.objects.get(no=2).files))
    kept = [bytes(file.content) for file in files]
    assert FOREIGN in kept
    assert any(b'"order":"day"' in content for content in kept)
    again = send(ben, **{"stripe-april__csv": FOREIGN})["Location"]
    assert "<option selected>stripe</option>" in text(ben.get(again))


def test_a_mapping_without_a_source_is_refused_beside_the_form(ben: Client) -> None:
    place = send(ben, **{"stripe__csv": FOREIGN})["Location"]
    page = text(ben.post(place, {"table": "invoices", "shown": "invoices", "from.id": "Number", "source": " "}))

    assert "expected a name of at most 80 characters" in page
    assert mappings.known() == {}


def test_an_empty_store_says_what_will_stand_here(store: Store, signed_in: SignedIn) -> None:
    assert "Nothing was imported yet" in text(signed_in("cora").get("/imports"))

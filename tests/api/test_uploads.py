"""Bundles are taken in every form, and what is none is refused before anything is done."""

import io
import json
import zipfile
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import client as sending

from ratable.api import jobs, uploads
from ratable.bundle import writing
from ratable.ledger import knowledge, models
from tests.api import calling
from tests.stores import Store

SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
HOSTILE = "@<script>alert('1')</script>"
CUSTOMERS = {"customers": [{"id": "new", "name": HOSTILE}]}
CSV = b"id,name\r\nnew,plain\r\n"


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.csv", content)
    return out.getvalue()


def form(*files: tuple[str, bytes]) -> tuple[bytes, str]:
    """A form with files, and its media type."""
    parts = {f"file{n}": SimpleUploadedFile(name, content) for n, (name, content) in enumerate(files)}
    return sending.encode_multipart(sending.BOUNDARY, parts), sending.MULTIPART_CONTENT


FORMS: dict[str, tuple[bytes, str]] = {
    "json": (json.dumps(CUSTOMERS).encode(), "application/json"),
    "yaml": (yaml.safe_dump(CUSTOMERS).encode(), "application/yaml"),
    "zip": (zipped(customers=CSV), "application/zip"),
    "one file of a form": form(("march.yaml", yaml.safe_dump(CUSTOMERS).encode())),
    "several files of a form": form(("customers.csv", CSV), ("products.csv", b"id,name,method\r\np,P,usage\r\n")),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_bundle_comes_in_in_every_form(books: Store, name: str) -> None:
    content, media_type = FORMS[name]
    ben = calling.program(books, "ben")

    answer = ben.post("/imports?wait=30", content, content_type=media_type)
    jobs.finish()

    assert answer.status_code == 202, answer.content
    job = ben.get(answer.headers["Location"].removeprefix(calling.ROOT)).json()
    assert job["state"] == "done", job
    assert job["result"]["added"] == (2 if "several" in name else 1)
    assert "new" in knowledge.current("customers")["id"].to_list()


@SQLITE
def test_a_workbook_comes_in(books: Store, tmp_path: Any) -> None:
    path = tmp_path / "bundle.xlsx"
    known = knowledge.bundle()
    writing.write(known, path)

    answer = calling.program(books, "ben").post(
        "/imports?wait=30",
        path.read_bytes(),
        content_type=next(m for m, n in uploads.MEDIA_TYPES.items() if "xlsx" in n),
    )
    jobs.finish()

    assert answer.json()["state"] in ("done", "refused")


def bomb() -> bytes:
    return zipped(customers=b"id,name\r\n" + b"a" * 40_000_000)


REFUSED: dict[str, tuple[bytes, str, str]] = {
    "no zip": (b"PK", "application/zip", "no zip"),
    "a bomb": (bomb(), "application/zip", "times its size"),
    "broken json": (b'{"customers": [', "application/json", "line 1"),
    "broken yaml": (b"customers: [\n - {", "application/yaml", "bundle.yaml"),
    "nothing": (b"", "application/json", "Content-Type"),
    "a picture": (b"GIF89a", "image/gif", "Content-Type"),
    "a picture in a form": (*form(("cat.gif", b"GIF89a")), "cat.gif"),
    "deep": (b"[" * 100_000, "application/json", "bundle.json"),
}


@SQLITE
def test_what_is_no_bundle_is_refused_with_its_place(books: Store) -> None:
    ben = calling.program(books, "ben")

    for name, (content, media_type, place) in REFUSED.items():
        answer = ben.post("/imports", content, content_type=media_type)
        assert (name, answer.status_code) == (name, 422)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert place in answer.json()["detail"], name
    assert models.Import.objects.count() == 1


@SQLITE
def test_what_is_too_large_is_refused_before_it_is_read(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    ben = calling.program(books, "ben")

    for content, media_type in (FORMS["json"], FORMS["several files of a form"]):
        assert ben.post("/imports", content, content_type=media_type).status_code == 413
    assert calling.program(books, "ben").post("/runs", b" " * 3_000_000).status_code == 413


@SQLITE
def test_the_same_files_again_are_answered_from_before_and_others_are_not(books: Store) -> None:
    ben = calling.program(books, "ben")
    content, media_type = FORMS["several files of a form"]

    first = ben.post("/imports?wait=30", content, content_type=media_type, key="files")
    again = ben.post("/imports?wait=30", content, content_type=media_type, key="files")
    other = ben.post("/imports?wait=30", b"{}", key="files")
    jobs.finish()

    assert first.json()["no"] == again.json()["no"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert models.Import.objects.count() == 2


@SQLITE
def test_a_correction_takes_a_reason_and_says_so_in_its_job(books: Store) -> None:
    changed = {"customers": [{"id": "acme", "name": "Acme Limited"}]}
    ben = calling.program(books, "ben")

    plain = ben.post("/imports?wait=30", changed).json()
    silent = ben.post("/imports?wait=30&correct=true", changed).json()
    right = ben.post("/imports?wait=30&correct=true&reason=renamed", changed).json()
    jobs.finish()

    assert (plain["state"], silent["state"], right["state"]) == ("refused", "refused", "done")
    assert "otherwise than the books" in plain["result"]["detail"]
    assert right["result"]["corrected"] == 1


@SQLITE
def test_hostile_names_come_back_as_they_are_and_open_as_text(books: Store) -> None:
    contract = {
        "id": "-1+1", "customer": "new", "currency": "USD", "signed_on": "2026-01-01", "start": "2026-01-01",
        "end": "2026-12-31", "lines": [{"id": "@SUM(A1)", "product": "platform", "price": "100.00"}],
    }  # fmt: skip
    ben = calling.program(books, "ben")
    ben.post("/imports?wait=30", CUSTOMERS | {"contracts": [contract]})
    jobs.finish()

    shown = ben.get("/tables/customers")
    assert HOSTILE in [row["name"] for row in shown.json()["rows"]]
    assert shown.headers["Content-Type"] == "application/json"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    rows = ben.get("/reports/allocation", through="2026-01-31").json()["rows"]
    assert ("-1+1", "@SUM(A1)") in [(row["contract"], row["line"]) for row in rows]
    written = ben.get("/reports/allocation", through="2026-01-31", format="csv").content.decode()
    assert "'-1+1,'@SUM(A1)," in written

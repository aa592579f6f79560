"""One bundle in every form is one bundle; what is no bundle is refused in one sentence."""

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from ratable.bundle import reading
from tests.bundle import samples


def zipped(files: dict[str, str], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def as_json(folder: Path) -> Path:
    line = {"id": "I-1-1", "amount": "31.00", "product": "plan"}
    line |= {"service_start": "2026-01-15", "service_end": "2026-02-14"}
    invoice = {"id": "I-1", "customer": "acme", "currency": "USD", "issued_on": "2026-01-15", "lines": [line]}
    document = {
        "products": [{"id": "plan", "name": "Plan", "method": "straight_line"}],
        "customers": [{"id": "acme", "name": "Acme"}],
        "invoices": [invoice],
    }
    path = folder / "bundle.json"
    path.write_text(json.dumps(document))
    return path


def as_workbook(folder: Path) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, text in samples.FLAT.items():
        sheet = workbook.create_sheet(name.removesuffix(".csv"))
        for row in text.splitlines():
            sheet.append(row.split(","))
    lines = workbook["invoice_lines"]
    lines["C2"], lines["E2"], lines["F2"] = 31, date(2026, 1, 15), date(2026, 2, 14)
    path = folder / "bundle.xlsx"
    workbook.save(path)
    return path


def as_parquet(folder: Path) -> Path:
    home = folder / "parquet"
    home.mkdir()
    for name, text in samples.FLAT.items():
        frame = pl.read_csv(io.StringIO(text), infer_schema=False)
        days = [c for c in frame.columns if c.startswith("service") or c == "issued_on"]
        frame = frame.with_columns(pl.col(days).str.to_date())
        if "amount" in frame.columns:
            frame = frame.with_columns(pl.col("amount").cast(pl.Decimal(18, 4)))
        frame.write_parquet(home / name.replace("csv", "parquet"))
    return home


FORMS = {
    "json": as_json,
    "csv": lambda folder: samples.write_flat(folder / "csv"),
    "parquet": as_parquet,
    "zip": lambda folder: zipped(samples.FLAT, folder / "bundle.zip"),
    "zipped folder": lambda folder: zipped({f"books/{n}": t for n, t in samples.FLAT.items()}, folder / "bundle.zip"),
    "workbook": as_workbook,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_bundle_of_the_yaml(form: str, tmp_path: Path) -> None:
    expected = samples.read_yaml(samples.SMALLEST, tmp_path)

    found = reading.read(FORMS[form](tmp_path))

    assert found.findings.is_empty()
    assert {name: frame.rows() for name, frame in found.tables.items()} == {
        name: frame.rows() for name, frame in expected.tables.items()
    }


def test_the_sample_is_what_it_says(tmp_path: Path) -> None:
    found = samples.read_yaml(samples.SMALLEST, tmp_path)

    assert found["invoice_lines"].select("id", "invoice", "amount", "service_end", "row").rows() == [
        ("I-1-1", "I-1", 3100, date(2026, 2, 14), 1)
    ]
    assert found["invoices"]["known_on"].to_list() == [date(2026, 1, 15)]


UNREADABLE = {
    "nothing.yaml": (None, "no such file or folder"),
    "notes.txt": (b"hello", "no form of a bundle"),
    "open.yaml": (b"contracts: [", "not YAML"),
    "list.yaml": (b"- 1\n", "expected a mapping of tables"),
    "rows.yaml": (b"contracts: {id: C-1}\n", "`contracts` must be a list of rows"),
    "cells.yaml": (b"contracts: [C-1]\n", "row 1 of `contracts` must be a mapping"),
    "twice.yaml": (b"customers: []\ncustomers: []\n", "line 2: the key 'customers' stands twice"),
    "twice.json": (b'{"customers": [], "customers": []}', "the key 'customers' stands twice"),
    "broken.json": (b'{"customers": [', "not JSON"),
    "wide.yaml": ("customers: []\n".encode("utf-16"), "save it as UTF-8"),
    "latin.yaml": ("customers: [{id: a, name: Café}]\n".encode("latin-1"), "line 1: the byte 0xe9 is not UTF-8"),
    "deep.yaml": (b"a: " + b"[" * 200_000, "nested too deep"),
    "deep_block.yaml": (b"- " * 200_000, "nested too deep"),
    "deep.json": (b"[" * 200_000, "nested too deep"),
    "merge.yaml": (b"a: &x {id: 1}\nb: {<<: *x}\n", "a key must be a plain word"),
    "no.zip": (b"hello", "no zip"),
    "no.xlsx": (b"hello", "no zip"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_bundle_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    data, reason = UNREADABLE[name]
    if data is not None:
        (tmp_path / name).write_bytes(data)

    with pytest.raises(reading.Unreadable, match=reason) as refusal:
        reading.read(tmp_path / name)

    assert "\n" not in str(refusal.value)


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(reading.Unreadable, match=r"holds no TABLE\.csv"):
        reading.read(tmp_path)


def test_an_alias_that_multiplies_itself_is_refused(tmp_path: Path) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for one, next_one in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{next_one}: &{next_one} [{', '.join([f'*{one}'] * 10)}]\n"

    with pytest.raises(reading.Unreadable, match="without end"):
        samples.read_yaml(bomb, tmp_path)


def test_an_alias_of_a_day_is_read(tmp_path: Path) -> None:
    text = samples.SMALLEST.replace("issued_on: 2026-01-15", "issued_on: &day 2026-01-15")
    found = samples.read_yaml(text.replace("service_start: 2026-01-15", "service_start: *day"), tmp_path)

    assert found["invoice_lines"]["service_start"].to_list() == [date(2026, 1, 15)]

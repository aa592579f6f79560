"""Tables as CSV and Parquet: what spreadsheets and databases really write, and what is refused."""

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from ratable.bundle import flat_files, reading, sources
from tests.bundle import samples

CLEAN_CUSTOMERS = {
    "byte order mark": b"\xef\xbb\xbfid,name\nacme,Acme\n",
    "carriage returns": b"id,name\r\nacme,Acme\r\n",
    "mixed line ends": b"id,name\r\nacme,Acme\nzenith,Zenith\rlast,Last\r\n",
    "no last line end": b"id,name\nacme,Acme",
    "blank lines": b"id,name\n\nacme,Acme\n\n\n",
    "empty rows of a spreadsheet": b"id,name\nacme,Acme\n,\n,\n",
    "quoted comma": b'id,name\nacme,"Acme, Inc."\n',
    "quoted line end": b'id,name\nacme,"Acme\nInc."\n',
    "doubled quote": b'id,name\nacme,"The ""Acme"" Company"\n',
}


@pytest.mark.parametrize("data", CLEAN_CUSTOMERS.values(), ids=CLEAN_CUSTOMERS)
def test_what_spreadsheets_write_is_read(data: bytes, tmp_path: Path) -> None:
    home = samples.write_flat(tmp_path)
    (home / "customers.csv").write_bytes(data)

    found = reading.read(home)

    assert found.findings.is_empty()
    assert found["customers"]["id"][0] == "acme"


def test_rows_keep_their_place_when_blank_ones_are_dropped() -> None:
    frame, _ = flat_files.read_csv(b"id,name\n\nacme,Acme\n,\nzenith,Zenith\n", "customers.csv")

    assert frame.select("id", "row").rows() == [("acme", 2), ("zenith", 4)]


REFUSED_CUSTOMERS = {
    "UTF-16": ("id,name\nacme,Acme\n".encode("utf-16"), "UTF-16"),
    "Latin-1": ("id,name\nacme,Café\n".encode("latin-1"), r"customers\.csv, line 2: the byte 0xe9 is not UTF-8"),
    "semicolons": (b"id;name\nacme;Acme\n", "not separated by commas"),
    "empty": (b"", "is empty"),
    "a column twice": (b"id,name,name\nacme,Acme,Acme\n", "the column name comes twice"),
    "a column without a name": (b"id,name,\nacme,Acme,x\n", "column 3 has no name"),
    "an open quote": (b'id,name\nacme,"Acme\n', "line 2: not well-formed CSV"),
    "text after a quote": (b'id,name\nacme,"Ac"me\n', "line 2: not well-formed CSV"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED_CUSTOMERS.values(), ids=REFUSED_CUSTOMERS)
def test_what_is_no_csv_of_ours_is_refused(data: bytes, reason: str, tmp_path: Path) -> None:
    home = samples.write_flat(tmp_path)
    (home / "customers.csv").write_bytes(data)

    with pytest.raises(reading.Unreadable, match=reason):
        reading.read(home)


@pytest.mark.parametrize("row", ["zenith,Zenith, Inc.", "zenith"], ids=["too many", "too few"])
def test_a_ragged_row_blocks_and_the_others_stay(row: str, tmp_path: Path) -> None:
    home = samples.write_flat(tmp_path, {"customers.csv": f"id,name\nacme,Acme\n{row}\n"})

    found = reading.read(home)

    assert "ragged_row" in samples.codes(found)
    assert found["customers"]["id"].to_list() == ["acme"]


def test_a_cell_of_ten_megabytes_is_a_finding(tmp_path: Path) -> None:
    home = samples.write_flat(tmp_path, {"customers.csv": "id,name\nacme," + "x" * 10_000_000 + "\n"})

    found = reading.read(home)

    assert "cell_too_long" in samples.codes(found)
    assert found.findings["value"].str.len_chars().max() == 80


def test_an_error_of_a_spreadsheet_is_a_finding(tmp_path: Path) -> None:
    home = samples.write_flat(tmp_path, {"customers.csv": "id,name\nacme,#REF!\n"})

    assert samples.codes(reading.read(home))[:1] == ["formula_cell"]


def test_a_table_that_comes_twice_is_refused(tmp_path: Path) -> None:
    home = samples.write_flat(tmp_path)
    pl.DataFrame({"id": ["acme"], "name": ["Acme"]}).write_parquet(home / "customers.parquet")

    with pytest.raises(reading.Unreadable, match="the table customers comes twice"):
        reading.read(home)


PARQUET_AMOUNTS = {
    "text": (pl.Series(["31.00"]), [3100], []),
    "decimal": (pl.Series([Decimal("31.0000")], dtype=pl.Decimal(18, 4)), [3100], []),
    "whole number": (pl.Series([31], dtype=pl.Int32), [3100], []),
    "float": (pl.Series([31.0]), [], ["float_amount"]),
    "decimal too fine": (pl.Series([Decimal("31.0050")], dtype=pl.Decimal(18, 4)), [], ["too_many_decimals"]),
    "too large": (pl.Series([10**14], dtype=pl.Int64), [], ["out_of_range"]),
}


@pytest.mark.parametrize(("amounts", "expected", "codes"), PARQUET_AMOUNTS.values(), ids=PARQUET_AMOUNTS)
def test_parquet_amounts_are_exact_or_refused(
    amounts: pl.Series, expected: list[int], codes: list[str], tmp_path: Path
) -> None:
    home = samples.write_flat(tmp_path)
    lines = pl.read_csv(home / "invoice_lines.csv", infer_schema=False).with_columns(amount=amounts)
    (home / "invoice_lines.csv").unlink()
    lines.write_parquet(home / "invoice_lines.parquet")

    found = reading.read(home)

    assert samples.codes(found) == codes
    assert found["invoice_lines"]["amount"].to_list() == expected


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def test_a_day_in_parquet_is_read(tmp_path: Path) -> None:
    home = samples.write_flat(tmp_path)
    moments = [datetime(2026, 1, 15), datetime(2026, 1, 15, 12)]
    rates = pl.DataFrame({"from": "EUR", "to": ["USD", "GBP"], "on": moments, "rate": "1.10"})
    rates.write_parquet(home / "fx_rates.parquet")

    found = reading.read(home)

    assert samples.codes(found) == ["malformed_date"]
    assert found["fx_rates"]["on"].to_list() == [date(2026, 1, 15)]


@pytest.mark.parametrize(
    "content", [b"hello", _parquet(pl.DataFrame({"id": [{"a": 1}]}))], ids=["no parquet", "a nested column"]
)
def test_parquet_that_is_no_table_of_cells_is_refused(content: bytes) -> None:
    with pytest.raises(sources.Unreadable, match=r"customers\.parquet"):
        flat_files.read_parquet(content, "customers.parquet")

"""Files of other systems: any separator, any order of days, commas before decimals, signs, names that come twice."""

import polars as pl
import pytest

from ratable.bundle import joining, mapping, sources
from ratable.core import tables

GERMAN = "Rechnung;Kunde;Datum;Netto;Netto\nR-7;halden;05.01.2026;1.200,50 €;238,10 €\n".encode()


def one(cell: str, table: str, column: str, **said: str) -> str | None:
    """What becomes of a single cell."""
    sheet = mapping.read(f'theirs\n"{cell}"\n'.encode(), "one.csv")
    made = mapping.mapped(sheet, mapping.Mapping(table, {column: "theirs"}, **said))  # type: ignore[arg-type]  # texts
    found: str | None = made.source.tables[table][column].item()
    return found


def test_a_name_that_comes_twice_is_numbered_and_one_that_is_missing_is_made() -> None:
    assert mapping.read(GERMAN, "r.csv").columns == ["Rechnung", "Kunde", "Datum", "Netto", "Netto (2)"]
    assert mapping.read(b"a,,row\n1,2,3\n", "r.csv").columns == ["a", "Column 2", "row (2)"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_whatever_separates_the_cells_is_found(separator: str) -> None:
    data = separator.join(["id", "na me"]) + "\n" + separator.join(["1", "x"]) + "\n"

    assert mapping.read(data.encode(), "r.csv").cells.row(0) == ("1", "x", 1)


def test_a_file_of_another_country_becomes_a_table_of_the_bundle() -> None:
    said = mapping.Mapping(
        "invoice_lines", {"id": "Rechnung", "service_start": "Datum", "amount": "Netto", "tax": "Netto (2)"},
        {"invoice": "R-7"}, "day", ",",
    )  # fmt: skip

    made = mapping.mapped(mapping.read(GERMAN, "r.csv"), said)

    row = {"id": "R-7", "service_start": "2026-01-05", "amount": "1200.50", "tax": "238.10", "invoice": "R-7", "row": 1}
    assert made.source.tables["invoice_lines"].row(0, named=True) == row
    assert made.missing.is_empty()


@pytest.mark.parametrize(("cell", "order", "expected"), [
    ("5/1/2026", "day", "2026-01-05"), ("5/1/2026", "month", "2026-05-01"), ("20260105", "year", "2026-01-05"),
    ("05.01.2026 14:02", "day", "2026-01-05"), ("2026-01-05T09:30:00Z", "year", "2026-01-05"),
    ("03/14/2026", "day", "03/14/2026"), ("31.02.2026", "day", "31.02.2026"), ("5/1/26", "day", "5/1/26"),
])  # fmt: skip
def test_days_are_read_in_their_order_and_what_is_none_stays(cell: str, order: str, expected: str) -> None:
    assert one(cell, "invoices", "issued_on", order=order) == expected


@pytest.mark.parametrize(("cell", "mark", "expected"), [
    ("1.200,50", ",", "1200.50"), ("1,200.50", ".", "1200.50"), ("$12.00", ".", "12.00"), ("USD 1 200", ".", "1200"),
    ("(12.00)", ".", "-12.00"), ("12.00-", ".", "-12.00"), ("-€ 3,5", ",", "-3.5"), ("1'000.25 CHF", ".", "1000.25"),
    ("1,20", ".", "1,20"), ("12.50", ",", "12.50"), ("1e3", ".", "1e3"), ("twelve", ".", "twelve"),
    ("(0.00)", ".", "0.00"),
])  # fmt: skip
def test_numbers_are_read_by_their_marks_and_what_is_none_stays(cell: str, mark: str, expected: str) -> None:
    assert one(cell, "invoice_lines", "amount", mark=mark) == expected


def test_a_sign_of_another_currency_than_the_row_stays_for_the_checks_to_tell() -> None:
    sheet = mapping.read(b"p,a\nx,12 EUR\nx,12 USD\nx,\xc2\xa312\n", "r.csv")
    said = mapping.Mapping("ssps", {"product": "p", "amount": "a"}, {"currency": "usd"})

    assert mapping.mapped(sheet, said).source.tables["ssps"]["amount"].to_list() == ["12 EUR", "12", "£12"]


def test_words_are_brought_into_the_form_of_the_bundle() -> None:
    assert one("Point in time", "products", "method") == "point_in_time"
    assert one("by feel", "products", "method") == "by feel"
    assert one("10 %", "contracts", "discount.percent") == "10"


def test_a_column_that_the_file_lacks_is_told_with_its_place() -> None:
    made = mapping.mapped(
        mapping.read(GERMAN, "r.csv"), mapping.Mapping("invoices", {"id": "Rechnung", "due_on": "Fällig"})
    )

    assert made.missing["message"].to_list() == [
        "invoices, due_on: saw Fällig; expected a column of r.csv. It was not read; rename it, or leave it out."
    ]


def test_what_is_at_fault_is_told_as_in_any_bundle() -> None:
    sheet = mapping.read(b"id,who,date\nI-1,acme,03/14/2026\nI-2,acme\n", "r.csv")
    said = mapping.Mapping("invoices", {"id": "id", "customer": "who", "issued_on": "date"}, {"currency": "USD"}, "day")
    checked = joining.check(mapping.mapped(sheet, said).source, {name: tables.empty(name) for name in tables.TABLES})

    told = checked.findings.select("code", "column", "value", "row").rows()
    assert ("malformed_date", "issued_on", "03/14/2026", 1) in told
    assert ("ragged_row", "id", "I-2", 2) in told


def test_rows_that_say_the_same_count_once() -> None:
    sheet = mapping.read(b"invoice,customer,line\nI-1,acme,1\nI-1,acme,2\nI-2,acme,1\n", "r.csv")
    made = mapping.mapped(sheet, mapping.Mapping("invoices", {"id": "invoice", "customer": "customer"}))

    assert made.source.tables["invoices"]["row"].to_list() == [1, 3]
    assert made.repeated == 1


def test_names_order_and_marks_are_guessed() -> None:
    sheet = mapping.read(
        b"Invoice number,Customer ID,Invoice date,CCY,Memo\nI-1,acme,28/02/2026,EUR,x\nI-2,acme,01/03/2026,EUR,x\n",
        "r.csv",
    )
    found = mapping.guess(sheet, "invoices")

    assert mapping.likely(sheet) == "invoices"
    assert found.columns == {
        "id": "Invoice number", "customer": "Customer ID", "issued_on": "Invoice date", "currency": "CCY"
    }  # fmt: skip
    assert found.order == "day"
    assert mapping.guess(mapping.read(b"date\n01/31/2026\n", "r.csv"), "invoices").order == "month"
    assert mapping.guess(mapping.read(b'Net\n"1.200,50"\n', "r.csv"), "invoice_lines").mark == ","


def test_a_mapping_is_kept_and_read_again() -> None:
    said = mapping.Mapping("invoices", {"id": "No"}, {"currency": "USD"}, "month", ",")

    assert mapping.of(said.document()) == said


@pytest.mark.parametrize("data", [b"", b"\n", b" , \n1,2\n", b"\xff\xfea\x00", b'a,b\n"1,2\n'])
def test_what_is_no_csv_is_refused(data: bytes) -> None:
    with pytest.raises(sources.Unreadable):
        mapping.read(data, "r.csv")


def test_an_empty_file_has_no_rows() -> None:
    sheet = mapping.read(b"id,name\n", "r.csv")

    assert mapping.mapped(sheet, mapping.guess(sheet, "customers")).source.tables["customers"].height == 0
    assert sheet.cells.schema["row"] == pl.Int64

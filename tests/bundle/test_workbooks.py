"""Workbooks: numbers that are exact, formulas that are not values, and headers where they belong."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ratable.bundle import reading, sources, workbooks
from tests.bundle import samples

Cell = str | float | date | None


def workbook(sheets: dict[str, list[list[Cell]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def invoice(amount: Any) -> dict[str, list[list[Cell]]]:
    return {
        "customers": [["id", "name"], ["acme", "Acme"]],
        "invoices": [["id", "customer", "currency", "issued_on"], ["I-1", "acme", "USD", date(2026, 1, 15)]],
        "invoice_lines": [["id", "invoice", "amount"], ["I-1-1", "I-1", amount]],
    }


AMOUNTS: dict[str, tuple[Any, list[int], list[str]]] = {
    "text": ("31.00", [3100], []),
    "whole number": (31, [3100], []),
    "number with two decimals": (10.1, [1010], []),
    "number that is a sum": (0.1 + 0.2, [30], []),
    "number with three decimals": (10.125, [], ["too_many_decimals"]),
    "formula": ("=30+1", [], ["formula_cell"]),
    "error": ("#REF!", [], ["formula_cell"]),
}


@pytest.mark.parametrize(("amount", "expected", "codes"), AMOUNTS.values(), ids=AMOUNTS)
def test_amounts_of_a_workbook(amount: Cell, expected: list[int], codes: list[str], tmp_path: Path) -> None:
    path = tmp_path / "bundle.xlsx"
    path.write_bytes(workbook(invoice(amount)))

    found = reading.read(path)

    assert samples.codes(found) == codes
    assert found["invoice_lines"]["amount"].to_list() == expected


def test_a_formula_is_told_even_where_its_value_was_saved() -> None:
    data = workbook({"customers": [["id", "name", "region"], ["acme", "Acme", None], ["=A2", "=1&2", "=B2"]]})

    assert workbooks.read(data, "bundle.xlsx").tables["customers"].rows() == [
        ("acme", "Acme", None, 1), ("=A2", "=1&2", "=B2", 2),
    ]  # fmt: skip


def test_numbers_days_and_blanks_keep_their_place() -> None:
    data = workbook({"locks": [["through", "locked_on"], [date(2026, 1, 31), "2026-02-04"], [None, None], [7, 0.5]]})

    assert workbooks.read(data, "bundle.xlsx").tables["locks"].rows() == [
        ("2026-01-31", "2026-02-04", 1), ("7", "0.5", 3),
    ]  # fmt: skip


REFUSED = {
    "a column twice": ([["id", "id"], ["acme", "acme"]], "the column id comes twice"),
    "a column without a name": ([["id", None], ["acme", "Acme"]], "a column has no name"),
    "a header further down": ([["Customers of 2026"], ["id", "name"], ["acme", "Acme"]], "a column has no name"),
}


@pytest.mark.parametrize(("rows", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_sheet_without_a_proper_header_is_refused(rows: list[list[Cell]], reason: str) -> None:
    with pytest.raises(sources.Unreadable, match=f"sheet customers: {reason}"):
        workbooks.read(workbook({"customers": rows}), "bundle.xlsx")


def test_a_sheet_of_notes_is_told_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "bundle.xlsx"
    path.write_bytes(workbook(invoice("31.00") | {"Notes": [["Ask Anna"]]}))

    assert samples.codes(reading.read(path)) == ["unknown_table"]

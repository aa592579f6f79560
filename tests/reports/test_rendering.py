import io
import json
from decimal import Decimal
from typing import Any

import openpyxl
import polars as pl
import pytest

from ratable.reports import names, rendering, workbook

ROWS = pl.DataFrame(
    {
        "period": ["2026-01", "2026-01", "2026-01"],
        "currency": ["USD", "JPY", "BHD"],
        "amount": [-5, 100000, 1500],
        "line": ["=SUM(A1)", None, "-1"],
    }
)
FOUND = pl.DataFrame({"code": ["no_ssp"], "message": ["contract_lines A: saw nothing"]})
HEADING = rendering.Heading("schedule", {"through": "2026-01-31"}, FOUND)


def written(name: str, *parts: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    rendering.WRITERS[name](out, parts, HEADING)
    return out.getvalue()


def test_json_has_exact_amounts_and_findings() -> None:
    document: dict[str, Any] = json.loads(written("json", ROWS))

    assert list(document) == ["report", "parameters", "rows", "findings"]
    assert document["report"] == "schedule"
    assert document["rows"][0] == {"period": "2026-01", "currency": "USD", "amount": "-0.05", "line": "=SUM(A1)"}
    assert [row["amount"] for row in document["rows"]] == ["-0.05", "100000", "1.500"]
    assert document["findings"] == [{"code": "no_ssp", "message": "contract_lines A: saw nothing"}]


def test_parts_read_as_one() -> None:
    assert json.loads(written("json", ROWS.head(1), ROWS.clear(), ROWS.tail(2))) == json.loads(written("json", ROWS))
    assert written("csv", ROWS.head(1), ROWS.tail(2)) == written("csv", ROWS)


def test_no_rows_are_an_empty_list() -> None:
    assert json.loads(written("json", ROWS.clear()))["rows"] == []


def test_text_with_line_feeds_and_quotes_survives() -> None:
    odd = pl.DataFrame({"line": ['a\n"b"', "ünï\u2028x"]})

    assert [row["line"] for row in json.loads(written("json", odd))["rows"]] == odd["line"].to_list()


def test_csv_disarms_text_and_leaves_numbers() -> None:
    assert written("csv", ROWS).decode().splitlines() == [
        "period,currency,amount,line",
        "2026-01,USD,-0.05,'=SUM(A1)",
        "2026-01,JPY,100000,",
        "2026-01,BHD,1.500,'-1",
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_every_start_of_a_formula_is_disarmed(start: str) -> None:
    cell = pl.DataFrame({"line": [start + "x"]})

    assert b"'" + start.encode() in written("csv", cell)


def test_parquet_has_decimals() -> None:
    frame = pl.read_parquet(io.BytesIO(written("parquet", ROWS)))

    assert frame["amount"].to_list() == [Decimal("-0.05"), Decimal(100000), Decimal("1.5")]


def test_a_workbook_has_numbers_and_plain_text() -> None:
    out = io.BytesIO()
    workbook.write(out, [ROWS], HEADING)
    book = openpyxl.load_workbook(out)

    assert book.sheetnames == ["schedule", "findings"]
    assert [cell.value for cell in book["schedule"][2]] == ["2026-01", "USD", -0.05, "=SUM(A1)"]
    assert book["schedule"]["D2"].data_type == "s"
    assert book["schedule"]["D2"].quotePrefix
    assert book["findings"]["A2"].value == "no_ssp"


def test_the_same_figures_make_the_same_workbook() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    workbook.write(first, [ROWS], HEADING)
    workbook.write(second, [ROWS], HEADING)

    assert first.getvalue() == second.getvalue()


def test_a_workbook_refuses_what_it_would_round() -> None:
    large = ROWS.with_columns(amount=pl.lit(10**15))

    with pytest.raises(names.Refused, match="more than fifteen digits; write csv or parquet"):
        workbook.write(io.BytesIO(), [large], HEADING)

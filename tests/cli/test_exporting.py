"""`ratable export` with everything that can be typed."""

import csv
from pathlib import Path

import pytest

from ratable.cli import exporting, main, refusals, starting
from ratable.exports import options

Capture = pytest.CaptureFixture[str]
CONTRACT = """
  - id: {id}
    customer: acme
    currency: {currency}
    signed_on: 2026-01-01
    start: 2026-01-01
    end: 2026-12-31
    lines: [{{id: {id}-1, product: platform, price: "1200", ssp: "1200"}}]
"""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The starter bundle, with contracts in dinars and yen beside the one in dollars."""
    path = starting.write(tmp_path)
    with path.open("a") as text:
        text.writelines(CONTRACT.format(id=f"C-{code}", currency=code) for code in ("BHD", "JPY"))
    return path


def export(bundle: Path, layout: str, *typed: str) -> int:
    out = str(bundle.with_name("files"))
    return main.main(["export", layout, str(bundle), "--period", "2026-01", "--out", out, *typed])


def rows(bundle: Path) -> list[dict[str, str]]:
    (path,) = bundle.with_name("files").glob("*.csv")
    with path.open() as text:
        return list(csv.DictReader(text))


def test_the_help_names_every_layout() -> None:
    assert main.LAYOUTS == options.NAMES


def test_what_a_ledger_refuses_is_said_and_the_rest_goes_out(bundle: Path, capfd: Capture) -> None:
    assert export(bundle, "netsuite") == 1
    told = capfd.readouterr()

    assert "Refused: BHD, 2 entries over" in told.err
    assert "NetSuite keeps two decimals of an amount and would round" in told.err
    assert {row["Currency"] for row in rows(bundle)} == {"USD", "JPY"}


def test_nothing_goes_out_where_all_is_refused(bundle: Path, capfd: Capture) -> None:
    bundle.write_text(bundle.read_text().replace("USD", "BHD").replace("JPY", "BHD"))

    assert export(bundle, "netsuite") == 2
    assert "NetSuite keeps two decimals" in capfd.readouterr().err
    assert not bundle.with_name("files").exists()


def test_every_choice_reaches_the_file(bundle: Path) -> None:
    typed = ["--date-format", "DD.MM.YYYY", "--accounts-by", "name", "--set", "Exchange Rate=1", "--detail", "entries"]

    assert export(bundle, "netsuite", *typed) == 1
    first = rows(bundle)[0]
    assert first["Date"] == "01.01.2026"
    assert first["Exchange Rate"] == "1"
    assert first["Journal Entry - Line: Account"] == "Accounts Receivable"


def test_rows_are_divided_among_files(bundle: Path) -> None:
    assert export(bundle, "generic", "--rows-per-file", "4", "--lines-per-journal", "4") == 0

    assert len(list(bundle.with_name("files").glob("*.csv"))) > 1


def test_the_template_of_a_ledger_is_filled(bundle: Path) -> None:
    template = bundle.with_name("mine.csv")
    template.write_text("Posting Date,Account No.,Debit,Credit,Journal Number,Cost Center\n")

    assert export(bundle, "template", "--template", str(template), "--set", "Cost Center=Berlin") == 0
    assert rows(bundle)[0]["Cost Center"] == "Berlin"


def test_a_file_that_differs_is_replaced_only_when_said(bundle: Path, capfd: Capture) -> None:
    assert export(bundle, "generic") == 0
    assert export(bundle, "generic", "--date-format", "DD.MM.YYYY") == 2
    assert "--overwrite" in capfd.readouterr().err
    assert export(bundle, "generic", "--date-format", "DD.MM.YYYY", "--overwrite") == 0


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["--template", "mine.csv"], "--template: saw FORMAT 'generic'; expected the FORMAT template"),
        (["--set", "Class"], "--set: saw 'Class'; expected COLUMN=VALUE"),
        (["--set", "Class=x"], "fixed value for column: saw Class; expected one of external_key"),
        (["--entity", "fr"], "entity: saw fr; expected one of none"),
        (["--detail", "all"], "detail: saw all; expected one of summary, entries"),
        (["--rows-per-file", "1"], "rows in a file: saw 1; expected 2 or more"),
        (["--date-format", "MM/YYYY"], "date format: saw MM/YYYY"),
    ],
)
def test_what_cannot_be_is_one_clear_line(bundle: Path, capfd: Capture, typed: list[str], words: str) -> None:
    assert export(bundle, "generic", *typed) == 2
    told = capfd.readouterr().err

    assert words in told
    assert len(told.splitlines()) == 1
    assert not bundle.with_name("files").exists()


def test_one_column_has_one_value() -> None:
    assert exporting.fixed(["Class=a=b", "Note="]) == {"Class": "a=b", "Note": ""}
    with pytest.raises(refusals.Refusal, match="each column once"):
        exporting.fixed(["Class=a", "Class=b"])

"""Every layout as a golden file, and the limits of each ledger."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratable.exports import layout, options, writing
from tests import golden
from tests.exports import samples

GOLDEN = Path(__file__).parent / "golden"
Row = dict[str, str]


def export(journal: pl.DataFrame, out: Path, name: str, **other: object) -> writing.Written:
    asked = options.Options(layout=name, period="2026-01", out=out, **other)  # type: ignore[arg-type]  # options by name, as a user gives them
    return writing.write(journal, samples.imported(), asked, accounts=samples.CHART)


def rows_of(file: writing.File) -> list[Row]:
    with file.path.open(newline="") as text:
        return list(csv.DictReader(text))


@pytest.mark.parametrize("name", sorted(options.LAYOUTS))
def test_golden(name: str, tmp_path: Path) -> None:
    written = export(samples.january(), tmp_path, name)

    for file in written.files:
        golden.agrees(GOLDEN / file.path.name, file.path.read_text())
    assert {file.path.name for file in written.files} == {path.name for path in GOLDEN.glob(f"{name}-*.csv")}


def test_sage_intacct_repeats_nothing_of_the_header(tmp_path: Path) -> None:
    rows = [row for file in export(samples.january(), tmp_path, "sage-intacct").files for row in rows_of(file)]

    header = ("JOURNAL", "DATE", "DESCRIPTION", "REFERENCE_NO")
    assert all(bool(row[name]) == (row["LINE_NO"] == "1") for row in rows for name in header)


def test_sage_intacct_takes_four_characters_of_journal(tmp_path: Path) -> None:
    with pytest.raises(layout.ExportError, match="journal is longer than the 4 characters Sage Intacct takes"):
        export(samples.january(), tmp_path, "sage-intacct", fixed={"JOURNAL": "REVREC"})


def test_quickbooks_needs_a_customer_on_receivables(tmp_path: Path) -> None:
    nameless = samples.journal(
        samples.pair("billing", "receivable", "deferred_revenue", 1, customer=None, source="OWN")
    )

    with pytest.raises(layout.ExportError, match=r"account 1100, amount 0.01 USD: QuickBooks needs a customer name"):
        export(nameless, tmp_path, "quickbooks")


def test_quickbooks_needs_account_names(tmp_path: Path) -> None:
    unknown = samples.journal(samples.pair("recognition", "deferred_revenue", "revenue", 1, credit="4999"))

    with pytest.raises(layout.ExportError, match=r"account 4999, .*the chart has no name for the account"):
        export(unknown, tmp_path, "quickbooks")
    assert export(unknown, tmp_path, "netsuite").files


def test_netsuite_takes_ten_digits(tmp_path: Path) -> None:
    wide = samples.journal(samples.pair("recognition", "deferred_revenue", "revenue", 10**12))

    with pytest.raises(layout.ExportError, match="NetSuite holds ten digits"):
        export(wide, tmp_path, "netsuite")


@pytest.mark.parametrize("name", ["netsuite", "quickbooks", "xero"])
def test_three_decimals_are_not_left_to_be_rounded(name: str, tmp_path: Path) -> None:
    dinars = samples.journal(samples.pair("recognition", "deferred_revenue", "revenue", 1, currency="BHD"))

    with pytest.raises(layout.ExportError, match=r"amount 0.001 BHD: \w+ keeps two decimals of an amount"):
        export(dinars, tmp_path, name)
    assert export(dinars, tmp_path, "generic").files


def test_netsuite_takes_the_largest_amount_of_ten_digits(tmp_path: Path) -> None:
    wide = samples.journal(samples.pair("recognition", "deferred_revenue", "revenue", 10**12 - 1))

    assert rows_of(export(wide, tmp_path, "netsuite").files[0])[0]["Journal Entry - Line: Debit"] == "9999999999.99"


LINE = "Journal Entry - Line: "
READ = {
    "netsuite": ("External ID", LINE + "Debit", LINE + "Credit"),
    "quickbooks": ("*JournalNo", "*Debits", "*Credits"),
    "xero": ("*Narration", "*Amount", ""),
    "sage-intacct": ("REFERENCE_NO", "DEBIT", "CREDIT"),
    "generic": ("external_key", "debit", "credit"),
}


def journals_of(name: str, rows: list[Row]) -> Iterator[tuple[str, list[Decimal]]]:
    """Key and signed amounts of each journal, read the way the ledger groups rows."""
    key_column, debit, credit = READ[name]
    found: dict[str, list[Decimal]] = defaultdict(list)
    key = ""
    for row in rows:
        key = row[key_column] or key  # Sage Intacct names it on the first line alone.
        found[key].append(Decimal(row[debit] or 0) - Decimal(row[credit] or 0 if credit else 0))
    yield from found.items()


@settings(max_examples=40)
@given(rows=samples.journals(most=20), name=st.sampled_from(sorted(options.LAYOUTS)), rows_per_file=st.integers(2, 9))
def test_journals_are_whole_and_balance_in_every_file(
    rows: pl.DataFrame, name: str, rows_per_file: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    written = export(rows, tmp_path_factory.mktemp("out"), name, rows_per_file=rows_per_file)

    seen: set[str] = set()
    for file in written.files:
        found = rows_of(file)
        journals = dict(journals_of(name, found))
        assert len(found) <= rows_per_file
        assert len(found) == file.totals["rows"]
        assert len(journals) == file.totals["journals"]
        assert all(sum(amounts) == 0 for amounts in journals.values())
        assert not seen & set(journals)
        seen |= set(journals)
        if name == "quickbooks":
            assert all(len(key) <= 21 for key in journals)


@pytest.mark.parametrize(("name", "limit"), [("xero", 300), ("quickbooks", 1000)])
def test_the_ledger_s_own_rows_per_file(name: str, limit: int, tmp_path: Path) -> None:
    products = [samples.pair("recognition", "deferred_revenue", "revenue", 1, product=f"p{n}") for n in range(501)]

    files = export(samples.journal(*products), tmp_path, name).files

    assert [file.totals["rows"] for file in files] == [limit] * (1002 // limit) + [1002 % limit]


@pytest.mark.parametrize(("asked", "lines"), [(None, [200, 200, 200, 2]), (1000, [602])])
def test_netsuite_journals_have_200_lines_unless_asked_for_more(
    asked: int | None, lines: list[int], tmp_path: Path
) -> None:
    products = [samples.pair("recognition", "deferred_revenue", "revenue", 1, product=f"p{n}") for n in range(301)]

    (file,) = export(samples.journal(*products), tmp_path, "netsuite", lines_per_journal=asked).files

    assert [len(amounts) for _, amounts in journals_of("netsuite", rows_of(file))] == lines

import csv
from pathlib import Path

import pytest

from ratable.exports import layout, netsuite, options, quickbooks, sage_intacct, template, writing, xero
from tests.exports import samples


@pytest.fixture
def header(tmp_path: Path) -> "Header":
    return Header(tmp_path)


class Header:
    """Writes a template with this first row."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "template.csv"

    def __call__(self, text: str) -> Path:
        self.path.write_text(text + "\n", encoding="utf-8-sig")
        return self.path


@pytest.mark.parametrize("known", [netsuite.LAYOUT, quickbooks.LAYOUT, xero.LAYOUT, sage_intacct.LAYOUT])
def test_a_ledger_s_own_header_gives_its_own_layout(known: layout.Layout, header: Header) -> None:
    found = template.read(header(",".join(name for name, _ in known.columns)), fixed=())

    assert found.columns == known.columns
    assert (found.dates, found.rows_per_file, found.refusals) == (known.dates, known.rows_per_file, known.refusals)


def test_names_match_whatever_their_case_spaces_and_marks(header: Header) -> None:
    found = template.read(
        header("Posting Date;*Account No.;DEBIT amount;Credit (optional);Journal-Number;Cost Center"), fixed=()
    )

    assert [field for _, field in found.columns] == ["date", "account", "debit", "credit", "key", layout.EMPTY]
    assert found.separator == ";"
    assert found.notes == ("Left empty: Cost Center.",)


def test_columns_of_the_user_s_ledger_keep_their_order(header: Header, tmp_path: Path) -> None:
    path = header("Class,*JournalDate,*JournalNo,Credits,Debits,*AccountName,Customer ID,GLENTRY_ITEMID")
    asked = options.Options(
        layout="template", period="2026-01", out=tmp_path / "out", template=path, fixed={"Class": "Software"}
    )

    (file,) = writing.write(samples.january(), samples.imported(), asked, accounts=samples.CHART).files

    rows = list(csv.reader(file.path.read_text().splitlines()))
    assert rows[0] == [
        "Class",
        "*JournalDate",
        "*JournalNo",
        "Credits",
        "Debits",
        "*AccountName",
        "Customer ID",
        "GLENTRY_ITEMID",
    ]
    assert rows[1][:2] == ["Software", "01/31/2026"]
    assert rows[1][3:] == ["", "50000", "Deferred revenue", "birch", "support"]


def test_a_required_column_that_nothing_fills_is_named(header: Header) -> None:
    path = header("*JournalNo,*JournalDate,*AccountName,*Debits,*Credits,*Fund Code")

    with pytest.raises(
        layout.ExportError, match=r"required column \*Fund Code matches nothing .* account \(account code\)"
    ):
        template.read(path, fixed=())
    assert template.read(path, fixed=["*Fund Code"]).columns[-1] == ("*Fund Code", layout.EMPTY)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Date,Account,Debit,Credit", "the key of a journal"),
        ("Journal No,Account,Debit,Credit", "a posting date"),
        ("Journal No,Date,Debit,Credit", "an account"),
        ("Journal No,Date,Account,Debit", "amounts"),
    ],
)
def test_a_header_without_what_a_journal_needs_is_refused(text: str, missing: str, header: Header) -> None:
    with pytest.raises(layout.ExportError, match=f"no column for {missing}"):
        template.read(header(text), fixed=())


def test_a_missing_or_empty_template_is_refused(header: Header, tmp_path: Path) -> None:
    with pytest.raises(layout.ExportError, match=r"none.csv: cannot be read"):
        template.read(tmp_path / "none.csv", fixed=())
    with pytest.raises(layout.ExportError, match="its first row is empty"):
        template.read(header(",,"), fixed=())


def test_every_synonym_is_normal_and_belongs_to_one_field() -> None:
    names = [name for synonyms in template.SYNONYMS.values() for name in synonyms]

    assert [name for name in names if template.normal(name) != name] == []
    assert len(names) == len(set(names))
    assert set(template.SYNONYMS) == set(layout.FIELDS)

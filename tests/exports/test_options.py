from pathlib import Path

import pytest

from ratable.exports import layout, netsuite, options


def asked(**other: object) -> options.Options:
    given = {"layout": "netsuite", "period": "2026-01", "out": Path("out")} | other
    return options.Options(**given)  # type: ignore[arg-type]  # options by name, as a user gives them


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"layout": "sap"},
            "layout: saw sap; expected one of netsuite, quickbooks, xero, sage-intacct, generic, template",
        ),
        ({"period": "2026-13"}, "period: saw 2026-13; expected a month such as 2026-01"),
        ({"detail": "some"}, "detail: saw some; expected one of summary, entries"),
        ({"accounts_by": "id"}, "accounts by: saw id; expected code or name"),
        ({"rows_per_file": 1}, "rows in a file: saw 1; expected 2 or more"),
        ({"lines_per_journal": 1001}, "lines in a journal: saw 1001; expected 1000 at most"),
        ({"fixed": {"Region": "EU"}}, "fixed value for column: saw Region; expected one of External ID, "),
        ({"layout": "template"}, "saw no template"),
    ],
)
def test_what_cannot_be_done_is_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(layout.ExportError, match=message):
        options.resolve(asked(**wrong))


def test_what_is_not_said_is_as_the_ledger_has_it() -> None:
    shape = options.resolve(asked())

    assert (shape.columns, shape.dates, shape.lines_per_journal) == (netsuite.LAYOUT.columns, "MM/DD/YYYY", 200)


def test_what_is_said_counts() -> None:
    shape = options.resolve(
        asked(date_format="DD.MM.YYYY", detail="entries", accounts_by="name", lines_per_journal=1000)
    )

    assert (shape.dates, shape.entries, shape.lines_per_journal) == ("DD.MM.YYYY", True, 1000)
    assert ("Journal Entry - Line: Account", "account_name") in shape.columns


def test_a_journal_fits_into_a_file() -> None:
    assert options.resolve(asked(rows_per_file=20)).lines_per_journal == 20

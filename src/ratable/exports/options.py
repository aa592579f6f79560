"""What a user asks of an export, checked, and the layout that follows from it.

Worked example: `Options(layout="netsuite", period="2026-01", out=Path("out"), lines_per_journal=1000,
fixed={"Journal Entry - Line: Location": "Berlin"})` is NetSuite's layout with longer journals and one column filled.

Refuses an unknown layout, a month that is none, limits that the ledger does not take, and a fixed value for a column
that the file does not have.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ratable.exports import generic, layout, netsuite, quickbooks, sage_intacct, template, xero

LAYOUTS: dict[str, layout.Layout] = {
    known.name: known
    for known in (netsuite.LAYOUT, quickbooks.LAYOUT, xero.LAYOUT, sage_intacct.LAYOUT, generic.LAYOUT)
}
NAMES = (*LAYOUTS, template.UNKNOWN_LEDGER.name)
DETAILS = ("summary", "entries")
ACCOUNTS_BY = {"code": "account", "name": "account_name"}


@dataclass(frozen=True)
class Options:
    """One export. What is left empty or None is as the ledger's layout has it.

    `layout` is one of NAMES, `period` a month YYYY-MM of posting, `out` the folder. `detail` is one of DETAILS;
    `date_format` is written with YYYY, MM and DD; `accounts_by` is code or name; `fixed` gives a column, named by its
    header, one value for all rows; `template` is the CSV whose header the layout template fills; `entity` leaves all
    other entities out; `overwrite` allows an existing file of the same name and other content to be replaced.
    """

    layout: str
    period: str
    out: Path
    book: str = "main"
    detail: str = ""
    date_format: str = ""
    accounts_by: str = ""
    lines_per_journal: int | None = None
    rows_per_file: int | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)
    template: Path | None = None
    entity: str = ""
    overwrite: bool = False


def resolve(asked: Options) -> layout.Layout:
    """The layout that what was asked for comes to.

    Raises:
        layout.ExportError: it cannot be done; the message says what can.
    """
    _refuse_unless(asked.layout in NAMES, "layout", asked.layout, f"one of {', '.join(NAMES)}")
    _refuse_unless(
        bool(re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", asked.period)),
        "period",
        asked.period,
        "a month such as 2026-01",
    )
    _refuse_unless(asked.detail in ("", *DETAILS), "detail", asked.detail, f"one of {', '.join(DETAILS)}")
    _refuse_unless(asked.accounts_by in ("", *ACCOUNTS_BY), "accounts by", asked.accounts_by, "code or name")
    base = _base(asked)
    headers = [header for header, _ in base.columns]
    for header in asked.fixed:
        _refuse_unless(header in headers, "fixed value for column", header, f"one of {', '.join(headers)}")
    return dataclasses.replace(
        base,
        columns=tuple((header, _account_field(name, asked.accounts_by)) for header, name in base.columns),
        dates=asked.date_format or base.dates,
        entries=asked.detail == "entries" if asked.detail else base.entries,
        lines_per_journal=_lines_per_journal(asked, base),
        rows_per_file=asked.rows_per_file or base.rows_per_file,
    )


def _base(asked: Options) -> layout.Layout:
    if asked.layout in LAYOUTS:
        return LAYOUTS[asked.layout]
    if asked.template is None:
        raise layout.ExportError(
            "layout template: saw no template; expected the CSV downloaded from your ledger. Name the file."
        )
    return template.read(asked.template, fixed=asked.fixed)


def _account_field(name: str, accounts_by: str) -> str:
    return ACCOUNTS_BY[accounts_by] if accounts_by and name in ACCOUNTS_BY.values() else name


def _lines_per_journal(asked: Options, base: layout.Layout) -> int | None:
    """The most lines of one journal; a journal must fit into a file."""
    for what, count in (("lines in a journal", asked.lines_per_journal), ("rows in a file", asked.rows_per_file)):
        _refuse_unless(
            count is None or count >= 2, what, str(count), "2 or more, since a journal has a debit and a credit"
        )
    count, most = asked.lines_per_journal, base.most_lines_per_journal
    _refuse_unless(count is None or most is None or count <= most, "lines in a journal", str(count), f"{most} at most")
    limits = [limit for limit in (count or base.lines_per_journal, asked.rows_per_file or base.rows_per_file) if limit]
    return min(limits, default=None)


def _refuse_unless(sound: bool, what: str, seen: str, expected: str) -> None:  # noqa: FBT001 - the condition is the subject.
    if not sound:
        raise layout.ExportError(f"{what}: saw {seen}; expected {expected}.")

"""The user's own import template: the header of a CSV downloaded from their ledger, filled column by column.

Worked example: a header `Posting Date;*Account No.;Debit Amount;Credit Amount;Journal Number;Cost Center` maps to date,
account, debit, credit and key; the columns keep their order and the semicolon stays, `Cost Center` is left empty and
named in the notes.

Names match whatever their case, spaces, punctuation and asterisks. A header that gives away its ledger (`*JournalNo`,
`*Narration`, `DONOTIMPORT`, `External ID`) brings that ledger's dates, limits and refusals with it.

Refuses a required header (marked * or "required") that maps to nothing and has no fixed value, and a header without
key, date, account or amounts.
"""

import csv
import dataclasses
import re
from collections.abc import Collection
from pathlib import Path

from ratable.exports import layout, netsuite, quickbooks, sage_intacct, xero

TELLTALES: dict[str, layout.Layout] = {
    "journalno": quickbooks.LAYOUT,
    "narration": xero.LAYOUT,
    "donotimport": sage_intacct.LAYOUT,
    "externalid": netsuite.LAYOUT,
}
UNKNOWN_LEDGER = layout.Layout(name="template", columns=())
SYNONYMS: dict[str, tuple[str, ...]] = {
    "key": (
        "key", "externalkey", "externalid", "journalno", "journalnumber", "journalentryno", "journalentrynumber",
        "entryno", "entrynumber", "jename", "jenumber", "documentno", "documentnumber", "docnumber", "reference",
        "referenceno", "referencenumber", "refno", "externaldocumentno",
    ),
    "date": (
        "date", "postingdate", "journaldate", "entrydate", "jedate", "transactiondate", "trandate", "accountingdate",
    ),
    "posting_period": ("postingperiod", "periodname"),
    "period": ("period", "accountingperiod"),
    "origin_period": ("originperiod",),
    "entity": ("entity", "entityid", "locationid", "sourceentity", "companycode", "companyid"),
    "entity_name": ("entityname", "subsidiary", "company", "companyname", "legalentity"),
    "currency": ("currency", "currencycode", "transactioncurrency"),
    "journal": ("journal", "journalsymbol", "journalcode"),
    "description": ("journaldescription", "journalmemo", "headermemo", "headerdescription"),
    "narration": ("narration", "journalnarration"),
    "line_no": ("lineno", "linenumber"),
    "account": (
        "account", "accountcode", "accountno", "accountnumber", "acctno", "glaccount", "glaccountno", "glcode",
        "accountnumberorname", "ledgeraccount",
    ),
    "account_name": ("accountname", "glaccountname"),
    "role": ("role",),
    "debit": ("debit", "debits", "debitamount", "dr"),
    "credit": ("credit", "credits", "creditamount", "cr"),
    "amount": ("amount", "signedamount", "netamount"),
    "tax_rate": ("taxrate",),
    "memo": ("memo", "description", "linememo", "linedescription", "narrative", "comment", "comments", "details"),
    "customer": ("customer", "customerid", "customercode"),
    "customer_name": ("name", "customername", "contact", "contactname", "party"),
    "product": ("product", "productid", "item", "itemid"),
    "kind": ("kind",),
    "contract": ("contract", "contractid"),
    "line": ("contractline",),
    "source": ("source", "document", "sourcedocument"),
    "entry": ("entry", "entryid"),
}  # fmt: skip
FIELD_OF = {name: field for field, names in SYNONYMS.items() for name in names}
NEEDED: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("the key of a journal, such as Journal Number", (("key",), ("narration",))),
    ("a posting date", (("date",),)),
    ("an account", (("account",), ("account_name",))),
    ("amounts: Debit and Credit, or a signed Amount", (("debit", "credit"), ("amount",))),
)
REQUIRED = re.compile(r"\*|\brequired\b", re.IGNORECASE)
NOISE = re.compile(r"\brequired\b|[^a-z0-9]|\boptional\b")
LEVEL = re.compile(r"^(journalentryline|journalline|glentry)")


def read(path: Path, *, fixed: Collection[str]) -> layout.Layout:
    """The layout of a template.

    Args:
        path: a CSV file; its first row is the header, the rest is not read.
        fixed: headers that the user gives a fixed value for.

    Returns:
        the columns in the template's order, with the rules of the ledger that the header gives away.

    Raises:
        layout.ExportError: no file, no header, a required header that cannot be filled, or no place for what is needed.
    """
    headers, separator = _header(path)
    names = [normal(header) for header in headers]
    ledger = next((TELLTALES[name] for name in names if name in TELLTALES), UNKNOWN_LEDGER)
    own = {normal(header): field for header, field in ledger.columns if field != layout.EMPTY}
    columns = tuple(
        (header, own.get(name) or FIELD_OF.get(name) or FIELD_OF.get(LEVEL.sub("", name), layout.EMPTY))
        for header, name in zip(headers, names, strict=True)
    )
    unfilled = [header for header, field in columns if field == layout.EMPTY and header and header not in fixed]
    _refuse_unfillable(path, columns, [header for header in unfilled if REQUIRED.search(header)])
    left_empty = (f"Left empty: {', '.join(unfilled)}.",) if unfilled else ()
    return dataclasses.replace(
        ledger, name="template", columns=columns, separator=separator, notes=ledger.notes + left_empty
    )


def normal(header: str) -> str:
    """A header without case, spaces, punctuation, asterisks and the word required."""
    return NOISE.sub("", header.lower())


def _header(path: Path) -> tuple[list[str], str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
    except (OSError, UnicodeDecodeError) as error:
        raise layout.ExportError(
            f"template {path}: cannot be read ({error}). Name a CSV file in UTF-8 downloaded from your ledger."
        ) from error
    separator = max(",;\t", key=first.count)
    headers = [header.strip() for header in next(csv.reader([first], delimiter=separator), [])]
    if not any(headers):
        raise layout.ExportError(
            f"template {path}: its first row is empty; expected the header. Download the template again."
        )
    return headers, separator


def _refuse_unfillable(path: Path, columns: tuple[tuple[str, str], ...], unknown: list[str]) -> None:
    can = ", ".join(f"{field} ({says})" for field, says in layout.FIELDS.items())
    if unknown:
        raise layout.ExportError(
            f"template {path}: required column {', '.join(unknown)} matches nothing that ratable knows. Rename it to "
            f"one of these, or give it a fixed value: {can}."
        )
    mapped = {field for _, field in columns}
    for says, ways in NEEDED:
        if not any(mapped.issuperset(way) for way in ways):
            raise layout.ExportError(
                f"template {path}: no column for {says}; saw {', '.join(header for header, _ in columns)}. Add one, "
                f"named like one of these: {can}."
            )

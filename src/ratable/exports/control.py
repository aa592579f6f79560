"""Control totals: what a person compares with the ledger before and after the import.

Worked example: a file with two journals over 300.00 has journals 2, rows 8, totals {"USD": {"debit": "300.00",
"credit": "300.00"}}; `left_out` says that one billing entry over 1200.00 is not in it and why, and
`already_in_the_ledger` that the ERP must therefore show 1200.00 on 1100 and on 2400 from its own invoices.

`entries` counts the whole export: posted in the month = left out + refused + exported.
"""

import hashlib

import polars as pl

from ratable.core import amounts
from ratable.exports import erp_billing, options

Counts = list[dict[str, object]]


def totals(
    lines: pl.DataFrame, division: erp_billing.Division, asked: options.Options, *, name: str, content: bytes
) -> dict[str, object]:
    """The control totals of one file.

    Args:
        lines: the lines of the file, amounts in minor units.
        division: of the whole export.
        asked: what was asked for.
        name: of the file.
        content: of the file, as written.

    Returns:
        a document for JSON; amounts are text with the currency's decimals.
    """
    left_out, refused = (int(part["entries"].sum()) for part in (division.left_out, division.refused))
    return {
        "file": name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "layout": asked.layout,
        "period": asked.period,
        "book": asked.book,
        "journals": lines["key"].n_unique(),
        "rows": lines.height,
        "totals": {row.pop("currency"): row for row in _rows(_sides(lines, ["currency"]), ["debit", "credit"])},
        "entries": {
            "posted_in_period": left_out + refused + division.ours.height,
            "left_out": left_out,
            "refused": refused,
            "exported": division.ours.height,
        },
        "left_out": _rows(division.left_out, ["amount"]),
        "refused": _rows(division.refused, ["amount"]),
        "restated": _rows(division.restated, ["amount"]),
        "already_in_the_ledger": _by_account(division.already),
    }


def notes(division: erp_billing.Division) -> tuple[str, ...]:
    """What was left out, refused or restated, in sentences."""
    return (
        *(
            "Refused: {0}{currency}, {entries} entries over {amount} {currency}. It is in none of the files. "
            "{reason}".format(f"{row['entity']} " if row["entity"] else "", **row)
            for row in _rows(division.refused, ["amount"])
        ),
        *(f"Left out: {_sentence(row)}." for row in _rows(division.left_out, ["amount"])),
        *(
            f"Posted against deferred revenue in place of receivable: {_sentence(row)}."
            for row in _rows(division.restated, ["amount"])
        ),
    )


def _sentence(row: dict[str, object]) -> str:
    return "{kind} {amount} {currency} (entries: {entries}), because {reason}".format(**row)


def _by_account(pairs: pl.DataFrame) -> Counts:
    """Debits and credits that the ERP must show from its own invoices and credit notes, by account."""
    sides = [
        pairs.select("currency", "amount", account=pl.col(side), side=pl.lit(side)) for side in ("debit", "credit")
    ]
    return _rows(_sides(pl.concat(sides), ["account", "currency"]), ["debit", "credit"])


def _sides(lines: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return (
        lines.group_by(by)
        .agg(pl.col("amount").filter(pl.col("side") == side).sum().alias(side) for side in ("debit", "credit"))
        .sort(by)
    )


def _rows(frame: pl.DataFrame, columns: list[str]) -> Counts:
    present = amounts.decimals_present(frame)
    return frame.with_columns(amounts.text(pl.col(name), present).alias(name) for name in columns).to_dicts()

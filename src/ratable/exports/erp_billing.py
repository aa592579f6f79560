"""Which entries the ERP has posted already, so that an export neither repeats nor loses any of them.

Where the ERP makes the invoices it posts them itself: Dr receivable / Cr deferred revenue and Dr receivable / Cr tax
payable, and a credit note the other way round, always against deferred revenue, because it knows nothing of what has
been recognized. Our journal knows: a credit note of 5,000.00 with 3,000.00 still deferred is

    ours                                     the ERP's                                goes into the file
    Dr deferred / Cr receivable  3,000.00    Dr deferred / Cr receivable  5,000.00    Dr revenue / Cr deferred  2,000.00
    Dr revenue  / Cr receivable  2,000.00

So an entry against deferred revenue or tax payable is left out whole. Any other entry against receivable is split in
two: the ERP's part, with deferred revenue in place of its own account, and the file's part, with deferred revenue in
place of receivable. File and ERP together are the journal, account by account, to the cent.

Who posts billing is the policy `billing_posted_by` (`erp` or `ratable`), the most specific one in force on the posting
date; without one the ERP posts what was imported as an invoice (and its credit notes), and we post our own schedule.

Refuses a policy of another value, and a split whose contract line has no deferred revenue account anywhere in the
journal. It takes the ERP to post to the accounts that `account_rules` name; the control totals state what it must hold.
"""

from dataclasses import dataclass

import polars as pl

from ratable.core import bundles, policies
from ratable.exports import layout, refusing

POLICY = "billing_posted_by"
POSTERS = ("erp", "ratable")
BY_POLICY = "the policy billing_posted_by says that the ERP posts it"
BY_DEFAULT = "the invoice was imported, so the ERP posted it"
NEVER_AN_INVOICE = ("manual", "fx")
ERP_KNOWS = ("deferred_revenue", "tax_payable")
_LINE = ["entity", "contract", "line"]


@dataclass(frozen=True)
class Division:
    """The journal of a period in two: `ours` for the file and `already` in the ERP, together equal to the journal.

    Both have the columns of the journal. `left_out` (reason, kind, currency, entries, amount) counts the entries that
    are not in the file at all, `restated` those that are there against deferred revenue in place of receivable, and
    `refused` (refusing.SCHEMA) what was taken out of `ours` afterwards, because the ledger would not take it.
    """

    ours: pl.DataFrame
    already: pl.DataFrame
    left_out: pl.DataFrame
    restated: pl.DataFrame
    refused: pl.DataFrame


def divide(journal: pl.DataFrame, bundle: bundles.Bundle, *, period: str) -> Division:
    """Split the entries of a period into those for the file and those that the ERP posted with its own invoices.

    Args:
        journal: the whole journal, one row per pair, all periods: accounts of earlier periods are looked up in it.
        bundle: policies, invoices, invoice lines and credit notes.
        period: the month of posting, YYYY-MM.

    Returns:
        the division; per account and currency, debits less credits of `ours` and `already` sum to the journal's.

    Raises:
        layout.ExportError: a policy of another value than erp and ratable, or a line without deferred revenue.
    """
    rows = _with_reason(_of_period(journal, period), bundle)
    columns = journal.columns
    counter_role = pl.when(pl.col("debit_role") == "receivable").then("credit_role").otherwise("debit_role")
    whole = pl.col("reason").is_not_null() & counter_role.is_in(ERP_KNOWS)
    split = pl.col("reason").is_not_null() & ~counter_role.is_in(ERP_KNOWS)
    halves = _with_deferred_account(rows.filter(split), journal)
    return Division(
        ours=pl.concat(
            [p.select(columns) for p in (rows.filter(pl.col("reason").is_null()), _deferred_for(halves, facing=True))]
        ),
        already=pl.concat([p.select(columns) for p in (rows.filter(whole), _deferred_for(halves, facing=False))]),
        left_out=_counted(rows.filter(whole)),
        restated=_counted(halves),
        refused=pl.DataFrame(schema=refusing.SCHEMA),
    )


def _of_period(journal: pl.DataFrame, period: str) -> pl.DataFrame:
    names = pl.col("kind", "debit_role", "credit_role").cast(pl.String)
    return journal.filter(pl.col("period") == period).with_columns(names)


def _with_reason(rows: pl.DataFrame, bundle: bundles.Bundle) -> pl.DataFrame:
    """The rows with `reason`: why the ERP has posted the entry's side against receivable; null where it has not."""
    on_invoice = (
        ((pl.col("debit_role") == "receivable") != (pl.col("credit_role") == "receivable"))
        & ~pl.col("kind").is_in(NEVER_AN_INVOICE)
    )  # fmt: skip
    imported = pl.col("source").is_in(_imported_sources(bundle).implode())
    by_policy = pl.when(pl.col("posted_by") == "erp").then(pl.lit(BY_POLICY))
    by_default = pl.when(pl.col("posted_by").is_null() & imported).then(pl.lit(BY_DEFAULT))
    reason = pl.when(on_invoice).then(pl.coalesce(by_policy, by_default))
    return rows.with_columns(posted_by=_poster(bundle["policies"])).with_columns(reason=reason)


def _imported_sources(bundle: bundles.Bundle) -> pl.Series:
    """Ids of imported invoices, their lines and their credit notes: what an entry names as its source."""
    notes = bundle["credit_notes"].join(bundle["invoices"], left_on="invoice", right_on="id", how="semi")
    return pl.concat([bundle["invoices"]["id"], bundle["invoice_lines"]["id"], notes["id"]]).unique()


def _poster(stated: pl.DataFrame) -> pl.Expr:
    """Who posts billing by the policy in force on the posting date, null where no policy says so."""
    unknown = stated.filter((pl.col("name") == POLICY) & ~pl.col("value").is_in(POSTERS))
    if not unknown.is_empty():
        seen = unknown["value"].item(0)
        raise layout.ExportError(
            f"policies, {POLICY}: saw {seen}; expected erp or ratable. Correct the policy and export again."
        )
    return policies.choose(stated, POLICY, default=None, day="date")


def _with_deferred_account(rows: pl.DataFrame, journal: pl.DataFrame) -> pl.DataFrame:
    """The rows with `deferred`: the one account of deferred revenue that their contract line posts to."""
    sides = [
        journal.filter(pl.col(f"{side}_role").cast(pl.String) == "deferred_revenue").select(*_LINE, deferred=side)
        for side in ("debit", "credit")
    ]
    accounts = pl.concat(sides).group_by(_LINE).agg(pl.col("deferred").min())
    found = rows.join(accounts, on=_LINE, how="left", nulls_equal=True, validate="m:1")
    lost = found.filter(pl.col("deferred").is_null())
    if not lost.is_empty():
        entry, line = lost.select("entry", "line").row(0)
        raise layout.ExportError(
            f"entry {entry}, line {line}: the ERP posted its credit note against deferred revenue, but the journal has "
            f"no deferred revenue account for the line. Give the whole journal, from the line's first invoice on."
        )
    return found


def _deferred_for(rows: pl.DataFrame, *, facing: bool) -> pl.DataFrame:
    """The rows with deferred revenue in place of receivable (`facing`), or in place of the other side."""
    changes = []
    for side in ("debit", "credit"):
        change = (pl.col(f"{side}_role") == "receivable") == pl.lit(facing)
        changes += [
            pl.when(change).then("deferred").otherwise(side).alias(side),
            pl.when(change).then(pl.lit("deferred_revenue")).otherwise(f"{side}_role").alias(f"{side}_role"),
        ]
    return rows.with_columns(changes).drop("deferred")


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    by = ["reason", "kind", "currency"]
    return rows.group_by(by).agg(entries=pl.len(), amount=pl.col("amount").sum()).sort(by)

"""From journal lines to the text of cells: amounts, dates, names and wording, safe to open in a spreadsheet.

Worked example: 123456 minor units are 1234.56 in USD, 123456 in JPY and 123.456 in BHD; a customer called
`=HYPERLINK(...)` becomes `'=HYPERLINK(...)`, while the amount -100.00 stays a plain number.

A cell that stands for nothing is null and written empty: a credit line has no debit, and never 0.
"""

import polars as pl

from ratable.core import accounts, amounts, bundles, currencies, formulas
from ratable.exports import layout

TEXTS = (
    "entity", "entity_name", "description", "narration", "account", "account_name", "memo", "customer",
    "customer_name", "product", "contract", "line", "source", "entry", "key",
)  # fmt: skip
DATE_PARTS = {"YYYY": "%Y", "MM": "%m", "DD": "%d"}


def fields(lines: pl.DataFrame, bundle: bundles.Bundle, *, chart: pl.DataFrame, dates: str) -> pl.DataFrame:
    """Every field of `layout.FIELDS` as text.

    Args:
        lines: journal lines as `grouping.journals` returns them.
        bundle: names of customers and entities.
        chart: the accounts in force (code, name, entity).
        dates: format of dates, of YYYY, MM and DD.

    Returns:
        one row per line, in the same order; text cells are safe, cells that stand for nothing are null.

    Raises:
        layout.ExportError: a currency without a known number of decimals, or a date format without year, month or day.
    """
    known = _named(lines, bundle, chart)
    unknown = known.filter(currencies.exponent(pl.col("currency")).is_null())
    if not unknown.is_empty():
        raise layout.ExportError(
            f"currency {unknown['currency'].item(0)}: not an ISO 4217 code that ratable knows. Correct it."
        )
    debit = pl.col("side") == "debit"
    present = amounts.decimals_present(known)
    plain = amounts.text(pl.col("amount"), present)
    worded = known.with_columns(
        memo=_memo(), description=_description(), posting_period=pl.col("date").dt.strftime("%b %Y")
    )
    return worded.select(
        "posting_period", "period", "origin_period", "currency", "role", "kind",
        *(name for name in TEXTS if name != "narration"),
        narration=pl.format("{} {}", "description", "key"),
        date=pl.col("date").dt.strftime(_strftime(dates)),
        journal=pl.lit("GJ"),
        tax_rate=pl.lit("Tax Exempt"),
        line_no=pl.col("line_no").cast(pl.String),
        debit=pl.when(debit).then(plain),
        credit=pl.when(~debit).then(plain),
        amount=amounts.text(pl.when(debit).then("amount").otherwise(-pl.col("amount")), present),
    ).with_columns(safe_text(pl.col(name)).alias(name) for name in TEXTS)  # fmt: skip


def safe_text(text: pl.Expr) -> pl.Expr:
    """The text with an apostrophe in front where a spreadsheet would take it for a formula; empty text as null."""
    return pl.when(text != "").then(formulas.disarmed(text))


def _named(lines: pl.DataFrame, bundle: bundles.Bundle, known: pl.DataFrame) -> pl.DataFrame:
    """The lines with names of account, customer and entity."""
    customers = bundle["customers"].select(customer="id", customer_name="name")
    entities = bundle["entities"].select(entity="id", entity_name="name")
    return (
        accounts.named(known, lines)
        .join(customers, on="customer", how="left", maintain_order="left")
        .join(entities, on="entity", how="left", maintain_order="left")
        .with_columns(
            customer_name=pl.coalesce("customer_name", "customer"),
            entity_name=pl.coalesce("entity_name", "entity"),
        )
    )


def _memo() -> pl.Expr:
    """The narrative of a single entry; of several, what they have in common and how many they are."""
    about = pl.concat_str("customer_name", "product", separator=", ", ignore_nulls=True)
    prefix = pl.when(about == "").then(pl.lit("")).otherwise(pl.format("{}: ", about))
    entries = pl.when(pl.col("entries") == 1).then(pl.lit("1 entry")).otherwise(pl.format("{} entries", "entries"))
    summary = pl.format("{}{}", prefix, entries)
    # A line break inside a cell splits the row in some importers.
    return pl.coalesce(pl.col("narrative").str.replace_all(r"[\r\n]+", " "), summary)


def _description() -> pl.Expr:
    """At most 30 characters, the shortest description that a ledger here takes: `Balance sheet 2026-01 USD 9999`."""
    part = pl.when(pl.col("part") == 0).then(pl.lit("")).otherwise(pl.format(" {}", pl.col("part") + 1))
    return pl.format("{} {} {}{}", "group", "period", "currency", part)


def _strftime(dates: str) -> str:
    if sorted(part for part in DATE_PARTS if part in dates) != sorted(DATE_PARTS):
        raise layout.ExportError(f"date format: saw {dates}; expected one of YYYY, MM and DD each, such as MM/DD/YYYY.")
    for part, code in DATE_PARTS.items():
        dates = dates.replace(part, code)
    return dates

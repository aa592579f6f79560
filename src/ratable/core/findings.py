"""Findings: faults in data, as rows beside the result and never as exceptions.

Worked example: an invoice line whose amount is the number 10.1 gives one row
`float_amount, blocks, invoice_lines, I-1-1, amount, 10.1` with the message "invoice_lines I-1-1 (row 1), amount: saw
10.1; expected ..."; the invoice is left out of the books, and every other invoice is still recognized.

`CODES` holds every code once: its severity, what was expected, and what to do. A finding that blocks takes its
contract (or lone invoice) out; one that warns names an assumption that the figures rest on.
"""

from dataclasses import dataclass

import polars as pl

SCHEMA: dict[str, pl.DataType] = {
    "code": pl.String(),
    "severity": pl.String(),
    "table": pl.String(),
    "id": pl.String(),
    "column": pl.String(),
    "value": pl.String(),
    "message": pl.String(),
    "row": pl.Int64(),
}


@dataclass(frozen=True)
class Code:
    """One kind of finding: how severe it is, what the rule expects, and what to do about it."""

    severity: str
    expected: str
    remedy: str


def _blocks(expected: str, remedy: str) -> Code:
    return Code("blocks", expected, remedy)


def _warns(expected: str, remedy: str) -> Code:
    return Code("warns", expected, remedy)


CODES: dict[str, Code] = {
    # Names and cells.
    "unknown_table": _warns("a table of the bundle", "It was not read; rename it, or leave it out."),
    "unknown_column": _warns("a column of the table", "It was not read; rename it, or leave it out."),
    "missing_value": _blocks("a value", "Fill it in."),
    "wrong_shape": _blocks("one plain value", "Write a text in place of the mapping or list."),
    "ragged_row": _blocks("as many cells as the header has", "Count the commas, and quote cells that hold one."),
    "cell_too_long": _blocks("at most 10,000 characters", "Shorten it, and look for a quote that was never closed."),
    "formula_cell": _blocks("a value", "Write the result in place of the formula."),
    "stray_spaces": _blocks("no space before or after", "Remove the spaces."),
    "unknown_choice": _blocks("one of the declared words", "Use one of them as it is written there."),
    "unknown_currency": _blocks("a currency code of ISO 4217, such as USD", "Correct the code."),
    "malformed_date": _blocks("a day as YYYY-MM-DD", "Write the day as YYYY-MM-DD, and check that the month has it."),
    "float_amount": _blocks("a decimal text such as '12.50'", "Quote the number: a float may not be what was meant."),
    "malformed_number": _blocks("a decimal text such as 1200.00", "Write digits, with a point before decimals."),
    "decimal_comma": _blocks("a point before the decimals", "Write 1200.50 for 1200,50."),
    "thousands_mark": _blocks("digits without marks between them", "Write 1200.50 for 1,200.50."),
    "currency_sign": _blocks("a number alone", "Remove the sign; the currency has a column of its own."),
    "parentheses": _blocks("a minus sign before a negative number", "Write -12.00 for (12.00)."),
    "too_many_decimals": _blocks("at most the decimals that the currency has", "Round it in the source."),
    "out_of_range": _blocks(
        "at most 10^15 minor units, and days from 1970 to 2199", "Check it for a slip of the keys."
    ),
    # Keys and references.
    "duplicate_id": _blocks("a key that no other row has", "Rename or remove one of them; none of them was read."),
    "unknown_id": _blocks("an id that exists", "Add the row that it names, or correct the id."),
    "unknown_milestone": _blocks("a milestone that the line declares", "Declare it under the line, or correct the id."),
    "line_not_in_contract": _blocks("a line of the same contract", "Correct the line, or the contract."),
    "currency_mismatch": _blocks("the currency of the contract it bills", "Correct the currency, or the contract."),
    "payment_without_invoice": _warns("an invoice that exists", "It was not read; add the invoice, or correct the id."),
    # Rows.
    "ends_before_start": _blocks("an end on or after the start", "Correct one of the two days."),
    "unknown_role": _blocks("a role of journal rows, such as revenue", "Correct the role."),
    "account_rules_alike": _blocks("one account for each role and conditions", "Remove one of the rules."),
    "ssp_not_positive": _blocks("a price above zero", "Correct the price."),
    "ssp_range": _blocks("low <= amount <= high", "Correct the range, or the amount in it."),
    "rate_not_positive": _blocks("a rate above zero", "Correct the rate."),
    "negative_price": _blocks(
        "a price of at least zero", "Correct the price; a discount or credit has its own columns."
    ),
    "negative_amount": _blocks("at least zero", "Remove the minus sign, or correct the amount."),
    "percent_out_of_range": _blocks("from 0 to 100", "Correct the percent: 12.5 means 12.5%."),
    "discount_twice": _blocks("a percent or an amount", "Keep one of the two."),
    "discount_above_price": _blocks("at most the price it comes off", "Correct the discount, or the prices."),
    "evidence_missing": _blocks(
        "the evidence that the discount belongs to those lines alone (606-10-32-37)",
        "Say it in discount.evidence, or remove discount.lines.",
    ),
    "locked_ahead": _warns("a lock made after the days that it closes", "Check the two days."),
    "unknown_policy": _blocks("the name of a policy", "Correct the name."),
    "policy_value": _blocks("a value that the policy takes", "Correct the value."),
    # Prices of lines.
    "price_missing": _blocks("price, or unit_price and quantity", "State what the line costs."),
    "price_twice": _blocks("price or unit_price, not both", "Keep one of the two."),
    "price_and_change": _blocks("price or price_change, not both", "Keep one of the two."),
    "dates_missing": _blocks("the dates of a custom frequency", "List them in billing.dates."),
    "dates_without_custom": _blocks("no dates unless billing.frequency is custom", "Say custom, or remove the dates."),
    "tiers_missing": _blocks("tiers for a graduated or volume price", "List them in pricing.tiers."),
    "tiers_without_model": _blocks(
        "graduated or volume where there are tiers", "Say which of the two, or remove the tiers."
    ),
    "last_tier_bounded": _blocks("a last tier without up_to", "Leave its up_to empty, or add a tier."),
    "package_size_missing": _blocks("the units in a package, above zero", "State pricing.package_size."),
    "milestones_missing": _blocks("milestones of the line", "List them under the line."),
    "milestone_share": _blocks("an amount or a percent, one of the two", "State one of the two."),
    "milestones_over_price": _blocks("milestones worth at most the line's price", "Correct the shares."),
    # Use.
    "usage_quantity_or_amount": _blocks("a quantity or an amount, one of the two", "State one of the two."),
    "not_a_usage_line": _blocks("a line whose method is usage", "Correct the line, or its method."),
    "usage_price_missing": _blocks(
        "a unit price or tiers on the line", "State the price, or amounts in place of quantities."
    ),
    "usage_outside_term": _warns("a day within the line's term", "Check the day, and the end of the line."),
    "minimum_without_lines": _blocks("at least one usage line", "List them in lines."),
    # Amendments, invoices and credits.
    "amendment_after_end": _warns(
        "a day within the contract's term", "Check the day; an extension takes effect before the end."
    ),
    "amendment_ignored": _warns("something left to change", "Check the amendment: the figures are as without it."),
    "separate_only_adds": _blocks(
        "added lines alone in a separate contract", "Choose another treatment, or split the amendment."
    ),
    "double_billing": _blocks(
        "no invoice for a contract whose bills are generated", "Set invoicing to import, or remove the invoice."
    ),
    "over_credit": _blocks("at most what is left of the invoice line", "Correct the credit note; it was not counted."),
    # Assumptions of the engine that the figures rest on.
    "ssp_missing": _warns(
        "a standalone selling price", "The line's own price was used; state ssp, or add the product to the SSP book."
    ),
    "delivery_assumed": _warns("the day of delivery", "Delivery on the line's start was assumed; state delivered_on."),
    "service_period_missing": _warns(
        "a service period", "Revenue on the day of issue was assumed; state the service days."
    ),
    "ended_unlike_billed": _warns("billed = recognized at the line's end", "Bill or credit the difference."),
    # The chart of accounts.
    "account_rule_tie": _warns(
        "one account for each role and line", "The lowest code was used; add a condition to the rule that is meant."
    ),
    "account_missing": _warns(
        "an account rule that matches every line, or the code of the default chart",
        "The code of the default chart was used; add an account rule for this role.",
    ),
}


def none() -> pl.DataFrame:
    """An empty table of findings."""
    return pl.DataFrame(schema=SCHEMA)


def report(code: str, table: str, column: str, rows: pl.DataFrame, *, expected: str | None = None) -> pl.DataFrame:
    """One finding of `code` for each row.

    Args:
        code: a key of CODES.
        table: the bundle table at fault.
        column: the column at fault; "" where it is the table.
        rows: one row per fault: `id` and `value` (String), `row` (Int64, place in the source, may be null).
        expected: what was expected, where the words of the code do not say enough.

    Returns:
        findings, same grain and order, with a message that names place, value, expectation and remedy.
    """
    kind = CODES[code]
    nowhere = pl.col("id").is_null() & pl.col("row").is_null()
    name = pl.when(nowhere).then(pl.lit("")).otherwise(pl.concat_str(pl.lit(" "), pl.col("id").fill_null("(no id)")))
    at_row = pl.when(pl.col("row").is_null()).then(pl.lit("")).otherwise(pl.format(" (row {})", "row"))
    seen = pl.coalesce(pl.col("value").replace("", None), pl.lit("nothing"))
    at_column = f", {column}" if column else ""
    rule = f"; expected {expected or kind.expected}. {kind.remedy}"
    sentence = pl.concat_str(
        pl.lit(table), name, at_row, pl.lit(at_column), pl.lit(": saw "), seen, pl.lit(rule),
    )  # fmt: skip
    return rows.select(
        code=pl.lit(code),
        severity=pl.lit(kind.severity),
        table=pl.lit(table),
        id=pl.col("id"),
        column=pl.lit(column or None, pl.String),
        value=pl.col("value"),
        message=sentence,
        row=pl.col("row").cast(pl.Int64),
    )


def combine(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """All findings as one table, each once, in an order that does not depend on the order of the input."""
    found = [p for p in parts if not p.is_empty()]
    if not found:
        return none()
    return pl.concat(found).unique().sort("table", "id", "column", "code", "value", "row", nulls_last=True)

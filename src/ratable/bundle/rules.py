"""Rules that one row must keep by itself, as data: a code, a place and the expression that is true of a fault.

Worked example: the rule `ends_before_start, contract_lines, end, end < start` reports the line 2026-05-01 to
2026-04-30.

A rule on `contract_lines` holds for the lines that amendments add as well.
"""

from dataclasses import dataclass

import polars as pl

from ratable.bundle import faults
from ratable.core import accounts, tables

Tables = dict[str, pl.DataFrame]

POLICY_VALUES: dict[str, str] = {
    "proration": "|".join(tables.PRORATIONS),
    "grain": "day|month",
    "ssp_fallback": "own_price|block",
    "ssp_tolerance": r"[0-9]{1,3}(\.[0-9]{1,4})?",
    "billing_posted_by": "ratable|erp",
    "minimum_recognition": "true_up",
}
"""The policies there are, each with the form of its values."""


@dataclass(frozen=True)
class Rule:
    """One rule: the code and column of the finding, and what is true of a row at fault."""

    code: str
    table: str
    column: str
    fault: pl.Expr
    expected: str | None = None


def _negative(code: str, table: str, *columns: str) -> tuple[Rule, ...]:
    return tuple(Rule(code, table, column, pl.col(column) < 0) for column in columns)


def _discount(table: str) -> tuple[Rule, ...]:
    percent, amount = pl.col("discount.percent"), pl.col("discount.amount")
    return (
        Rule("discount_twice", table, "discount.amount", percent.is_not_null() & amount.is_not_null()),
        Rule("percent_out_of_range", table, "discount.percent", ~percent.is_between(0, tables.WHOLE_PERCENT)),
        *_negative("negative_amount", table, "discount.amount"),
    )


_PRICE, _UNIT_PRICE, _QUANTITY = pl.col("price"), pl.col("unit_price"), pl.col("quantity")
_DATES, _CUSTOM = pl.col("billing.dates"), pl.col("billing.frequency").eq_missing("custom")
_MODEL, _PACKAGE = pl.col("pricing.model"), pl.col("pricing.package_size")
_UNPRICED = _PRICE.is_null() & (_UNIT_PRICE.is_null() | _QUANTITY.is_null())

LINE_RULES: tuple[Rule, ...] = (
    Rule("ends_before_start", "contract_lines", "end", pl.col("end") < pl.col("start")),
    Rule("price_twice", "contract_lines", "unit_price", _PRICE.is_not_null() & _UNIT_PRICE.is_not_null()),
    Rule("price_missing", "contract_lines", "price", (pl.col("_method") != "usage") & _UNPRICED),
    *_negative("negative_price", "contract_lines", "price", "unit_price", "pricing.unit_price"),
    *_negative("negative_amount", "contract_lines", "quantity", "ssp", "pricing.included", "pricing.cap"),
    *_discount("contract_lines"),
    Rule("dates_missing", "contract_lines", "billing.dates", _CUSTOM & _DATES.is_null()),
    Rule("dates_without_custom", "contract_lines", "billing.dates", ~_CUSTOM & _DATES.is_not_null()),
    Rule(
        "out_of_range", "contract_lines", "billing.day", ~pl.col("billing.day").is_between(1, 31), "a day from 1 to 31",
    ),
    Rule(
        "package_size_missing", "contract_lines", "pricing.package_size",
        ((_MODEL == "package") & _PACKAGE.is_null()) | (_PACKAGE <= 0),
    ),
)  # fmt: skip

ROW_RULES: tuple[Rule, ...] = (
    Rule(
        "out_of_range", "entities", "fiscal_year_start_month",
        ~pl.col("fiscal_year_start_month").is_between(1, 12), "a month from 1 to 12",
    ),
    Rule("unknown_role", "account_rules", "role", ~pl.col("role").is_in(accounts.DEFAULT["role"].to_list())),
    Rule("ssp_not_positive", "ssps", "amount", pl.col("amount") <= 0),
    Rule(
        "ssp_range", "ssps", "amount",
        (pl.col("low") > pl.col("high")) | (pl.col("amount") < pl.col("low")) | (pl.col("amount") > pl.col("high")),
    ),
    *_negative("negative_price", "products", "list_price"),
    Rule("ends_before_start", "contracts", "end", pl.col("end") < pl.col("start")),
    *_discount("contracts"),
    *_discount("invoices"),
    Rule("ends_before_start", "invoice_lines", "service_end", pl.col("service_end") < pl.col("service_start")),
    Rule(
        "milestone_share", "milestones", "percent", pl.col("amount").is_null() == pl.col("percent").is_null(),
    ),
    *_negative("negative_amount", "milestones", "amount", "percent"),
    *_negative("negative_price", "price_tiers", "unit_price", "flat"),
    Rule(
        "price_and_change", "amendment_changes", "price_change",
        _PRICE.is_not_null() & pl.col("price_change").is_not_null(),
    ),
    Rule(
        "missing_value", "amendment_changes", "product", (pl.col("op") == "add") & pl.col("product").is_null(),
        "the product of an added line",
    ),
    Rule("usage_quantity_or_amount", "usage", "quantity", _QUANTITY.is_null() == pl.col("amount").is_null()),
    Rule(
        "percent_out_of_range", "milestones_reached", "percent", ~pl.col("percent").is_between(0, tables.WHOLE_PERCENT)
    ),
    *_negative("negative_amount", "minimums", "amount"),
    *_negative("negative_amount", "credit_note_lines", "amount", "tax"),
    Rule("rate_not_positive", "fx_rates", "rate", pl.col("rate") <= 0),
    Rule("locked_ahead", "locks", "through", pl.col("through") > pl.col("locked_on")),
    Rule(
        "unknown_policy", "policies", "name", ~pl.col("name").is_in(list(POLICY_VALUES)),
        "one of " + ", ".join(POLICY_VALUES),
    ),
    *(
        Rule(
            "policy_value", "policies", "value",
            (pl.col("name") == name) & ~pl.col("value").str.contains(f"^({form})$"),
            "a percent such as 2.5" if name == "ssp_tolerance" else "one of " + form.replace("|", ", "),
        )
        for name, form in POLICY_VALUES.items()
    ),
)  # fmt: skip


def broken(typed: Tables, raw: Tables) -> list[pl.DataFrame]:
    """Findings for the rows that break a rule of ROW_RULES or LINE_RULES."""
    found = []
    for table in dict.fromkeys(rule.table for rule in ROW_RULES):
        found += _apply([rule for rule in ROW_RULES if rule.table == table], typed[table], raw, table)
    for table in ("contract_lines", "amendment_changes"):
        found += _apply(LINE_RULES, lines(typed, table), raw, table)
    return found


def _apply(rules: tuple[Rule, ...] | list[Rule], rows: pl.DataFrame, raw: Tables, table: str) -> list[pl.DataFrame]:
    if rows.is_empty():
        return []
    broken = rows.select(rule.fault.any().alias(str(place)) for place, rule in enumerate(rules)).row(0)
    return [
        faults.report(raw, rule.code, table, rule.column, rows=rows.filter(rule.fault)["row"], expected=rule.expected)
        for rule, is_broken in zip(rules, broken, strict=True)
        if is_broken
    ]


def lines(typed: Tables, table: str) -> pl.DataFrame:
    """The whole lines of `contract_lines`, or those that `amendment_changes` add.

    Args:
        typed: every declared table.
        table: one of the two.

    Returns:
        the rows with `_method`, their own or the product's.
    """
    rows = typed[table].filter(pl.col("op") == "add") if table == "amendment_changes" else typed[table]
    products = typed["products"].select("method", id="id").drop_nulls().unique("id")
    of_product = pl.col("product").replace_strict(
        products["id"], products["method"], default=None, return_dtype=pl.String
    )
    return rows.with_columns(_method=pl.coalesce("method", of_product))

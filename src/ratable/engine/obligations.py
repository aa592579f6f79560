"""Step 2: identify the performance obligations: contract lines, lines added by amendments, and lone invoice lines.

Worked example: a contract with a platform line and a setup line, an amendment that adds seats, and an invoice line of
another customer that names no contract give four obligations; the first two form the main part of their contract, the
seats a part of their own if the amendment turns out to be a separate contract (606-10-25-12).
"""

import polars as pl

from ratable.core import currencies, policies
from ratable.engine import contracts
from ratable.engine.contracts import Facts

COMMON = [
    "line", "contract", "account", "entity", "customer", "region", "product", "stream", "currency",
    "exponent", "method", "proration", "start", "end", "available_from", "fixed", "awaits_time", "generate",
    "price", "ssp", "clause",
]  # fmt: skip


def of_contracts(facts: Facts, generated: pl.DataFrame) -> pl.DataFrame:
    """One obligation per contract line and per line that an amendment adds.

    Source: 606-10-25-14 to 25-22.

    Args:
        facts: the tables that count.
        generated: contract, generate (engine.contracts.invoicing).

    Returns:
        one row per line: COMMON, the terms of the line and of its contract, added_by (amendment, null for the lines
        signed first) and available_from, the first day that revenue or a bill is allowed.
    """
    signed = facts["contract_lines"].select(
        *contracts.LINE_TERMS, "contract", line="id", added_by=pl.lit(None, pl.String), added_on=pl.lit(None, pl.Date)
    )
    amendments = contracts.amendments(facts).select("contract", amendment="amendment", added_on="day")
    added = (
        facts["amendment_changes"]
        .filter(pl.col("op") == "add")
        .join(amendments, on="amendment")
        .select(*contracts.LINE_TERMS, "contract", "line", "added_on", added_by="amendment")
    )
    lines = pl.concat([signed, added.select(signed.columns)])
    terms = contracts.terms(facts, generated).rename(lambda name: name.replace("discount.", "contract_discount."))
    return (
        _with_product(lines.join(terms, on="contract"), facts)
        .with_columns(
            fixed=pl.col("method") != "usage",
            awaits_time=(pl.col("method") == "usage") | (pl.col("billing.timing") == "arrears").fill_null(value=False),
            available_from=pl.max_horizontal("signed_on", "added_on"),
        )
        .with_columns(end=pl.max_horizontal("start", "end"))
    )


def of_invoices(facts: Facts) -> pl.DataFrame:
    """One obligation per invoice line that names no contract line: price, service period and method are its own.

    Args:
        facts: the tables that count.

    Returns:
        one row per line: COMMON and signed_on (day of issue). Undated lines are recognized when invoiced; dated ones
        straight-line unless the product or the line says otherwise. Metered use that arrives already rated has no facts
        of its own, so it too runs over its service period.
    """
    lone = facts["invoice_lines"].filter(pl.col("contract_line").is_null())
    lines = lone.select(
        "invoice", "product", "service_start", "service_end", "method", "ssp", "amount", line="id"
    ).join(_headers(facts), on="invoice")  # fmt: skip
    first = pl.coalesce("service_start", "service_end", "signed_on")
    last = pl.coalesce("service_end", "service_start", "signed_on")
    in_steps = pl.coalesce("method", "product_method").is_in(["point_in_time", "milestone"])
    undated = pl.coalesce("service_start", "service_end").is_null()
    method = pl.when(in_steps | undated).then(pl.lit("point_in_time")).otherwise(pl.lit("straight_line"))
    lines = lines.with_columns(start=first, end=pl.max_horizontal(first, last), proration=pl.lit(None, pl.String))
    return _with_product(lines, facts, method=method).with_columns(
        fixed=pl.lit(value=True),
        awaits_time=pl.lit(value=False),
        generate=pl.lit(value=False),
        available_from=pl.min_horizontal("start", "signed_on"),
        price="amount",
        ssp=pl.coalesce("ssp", "amount"),
        clause=pl.lit(None, pl.String),
        delivered_on="start",
    )


def _headers(facts: Facts) -> pl.DataFrame:
    """What holds for every line of an invoice; an invoice that names a contract nets with it, any other by itself."""
    customers = facts["customers"].select(customer="id", region="region", seller="entity")
    contract_entities = facts["contracts"].select(contract="id", contract_entity="entity")
    by_itself = pl.col("contract").is_null()
    return (
        facts["invoices"]
        .join(contract_entities, on="contract", how="left")
        .join(customers, on="customer", how="left")
        .select(
            "customer",
            "region",
            "currency",
            "contract",
            invoice="id",
            signed_on="issued_on",
            account=pl.when(by_itself)
            .then(pl.format("invoice {}", "id"))
            .otherwise(pl.format("contract {}", "contract")),
            entity=pl.coalesce("entity", "contract_entity", "seller", contracts.sole_entity(facts)),
        )
    )


def _with_product(lines: pl.DataFrame, facts: Facts, method: pl.Expr | None = None) -> pl.DataFrame:
    """Method, proration and stream from the line, else its product, else the policy; and the currency's decimals."""
    products = facts["products"].select(
        "stream", "list_price", product="id", product_method="method", product_proration="proration"
    )
    lines = lines.join(products, on="product", how="left").with_columns(
        exponent=currencies.exponent(pl.col("currency"))
    )
    policy = policies.choose(facts["policies"], "proration", default="daily")
    return lines.with_columns(
        method=pl.coalesce("method", "product_method") if method is None else method,
        proration=pl.coalesce("proration", "product_proration", policy),
    )

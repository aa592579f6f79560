"""Twists of the terms of accounts: the facts as somebody might have misread them.

Worked example: `start(months=1)` moves the first day of every line one month on, so that a line of 2026-01-15 to
2026-12-31 runs from 2026-02-15; a lone invoice line moves its service period. The facts themselves are never touched:
a twist takes tables and gives other tables.

A twist changes all accounts that it is given. What it does not concern comes out as it went in.
"""

from collections.abc import Callable

import polars as pl

from ratable.core import periods
from ratable.engine import contracts
from ratable.engine.contracts import Facts

Twist = Callable[[Facts], Facts]


def lines(where: pl.Expr | None = None, **terms: pl.Expr) -> Twist:
    """Other terms of contract lines, and of those that an amendment adds.

    Args:
        where: a condition on the line; default: all lines.
        terms: new values by column; expressions over the line, its product's `product_method` and its contract's
            `signed_on`, `contract_start` and `contract_end`.
    """

    def twist(facts: Facts) -> Facts:
        chosen = pl.lit(value=True) if where is None else where
        new = [pl.when(chosen).then(value).otherwise(pl.col(name)).alias(name) for name, value in terms.items()]
        signed = _beside(facts, facts["contract_lines"], facts["contract_lines"].select("contract").to_series())
        owners = facts["amendment_changes"].select(id="amendment").join(
            facts["amendments"].select("id", "contract"), on="id", how="left", maintain_order="left"
        )  # fmt: skip
        changes = _beside(facts, facts["amendment_changes"], owners["contract"])
        added = [pl.when(pl.col("op") == "add").then(value).otherwise(pl.col(value.meta.output_name())).alias(
            value.meta.output_name()) for value in new]  # fmt: skip
        return facts | {
            "contract_lines": signed.with_columns(new).select(facts["contract_lines"].columns),
            "amendment_changes": changes.with_columns(added).select(facts["amendment_changes"].columns),
        }

    return twist


def _beside(facts: Facts, rows: pl.DataFrame, owners: pl.Series) -> pl.DataFrame:
    """Lines with what their contract and product say."""
    of_contract = facts["contracts"].select(
        "signed_on", _contract="id", contract_start="start", contract_end="end", currency="currency"
    )
    of_product = facts["products"].select(_product="id", product_method="method")
    owned = rows.with_columns(_contract=owners, _product=pl.col("product"))
    return owned.join(of_contract, on="_contract", how="left", maintain_order="left").join(
        of_product, on="_product", how="left", maintain_order="left"
    )


def added(**terms: pl.Expr) -> Twist:
    """Other terms of the lines that amendments add."""
    changed = lines(**terms)
    return lambda facts: facts | {"amendment_changes": changed(facts)["amendment_changes"]}


def contracts_with(**terms: pl.Expr) -> Twist:
    """Other terms of all contracts."""
    return lambda facts: facts | {"contracts": facts["contracts"].with_columns(**terms)}


def windows(start: pl.Expr | None = None, end: pl.Expr | None = None, where: pl.Expr | None = None) -> Twist:
    """Another first or last day of lines and of lone invoice lines; expressions over `start` and `end`."""
    new = {name: value for name, value in (("start", start), ("end", end)) if value is not None}
    of_lines = lines(where, **new)

    def twist(facts: Facts) -> Facts:
        rows = facts["invoice_lines"]
        named = rows.rename({"service_start": "start", "service_end": "end"})
        lone = pl.col("contract_line").is_null() & pl.col("start").is_not_null()
        if where is not None or not named.select(lone.any()).item():
            return of_lines(facts)
        moved = named.with_columns(pl.when(lone).then(value).otherwise(pl.col(name)).alias(name)
                                   for name, value in new.items())  # fmt: skip
        back = moved.rename({"start": "service_start", "end": "service_end"})
        return of_lines(facts) | {"invoice_lines": back}

    return twist


def from_invoice() -> Twist:
    """Service of lone invoice lines from the day of issue, and of contract lines from their first invoice."""

    def twist(facts: Facts) -> Facts:
        issued = facts["invoices"].select("issued_on", invoice="id")
        rows = facts["invoice_lines"].join(issued, on="invoice", how="left", maintain_order="left")
        first = rows.group_by("contract_line").agg(_issued=pl.col("issued_on").min()).drop_nulls()
        lone = pl.col("contract_line").is_null() & pl.col("service_start").is_not_null()
        begun = rows.with_columns(service_start=pl.when(lone).then("issued_on").otherwise("service_start"))
        signed = facts["contract_lines"].join(first, left_on="id", right_on="contract_line", how="left",
                                              maintain_order="left")  # fmt: skip
        return facts | {
            "invoice_lines": begun.drop("issued_on"),
            "contract_lines": signed.with_columns(start=pl.coalesce("_issued", "start")).drop("_issued"),
        }

    return twist


def moved(name: str, *, days: int = 0, months: int = 0) -> pl.Expr:
    """A day some days and months away."""
    day = pl.col(name)
    return (periods.add_months(day, pl.lit(months)) if months else day) + pl.duration(days=days)


def lasting(months: int) -> pl.Expr:
    """The last day of a term of some months from `start`."""
    return periods.day_before(periods.add_months(pl.col("start"), pl.lit(months)))


def proration(value: str) -> Twist:
    """Another way to weigh days, for lines, and for products that lone invoice lines take it from."""
    of_lines = lines(proration=pl.lit(value))
    return lambda facts: of_lines(facts) | {"products": facts["products"].with_columns(proration=pl.lit(value))}


def method(value: str, *, instead_of: str, delivered: str = "start") -> Twist:
    """Recognition by another method; what was never delivered counts as delivered on a day of the line."""
    stated = pl.coalesce("method", "product_method")
    of_lines = lines(stated == instead_of, method=pl.lit(value), delivered_on=pl.coalesce("delivered_on", delivered))

    def twist(facts: Facts) -> Facts:
        products = facts["products"].select(product="id", _method="method")
        rows = facts["invoice_lines"].join(products, on="product", how="left", maintain_order="left")
        lone = pl.col("contract_line").is_null() & (pl.coalesce("method", "_method") == instead_of)
        method = pl.when(lone).then(pl.lit(value)).otherwise("method")
        return of_lines(facts) | {"invoice_lines": rows.with_columns(method=method).drop("_method")}

    return twist


def turns(facts: Facts) -> pl.DataFrame:
    """Amendments by their place in their contract, from 1: amendment, turn."""
    ordered = contracts.amendments(facts).sort("contract", "day", "amendment")
    return ordered.select("amendment", turn=pl.int_range(1, pl.len() + 1).over("contract"))


def _of_turn(facts: Facts, turn: int) -> pl.Series:
    return turns(facts).filter(pl.col("turn") == turn)["amendment"]


def without_amendment(turn: int) -> Twist:
    """Without the amendment of a place in each contract."""

    def twist(facts: Facts) -> Facts:
        gone = pl.col("id").is_in(_of_turn(facts, turn).implode())
        return contracts.closed(facts | {"amendments": facts["amendments"].filter(~gone)}, facts)

    return twist


def twice_amended(turn: int) -> Twist:
    """The price that an amendment adds counted twice; a line that it adds at twice its price."""

    def twist(facts: Facts) -> Facts:
        again = pl.col("amendment").is_in(_of_turn(facts, turn).implode())
        rows = facts["amendment_changes"].join(_prices_before(facts), on="line", how="left", maintain_order="left")
        add = pl.col("op") == "add"
        doubled = pl.when(add).then(2 * pl.col("price")).when(pl.col("before").is_not_null()).then(
            2 * pl.col("price") - pl.col("before")
        )  # fmt: skip
        new = {
            "price": pl.when(again & pl.col("price").is_not_null()).then(pl.coalesce(doubled, "price")),
            "price_change": pl.when(again).then(2 * pl.col("price_change")),
            "quantity": pl.when(again & add).then(2 * pl.col("quantity")),
            "ssp": pl.when(again & add).then(2 * pl.col("ssp")),
        }
        return facts | {
            "amendment_changes": rows.with_columns(
                **{name: value.otherwise(pl.col(name)) if name == "price" else pl.coalesce(value, name)
                   for name, value in new.items()}
            ).drop("before")
        }  # fmt: skip

    return twist


def _prices_before(facts: Facts) -> pl.DataFrame:
    """What each line cost as signed: line, before."""
    return facts["contract_lines"].select("price", line="id").rename({"price": "before"}).unique("line")


def treated(value: str, turn: int) -> Twist:
    """Another treatment of the amendment of a place."""
    return _amended(turn, treatment=pl.lit(value))


def effective(day: pl.Expr, turn: int) -> Twist:
    """Another day from which the amendment of a place counts; lines that it adds start with it.

    Args:
        day: an expression over `effective_on`, `approved_on` and the contract's `signed_on`, `contract_start`.
        turn: its place.
    """

    def twist(facts: Facts) -> Facts:
        of_contract = facts["contracts"].select("signed_on", contract="id", contract_start="start")
        rows = facts["amendments"].join(of_contract, on="contract", how="left", maintain_order="left")
        chosen = pl.col("id").is_in(_of_turn(facts, turn).implode())
        rows = rows.with_columns(_was=pl.max_horizontal("effective_on", "approved_on"), _new=day)
        dated = rows.with_columns(pl.when(chosen).then("_new").otherwise(name).alias(name)
                                  for name in ("effective_on", "approved_on"))  # fmt: skip
        changes = facts["amendment_changes"].join(
            rows.filter(chosen).select("_was", "_new", amendment="id"), on="amendment", how="left",
            maintain_order="left",
        )  # fmt: skip
        follows = (pl.col("op") == "add") & (pl.col("start") == pl.col("_was"))
        begun = changes.with_columns(start=pl.when(follows).then("_new").otherwise("start")).drop("_was", "_new")
        return facts | {"amendments": dated.select(facts["amendments"].columns), "amendment_changes": begun}

    return twist


def _amended(turn: int, **values: pl.Expr) -> Twist:
    def twist(facts: Facts) -> Facts:
        chosen = pl.col("id").is_in(_of_turn(facts, turn).implode())
        new = (pl.when(chosen).then(value).otherwise(pl.col(name)).alias(name) for name, value in values.items())
        return facts | {"amendments": facts["amendments"].with_columns(new)}

    return twist


def notes(**values: pl.Expr) -> Twist:
    """Other terms of all credit notes."""
    return lambda facts: facts | {"credit_notes": facts["credit_notes"].with_columns(**values)}


def credited(times: int) -> Twist:
    """Credit notes counted not at all, or some times over."""

    def twist(facts: Facts) -> Facts:
        rows = facts["credit_note_lines"]
        if not times:
            return contracts.closed(facts | {"credit_notes": facts["credit_notes"].head(0)}, facts)
        return facts | {"credit_note_lines": rows.with_columns(pl.col("amount", "tax") * times)}

    return twist


def use_of_month(back: int, times: int) -> Twist:
    """What was used in the month that lies some months before the last of its line, counted 0 or 2 times."""

    def twist(facts: Facts) -> Facts:
        rows = facts["usage"]
        month = periods.month_number(pl.col("on"))
        chosen = month == month.max().over("contract_line") - back
        if not times:
            return facts | {"usage": rows.filter(~chosen)}
        return facts | {"usage": pl.concat([rows, rows.filter(chosen).with_columns(id=pl.col("id") + "/again")])}

    return twist


def cleared(table: str) -> Twist:
    """Without the rows of a table, and without what hangs on them."""
    return lambda facts: contracts.closed(facts | {table: facts[table].head(0)}, facts)


def billed(**terms: pl.Expr) -> Twist:
    """Other billing terms of all lines, by the names of the columns with underscores for dots."""
    return lines(**{name.replace("_", ".", 1): value for name, value in terms.items()})

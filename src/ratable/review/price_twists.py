"""Twists of prices: standalone selling prices, discounts and shares as somebody might have misread them.

Worked example: `discount_on(1)` keeps the discount of each contract to its first line; `shared("ssp", "last")` rounds
every share down and leaves all cents to the last line.
"""

import polars as pl

from ratable.core import money, tables
from ratable.engine.contracts import Facts
from ratable.review import twists
from ratable.review.twists import Twist


def ssp_versions(shift: int) -> Twist:
    """The SSP of the version before (1) or after (-1) the one in force; lines take it from the book."""

    def twist(facts: Facts) -> Facts:
        book = facts["ssps"].sort("from")
        if book.is_empty():
            return facts
        figures = ("amount", "low", "high", "per")
        shifted = book.with_columns(
            pl.coalesce(pl.col(name).shift(shift).over("product", "currency", order_by="from"), name).alias(name)
            for name in figures
        )
        return twists.lines(ssp=pl.lit(None, pl.Int64))(facts) | {"ssps": shifted}

    return twist


def scaled_ssp(place: int, *, times: int, per: int = 1) -> Twist:
    """The SSP of the line of a place in each contract, times a number."""
    own = pl.coalesce("ssp", "price")
    return placed(place, ssp=(own * times) // per)


def placed(place: int, **terms: pl.Expr) -> Twist:
    """Other terms of the line of a place in its contract, from 1 in the order of ids."""

    def twist(facts: Facts) -> Facts:
        ids = facts["contract_lines"].sort("contract", "id").with_columns(
            _place=pl.int_range(1, pl.len() + 1).over("contract")
        ).filter(pl.col("_place") == place)["id"]  # fmt: skip
        rows = facts["contract_lines"]
        chosen = pl.col("id").is_in(ids.implode())
        new = (pl.when(chosen).then(value).otherwise(pl.col(name)).alias(name) for name, value in terms.items())
        return facts | {"contract_lines": rows.with_columns(new)}

    return twist


def discount_on(place: int) -> Twist:
    """The contract's discount on the line of a place alone."""

    def twist(facts: Facts) -> Facts:
        ordered = facts["contract_lines"].sort("contract", "id")
        chosen = ordered.group_by("contract").agg(_line=pl.col("id").get(place - 1, null_on_oob=True))
        rows = facts["contracts"].join(chosen, left_on="id", right_on="contract", how="left", maintain_order="left")
        given = pl.coalesce("discount.amount", "discount.percent").is_not_null() & pl.col("_line").is_not_null()
        alone = pl.when(given).then(pl.concat_list("_line")).otherwise("discount.lines")
        return facts | {"contracts": rows.with_columns(alone.alias("discount.lines")).drop("_line")}

    return twist


def shared(weight: str, rest: str) -> Twist:
    """Consideration of a contract shared by floors, with what is left over dumped on one line.

    Args:
        weight: ssp, price or alike: what it is shared by.
        rest: first or last line in the order of ids, or the largest.
    """

    def twist(facts: Facts) -> Facts:
        by = {"ssp": pl.coalesce("ssp", "price"), "price": pl.col("price"), "alike": pl.lit(1, pl.Int64)}[weight]
        rows = _net(facts).with_columns(_by=by)
        whole = pl.col("_by").sum().over("contract")
        floor = pl.when(whole > 0).then(pl.col("_net").cast(pl.Int128) * pl.col("_by") // whole).otherwise(0)
        rows = rows.with_columns(_share=floor.cast(pl.Int64))
        over = pl.col("_net") - pl.col("_share").sum().over("contract")
        bearer = {
            "first": pl.col("id") == pl.col("id").min().over("contract"),
            "last": pl.col("id") == pl.col("id").max().over("contract"),
            "largest": pl.col("id") == pl.col("id").sort_by("price", descending=True).first().over("contract"),
        }[rest]
        given = pl.col("_share") + pl.when(bearer).then(over).otherwise(0)
        priced = pl.col("price").is_not_null().all().over("contract") & pl.col("_lines").is_null()
        made = rows.with_columns(price=pl.when(priced).then(given).otherwise("price"),
                                 ssp=pl.when(priced).then(given).otherwise("ssp"))  # fmt: skip
        none = pl.lit(None, pl.Int64)
        plain = facts["contracts"].with_columns(
            **{name: pl.when(pl.col("discount.lines").is_null()).then(none).otherwise(pl.col(name))
               for name in ("discount.percent", "discount.amount")}
        )  # fmt: skip
        return facts | {"contract_lines": made.select(facts["contract_lines"].columns), "contracts": plain}

    return twist


def _net(facts: Facts) -> pl.DataFrame:
    """Contract lines with the consideration of their contract net of its discount, and the lines that it names."""
    heads = facts["contracts"].select(
        contract="id", _percent="discount.percent", _amount="discount.amount", _lines="discount.lines"
    )
    rows = facts["contract_lines"].join(heads, on="contract", how="left", maintain_order="left")
    total = pl.col("price").sum().over("contract")
    percent = money.round_half_even(
        total.cast(pl.Int128) * pl.coalesce("_percent", 0), pl.lit(tables.WHOLE_PERCENT, dtype=pl.Int128)
    )
    return rows.with_columns(_net=total - pl.coalesce("_amount", percent.cast(pl.Int64)))

"""What an amendment says about the lines: new price, end, quantity and SSP, lines added and removed.

Worked example: a change with `price_change: 3000.00` lifts a line of 12,000.00 to 15,000.00; ten more seats at
25.50 from 1 February re-price a line by its billing periods from that day. Changes that leave every line as it was
are no event at all (A to B to A on one day).
"""

from dataclasses import replace

import polars as pl

from ratable.billing import calendars, unit_prices
from ratable.engine import position as state
from ratable.engine.position import Position

_COMPARED = ("active", "removed", "price", "end", "ssp")


def amend(position: Position, acts: pl.DataFrame, changes: pl.DataFrame) -> tuple[Position, pl.DataFrame, pl.DataFrame]:
    """Apply the changes of one event of each contract to the terms of its lines.

    Source: 606-10-25-10.

    Args:
        position: where the contracts stand.
        acts: one row per contract: account, event (day), treatment, source.
        changes: account, line, turn (order of the changes of one line), op, price, price_change, quantity, end, ssp.

    Returns:
        the position with amended terms (a line removed without a price has a null price until revenue to date is
        known); one row per line of the contracts whose terms moved: line_no, account, event, treatment, source,
        changed (this line moved), removed_now, re_dated; and new calendars of the re-dated lines.
    """
    before = position.lines.join(acts, on="account")
    quantities = position.quantities
    untouched = pl.lit(value=False)
    after = before.with_columns(touched=untouched, requantified=untouched, stated=untouched)
    for turn in state.passes(changes["turn"]):
        after, added = _apply(after, changes.filter(pl.col("turn") == turn))
        quantities = pl.concat([quantities, added]).unique(["line_no", "day"], keep="last")
    re_dated = (pl.col("requantified") & pl.col("unit_priced")) | (pl.col("end") != pl.col("end_before"))
    after = after.join(
        before.select("line_no", *(pl.col(c).alias(f"{c}_before") for c in _COMPARED)), on="line_no"
    ).with_columns(re_dated=re_dated & pl.col("active"))
    fresh = rebuild(after.filter("re_dated"), quantities, replace(position, quantities=quantities))
    after = _reprice(after, fresh)
    moved = pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_before")) for c in _COMPARED)
    after = after.with_columns(changed=moved & pl.col("touched")).filter(pl.col("changed").any().over("account"))
    changed = replace(position, quantities=quantities).with_lines(
        after, "active", "removed", "price", "unit_sum", "end", "ssp", "ssp_end"
    )
    outline = after.select(
        "line_no", "account", "event", "treatment", "source", "changed", "re_dated",
        removed_now=pl.col("removed") & ~pl.col("removed_before"),
    )  # fmt: skip
    return changed, outline, fresh.join(outline, on="line_no", how="semi")


def _apply(lines: pl.DataFrame, changes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One change of each line, and the quantities it sets."""
    new = changes.select(
        "account", "line", "op", "price_change",
        new_price="price", new_quantity="quantity", new_end="end", new_ssp="ssp",
    )  # fmt: skip
    rows = lines.join(new, on=["account", "line"], how="left")
    op = pl.col("op")
    add, remove = op == "add", op == "remove"
    stated = pl.coalesce("new_price", "price") + pl.coalesce("price_change", 0)
    by_hand = (pl.col("new_price").is_not_null() | pl.col("price_change").is_not_null()) & ~add
    unpriced = remove & ~by_hand
    price = pl.when(unpriced).then(None).when(by_hand).then(stated).otherwise("price")
    end = pl.when(op == "change").then(pl.coalesce("new_end", "end")).otherwise("end")
    ssp = pl.when(add).then("ssp").otherwise(pl.coalesce("new_ssp", "ssp"))
    restated = pl.col("new_ssp").is_not_null() & ~add
    quantities = rows.filter(pl.col("new_quantity").is_not_null() & ~add).select(
        "line_no", day=pl.max_horizontal("event", "start"), quantity="new_quantity"
    )
    rows = rows.with_columns(
        touched=pl.col("touched") | pl.col("op").is_not_null(),
        requantified=pl.col("requantified") | (pl.col("new_quantity").is_not_null() & ~add).fill_null(value=False),
        active=pl.col("active") | add.fill_null(value=False),
        removed=pl.col("removed") | remove.fill_null(value=False),
        stated=pl.col("stated") | (pl.col("new_price").is_not_null() & ~add).fill_null(value=False),
        price=price,
        end=end,
        ssp=ssp,
    )
    rows = rows.with_columns(ssp_end=pl.when(restated).then("end").otherwise("ssp_end"))
    return rows.select(lines.columns), quantities


def rebuild(lines: pl.DataFrame, quantities: pl.DataFrame, position: Position) -> pl.DataFrame:
    """New billing calendars for lines whose dates or quantities changed, with `used` for usage lines."""
    dates = calendars.build(lines, position.reached)
    priced = lines.filter("unit_priced").select("line_no", "unit_price", "exponent", "discount.percent")
    by_unit = unit_prices.price_periods(dates, priced, quantities)
    rest = dates.join(priced, on="line_no", how="anti")
    return with_use(pl.concat([rest, by_unit]), lines, position.use)


def with_use(calendar: pl.DataFrame, lines: pl.DataFrame, use: pl.DataFrame) -> pl.DataFrame:
    """Calendar rows, sorted, with `used`: rated through the date on usage lines, null on fixed lines."""
    fixed = lines.select("line_no", "fixed")
    rows = calendar.join(fixed, on="line_no").sort("due")
    totals = use.select("line_no", "day", "through").sort("day")
    rows = rows.join_asof(totals, left_on="due", right_on="day", by="line_no", check_sortedness=False)
    used = pl.when("fixed").then(None).otherwise(pl.col("through").fill_null(0))
    return rows.with_columns(used=used).select(*calendar.columns, "used").sort("line_no", "due", "service_start")


def _reprice(lines: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """The price of a line priced by quantity moves with the sum of its bills, unless the amendment states a price."""
    summed = fresh.group_by("line_no").agg(summed=pl.col("weight").sum())
    by_unit = pl.col("re_dated") & pl.col("unit_priced")
    unit_sum = pl.when(by_unit).then(pl.col("summed").fill_null(0)).otherwise("unit_sum")
    moved = pl.when(by_unit & ~pl.col("stated")).then(pl.col("summed").fill_null(0) - pl.col("unit_sum")).otherwise(0)
    return (
        lines.join(summed, on="line_no", how="left")
        .with_columns(price=pl.col("price") + moved, unit_sum=unit_sum)
        .drop("summed")
    )

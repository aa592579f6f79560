"""Contract inception: the lines of all accounts as signed, before any event: priced, allocated, with their first spans.

Worked example: the contract of 12,000.00 platform and 3,000.00 setup with 10 percent off starts with two lines,
shares of the discount 1,200.00 and 300.00, allocations 10,800.00 and 2,700.00, one span each, and two bills ahead of
it.
"""

from dataclasses import dataclass

import polars as pl

from ratable.billing import calendars, minimums, unit_prices, usage
from ratable.core import invoices, periods, policies, tables
from ratable.engine import (
    allocation,
    amended_terms,
    contracts,
    milestones,
    modifications,
    obligations,
    position,
    recognition,
    standalone_prices,
    transaction_price,
)
from ratable.engine.contracts import Facts
from ratable.engine.position import Position

STATE = [
    "line_no", "line", "account", "contract", "part", "fixed", "in_steps", "generate", "proration", "start", "end",
    "available_from", "active", "removed", "price", "unit_priced", "unit_price", "unit_sum", "exponent",
    "discount.percent", "discount.amount", "billing.frequency", "billing.timing", "billing.day", "billing.dates",
    "ssp", "ssp_end", "discount", "discount_percent", "discount_amount", "coverable", "owned",
    "reductions", "credited", "billed", "left", "net",
]  # fmt: skip


@dataclass(frozen=True)
class Inception:
    """Everything before the first event.

    `lines` are all obligations as signed (engine.obligations.COMMON, signed_on, ssp_basis, line_no); `standing` is
    where they stand; `true_ups` are those of minimums; `treatments` are the amendments by modifications.classify.
    """

    lines: pl.DataFrame
    standing: Position
    true_ups: pl.DataFrame
    treatments: pl.DataFrame


def begin(facts: Facts, generated: pl.DataFrame) -> Inception:
    """Run steps 2 to 5 of the standard for every line as signed.

    Args:
        facts: the tables that count.
        generated: contract, generate (engine.contracts.invoicing).

    Returns:
        every obligation and where it stands before its first event; lines that an amendment adds are there, inactive.
    """
    signed = obligations.of_contracts(facts, generated).with_row_index("line_no")
    signed, calendar, quantities = _priced(signed, facts)
    book_day = pl.coalesce("added_on", "signed_on")
    signed = standalone_prices.find(signed.with_columns(price_day=book_day), facts["ssps"])
    reached = pl.concat(
        [milestones.deliveries(signed), milestones.shares(signed, facts["milestones"], facts["milestones_reached"])]
    )
    use = _use(signed, facts)
    treatments = _treatments(signed, facts, reached)
    signed = _allocated(_covered(signed, treatments))
    lone = _lone(facts, first=len(signed))
    lines = pl.concat([signed.select(STATE), lone.select(STATE)])
    reached = pl.concat([reached, milestones.deliveries(lone)])
    own = signed.filter("generate").select("line_no")
    calendar = amended_terms.with_use(calendar.join(own, on="line_no", how="semi"), signed, use)
    allocated = pl.concat([signed.select(*STATE, "allocated"), lone.select(*STATE, "allocated")])
    true_ups = _true_ups(signed, facts, use)
    imported = _imported(facts, pl.concat([signed.select("line_no", "line"), lone.select("line_no", "line")]))
    standing = Position(
        lines=lines,
        spans=_first_spans(allocated.filter(pl.col("fixed") & pl.col("active"))),
        calendar=calendar.sort("line_no", "due", "service_start"),
        made=pl.concat([imported, _true_up_bills(true_ups, signed)]),
        moves=pl.DataFrame(schema=position.MOVES),
        quantities=quantities,
        reached=reached,
        use=use,
    )
    described = pl.concat(
        [
            signed.select("line_no", "signed_on", "ssp_basis", *obligations.COMMON),
            lone.select("line_no", "signed_on", *obligations.COMMON, ssp_basis=pl.lit("line")).select(
                "line_no", "signed_on", "ssp_basis", *obligations.COMMON
            ),
        ]
    )
    return Inception(described, standing, true_ups, treatments)


def _priced(lines: pl.DataFrame, facts: Facts) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Prices of lines sold by quantity, the billing calendars of all lines, and the quantities first agreed."""
    by_unit = pl.col("fixed") & pl.col("price").is_null() & pl.col("unit_price").is_not_null()
    lines = lines.with_columns(in_steps=pl.col("method").is_in(["point_in_time", "milestone"]), unit_priced=by_unit)
    one = 10**tables.QUANTITY_DECIMALS
    quantities = lines.filter("unit_priced").select("line_no", day="start", quantity=pl.coalesce("quantity", one))
    # Milestone bills follow what is reached, and that needs no price where a line is billed on milestones.
    reached = milestones.shares(
        lines.with_columns(pl.col("price").fill_null(0)), facts["milestones"], facts["milestones_reached"]
    )
    calendar = calendars.build(lines.filter(pl.col("generate") | pl.col("unit_priced")), reached)
    priced = lines.filter("unit_priced").select("line_no", "unit_price", "exponent", "discount.percent")
    bills = unit_prices.price_periods(calendar, priced, quantities)
    calendar = pl.concat([calendar.join(priced, on="line_no", how="anti"), bills])
    summed = bills.group_by("line_no").agg(summed=pl.col("weight").sum())
    lines = lines.join(summed, on="line_no", how="left", maintain_order="left")
    price = (
        pl.when("unit_priced")
        .then(pl.col("summed").fill_null(0) - pl.coalesce("discount.amount", 0))
        .otherwise("price")
    )
    return lines.with_columns(price=price.fill_null(0)).rename({"summed": "unit_sum"}), calendar, quantities


def _use(lines: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Rated usage of the contracts' usage lines; what was used before signature counts on the day of signature."""
    names = lines.filter(~pl.col("fixed")).select("line_no", "line", "available_from")
    rows = facts["usage"].join(names, left_on="contract_line", right_on="line")
    rows = rows.select("line_no", "quantity", "amount", day=pl.max_horizontal("on", "available_from"))
    tiers = facts["price_tiers"].join(names, left_on="contract_line", right_on="line").select(
        "line_no", "up_to", "unit_price", "flat"
    )  # fmt: skip
    return usage.rate(rows, lines.filter(~pl.col("fixed")), tiers)


def _treatments(lines: pl.DataFrame, facts: Facts, reached: pl.DataFrame) -> pl.DataFrame:
    """How each amendment is treated, and why."""
    chosen = policies.choose(facts["policies"], "ssp_tolerance", default="0")
    tolerance = (chosen.cast(pl.Decimal(20, tables.PERCENT_DECIMALS)) * 10**tables.PERCENT_DECIMALS).cast(pl.Int64)
    return modifications.classify(
        contracts.amendments(facts),
        facts["amendment_changes"],
        lines.with_columns(tolerance=tolerance),
        reached,
    )


def _covered(lines: pl.DataFrame, treatments: pl.DataFrame) -> pl.DataFrame:
    """The part of its contract that each line belongs to, and whether the contract's discount covers it."""
    separate = treatments.filter(pl.col("treatment") == "separate")["amendment"]
    alone = pl.col("added_by").is_in(separate.implode()).fill_null(value=False)
    named = pl.col("contract_discount.lines")
    return lines.with_columns(
        part=pl.when(alone).then(pl.format("{} / {}", "account", "added_by")).otherwise("account"),
        active=pl.col("added_by").is_null(),
        removed=pl.lit(value=False),
        coverable=(named.is_null() | named.list.contains(pl.col("line"))) & ~alone,
        owned=named.is_not_null(),
        discount_percent="contract_discount.percent",
        discount_amount="contract_discount.amount",
        ssp_end="end",
        reductions=pl.lit(0, dtype=pl.Int64),
        credited=pl.lit(0, dtype=pl.Int64),
        billed=pl.lit(0, dtype=pl.Int64),
    )


def _allocated(lines: pl.DataFrame) -> pl.DataFrame:
    """Discount shares and allocations of the lines signed first; what is left to bill on them."""
    weight = lines["ssp"].to_numpy()
    live = pl.col("active") & pl.col("fixed")
    rows = lines.with_columns(covered=live & pl.col("coverable"))
    lines = lines.with_columns(transaction_price.discounts(rows, weight=weight).alias("discount"))
    signed = lines.filter(live)
    total = pl.col("price").sum().over("part")
    shares = allocation.allocate(
        signed.select("part", "line", "discount", "owned", total=total), weight=signed["ssp"].to_numpy()
    )
    lines = lines.join(signed.select("line_no").hstack([shares]), on="line_no", how="left", maintain_order="left")
    net = pl.when(live).then(pl.col("price") - pl.col("discount")).when(~pl.col("fixed")).then(0)
    left = pl.when(live & pl.col("generate")).then(pl.max_horizontal(net, 0)).otherwise(0)
    return lines.with_columns(net=net, left=left)


def _lone(facts: Facts, *, first: int) -> pl.DataFrame:
    """Lone invoice lines in the same shape; nothing is reallocated, the invoice's discount alone is shared."""
    lines = obligations.of_invoices(facts)
    net = invoices.net_lines(facts["invoices"], facts["invoice_lines"])
    lines = lines.join(net.select("line", "discount", allocated="net"), on="line", how="left", maintain_order="left")
    numbers = ("discount.percent", "discount.amount", "billing.day", "unit_price", "unit_sum", "discount_percent",
               "discount_amount")  # fmt: skip
    absent: dict[str, pl.DataType] = dict.fromkeys(numbers, pl.Int64())
    absent |= {"billing.frequency": pl.String(), "billing.timing": pl.String(), "billing.dates": pl.List(pl.Date())}
    zero = pl.lit(0, dtype=pl.Int64)
    return lines.with_row_index("line_no", offset=first).with_columns(
        **{name: pl.lit(None, dtype=kind) for name, kind in absent.items()},
        part=pl.format("{} / {}", "account", "line"),
        in_steps=pl.col("method") == "point_in_time",
        unit_priced=pl.lit(value=False),
        active=pl.lit(value=True),
        removed=pl.lit(value=False),
        coverable=pl.lit(value=False),
        owned=pl.lit(value=False),
        ssp_end="end",
        reductions=zero,
        credited=zero,
        billed=zero,
        left=zero,
        net="allocated",
    )


def _first_spans(lines: pl.DataFrame) -> pl.DataFrame:
    """One span over the whole life of each line; what was delivered before revenue is allowed is earned on that day."""
    zero = pl.lit(0, dtype=pl.Int64)
    return lines.select(
        "line_no",
        "start",
        "end",
        first=pl.max_horizontal("start", "available_from"),
        last=pl.lit(periods.OPEN),
        opening=zero,
        constant=zero,
        amount="allocated",
        since=periods.day_before(pl.col("start")),
        until="end",
        proration=pl.when("in_steps").then(None).otherwise("proration"),
    ).select(*recognition.SPANS)


def _imported(facts: Facts, lines: pl.DataFrame) -> pl.DataFrame:
    """Imported invoice lines as bills made, net of the invoice's discount."""
    net = invoices.net_lines(facts["invoices"], facts["invoice_lines"])
    rows = facts["invoice_lines"].hstack(net.select("net")).join(
        facts["invoices"].select("issued_on", invoice="id"), on="invoice"
    )  # fmt: skip
    owner = pl.coalesce("contract_line", "id")
    return (
        rows.with_columns(line=owner)
        .join(lines, on="line")
        .select(
            "line_no",
            "invoice",
            "service_start",
            "service_end",
            bill="id",
            day="issued_on",
            amount="net",
            tax=pl.coalesce("tax", 0),
            credited=pl.lit(0, dtype=pl.Int64),
        )
        .select(*position.MADE)
    )


def _true_ups(lines: pl.DataFrame, facts: Facts, use: pl.DataFrame) -> pl.DataFrame:
    """Shortfalls of the contracts' minimums."""
    terms = facts["contracts"].select("start", "end", contract="id", available_from="signed_on")
    rows = facts["minimums"].join(terms, on="contract").select(
        "amount", "every", "allocation", "start", "end", "available_from", minimum="id"
    )  # fmt: skip
    members = facts["minimum_lines"].join(
        lines.select("line_no", "line", "ssp"), left_on="contract_line", right_on="line"
    )
    return minimums.true_ups(rows, members.select("minimum", "line_no", "ssp", line="contract_line"), use)


def _true_up_bills(true_ups: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """True-ups of the contracts that we bill, each billed on the day it arises."""
    own = true_ups.join(lines.filter("generate").select("line_no", "line", "contract"), on="line_no")
    zero = pl.lit(0, dtype=pl.Int64)
    return own.select(
        "line_no",
        bill=pl.format("{}/{}/true-up", "line", "interval_start"),
        invoice=pl.format("{}/{}", "contract", "day"),
        day="day",
        service_start="interval_start",
        service_end="day",
        amount="amount",
        tax=zero,
        credited=zero,
    )

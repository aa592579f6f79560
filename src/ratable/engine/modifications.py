"""Contract modifications: what an approved amendment does to revenue.

Worked example (prospective): three years at 100,000.00; on 1 January of the third year the price becomes 480,000.00 and
the end moves three years on. Pool = 480,000.00 - 200,000.00 recognized = 280,000.00, spread over 48 months: 5,833.33
each. Catch-up: 12,000.00 for 2026 becomes 15,000.00 on 1 July; half is delivered, so 7,500.00 - 6,000.00 = 1,500.00
moves at once. Separate: fifty more seats at their standalone price get a span of their own and nothing else changes.
"""

from dataclasses import replace

import polars as pl

from ratable.core import money, periods, tables
from ratable.engine import allocation, amended_terms, position, progress, recognition, transaction_price
from ratable.engine.position import Position

_SETTLED = ("event", "removed", "removed_now", "moved", "kind", "source")


def classify(
    amendments: pl.DataFrame, changes: pl.DataFrame, lines: pl.DataFrame, reached: pl.DataFrame
) -> pl.DataFrame:
    """Decide the treatment of each amendment, and say why.

    Source: 606-10-25-12 and 25-13.

    Args:
        amendments: amendment, contract, day, treatment (auto where nobody chose), reason.
        changes: amendment, op, line.
        lines: obligations with line_no, line, method, price, ssp, ssp_basis and tolerance (1/10,000 percent).
        reached: line_no, day, part, split.

    Returns:
        amendment, contract, day, treatment (separate, prospective or catch_up), why (a sentence).
    """
    rows = changes.select("amendment", "op", "line").join(lines, on="line", how="left").join(
        amendments.select("amendment", "day"), on="amendment"
    )  # fmt: skip
    gap = (pl.col("price") - pl.col("ssp")).abs().cast(pl.Int128) * tables.WHOLE_PERCENT
    at_ssp = (
        (pl.col("op") == "add")
        & pl.col("fixed")
        & (pl.col("ssp_basis") != "own_price")
        & (gap <= pl.col("ssp").cast(pl.Int128) * pl.col("tolerance"))
    )
    before = recognition.share_reached(rows.select("line_no", day=periods.day_before(pl.col("day"))), reached)
    whole = reached.group_by("line_no").agg(whole=pl.col("split").first())
    rows = rows.hstack([before]).join(whole, on="line_no", how="left", maintain_order="left")
    partly = (pl.col("method") == "milestone") & (pl.col("part") > 0) & (pl.col("part") < pl.col("whole"))
    usage_added = (pl.col("op") == "add") & ~pl.col("fixed")
    kinds = rows.group_by("amendment").agg(
        separate=((at_ssp | usage_added).all() & at_ssp.any()).fill_null(value=False),
        partly=partly.fill_null(value=False).any(),
    )
    rows = amendments.join(kinds, on="amendment", how="left")
    found = (
        pl.when("separate")
        .then(pl.lit("separate"))
        .when("partly")
        .then(pl.lit("catch_up"))
        .otherwise(pl.lit("prospective"))
    )
    chosen = pl.col("treatment") != "auto"
    treatment = pl.when(chosen).then("treatment").otherwise(found)
    reasons = {
        "separate": "it only adds lines, each at its standalone selling price (606-10-25-12)",
        "catch_up": "it changes a milestone line that is partly done: the rest is not distinct (606-10-25-13(b))",
        "prospective": "what remains is distinct from what was delivered (606-10-25-13(a))",
    }
    given = pl.format("a person chose it: {}", pl.coalesce("reason", pl.lit("no reason given")))
    why = pl.when(chosen).then(given).otherwise(found.replace_strict(reasons, default=None, return_dtype=pl.String))
    return rows.select("amendment", "contract", "day", treatment=treatment, why=why)


def apply(standing: Position, acts: pl.DataFrame, changes: pl.DataFrame) -> Position:
    """Apply one event of each of some contracts: new terms, new spans, amounts moved at once, billing spread anew.

    Source: 606-10-25-12, 25-13; 606-10-32-42 to 32-45.

    Args:
        standing: where those contracts stand.
        acts: one row per contract: account, event (day), treatment, source (amendment ids).
        changes: as engine.amended_terms.amend.

    Returns:
        where they stand after it. Revenue to date never changes but by the amounts moved on the day itself;
        recognized to date and what the spans hold sum to the new consideration.
    """
    amended, outline, fresh = amended_terms.amend(standing, acts, changes)
    if outline.is_empty():
        return amended
    lines = amended.lines.join(outline, on=["line_no", "account"])
    to_date = recognition.through_day(
        amended.spans, amended.reached, lines.filter("fixed").select("line_no", day="event")
    )
    lines = lines.join(to_date, on="line_no", how="left").with_columns(pl.col("recognized").fill_null(0))
    removed_price = pl.coalesce("price", pl.col("recognized") + pl.col("reductions"))
    lines = lines.with_columns(price=pl.when("fixed").then(removed_price).otherwise("price"))
    lines = _with_discounts(_with_weights(lines, amended.reached))
    touched = pl.col("changed").any().over("part") & pl.col("fixed") & pl.col("active")
    pooled = _with_pools(lines.filter(touched))
    settled = pl.concat(
        [
            _separate(pooled.filter(pl.col("treatment") == "separate")),
            _prospective(pooled.filter(pl.col("treatment") == "prospective")),
            _catch_up(pooled.filter(pl.col("treatment") == "catch_up")),
        ]
    )
    settled = settled.filter(~pl.col("removed") | pl.col("removed_now"))
    spans = pl.concat([position.truncate(amended.spans, settled), settled.select(*recognition.SPANS)])
    moves = settled.filter(pl.col("moved") != 0).select(
        "line_no",
        day="event",
        kind="kind",
        debit_role=pl.lit("deferred_revenue"),
        credit_role=pl.lit("revenue"),
        amount="moved",
        source="source",
    )
    after = replace(
        amended.with_lines(lines, "price", "discount", "discount_amount"),
        spans=spans,
        moves=pl.concat([amended.moves, moves]),
    )
    return _rebill(after, lines, fresh)


def _with_weights(lines: pl.DataFrame, reached: pl.DataFrame) -> pl.DataFrame:
    """Weights as exact fractions: left and whole life over the life its SSP was stated for, and done over whole life.

    Measuring against the life that the SSP was stated for keeps its rate when an end moves.
    """
    days = ["event", "start", "end", "ssp_end", "proration"]
    alike = lines.select(days).unique()
    over_time = alike.lazy().with_columns(**_fractions_over_time()).collect()
    steps = reached.group_by("line_no").agg(split=pl.col("split").first())
    done = recognition.share_reached(lines.select("line_no", day=periods.day_before(pl.col("event"))), reached)
    rows = (
        lines.hstack([done.alias("steps_done")])
        .join(steps, on="line_no", how="left", maintain_order="left")
        .join(over_time, on=days, how="left", maintain_order="left", nulls_equal=True)
    )
    split, one, done_steps = pl.coalesce("split", 1), pl.lit(1, dtype=pl.Int64), pl.col("steps_done")
    in_steps = {"left_n": split - done_steps, "left_d": split, "whole_n": one, "whole_d": one,
                "done_n": done_steps, "done_d": split}  # fmt: skip
    return rows.with_columns(
        **{name: pl.when("in_steps").then(stepped).otherwise(name) for name, stepped in in_steps.items()}
    ).drop("steps_done", "split")


def _fractions_over_time() -> dict[str, pl.Expr]:
    """The same fractions for lines that are served over time, from their days alone."""
    now, whole = (progress.calendar_weight(day) for day in (periods.day_before(pl.col("event")), pl.col("end")))
    stated = progress.calendar_weight(pl.col("ssp_end"), end="ssp_end")
    return {
        "left_n": (whole.part * now.split - now.part * whole.split) * stated.split * stated.unit,
        "left_d": whole.split * now.split * whole.unit * stated.part,
        "whole_n": whole.part * stated.split * stated.unit,
        "whole_d": whole.split * whole.unit * stated.part,
        "done_n": now.part * whole.split,
        "done_d": whole.part * now.split,
    }


def _weights(lines: pl.DataFrame, measure: str) -> tuple[money.Integers, money.Integers]:
    """SSP times a fraction of the line's life, as numerators and denominators without limit of size."""
    numerator = lines["ssp"].to_numpy().astype(object) * lines[f"{measure}_n"].to_numpy().astype(object)
    return numerator, lines[f"{measure}_d"].to_numpy().astype(object)


def _with_discounts(lines: pl.DataFrame) -> pl.DataFrame:
    """The contract's discount on the lines it still covers; the share of a line removed now leaves with it."""
    gone = pl.col("discount").filter(pl.col("removed_now")).sum().over("account")
    lines = lines.with_columns(discount_amount=pl.col("discount_amount") - gone)
    live = (
        pl.col("active")
        & ~pl.col("removed")
        & pl.col("fixed")
        & pl.col("coverable")
        & (pl.col("part") == pl.col("account"))
    )
    rows = lines.select("account", "line", "price", "discount_percent", "discount_amount", covered=live)
    weight, per = _weights(lines.with_columns(pl.col("ssp").fill_null(0)), "whole")
    shares = transaction_price.discounts(rows, weight=weight, per=per)
    return lines.with_columns(shares.alias("discount"))


def _with_pools(lines: pl.DataFrame) -> pl.DataFrame:
    """Consideration of each part: of the lines that go on, what removed lines keep, and what is not recognized yet."""
    goes_on = ~pl.col("removed")
    net = pl.col("price") - pl.col("discount") - pl.col("reductions")
    lines = lines.with_columns(net_price=net)
    return lines.with_columns(
        pool=(net - pl.col("recognized")).sum().over("part"),
        taker=goes_on & (pl.col("left_n") > 0),
        moved=pl.lit(0, dtype=pl.Int64),
        kind=pl.when("removed_now").then(pl.lit("termination")).otherwise(pl.lit("modification")),
    )


def _spans(lines: pl.DataFrame, **of: pl.Expr | str) -> pl.DataFrame:
    """New spans from the day of the event."""
    over_time = pl.when("in_steps").then(None).otherwise("proration")
    plain = {"first": pl.col("event"), "last": pl.lit(periods.OPEN), "until": pl.col("end"), "proration": over_time}
    return lines.with_columns(**(plain | of)).select(*recognition.SPANS, *_SETTLED)


def _separate(lines: pl.DataFrame) -> pl.DataFrame:
    """Added lines as a contract of their own: their prices shared by their SSPs, recognized from their own start."""
    total = pl.col("price").sum().over("part")
    rows = lines.select("part", "line", "discount", total=total, owned=pl.lit(value=False))
    allocated = allocation.allocate(rows, weight=lines["ssp"].to_numpy())
    return _spans(
        lines.hstack([allocated.alias("amount")]),
        first=pl.max_horizontal("start", "event"),
        opening=pl.lit(0, dtype=pl.Int64),
        constant=pl.lit(0, dtype=pl.Int64),
        since=periods.day_before(pl.col("start")),
    )


def _prospective(lines: pl.DataFrame) -> pl.DataFrame:
    """The pool shared by SSP of what is left, spread from the event; moved at once where nothing is left."""
    takers = lines.filter("taker")
    weight, per = _weights(takers, "left")
    shares = money.share(takers["pool"], weight, among=takers["part"], tie=takers["line"], per=per)
    spread = takers.with_columns(shares.alias("amount"))
    others = lines.filter(~pl.col("taker")).with_columns(amount=pl.lit(0, dtype=pl.Int64))
    stranded = others.join(takers, on="part", how="anti")
    moved = _moved_at_once(stranded)
    base = pl.col("recognized") + pl.col("moved")
    columns = spread.columns
    rows = pl.concat([spread, others.join(takers, on="part", how="semi").select(columns), moved.select(columns)])
    return _spans(rows, opening=base, constant=base, since=periods.day_before(pl.col("event")))


def _moved_at_once(lines: pl.DataFrame) -> pl.DataFrame:
    """Where nothing of a part is left: a removed line moves its own difference, changed lines share the rest."""
    own = pl.when("removed_now").then(pl.col("net_price") - pl.col("recognized")).otherwise(0)
    lines = lines.with_columns(moved=own)
    changed = pl.col("changed") & ~pl.col("removed")
    goes_on = ~pl.col("removed")
    bearer = (
        pl.when(changed.any().over("part"))
        .then(changed)
        .when(goes_on.any().over("part"))
        .then(goes_on)
        .otherwise(pl.col("removed_now"))
    )
    lines = lines.with_columns(rest=pl.col("pool") - pl.col("moved").sum().over("part"), bearer=bearer)
    bearers = lines.filter("bearer")
    weight, per = _weights(bearers, "whole")
    shares = money.share(bearers["rest"], weight, among=bearers["part"], tie=bearers["line"], per=per)
    given = bearers.select("line_no", given=shares)
    return lines.join(given, on="line_no", how="left").with_columns(
        moved=pl.col("moved") + pl.col("given").fill_null(0)
    )


def _catch_up(lines: pl.DataFrame) -> pl.DataFrame:
    """New price times new progress less revenue to date, at once; what removed lines give up joins those that stay."""
    stays = ~pl.col("removed")
    given_up = (pl.col("net_price") - pl.col("recognized")).filter(~stays).sum().over("part")
    total = (pl.col("price") - pl.col("reductions")).filter(stays).sum().over("part")
    lines = lines.with_columns(total=total + given_up)
    going = lines.filter(stays)
    weight, per = _weights(going, "whole")
    allocated = allocation.allocate(going.select("part", "line", "discount", "owned", "total"), weight=weight, per=per)
    going = going.hstack([allocated.alias("amount")])
    earned = money.prorate(going["amount"], going["done_n"], going["done_d"])
    gone = lines.filter("removed").with_columns(amount=pl.lit(0, dtype=pl.Int64))
    settled = gone.join(going, on="part", how="semi")
    released = _moved_at_once(gone.join(going, on="part", how="anti"))
    base = pl.col("recognized") + pl.col("moved")
    flat = _spans(
        pl.concat([settled, released.select(settled.columns)]),
        opening=base,
        constant=base,
        since=periods.day_before(pl.col("event")),
    )
    running = _spans(
        going.with_columns(moved=earned - going["recognized"]),
        opening=pl.col("recognized") + pl.col("moved"),
        constant=pl.lit(0, dtype=pl.Int64),
        since=periods.day_before(pl.col("start")),
    )
    return pl.concat([running, flat])


def _rebill(after: Position, lines: pl.DataFrame, fresh: pl.DataFrame) -> Position:
    """Spread what is left to bill anew on the lines whose net price or dates changed; make their bills until then."""
    net = pl.when("fixed").then(pl.col("price") - pl.col("discount") - pl.col("reductions")).otherwise(0)
    rows = lines.with_columns(new_net=net)
    affected = rows.filter(
        pl.col("generate")
        & pl.col("active")
        & (pl.col("new_net").ne_missing(pl.col("net")) | pl.col("re_dated") | pl.col("removed_now"))
    )
    if affected.is_empty():
        return after
    events = affected.select("line_no", "event", "credited", net="new_net")
    fresh = fresh.join(events, on="line_no", how="semi")
    billed = position.restart_billing(after, events, on=pl.col("due") < pl.col("event"), fresh=fresh)
    return position.bill_at_once(billed, events.select("line_no", "event"))

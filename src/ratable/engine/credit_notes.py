"""Credit notes: what they take out of deferred revenue, what out of revenue, and how the rest of the schedule changes.

Worked example: 12,000.00 for 2026 by the month, invoiced in January; 5,000.00 are credited on 1 October. Deferred at
the end of September is 3,000.00: that much comes out of deferred revenue, 2,000.00 reverse revenue on that day, and
nothing is left to recognize. A credit of 1,500.00 comes whole from deferred and leaves 500.00 a month.

Credits are decided by cause, never by document: compensation for past service (`service_credit`) is all revenue, a
wrong bill (`billing_correction`) and the billing side of an amendment move no revenue at all.
"""

from dataclasses import replace

import polars as pl

from ratable.core import findings, periods
from ratable.engine import position, recognition
from ratable.engine.position import Position


def apply(standing: Position, credits: pl.DataFrame) -> tuple[Position, pl.DataFrame]:
    """Apply one credit note to each of some accounts.

    Source: 606-10-32-14, 32-25, 32-42 to 32-45.

    Args:
        standing: where the accounts stand.
        credits: one row per credited invoice line: account, event (day of issue), note, cause, invoice, bill (id of the
            invoice line, imported or our own), amount, tax, row.

    Returns:
        where they stand after it, and findings: unknown_id for a bill that was never made, over_credit above what a
        bill still bills. A note with either is refused whole.
    """
    lines = standing.lines.select("line_no", "account")
    days = credits.select("account", "event").unique()
    accounts = lines.join(days, on="account")
    ahead = position.bills(
        standing.lines.join(accounts, on="line_no", how="semi"),
        standing.calendar.join(accounts, on="line_no", how="semi"),
    ).select(*position.MADE)
    bills = pl.concat([standing.made, ahead]).join(accounts, on="line_no")
    bills = bills.filter(pl.col("day") <= pl.col("event"))
    rows = credits.join(bills.drop("event", "invoice", "tax", "amount"), on=["account", "bill"], how="left").join(
        bills.select("account", "bill", billed_amount="amount"), on=["account", "bill"], how="left"
    )
    sound, faults = _refuse(rows, bills)
    turn = pl.int_range(pl.len()).over("line_no", order_by="bill")
    sound = sound.with_columns(turn=turn)
    for step in position.passes(sound["turn"]):
        standing = _credit(standing, sound.filter(pl.col("turn") == step))
    return standing, faults


def _refuse(rows: pl.DataFrame, bills: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Leave out the notes that credit a bill never made, or more than a bill still bills."""
    still = pl.col("billed_amount") - pl.col("credited")
    never = pl.col("line_no").is_null()
    over = (~never & (pl.col("amount") > still)).fill_null(value=False)
    refused = rows.filter((never | over).any().over("note"))
    name = pl.format("{}/{}", "note", "bill")
    unknown = refused.filter(never).select(id=name, value="bill", row="row")
    invoices = refused.filter(never).join(bills.select("account", "invoice"), on=["account", "invoice"], how="anti")
    above = refused.filter(over).select(
        id=name, value=pl.format("{} minor units, {} left to credit", "amount", still), row="row"
    )
    faults = findings.combine(
        [
            findings.report("unknown_id", "credit_note_lines", "invoice_line", unknown),
            findings.report(
                "unknown_id",
                "credit_notes",
                "invoice",
                invoices.select(id="note", value="invoice", row=pl.lit(None, pl.Int64)).unique(),
            ),
            findings.report("over_credit", "credit_note_lines", "amount", above),
        ]
    )
    return rows.filter(~(never | over).any().over("note")), faults


def _credit(standing: Position, rows: pl.DataFrame) -> Position:
    """At most one credited bill of each line."""
    events = rows.select("line_no", "event")
    lines = standing.lines.join(events, on="line_no").select("line_no", "fixed", "in_steps", "end")
    totals = position.billed_through(standing, events)
    to_date = recognition.through_day(standing.spans, standing.reached, events.rename({"event": "day"}))
    rows = (
        rows.rename({"credited": "bill_credited"})
        .join(lines, on="line_no")
        .join(totals, on="line_no")
        .join(to_date, on="line_no")
    )
    step_wise = pl.col("in_steps") | ~pl.col("fixed")
    until = pl.when(step_wise).then(pl.lit(periods.OPEN)).otherwise(pl.coalesce("service_end", "end"))
    resumes = (
        pl.when(step_wise).then("event").otherwise(pl.max_horizontal("event", pl.coalesce("service_start", "event")))
    )
    rows = rows.with_columns(until=until, resumes=resumes)
    rows = rows.join(_planned(standing, rows), on="line_no", how="left", maintain_order="left")
    unearned = pl.col("planned") - pl.col("recognized")
    deferred = pl.min_horizontal(
        "amount", pl.col("billed_amount") - pl.col("bill_credited"), pl.col("billed") - pl.col("recognized"), unearned
    )
    rows = rows.with_columns(
        from_deferred=pl.when(pl.col("cause").is_in(["billing_correction", "amendment"]))
        .then("amount")
        .when((pl.col("cause") == "service_credit") | ~pl.col("fixed"))
        .then(0)
        .otherwise(pl.max_horizontal(deferred, 0))
    ).with_columns(from_revenue=pl.col("amount") - pl.col("from_deferred"))
    return _after(standing, rows)


def _planned(standing: Position, rows: pl.DataFrame) -> pl.DataFrame:
    """What the present spans would have earned by the end of the credited service, and by the eve of its resumption."""
    spans = (
        rows.select("line_no", "event", "until", "in_steps").rename({"until": "to"}).join(standing.spans, on="line_no")
    )
    # Service that has ended is measured on the curve that holds now: an amendment may have restated it.
    held = pl.max_horizontal("to", "event")
    at_end = spans.filter((pl.col("first") <= held) & (pl.col("last") >= held))
    at_end = at_end.with_columns(day="to")
    curve = recognition.earned(at_end, standing.reached)
    whole = pl.when("in_steps").then(pl.col("constant") + pl.col("amount")).otherwise("earned")
    planned = at_end.hstack([curve]).select("line_no", planned=whole)
    eve = recognition.through_day(standing.spans, standing.reached, rows.select("line_no", day="resumes"))
    eve = eve.rename({"recognized": "at_eve"})
    both = rows.select("line_no").join(planned, on="line_no", how="left").join(eve, on="line_no", how="left")
    return both.with_columns(pl.col("planned").fill_null(0))


def _after(standing: Position, rows: pl.DataFrame) -> Position:
    """The position with the credits booked: moves, spans, totals, and billing spread anew."""
    lowers = pl.col("cause").is_in(["price_reduction", "service_credit"])
    events = rows.select(
        "line_no",
        "event",
        reductions=pl.when(lowers).then("amount").otherwise(0),
        more=pl.col("amount"),
    )
    lines = standing.lines.rename({"reductions": "before"}).join(events, on="line_no").with_columns(
        reductions=pl.col("before") + pl.col("reductions"),
        credited=pl.col("credited") + pl.col("more"),
        net=pl.col("net") - pl.col("reductions"),
        left=pl.when(pl.col("fixed")).then("left").otherwise(pl.col("left") + pl.col("more") - pl.col("reductions")),
    )  # fmt: skip
    after = replace(standing, spans=_respan(standing, rows), moves=pl.concat([standing.moves, _moves(rows)]))
    own = lines.filter("generate").select("line_no", "event", "net", "credited")
    if len(own):
        after = position.restart_billing(after, own, on=pl.col("due") <= pl.col("event"))
    metered = lines.filter(~pl.col("fixed"))
    after = after.with_lines(lines, "reductions", "credited", "net").with_lines(metered, "left")
    taken = rows.select("bill", "line_no", taken="amount")
    made = after.made.join(taken, on=["bill", "line_no"], how="left", maintain_order="left")
    made = made.with_columns(credited=pl.col("credited") + pl.col("taken").fill_null(0)).drop("taken")
    return replace(after, made=made)


def _moves(rows: pl.DataFrame) -> pl.DataFrame:
    """Out of deferred revenue, out of revenue, and the tax back, each against the receivable."""

    def move(debit: str, amount: str) -> pl.DataFrame:
        return rows.filter(pl.col(amount).fill_null(0) != 0).select(
            "line_no",
            day="event",
            kind=pl.lit("credit_note"),
            debit_role=pl.lit(debit),
            credit_role=pl.lit("receivable"),
            amount=amount,
            source="note",
        )

    return pl.concat(
        [move("deferred_revenue", "from_deferred"), move("revenue", "from_revenue"), move("tax_payable", "tax")]
    )


def _respan(standing: Position, rows: pl.DataFrame) -> pl.DataFrame:
    """Cut the spans at the credit, at the day its service resumes and at the end of that service.

    Before service resumes the curve falls by what came off revenue; from then it runs by its own weights to what was
    planned less the credit; after the credited service it is what was planned, less the credit.
    """
    events = rows.filter("fixed").filter(~pl.col("cause").is_in(["billing_correction", "amendment"]))
    events = events.select(
        "line_no", "event", "resumes", "planned", "at_eve", "from_revenue", to="until", credit="amount",
        shifts=pl.col("cause") == "service_credit",
    )  # fmt: skip
    # Compensation for past service leaves the schedule ahead as it is: nothing is cut but the day itself.
    eve = periods.day_before(pl.col("event"))
    events = events.with_columns(
        to=pl.when("shifts").then(eve).otherwise("to"), resumes=pl.when("shifts").then("event").otherwise("resumes")
    )
    spans = standing.spans.join(events, on="line_no")
    # A line that has not begun has earned nothing, which a span from the day of the credit says as well.
    not_begun = (pl.col("first") > pl.col("event")) & (pl.col("start") > pl.col("event")) & (pl.col("opening") == 0)
    first_span = pl.col("first") == pl.col("first").min().over("line_no")
    spans = spans.with_columns(first=pl.when(not_begun & first_span).then("event").otherwise("first"))
    before = spans.with_columns(last=pl.min_horizontal("last", eve))
    between = _lowered(spans, standing, pl.col("event"), periods.day_before(pl.col("resumes")), by="from_revenue")
    resumed = pl.max_horizontal("resumes", periods.day_after(pl.col("to")))
    behind = _lowered(spans.filter(pl.col("to") < periods.OPEN), standing, resumed, pl.lit(periods.OPEN), by="credit")
    kept = before.filter(pl.col("first") <= pl.col("last"))
    columns = list(recognition.SPANS)
    rest = standing.spans.join(events, on="line_no", how="anti")
    return pl.concat([rest, *(part.select(columns) for part in (kept, between, behind)), _middle(standing, events)])


def _lowered(spans: pl.DataFrame, standing: Position, start: pl.Expr, stop: pl.Expr, *, by: str) -> pl.DataFrame:
    """The part of the spans from start to stop, lowered by an amount; what a span earned before it is its opening."""
    parts = spans.with_columns(
        cut=start > pl.col("first"), first=pl.max_horizontal("first", start), last=pl.min_horizontal("last", stop)
    ).filter(pl.col("first") <= pl.col("last"))
    earned = recognition.earned(parts.with_columns(day=periods.day_before(pl.col("first"))), standing.reached)
    opening = pl.when("cut").then("earned").otherwise("opening")
    return parts.hstack([earned]).with_columns(opening=opening - pl.col(by), constant=pl.col("constant") - pl.col(by))


def _middle(standing: Position, events: pl.DataFrame) -> pl.DataFrame:
    """The span from the day service resumes to the end of the credited service."""
    running = events.filter(pl.col("resumes") <= pl.col("to"))
    lines = standing.lines.select("line_no", "start", "end", "proration", "in_steps", "available_from")
    base = pl.col("at_eve") - pl.col("from_revenue")
    rows = running.join(lines, on="line_no")
    return rows.select(
        "line_no",
        first=pl.max_horizontal("resumes", "available_from"),
        last="to",
        opening=base,
        constant=base,
        amount=pl.col("planned") - pl.col("credit") - base,
        since=periods.day_before(pl.col("resumes")),
        until="to",
        start="start",
        end="end",
        proration=pl.when("in_steps").then(None).otherwise("proration"),
    ).select(*recognition.SPANS)

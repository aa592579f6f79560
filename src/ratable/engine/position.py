"""Where the lines with a history stand between two events: their terms, spans, bills made and dates left to bill.

Worked example: before its first event a line of 1,200.00 billed quarterly stands at one span (1,200.00 over the
year), no bills made, four dates left and 1,200.00 left to bill. After an amendment on 1 July two bills of 300.00 are
made, two dates are left, and a second span carries what remains to be recognized.
"""

from dataclasses import dataclass, replace

import polars as pl

from ratable.billing import schedules

# Bills made, imported or our own; `credited` is what credit notes took back of each.
MADE: dict[str, pl.DataType] = {
    "line_no": pl.UInt32(),
    "bill": pl.String(),  # id of the invoice line
    "invoice": pl.String(),
    "day": pl.Date(),
    "service_start": pl.Date(),
    "service_end": pl.Date(),
    "amount": pl.Int64(),
    "tax": pl.Int64(),
    "credited": pl.Int64(),
}
# Amounts that an event moves at once; above zero debits `debit_role`, below zero the other way round.
MOVES: dict[str, pl.DataType] = {
    "line_no": pl.UInt32(),
    "day": pl.Date(),
    "kind": pl.String(),
    "debit_role": pl.String(),
    "credit_role": pl.String(),
    "amount": pl.Int64(),
    "source": pl.String(),
}


@dataclass(frozen=True)
class Position:
    """State of a set of accounts (contracts and lone invoices) between two events.

    `lines` has one row per line with its terms as last amended and running totals: reductions and credited (credit
    notes so far), billed and left (own bills made so far, and what is left to bill), net (what the bills add up to).
    `spans`, `calendar` (dates left), `made`, `moves` and `quantities` have any number of rows a line. `reached` and
    `use` never change.
    """

    lines: pl.DataFrame
    spans: pl.DataFrame
    calendar: pl.DataFrame
    made: pl.DataFrame
    moves: pl.DataFrame
    quantities: pl.DataFrame
    reached: pl.DataFrame
    use: pl.DataFrame

    def of(self, line_nos: pl.DataFrame) -> "Position":
        """The same for some of the lines."""
        per_line = ("lines", "spans", "calendar", "made", "moves", "quantities", "reached", "use")
        return Position(**{name: getattr(self, name).join(line_nos, on="line_no", how="semi") for name in per_line})

    def with_lines(self, changed: pl.DataFrame, *columns: str) -> "Position":
        """The same with new values of some columns for the lines in `changed` (line_no and those columns)."""
        lines = self.lines.update(changed.select("line_no", *columns), on="line_no", how="left", include_nulls=True)
        return replace(self, lines=lines)


def passes(turns: pl.Series) -> range:
    """The turns from 0 to the last one; none where nothing has a turn."""
    last = turns.max()
    return range(last + 1) if isinstance(last, int) else range(0)


def union(positions: list[Position]) -> Position:
    """All lines of several positions."""
    names = ("lines", "spans", "calendar", "made", "moves", "quantities", "reached", "use")
    return Position(**{name: pl.concat([getattr(p, name) for p in positions]) for name in names})


def bills(lines: pl.DataFrame, calendar: pl.DataFrame) -> pl.DataFrame:
    """Own bills on the dates left of the lines: MADE and `due`, which `day` repeats."""
    standing = lines.filter("active").select("line_no", "billed", "left")
    names = lines.select("line_no", "line", "contract")
    return (
        schedules.bills(calendar.join(standing, on="line_no", how="semi"), standing)
        .join(names, on="line_no", how="left")
        .select(
            "line_no",
            "service_start",
            "service_end",
            "amount",
            "due",
            bill=pl.format("{}/{}", "line", "service_start"),
            invoice=pl.format("{}/{}", "contract", "due"),
            day="due",
            tax=pl.lit(0, dtype=pl.Int64),
            credited=pl.lit(0, dtype=pl.Int64),
        )
        .select(*MADE, "due")
    )


def billed_through(position: Position, events: pl.DataFrame) -> pl.DataFrame:
    """Billed through a day less what credit notes took back so far: line_no, billed; `events`: line_no, event."""
    lines = position.lines.join(events, on="line_no", how="semi")
    ahead = bills(lines, position.calendar.join(events, on="line_no", how="semi")).select(*MADE)
    every = pl.concat([position.made.join(events, on="line_no", how="semi"), ahead]).join(events, on="line_no")
    gross = every.filter(pl.col("day") <= pl.col("event")).group_by("line_no").agg(gross=pl.col("amount").sum())
    return lines.join(gross, on="line_no", how="left").select(
        "line_no", billed=pl.col("gross").fill_null(0) - pl.col("credited")
    )


def restart_billing(
    position: Position, lines: pl.DataFrame, *, on: pl.Expr, fresh: pl.DataFrame | None = None
) -> Position:
    """Make the bills that are due before an event, and spread what is left over the dates left.

    Source: none; a billing rule of the product (see the guide on billing schedules).

    Args:
        position: where the lines stand.
        lines: line_no, event (day of the event), net (what the bills are to add up to), credited: one row per line.
        on: whether a bill on a date is made before the event, given `due` and `event`.
        fresh: new calendars of lines whose dates changed; the dates before the event are ignored. The dates of a
            removed line fall away.

    Returns:
        the position with those bills made, dates and amounts left renewed; where no date is left and something is, it
        is billed on the day of the event.
    """
    days = lines.select("line_no", "event")
    drawn = bills(
        position.lines.join(days, on="line_no", how="semi"), position.calendar.join(days, on="line_no", how="semi")
    )
    made = drawn.join(days, on="line_no").filter(on)
    billed = made.group_by("line_no").agg(now=pl.col("amount").sum())
    rebuilt = days.select("line_no").head(0) if fresh is None else fresh.select("line_no").unique()
    kept = position.calendar.join(days, on="line_no", how="left").filter(pl.col("event").is_null() | ~on)
    removed = position.lines.filter(pl.col("removed") & pl.col("fixed"))
    gone = removed.join(days, on="line_no", how="semi").select("line_no")
    kept = kept.join(pl.concat([rebuilt, gone]), on="line_no", how="anti").drop("event")
    if fresh is not None:
        ahead = fresh.join(days, on="line_no").filter(~on).drop("event")
        kept = pl.concat([kept, ahead.select(kept.columns)]).sort("line_no", "due", "service_start")
    standing = (
        lines.join(position.lines.select("line_no", "line", "contract", "end", "fixed", "billed", "left"), on="line_no")
        .join(billed, on="line_no", how="left")
        .with_columns(billed=pl.col("billed") + pl.col("now").fill_null(0))
    )
    left = pl.max_horizontal(pl.col("net") + pl.col("credited") - pl.col("billed"), 0)
    standing = standing.with_columns(left=pl.when("fixed").then(left).otherwise("left"))
    return replace(
        position.with_lines(standing, "billed", "left", "net"),
        calendar=kept,
        made=pl.concat([position.made, made.filter(pl.col("amount") != 0).select(*MADE)]),
    )


def bill_at_once(position: Position, lines: pl.DataFrame) -> Position:
    """A bill on the day of an event for lines that have something left and no date; `lines`: line_no, event."""
    stranded = (
        position.lines.join(lines, on="line_no")
        .join(position.calendar, on="line_no", how="anti")
        .filter(pl.col("fixed") & (pl.col("left") > 0))
    )
    none = pl.lit(0, dtype=pl.Int64)
    rows = stranded.select(
        "line_no",
        due="event",
        service_start="event",
        service_end=pl.max_horizontal("event", "end"),
        weight=pl.lit(1, dtype=pl.Int64),
        days=none,
        whole_days=none,
        used=pl.lit(None, pl.Int64),
    )
    calendar = pl.concat([position.calendar, rows.select(position.calendar.columns)])
    return replace(position, calendar=calendar.sort("line_no", "due", "service_start"))


def truncate(spans: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """End the spans of some lines on the day before an event (line_no, event); later ones fall away."""
    rows = spans.join(events.select("line_no", "event"), on="line_no", how="left")
    last = (
        pl.when(pl.col("event").is_null())
        .then("last")
        .otherwise(pl.min_horizontal("last", pl.col("event") - pl.duration(days=1)))
    )
    return rows.with_columns(last=last).filter(pl.col("first") <= pl.col("last")).drop("event")

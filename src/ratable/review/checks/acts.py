"""Checks of acts: when people prepared and approved, how fast, how often, and how near to what they may approve.

Worked example: Dana may approve 50,000.00 USD. Ben enters 30,000.00 and, a day later, 25,000.00 for one customer: one
flag of JC-55, since together they pass what she may approve. She approved 400 rows 12 seconds after she opened them:
one flag of JC-54, since 400 rows take 200 seconds to look at.

Holidays are not known, so that a day off is a weekend. Rows are found in whole tables; the only loops are over the few
rows that become flags.
"""

from collections.abc import Iterator
from typing import Any

import polars as pl

from ratable.core import periods
from ratable.review import flags, materiality, words
from ratable.review.catalogue import Check
from ratable.review.checks import grounds, journals
from ratable.review.snapshot import Snapshot

_OWNER = "controller"
_FEW = 5  # Entries in twelve months below which a preparer is rare.
_MOST_ROWS = 12  # Entries that one flag names.
_MINUTE = 60_000_000  # Microseconds.


def _written(snapshot: Snapshot) -> pl.DataFrame:
    """Entries by hand that are under review and whose run is known."""
    return grounds.by_hand(snapshot).filter(pl.col("reviewed") & pl.col("prepared_at").is_not_null())


def _dated_away(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A manual entry is prepared within five working days of its date, or after it in the same month (JC-50)."""
    most = snapshot.settings.backdated_days
    made = pl.col("prepared_at").dt.date()
    after = pl.business_day_count("date", made)
    across = made.dt.to_string("%Y-%m") != pl.col("period")
    told = _written(snapshot).with_columns(made=made, after=after)
    for row in told.filter(((after > most) & across) | (after < -most)).iter_rows(named=True):
        away = f"{abs(row['after'])} working days"
        way = "backdated" if row["after"] > 0 else "dated ahead"
        yield words.of_entry(
            row,
            says=f"Entry {row['entry']} of {row['date']} was written on {row['made']}: {away} {way}.",
            expected=f"at most {most} working days",
            actual=away,
            formula=f"{row['made']} - {row['date']} = {row['after']} working days",
            rows=(f"runs/{row['run']}",),
            next="Ask why it belongs to that day; what became known later is dated in the open month.",
        )


def _late(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A manual entry without its ground is not written in the last two days of a close, or after it (JC-51)."""
    days = snapshot.settings.last_days
    levels = materiality.levels(snapshot)
    told = _written(snapshot).filter("bare").join(levels, on=["book", "currency"])
    told = told.filter(pl.col("amount") > pl.col("trivial"))
    locks = snapshot.periods.select("through", "locked_at", of="entity")
    held = told.join(locks, how="cross").filter(_same_entity())
    held = held.filter(pl.col("date") <= pl.col("through")).sort("locked_at").group_by("book", "entry").first()
    late = (pl.col("locked_at") - pl.col("prepared_at")).dt.total_seconds() < days * 86_400
    for row in held.filter(late).sort("book", "entry").iter_rows(named=True):
        yield words.of_entry(
            row,
            says=(
                f"Entry {row['entry']} was written at {_moment(row['prepared_at'])}; the close of {row['through']} "
                f"at {_moment(row['locked_at'])} was under {days} days away."
            ),
            expected=f"written {days} days before the close",
            actual=_moment(row["prepared_at"]),
            formula=f"{_moment(row['locked_at'])} - {_moment(row['prepared_at'])} < {days} days",
            rows=(f"runs/{row['run']}", f"periods/{row['of']}/{row['through']}"),
            next="Read what it is for before the close is signed.",
        )


def _same_entity() -> pl.Expr:
    return (pl.col("of") == "") | (pl.col("of") == pl.col("entity"))


def _moment(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _odd_hours(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """People write and approve by hand on working days between 7 and 21, somewhere in the company (JC-52).

    Where a person sits is not known: a moment is odd where it is odd in the time zone of every entity.
    """
    runs = _written(snapshot).unique("run", keep="first", maintain_order=True)
    acts = pl.concat([
        runs.select("run", "entity", "period", act=pl.lit(verb), by=f"{verb}_by", at=f"{verb}_at")
        for verb in ("prepared", "approved")
    ]).drop_nulls("at")  # fmt: skip
    settings = snapshot.settings
    zones = snapshot.bundle["entities"]["time_zone"].drop_nulls().unique().sort().to_list() or ["UTC"]
    odd = []
    for zone in zones:  # A company has a few.
        local = pl.col("at").dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
        hour = local.dt.hour()
        odd.append((hour < settings.first_hour) | (hour >= settings.last_hour) | (local.dt.weekday() > 5))
    for row in acts.filter(pl.all_horizontal(odd)).sort("run", "act").iter_rows(named=True):
        yield flags.Flag(
            table="runs",
            subject=str(row["run"]),
            part=row["act"],
            says=f"Run {row['run']} was {row['act']} by {row['by']} on {row['at']:%A, %Y-%m-%d at %H:%M} UTC.",
            expected=f"Monday to Friday, {settings.first_hour}:00 to {settings.last_hour}:00 in {' or '.join(zones)}",
            actual=f"{row['at']:%A %H:%M} UTC",
            formula=f"{_moment(row['at'])} UTC is outside those hours in {' and '.join(zones)}",
            next="Ask why it could not wait.",
            rows=(f"runs/{row['run']}",),
            period=row["period"],
            entity=row["entity"],
        )


def _rare_preparer(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Who writes by hand has done so before, and with these accounts (JC-53)."""
    first = periods.shifted(snapshot.period, 1 - snapshot.settings.history_months)
    history = grounds.by_hand(snapshot).filter(pl.col("prepared_by").is_not_null() & (pl.col("period") >= first))
    used = pl.concat(
        [history.select("book", "entry", "prepared_by", "prepared_at", account=side) for side in ("debit", "credit")]
    )
    began = used.group_by("prepared_by", "account").agg(began=pl.col("prepared_at").min())
    told = history.filter("reviewed").join(history.group_by("prepared_by").agg(times=pl.len()), on="prepared_by")
    for side in ("debit", "credit"):
        began_ = began.rename({"account": side, "began": f"{side}_began"})
        told = told.join(began_, on=["prepared_by", side])
    new = (pl.col("debit_began") == pl.col("prepared_at")) | (pl.col("credit_began") == pl.col("prepared_at"))
    for row in told.filter((pl.col("times") < _FEW) | new).sort("book", "entry").iter_rows(named=True):
        rare = row["times"] < _FEW
        seen = f"{row['times']} entries in twelve months" if rare else "the first entry to this account"
        yield words.of_entry(
            row,
            says=f"Entry {row['entry']} was written by {row['prepared_by']}: {seen}.",
            expected=f"at least {_FEW} entries in twelve months, and these accounts before",
            actual=seen,
            formula=f"{row['times']} < {_FEW}" if rare else f"first use at {_moment(row['prepared_at'])}",
            rows=(f"runs/{row['run']}",),
            next="Make sure that the preparer knows the accounts.",
        )


def _rubber_stamped(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """An approver has a run open for half a second a row before approving it, and 10 seconds at least (JC-54).

    Ten minutes are enough for a run of any length; where nobody wrote down when it was opened, only the pace counts.
    """
    settings = snapshot.settings
    minute = pl.col("approved_at").dt.epoch("us") // _MINUTE
    approved = snapshot.runs.filter(pl.col("approved_at").is_not_null()).with_columns(
        most=pl.len().over("approved_by", minute),
        open_for=(pl.col("approved_at") - pl.col("opened_at")).dt.total_seconds(),
        least=pl.max_horizontal(settings.fast_seconds, (pl.col("rows") + 1) // 2).clip(
            upper_bound=settings.enough_seconds
        ),
    )
    fast = (pl.col("open_for") < pl.col("least")).fill_null(value=False)
    seen = approved.filter(fast | (pl.col("most") > settings.approvals_per_minute))
    entries = snapshot.reviewed.group_by("run").agg(pl.col("entry").sort().head(_MOST_ROWS), pl.col("period").max())
    for row in seen.join(entries, on="run").sort("run").iter_rows(named=True):
        taken = "with others" if row["open_for"] is None else f"{row['open_for']} seconds after opening it"
        yield flags.Flag(
            table="runs",
            subject=str(row["run"]),
            says=f"{row['approved_by']} approved run {row['run']} of {row['rows']} rows {taken}.",
            expected=f"at least {row['least']} seconds, and at most {settings.approvals_per_minute} approvals a minute",
            actual=f"{taken}, {row['most']} approvals in that minute",
            formula=(
                f"max({settings.fast_seconds}, {row['rows']} x 0.5), up to {settings.enough_seconds}: {row['least']} s"
            ),
            next="Let the run be read again, by somebody else where it can be.",
            rows=(f"runs/{row['run']}", *(f"entries/{entry}" for entry in row["entry"])),
            period=row["period"],
        )


def _limits(snapshot: Snapshot) -> pl.DataFrame:
    """What each person may approve: person, currency, limit (minor units)."""
    rows = [(who, code, most) for who, own in snapshot.limits.items() for code, most in own.items()]
    return pl.DataFrame(rows, {"person": pl.String(), "currency": pl.String(), "limit": pl.Int64()}, orient="row")


def _near_limit(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Manual journals are not cut to stay under what an approver may approve (JC-55).

    A run that comes to 95% of the limit or more, and runs of one maker and customer within three days that pass it
    together; amounts that a contract or bill has are what they are.
    """
    limits = _limits(snapshot)
    own = grounds.by_hand(snapshot).filter(pl.col("kind") == "manual")
    own = own.join(journals.known_prices(snapshot), on=["currency", "amount"], how="anti")
    runs = own.group_by("run", "currency", "prepared_by", "approved_by", pl.col("customer").fill_null("")).agg(
        pl.col("amount").sum(), pl.col("reviewed").any(), pl.col("prepared_at").min(),
        pl.col("entry").sort().head(_MOST_ROWS), pl.col("period").max(),
    ).sort("run", "currency", "customer")  # fmt: skip
    limited = runs.join(limits, left_on=["approved_by", "currency"], right_on=["person", "currency"])
    near = pl.col("amount") * 10_000 >= pl.col("limit") * snapshot.settings.near_limit_basis_points
    for row in limited.filter(pl.col("reviewed") & near & (pl.col("amount") < pl.col("limit"))).iter_rows(named=True):
        yield _under(row, together=row["amount"], what=f"Run {row['run']}", others=())
    yield from _split(snapshot, limited)


def _split(snapshot: Snapshot, limited: pl.DataFrame) -> Iterator[flags.Flag]:
    """Runs of one maker and customer that pass the limit together, none of them alone."""
    of = ["prepared_by", "customer", "currency", "approved_by"]
    small = limited.filter(pl.col("amount") < pl.col("limit"))
    others = small.select(*of, other="run", other_at="prepared_at", other_amount="amount", other_seen="reviewed")
    pairs = small.join(others, on=of)
    apart = (pl.col("prepared_at") - pl.col("other_at")).dt.total_seconds()
    within = apart.is_between(0, snapshot.settings.split_days * 86_400)
    sums = (
        pairs.filter(within)
        .group_by("run", *of)
        .agg(together=pl.col("other_amount").sum(), others=pl.col("other").sort(), seen=pl.col("other_seen").any())
    )
    told = small.join(sums, on=["run", *of]).filter((pl.col("together") > pl.col("limit")) & pl.col("seen"))
    sets = [set(runs) for runs in told["others"]]
    for row in told.sort("run").iter_rows(named=True):
        if any(set(row["others"]) < other for other in sets) or row["run"] != max(row["others"]):
            continue  # A larger set, or its last run, says it.
        what = "Runs " + ", ".join(str(run) for run in row["others"])
        yield _under(row, together=row["together"], what=what, others=tuple(row["others"]))


def _under(row: dict[str, Any], *, together: int, what: str, others: tuple[int, ...]) -> flags.Flag:
    amount, limit = (words.money(number, row["currency"]) for number in (together, row["limit"]))
    how = f"come to {amount} within days" if others else f"comes to {amount}"
    sign = ">" if others else "<"
    return flags.Flag(
        table="runs",
        subject=str(row["run"]),
        part=f"{row['currency']} {row['customer']}",
        says=f"{what} of {row['prepared_by']} {how}; {row['approved_by']} may approve {limit} {row['currency']}.",
        expected=f"one journal for one matter, below {limit} by its nature",
        actual=amount,
        formula=f"{amount} {sign} {limit}",
        next="Read the journals together, and let somebody approve who may approve their sum.",
        rows=(
            *(f"runs/{run}" for run in sorted({row["run"], *others})),
            *(f"entries/{entry}" for entry in row["entry"]),
        ),
        amount=together,
        currency=row["currency"],
        period=row["period"],
        customer=row["customer"] or None,
    )


CHECKS: tuple[Check, ...] = (
    Check("JC-50", "Backdated or dated ahead", flags.FLAGS, _OWNER, _dated_away, weight=30),
    Check("JC-51", "Late in the close", flags.FLAGS, _OWNER, _late, weight=20),
    Check("JC-52", "Odd hours", flags.INFORMS, _OWNER, _odd_hours),
    Check("JC-53", "Rare preparer", flags.INFORMS, _OWNER, _rare_preparer),
    Check("JC-54", "Rubber stamp", flags.FLAGS, _OWNER, _rubber_stamped, weight=30),
    Check("JC-55", "Just under a limit, or split", flags.FLAGS, _OWNER, _near_limit, weight=40),
)

"""Acts that are wrong: journals by hand without ground, hasty approvals, reversals that lack, numbers that jump.

Worked example: an accrual of 31 March says that it reverses on 1 April, and nothing takes it back; its twin says that
it stays, and why.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import polars as pl

from ratable.review.evaluation import acts
from ratable.review.evaluation.acts import Closing, Manual
from ratable.review.evaluation.desk import Deal, Desk
from ratable.review.evaluation.facts import Row
from ratable.review.evaluation.planting import ground
from ratable.review.evaluation.planting.kinds import ACTS, Kind, Office, Plan, Touched

_Write = Callable[[Office, Closing, Row, str], tuple[Manual, ...]]


def _deal(at: Desk) -> Deal:
    return ground.line_over_time(at, ground.begins(at, 0, 5), frequency="annual")


def _by_hand(at: Desk, write: _Write, *, about: tuple[str, ...] = ()) -> Plan:
    """Journals by hand about a year that runs, at the close of one of its months; `about` are the keys at fault."""
    deal = _deal(at)

    def manuals(office: Office) -> tuple[Manual, ...]:
        mine = office.records.entries.filter((pl.col("line") == deal.lines[0]) & (pl.col("kind") == "recognition"))
        months = [closing for closing in office.records.closings[2:-2] if closing.month > deal.start]
        closing = office.chance.choice(months[: max(1, mine.height - 3)])
        return write(office, closing, mine.sort("date").row(0, named=True), deal.id)

    return Plan((deal.account,), about=tuple(f"{deal.id}{name}" for name in about), manuals=manuals)


def _deputy(office: Office) -> str:
    return office.records.company.people[3]


def _pair(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, Manual]:
    return acts.accrual(office.chance, closing, of, key=key, deputy=_deputy(office))


def _plain(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    return _pair(office, closing, of, key)


def _top_side(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    first, _ = _pair(office, closing, of, key)
    amount = office.chance.choice((200_000, 350_000, 500_000))
    entry = acts.by_hand(of, closing.through, amount, sides=("deferred_revenue", "revenue"))
    memo = office.chance.choice(("adj", "true-up per CFO", "plug", "Q close", "misc rev"))
    return (replace(first, entries=(entry,), memo=memo, support=""),)


def _unusual_pair(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    first, _ = _pair(office, closing, of, key)
    amount = first.entries[0]["amount"]
    entry = acts.by_hand(of, closing.through, amount, sides=("cash", "revenue"))
    return (
        replace(first, entries=(entry,), memo=f"Cash received from {of['customer']} taken to revenue at month end"),
    )


def _refund_paid(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    first, _ = _pair(office, closing, of, key)
    amount = first.entries[0]["amount"]
    entries = (
        acts.by_hand(of, closing.through, amount, sides=("deferred_revenue", "refund_liability")),
        acts.by_hand(of, closing.through, amount, sides=("refund_liability", "cash")),
    )
    return (
        replace(
            first, entries=entries, memo=f"Refund agreed with and paid to {of['customer']}, bank advice attached; final"
        ),
    )


def _backdated(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    first, second = _pair(office, closing, of, key)
    day = closing.month + timedelta(days=office.chance.randint(2, 9))
    entry = first.entries[0] | {"date": day}
    return replace(first, entries=(entry,)), second


def _split(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    """Three journals for one customer in two days, each within the deputy's limit, together above it."""
    first, _ = _pair(office, closing, of, key)
    made = []
    for place in range(3):
        amount = acts.limit(of["currency"]) * office.chance.randint(58, 88) // 100 + office.chance.randint(11, 997)
        entry = acts.by_hand(of, closing.through, amount, sides=("deferred_revenue", "refund_liability"))
        memo = f"Refund due to {of['customer']} by settlement, part {place + 1} of three, letter attached"
        at_time = first.prepared_at - timedelta(minutes=9 * (3 - place))
        made.append(replace(
            first, key=f"{key} {place}", entries=(entry,), memo=memo, prepared_at=at_time,
            support=acts.document(f"{key} {place}"),
        ))  # fmt: skip
    return tuple(made)


def _one_settlement(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    """The same settlement in three parts that stay below the limit together."""
    parts = _split(office, closing, of, key)
    small = acts.limit(of["currency"]) * office.chance.randint(18, 29) // 100
    return tuple(
        replace(part, entries=(part.entries[0] | {"amount": small + place},)) for place, part in enumerate(parts)
    )


def _maker_checker(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    first, second = _pair(office, closing, of, key)
    return replace(first, approved_by=first.prepared_by), second


def _alike(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    """Two people whose names differ in their end."""
    first, second = _pair(office, closing, of, key)
    other = f"{first.prepared_by}en"
    return replace(first, approved_by=other), replace(second, approved_by=other)


def _not_reversed(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    return _pair(office, closing, of, key)[:1]


def _meant_to_stay(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    first, _ = _pair(office, closing, of, key)
    entry = acts.by_hand(
        of, closing.through, first.entries[0]["amount"], sides=("deferred_revenue", "refund_liability")
    )
    memo = f"Refund owed to {of['customer']} under the settlement, letter attached; permanent, nothing to take back"
    return (replace(first, entries=(entry,), memo=memo),)


def _reversed_twice(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    first, second = _pair(office, closing, of, key)
    again = replace(second, key=f"{key} again", prepared_at=second.prepared_at + timedelta(minutes=11))
    return first, second, again


def _two_accruals(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    """One amount accrued in two months, each taken back once."""
    later = office.records.closings[office.records.closings.index(closing) + 1]
    first, back = _pair(office, closing, of, key)
    again, again_back = _pair(office, later, of, f"{key} next")
    amount = {"amount": first.entries[0]["amount"]}
    same = [replace(one, entries=(one.entries[0] | amount,)) for one in (again, again_back)]
    return first, back, *same


def _in_closed_month(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    first, _ = _pair(office, closing, of, key)
    when = acts.at_work(office.chance, office.records.company, closing.locked_at.date() + timedelta(days=9))
    entry = acts.by_hand(
        of, closing.through, first.entries[0]["amount"], sides=("deferred_revenue", "refund_liability")
    )
    memo = f"Refund owed to {of['customer']} that was overlooked at the close, letter attached; permanent"
    return (replace(first, entries=(entry,), memo=memo, prepared_at=when),)


def _of_a_closed_month(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    """What was overlooked in a closed month, on the first open day, with the month that it belongs to."""
    (late,) = _in_closed_month(office, closing, of, key)
    day = late.prepared_at.date()
    entry = late.entries[0] | {"date": day, "period": day.isoformat()[:7]}
    return (replace(late, entries=(entry,)),)


def _stamped(at: Desk) -> Plan:
    """A whole month approved a few seconds after it was opened."""

    def after(office: Office) -> Touched:
        runs = office.records.runs
        proposals = runs.filter((pl.col("kind") == "proposal") & pl.col("approved_at").is_not_null())
        run = office.chance.choice(list(proposals.filter(pl.col("rows") >= 40)["run"]) or list(proposals["run"])[-3:])
        hasty = pl.col("opened_at") + timedelta(seconds=office.chance.randint(2, 6))
        chosen = pl.col("run") == run
        told = runs.with_columns(approved_at=pl.when(chosen).then(hasty).otherwise("approved_at"))
        return Touched(replace(office.records, runs=told), "runs", str(run))

    return Plan((_deal(at).account,), after=after)


def _quick_and_small(office: Office, closing: Closing, of: Row, key: str) -> tuple[Manual, ...]:
    """One row, approved in less than a minute."""
    return tuple(replace(one, approved_after=timedelta(seconds=41)) for one in _pair(office, closing, of, key))


def _gap(at: Desk) -> Plan:
    def after(office: Office) -> Touched:
        entries = office.records.entries
        posted = entries.filter(pl.col("state") == "posted").sort("no")
        place = office.chance.randint(posted.height // 5, posted.height * 4 // 5)
        later = (pl.col("state") == "posted") & (pl.col("no") > place)
        told = entries.with_columns(no=pl.when(later).then(pl.col("no") + 1).otherwise("no"))
        around = tuple(posted["entry"][place - 1 : place + 1])
        rows = (f"entries/{place + 1}",)
        return Touched(replace(office.records, entries=told), "entries", around[1], around, rows=rows)

    return Plan((_deal(at).account,), after=after)


def _rejected_run(at: Desk) -> Plan:
    """A run that was rejected leaves a gap in the numbers of runs, none in those of entries."""
    deal = _deal(at)

    def after(office: Office) -> Touched:
        kept = office.records
        from_run = office.chance.randint(3, kept.runs.height - 2)

        def up(name: str) -> pl.Expr:
            return pl.when(pl.col(name) >= from_run).then(pl.col(name) + 1).otherwise(pl.col(name)).alias(name)

        told = replace(
            kept, runs=kept.runs.with_columns(up("run"), up("reverses")), entries=kept.entries.with_columns(up("run")),
            by_key={key: run + (run >= from_run) for key, run in kept.by_key.items()},
        )  # fmt: skip
        return Touched(told, "", "")

    return Plan((deal.account,), after=after)


def _short_import(at: Desk) -> Plan:
    def after(office: Office) -> Touched:
        imports = office.records.imports
        sums = imports.filter(pl.col("currency").is_not_null() & (pl.col("held") > 10_000))
        rows = sums if sums.height else imports.filter(pl.col("held") > 0)
        row = rows.row(office.chance.randrange(rows.height), named=True)
        short = max(1, row["held"] // office.chance.randint(5, 30))
        same = (pl.col(name).eq_missing(pl.lit(row[name])) for name in ("import", "table", "currency"))
        chosen = pl.all_horizontal(*same)
        told = imports.with_columns(stated=pl.when(chosen).then(pl.col("held") + short).otherwise("stated"))
        changed = replace(office.records, imports=told)
        return Touched(changed, "imports", str(row["import"]), (), short, row["currency"] or "")

    return Plan((_deal(at).account,), after=after)


def _empty_import(at: Desk) -> Plan:
    """A file that said that it was empty, and was."""
    deal = _deal(at)

    def after(office: Office) -> Touched:
        imports = office.records.imports
        last = int(str(imports["import"].max()))
        empty = imports.head(1).with_columns(
            pl.lit(last + 1, pl.Int64).alias("import"), stated=pl.lit(0, pl.Int64), held=pl.lit(0, pl.Int64)
        )
        return Touched(replace(office.records, imports=pl.concat([imports, empty])), "", "")

    return Plan((deal.account,), after=after)


def _kind(name: str, tier: str, checks: set[str], says: str, writers: tuple[_Write, _Write, tuple[str, ...]]) -> Kind:
    wrong, twin, about = writers
    return Kind(
        name, tier, ACTS, frozenset(checks), says, lambda at: _by_hand(at, wrong, about=about),
        lambda at: _by_hand(at, twin),
    )  # fmt: skip


KINDS = (
    _kind("top_side", "trivial", {"JC-45", "JC-56", "JC-48"}, "Revenue by hand without ground",
          (_top_side, _plain, ("",))),
    _kind("unusual_pair", "easy", {"JC-45", "JC-46"}, "Cash straight to revenue", (_unusual_pair, _refund_paid, ("",))),
    _kind("backdated", "easy", {"JC-50"}, "Journal dated weeks before it was written", (_backdated, _plain, ("",))),
    _kind("split_under_limit", "moderate", {"JC-55"}, "One amount in parts below a limit",
          (_split, _one_settlement, (" 0", " 1", " 2"))),
    _kind("maker_is_checker", "trivial", {"JC-10"}, "One person in both roles", (_maker_checker, _alike, ("",))),
    _kind("reversal_missing", "moderate", {"JC-57"}, "Accrual never taken back",
          (_not_reversed, _meant_to_stay, ("",))),
    _kind("reversed_twice", "easy", {"JC-57", "JC-49"}, "Accrual taken back twice",
          (_reversed_twice, _two_accruals, (" again",))),
    _kind("in_closed_month", "trivial", {"JC-04", "JC-50"}, "Entry in a locked month",
          (_in_closed_month, _of_a_closed_month, ("",))),
    Kind("rubber_stamp", "easy", ACTS, frozenset({"JC-54"}), "A month approved in seconds", _stamped,
         lambda at: _by_hand(at, _quick_and_small)),
    Kind("number_gap", "easy", ACTS, frozenset({"JC-58"}), "A number is missing in the journal", _gap, _rejected_run),
    Kind("short_import", "easy", ACTS, frozenset({"JC-09"}), "Less came in than was stated", _short_import,
         _empty_import),
)  # fmt: skip

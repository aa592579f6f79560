"""Checks of changes: amendments against their own words, entries and schedules that lack, schedules that moved.

Worked example: the reason of AM-310 says "price falls by USD 1,200.00 from 1 June 2025", the change is +1,200.00: one
flag of JC-24 with the fix {"price_change": "-1200.00"}. Two steps of one amount that name two days are right.

Polars finds the rows; a Python loop runs over amendments with a reason, which people write, and over what becomes a
flag.
"""

import re
from collections.abc import Iterator
from typing import Any

import polars as pl

from ratable.engine import contracts
from ratable.review import catalogue, clauses, flags, words
from ratable.review.checks import diagnosed
from ratable.review.checks.billing import text
from ratable.review.proposals import Fix
from ratable.review.snapshot import Snapshot
from ratable.review.written import Thing

_OWNER = "revenue accountant"
_UP = re.compile(
    r"\b(?:plus|ris(?:es?|ing)|increas\w*|up|higher|adds?|added|additional|larger|more|upgrade\w*)\b|\+", re.I
)
_DOWN = re.compile(
    r"\b(?:minus|falls?|falling|reduc\w*|decreas\w*|down|lower\w*|less|smaller|discount\w*|concession\w*|cut|rebate\w*|"
    r"downgrade\w*)\b|(?<=\s)[-\N{MINUS SIGN}](?=\s?[\d$€£A-Z])",
    re.I,
)


def _amended(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Amendments that came twice, or on another day or with another sign than they say (JC-24)."""
    yield from diagnosed.flagged(snapshot, "JC-24")
    yield from _came_twice(snapshot)
    changes = _changes(snapshot)
    for row in changes.filter(pl.col("reason").is_not_null()).sort("amendment", "line").iter_rows(named=True):
        reading = clauses.read(row["reason"], row["currency"] or "")
        yield from _other_day(row, reading)
        yield from _other_sign(row, reading)


def _changes(snapshot: Snapshot) -> pl.DataFrame:
    """Amendments with their changes and contracts."""
    heads = snapshot.bundle["contracts"].select("currency", "customer", contract="id")
    amended = snapshot.bundle["amendments"].join(heads, on="contract").rename({"id": "amendment"})
    return amended.join(snapshot.bundle["amendment_changes"], on="amendment")


def _came_twice(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """The same change of the same line with the same words from the same day."""
    terms = [c for c in contracts.LINE_TERMS if c not in ("billing.dates",)]
    key = ["contract", "effective_on", "reason", "op", "line", "price_change", *terms]
    rows = _changes(snapshot).with_columns(_said=pl.col("reason").is_not_null())
    ordered = rows.sort("approved_on", "amendment").with_columns(
        first=pl.col("amendment").first().over(key), begun=pl.col("approved_on").first().over(key)
    )
    days = (pl.col("approved_on") - pl.col("begun")).dt.total_days()
    # A stated price or end that comes again changes nothing; what adds to a price does.
    again = ordered.filter(
        (pl.col("amendment") != pl.col("first")) & (days <= snapshot.settings.grace_days)
        & pl.col("price_change").fill_null(0).ne(0)
    )  # fmt: skip
    for row in again.sort("amendment", "line").iter_rows(named=True):
        amount = words.money(row["price_change"], row["currency"])
        yield _flag(
            row, part="twice", expected=f"{row['first']} alone", actual=f"{row['first']} and {row['amendment']}",
            says=f"Amendment {row['amendment']} changes line {row['line']} by {amount} {row['currency']} from "
            f"{row['effective_on']} with the words of {row['first']}, which did the same.",
            formula=f"{amount} + {amount}", more=(f"amendments/{row['first']}",),
            fix=Fix("correct", "amendment_changes", f"{row['amendment']}/{row['line']}",
                    {"price_change": text(0, row["currency"])}),
        )  # fmt: skip


def _other_day(row: dict[str, Any], reading: clauses.Reading) -> Iterator[flags.Flag]:
    written = {(thing.day, thing.other) for what in ("begins", "terminated") for thing in reading.of(what) if thing.day}
    days = sorted(day for pair in written for day in pair if day)
    if len(written) != 1 or row["effective_on"] in days or max(row["effective_on"], row["approved_on"]) in days:
        return
    said = " or ".join(map(str, days))
    yield _flag(
        row, part="day", expected=said, actual=str(row["effective_on"]),
        says=f"Amendment {row['amendment']} counts from {row['effective_on']}; its reason says {said}.",
        formula=f"{row['effective_on']} is not {said}", more=(),
        fix=Fix("correct", "amendments", row["amendment"], {"effective_on": said}) if len(days) == 1 else None,
    )  # fmt: skip


def _other_sign(row: dict[str, Any], reading: clauses.Reading) -> Iterator[flags.Flag]:
    change, amounts = row["price_change"], reading.of("amount")
    if not change or len(amounts) != 1 or amounts[0].currency != row["currency"]:
        return
    sign = _sign(row["reason"], amounts[0])
    if not sign or sign * amounts[0].amount == change:
        return
    right = sign * amounts[0].amount
    yield _flag(
        row, part="amount", expected=text(right, row["currency"]), actual=text(change, row["currency"]),
        says=f"Amendment {row['amendment']} moves the price of line {row['line']} by "
        f"{words.money(change, row['currency'])}; its reason says {words.money(right, row['currency'])}.",
        formula=f"{words.money(change, row['currency'])} is not {words.money(right, row['currency'])}", more=(),
        fix=Fix("correct", "amendment_changes", f"{row['amendment']}/{row['line']}",
                {"price_change": text(right, row["currency"])}),
    )  # fmt: skip


def _sign(reason: str, amount: Thing) -> int:
    """Which way the words before an amount point, those nearest to it; 0: they do not say."""
    before = reason[: amount.start]
    up, down = (max((match.end() for match in pattern.finditer(before)), default=-1) for pattern in (_UP, _DOWN))
    return 0 if up == down else 1 if up > down else -1


def _flag(row: dict[str, Any], *, part: str, more: tuple[str, ...], fix: Fix | None, **said: str) -> flags.Flag:
    return flags.Flag(
        table="amendments", subject=row["amendment"], part=f"{part} {row['line']}",
        next="Read the amendment as signed; correct the row that differs from it.",
        rows=(f"amendments/{row['amendment']}", f"amendment_changes/{row['amendment']}/{row['line']}",
              f"contracts/{row['contract']}", f"contract_lines/{row['line']}", *more),
        amount=abs(row["price_change"] or 0) or None, currency=row["currency"], contract=row["contract"],
        line=row["line"], customer=row["customer"], period=f"{row['effective_on']:%Y-%m}",
        fix=None if fix is None else fix.text(), **said,
    )  # fmt: skip


def _without_schedule(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A line that has begun and has no entry at all (JC-62)."""
    yield from diagnosed.flagged(snapshot, "JC-62")
    begun = (pl.col("start") <= snapshot.through) & (pl.col("signed_on") <= snapshot.through)
    due = snapshot.due.filter(pl.col("amount") != 0).select("line").unique()
    lines = snapshot.lines.filter(begun).join(due, on="line", how="semi")
    missing = lines.join(snapshot.entries.select("line").unique(), on="line", how="anti")
    for row in missing.sort("line").iter_rows(named=True):
        price = f"{words.money(row['price'] or 0, row['currency'])} {row['currency']}"
        yield flags.Flag(
            table="contract_lines" if row["contract"] else "invoice_lines", subject=row["line"], line=row["line"],
            contract=row["contract"], customer=row["customer"], entity=row["entity"] or "", currency=row["currency"],
            amount=row["price"],
            says=f"Line {row['line']} of {price} began on {row['start']} and has no entry.",
            expected="entries from its first day on", actual="none", formula=f"{row['start']} <= {snapshot.through}",
            next="Propose again, so that the line is posted.",
            rows=(f"contract_lines/{row['line']}" if row["contract"] else f"invoice_lines/{row['line']}",),
        )  # fmt: skip


def _changed(snapshot: Snapshot, causes: tuple[str | None, ...]) -> Iterator[flags.Flag]:
    if snapshot.close is None:
        raise catalogue.CannotRun("no month was closed yet")
    moved = snapshot.moved
    chosen = pl.col("cause").is_null() if causes == (None,) else pl.col("cause").is_in(list(causes))
    gap = pl.col("now") - pl.col("before")
    sums = moved.filter(chosen).group_by("line", "contract", "currency", "cause", "source").agg(
        first=pl.col("period").min(), last=pl.col("period").max(), gap=gap.sum(), size=gap.abs().sum()
    )  # fmt: skip
    for row in sums.sort("line").iter_rows(named=True):
        size = words.money(row["size"], row["currency"])
        why = f"{row['source']} was corrected" if row["source"] else "no fact says why"
        yield flags.Flag(
            table="contract_lines", subject=row["line"], line=row["line"], contract=row["contract"],
            currency=row["currency"], amount=row["size"], period=row["first"],
            says=f"The schedule of line {row['line']} moved by {size} {row['currency']} in months that were closed "
            f"({row['first']} to {row['last']}): {why}.",
            expected="the schedule of the last close", actual=f"{words.money(row['gap'], row['currency'])} more",
            formula=f"sum of changes {size} over {row['first']} to {row['last']}",
            next="Find out who changed what, and whether it was agreed.",
            rows=tuple(x for x in (f"contract_lines/{row['line']}", row["source"]) if x),
        )  # fmt: skip


def _without_cause(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A schedule that moved since the last close, with no fact that moved it (JC-63)."""
    yield from _changed(snapshot, (None,))


def _corrected(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A schedule that moved because its own row was corrected (JC-63A)."""
    yield from _changed(snapshot, ("correction",))


def _other_treatment(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A journal that follows another treatment of an amendment than its facts give (JC-25)."""
    yield from diagnosed.flagged(snapshot, "JC-25")


def _absent(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """An entry that the facts give and the journal does not have (JC-61)."""
    yield from diagnosed.flagged(snapshot, "JC-61")


CHECKS: tuple[catalogue.Check, ...] = (
    catalogue.Check("JC-24", "Amendment arithmetic", flags.FLAGS, _OWNER, _amended, weight=45),
    catalogue.Check("JC-25", "Treatment of amendments", flags.FLAGS, _OWNER, _other_treatment, weight=45),
    catalogue.Check("JC-61", "Expected entry is there", flags.BLOCKS, _OWNER, _absent, weight=50),
    catalogue.Check("JC-62", "Every line has a schedule", flags.FLAGS, _OWNER, _without_schedule, weight=45),
    catalogue.Check("JC-63", "Schedule changed with a cause", flags.BLOCKS, _OWNER, _without_cause, weight=50),
    catalogue.Check("JC-63A", "Schedule changed by a correction", flags.INFORMS, _OWNER, _corrected),
)

"""Who did what when: the close of each month, its run, the locks, and journals that people write by hand.

Worked example: the entries of March 2026 are prepared on 2 April at 13:40 by one person, opened by another at 15:05,
approved 25 minutes later, posted and locked on the same day. An accrual of use for March is entered by hand with its
export attached, dated 31 March, and taken back on 1 April by a run that names it.
"""

import hashlib
import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import polars as pl

from ratable.oracle import dates
from ratable.review import snapshot
from ratable.review.evaluation import companies
from ratable.review.evaluation.companies import Company
from ratable.review.evaluation.facts import Row, Tables


@dataclass(frozen=True)
class Closing:
    """The close of one month: when its run was prepared, opened, approved, posted, and the month locked."""

    month: date
    preparer: str
    approver: str
    prepared_at: datetime
    opened_at: datetime
    approved_at: datetime
    posted_at: datetime
    locked_at: datetime

    @property
    def through(self) -> date:
        """Its last day."""
        return dates.last_of_month(self.month)


@dataclass(frozen=True)
class Manual:
    """A journal by hand: its entries (columns of ENTRIES that a person gives), who, when and why; `key` is its name.

    `reverses` is the key of the journal that it takes back.
    """

    key: str
    entries: tuple[Row, ...]
    prepared_by: str
    approved_by: str
    prepared_at: datetime
    memo: str
    support: str
    reverses: str = ""
    opened_after: timedelta = timedelta(minutes=50)
    approved_after: timedelta = timedelta(minutes=12)
    more: Row = field(default_factory=dict)  # columns of RUNS that go before


def closings(chance: random.Random, company: Company) -> list[Closing]:
    """One for each month of the window; the last is prepared and no more."""
    late_shift = any(entity.id == "us" for entity in company.entities)
    preparers = company.people[:2]
    made = []
    for number in range(companies.MONTHS):
        day = working_day(company.month(number + 1) + timedelta(days=chance.randint(1, 3)))
        hour = chance.randint(14, 16) if late_shift else chance.randint(9, 12)
        prepared = datetime.combine(day, time(hour, chance.randint(0, 59), chance.randint(0, 59)))
        opened = prepared + timedelta(minutes=chance.randint(20, 70), seconds=chance.randint(0, 59))
        approved = opened + timedelta(minutes=chance.randint(14, 45), seconds=chance.randint(0, 59))
        posted = approved + timedelta(minutes=chance.randint(2, 9))
        made.append(Closing(
            company.month(number), preparers[chance.random() < 0.3], company.people[2], prepared, opened,
            approved, posted, posted + timedelta(minutes=chance.randint(5, 30)),
        ))  # fmt: skip
    return made


def working_day(day: date) -> date:
    """The day, or the Monday after it."""
    while day.weekday() > 4:
        day += dates.ONE_DAY
    return day


def locks(made: list[Closing], tables: Tables) -> None:
    """Write the locks of every month but the last."""
    for closing in made[:-1]:
        tables["locks"].append({"through": closing.through, "locked_on": closing.locked_at.date()})


def document(name: str) -> str:
    """The hash of a document that is attached."""
    return hashlib.sha256(name.encode()).hexdigest()


def at_work(chance: random.Random, company: Company, day: date) -> datetime:
    """A moment of a working day on or after a day."""
    first = 14 if any(entity.id == "us" for entity in company.entities) else 8
    return datetime.combine(
        working_day(day), time(first + chance.randint(0, 4), chance.randint(0, 59), chance.randint(0, 59))
    )


def by_hand(of: Row, on: date, amount: int, *, sides: tuple[str, str]) -> Row:
    """One entry of a journal by hand, about what an entry of the ledger (`of`, a row of ENTRIES) is about.

    `sides` are the roles debited and credited; their accounts are those of the chart.
    """
    own = {name: of[name] for name in (
        "entity", "currency", "contract", "line", "account", "customer", "product", "functional_currency",
    )}  # fmt: skip
    accounts = _CHART[sides[0]], _CHART[sides[1]]
    period = on.isoformat()[:7]
    return own | {
        "book": "main", "date": on, "period": period, "origin_period": period, "kind": "manual", "amount": amount,
        "debit_role": sides[0], "credit_role": sides[1], "debit": accounts[0], "credit": accounts[1],
    }  # fmt: skip


_CHART = {"receivable": "1100", "cash": "1000", "unbilled_receivable": "1150", "deferred_revenue": "2400",
          "revenue": "4000", "refund_liability": "2450", "contract_asset": "1160"}  # fmt: skip


def limit(currency: str) -> int:
    """The most that a deputy may approve, minor units."""
    return {"JPY": 1_500_000}.get(currency, 1_000_000)


def limits(company: Company) -> dict[str, dict[str, int]]:
    """What each person may approve at most: the deputy has a limit, others none."""
    return {company.people[3]: {code: limit(code) for code in ("USD", "GBP", "EUR", "JPY", "CAD", "AED")}}


def accrual(chance: random.Random, closing: Closing, of: Row, *, key: str, deputy: str) -> tuple[Manual, Manual]:
    """Use that is not metered yet, accrued at the month end and taken back on the next day: two journals."""
    end = closing.through
    after = end + dates.ONE_DAY
    most = limit(of["currency"]) * 6 // 10
    amount = min(
        most - chance.randint(1, 9_999), max(1, of["amount"] * chance.randint(5, 40) // 100 + chance.randint(1, 97))
    )
    what = chance.choice((
        f"Accrual of overage of {of['customer']} for {of['period']} by the metering export of {after}, to be reversed",
        f"Unbilled services of {of['period']} for {of['contract']}, confirmed by delivery; reverses on {after}",
        f"Accrued revenue {of['period']}, {of['customer']}, per usage statement received {after}; auto-reversing",
    ))  # fmt: skip
    prepared = closing.prepared_at - timedelta(minutes=chance.randint(95, 118))
    first = Manual(
        key, (by_hand(of, end, amount, sides=("unbilled_receivable", "revenue")),), closing.preparer, deputy,
        prepared, what, document(f"{key} {amount}"),
    )  # fmt: skip
    back = by_hand(of, after, amount, sides=("revenue", "unbilled_receivable")) | {"kind": "reversal"}
    second = replace(
        first, key=f"{key} back", entries=(back,), prepared_at=prepared + timedelta(minutes=7), reverses=key,
        memo=f"Reversal of: {what}",
    )  # fmt: skip
    return first, second


def runs(made: list[Closing], manuals: list[tuple[int, Manual]], counts: dict[int, int]) -> pl.DataFrame:
    """RUNS of the closings and of the journals by hand.

    Args:
        made: the closings; run of the k-th is given by `numbers`.
        manuals: run number and journal.
        counts: entries by run number.
    """
    keys = {manual.key: number for number, manual in manuals}
    proposals = [number for number in sorted(counts) if number not in keys.values()]
    rows = [_of_closing(number, closing) for number, closing in zip(proposals, made, strict=True)]
    rows[-1] |= dict.fromkeys(("opened_at", "approved_by", "approved_at", "posted_by", "posted_at"))
    for number, manual in manuals:
        rows.append(_of_manual(number, manual, keys, made))
    rows = [row | {"rows": counts[row["run"]]} for row in rows]
    return pl.DataFrame(rows, schema=snapshot.RUNS, orient="row").sort("run")


def _of_closing(number: int, closing: Closing) -> Row:
    return {
        "run": number, "kind": "proposal", "through": closing.through, "prepared_by": closing.preparer,
        "prepared_at": closing.prepared_at, "opened_at": closing.opened_at, "approved_by": closing.approver,
        "approved_at": closing.approved_at, "posted_by": closing.approver, "posted_at": closing.posted_at,
        "alone": False, "memo": "", "support": "", "reverses": None,
    }  # fmt: skip


def _of_manual(number: int, manual: Manual, keys: dict[str, int], made: list[Closing]) -> Row:
    opened = manual.prepared_at + manual.opened_after
    approved = opened + manual.approved_after
    return {
        "run": number, "kind": "manual", "through": max(row["date"] for row in manual.entries),
        "prepared_by": manual.prepared_by, "prepared_at": manual.prepared_at, "opened_at": opened,
        "approved_by": manual.approved_by, "approved_at": approved, "posted_by": manual.approved_by,
        "posted_at": approved + timedelta(minutes=3), "alone": False, "memo": manual.memo, "support": manual.support,
        "reverses": keys.get(manual.reverses),
    } | manual.more  # fmt: skip


def periods(made: list[Closing], company: Company) -> pl.DataFrame:
    """PERIODS: the locks of every entity."""
    rows = [(entity.id, closing.through, closing.locked_at) for closing in made[:-1] for entity in company.entities]
    return pl.DataFrame(rows, schema=snapshot.PERIODS, orient="row")

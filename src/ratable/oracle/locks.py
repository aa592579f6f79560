"""What was posted, given what was known when each period was locked.

Worked example: January and February are locked when an order of January becomes known on 10 March. Its target for
January is 1,000.00 and for February 1,000.00, posted is nothing: both differences are posted on 1 March, as late
revenue (`catch_up`) with origin January and February.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ratable.oracle import dates
from ratable.oracle.ledger import Pair

Key = tuple[str, date, str, str, str]


@dataclass(frozen=True)
class Lock:
    """A period closed through a day, on the day `locked_on`."""

    through: date
    locked_on: date


def posted(targets: Mapping[date, Sequence[Pair]], final: Sequence[Pair], locks: Sequence[Lock]) -> list[Pair]:
    """The pairs that are posted: once locked they stay; what is learned later is posted on the first open day.

    Args:
        targets: the pairs as they should be by the facts known on the day of each lock, by that day.
        final: the pairs as they should be by the facts known in the end.
        locks: the locks of the account's entity that count, in any order.
    """
    fixed: list[Pair] = []
    closed = date.min
    for lock in sorted(locks, key=lambda lock: (lock.locked_on, lock.through)):
        open_then = _with_late(fixed, targets[lock.locked_on], closed)
        closed = max(closed, lock.through)
        fixed = [pair for pair in open_then if pair.day <= closed]
    return _with_late(fixed, final, closed)


def _with_late(fixed: list[Pair], target: Sequence[Pair], closed: date) -> list[Pair]:
    """What is fixed, the difference of the locked days on the first open day, and the target of the open days."""
    if closed == date.min:
        return list(target)
    should, have = _sums(p for p in target if p.day <= closed), _sums(fixed)
    late = []
    for key in sorted(should.keys() | have.keys()):
        line, origin, kind, one, other = key
        amount = should.get(key, 0) - have.get(key, 0)
        debit, credit = (one, other) if amount > 0 else (other, one)
        if amount:
            late.append(Pair(closed + dates.ONE_DAY, origin, line, kind, debit, credit, abs(amount)))
    return fixed + late + [pair for pair in target if pair.day > closed]


def _sums(pairs: Iterable[Pair]) -> dict[Key, int]:
    """Signed sums by line, month of origin, kind as if late, and the two roles in alphabetical order."""
    sums: dict[Key, int] = defaultdict(int)
    for pair in pairs:
        kind = "catch_up" if "revenue" in (pair.debit, pair.credit) else pair.kind
        one, other = sorted((pair.debit, pair.credit))
        sums[pair.line, pair.origin, kind, one, other] += pair.amount if pair.debit == one else -pair.amount
    return sums

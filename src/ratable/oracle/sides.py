"""On which side each line's balance stands, and the entries that move it there at month end.

Worked example: a contract's line A has earned 400.00 and billed nothing, line B has billed 1,000.00 and earned
nothing. Net 600.00 is deferred revenue: A shows -400.00, B 1,000.00. Without B, A would be a contract asset of 400.00;
were A billed in arrears, it would be an unbilled receivable of 400.00 beside B's deferred 1,000.00.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ratable.oracle import dates
from ratable.oracle.ledger import Pair
from ratable.oracle.lines import Line


@dataclass(frozen=True)
class Balance:
    """What one line stands at, minor units."""

    billed: int = 0
    recognized: int = 0
    deferred_revenue: int = 0
    unbilled_receivable: int = 0
    contract_asset: int = 0


def balances(lines: Iterable[Line], pairs: Iterable[Pair]) -> dict[str, Balance]:
    """The balance of every line of one account after some pairs; reclassifications among them change nothing.

    Source: ASC 606-10-45-1 to 45-4.
    """
    waits = {line.id: line.awaits_time for line in lines}
    billed, recognized = dict.fromkeys(waits, 0), dict.fromkeys(waits, 0)
    for pair in pairs:
        roles = (pair.debit, pair.credit)
        if "receivable" in roles and "tax_payable" not in roles:
            billed[pair.line] += pair.amount if pair.debit == "receivable" else -pair.amount
        if "revenue" in roles:
            recognized[pair.line] += pair.amount if pair.credit == "revenue" else -pair.amount
    unbilled = {name: max(0, recognized[name] - billed[name]) if waits[name] else 0 for name in waits}
    net = {name: billed[name] - recognized[name] + unbilled[name] for name in waits}
    is_asset = sum(net.values()) < 0
    return {
        name: Balance(
            billed=billed[name],
            recognized=recognized[name],
            deferred_revenue=0 if is_asset else amount,
            unbilled_receivable=unbilled[name],
            contract_asset=-amount if is_asset else 0,
        )
        for name, amount in net.items()
    }


def reclassifications(lines: Sequence[Line], pairs: Sequence[Pair], through: date) -> list[Pair]:
    """At each month end, the change of every line's unbilled receivable and contract asset since the one before."""
    if not pairs:
        return []
    found, before = [], {line.id: Balance() for line in lines}
    for day in dates.month_ends(min(pair.day for pair in pairs), through):
        now = balances(lines, (pair for pair in pairs if pair.day <= day))
        for name, balance in sorted(now.items()):
            for role in ("unbilled_receivable", "contract_asset"):
                change = getattr(balance, role) - getattr(before[name], role)
                debit, credit = (role, "deferred_revenue") if change > 0 else ("deferred_revenue", role)
                if change:
                    origin = dates.first_of_month(day)
                    found.append(Pair(day, origin, name, "reclassification", debit, credit, abs(change)))
        before = now
    return found

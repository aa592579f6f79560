"""The contract-level discount, and the transaction price shared over the lines.

Worked example: lines of 40.00, 55.00 and 45.00 (prices and SSPs), and a discount of 40.00 that belongs to the last
two. The undiscounted 140.00 is shared by SSP: 40, 55, 45. The discount is taken from the two by SSP, 22 and 18: the
lines are allocated 40.00, 33.00 and 27.00.
"""

from collections.abc import Iterable
from fractions import Fraction

from ratable.oracle import facts, rounding
from ratable.oracle.accounts import Account
from ratable.oracle.lines import MAIN, Line


def covered(account: Account, lines: Iterable[Line]) -> list[Line]:
    """The lines that the contract's discount covers: live fixed lines of the contract itself, or those it names."""
    if not account.contract:
        return []
    named = account.contract["discount.lines"]
    return [
        line for line in lines if line.live and line.fixed and line.part == MAIN and (not named or line.id in named)
    ]


def discount(account: Account, lines: Iterable[Line], amount_left: int) -> int:
    """The contract's discount on the present prices.

    Args:
        account: the contract.
        lines: all its lines.
        amount_left: a discount of an amount, less the shares that left with removed lines.
    """
    lines = covered(account, lines)
    if not lines or not account.contract:
        return 0
    if account.contract["discount.percent"] is None:
        return amount_left
    return facts.percent_or_amount(account.contract, sum(line.gross for line in lines))


def discount_shares(account: Account, lines: Iterable[Line], amount_left: int) -> dict[str, int]:
    """The contract's discount by line, shared by SSP over the lines that it covers."""
    lines = list(lines)
    weights = {line.id: line.whole_life_ssp() for line in covered(account, lines)}
    return rounding.share(discount(account, lines, amount_left), weights)


def allocate(account: Account, lines: Iterable[Line], amount_left: int) -> dict[str, int]:
    """Share the price of one part over its fixed lines.

    Source: ASC 606-10-32-31, 606-10-32-36, 606-10-32-37.

    Args:
        account: the contract.
        lines: the lines of one part.
        amount_left: a discount of an amount.

    Returns:
        minor units by line id; they add up to the prices less the discount.
    """
    lines = [line for line in lines if line.fixed]
    weights = {line.id: Fraction(line.ssp) for line in lines}
    total, off = sum(line.gross for line in lines), discount(account, lines, amount_left)
    if not (account.contract and account.contract["discount.lines"]):
        return rounding.share(total - off, weights)
    shares = rounding.share(total, weights)
    for line, amount in discount_shares(account, lines, amount_left).items():
        shares[line] -= amount
    return shares

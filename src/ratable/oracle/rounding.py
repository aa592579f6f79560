"""Rounding, the two ways that money is ever rounded here.

Worked example: 100.00 in three equal parts. Each share is 33.333..., the floors 33.33 leave one cent, and it goes to
the largest remainder; all are alike, so the first line id gets it: 33.34, 33.33, 33.33.
"""

import math
from collections.abc import Mapping
from fractions import Fraction


def half_even(value: Fraction) -> int:
    """The nearest whole number; halfway between two, the even one."""
    return round(value)


def share(total: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """Share a total by weight so that nothing is lost: floors first, the missing units to the largest remainders.

    Args:
        total: minor units; a negative total mirrors the positive one.
        weights: weight by line id; where all are zero they weigh alike.

    Returns:
        minor units by line id. They add up to `total`; ties go to the smaller id; the order of `weights` is nothing.
    """
    if not weights:
        return {}
    if total < 0:
        return {line: -part for line, part in share(-total, weights).items()}
    whole = sum(weights.values(), Fraction(0))
    exact = {k: Fraction(total) * w / whole if whole else Fraction(total, len(weights)) for k, w in weights.items()}
    shares = {line: math.floor(value) for line, value in exact.items()}
    missing = total - sum(shares.values())
    by_remainder = sorted(exact, key=lambda line: (shares[line] - exact[line], line))
    for line in by_remainder[:missing]:
        shares[line] += 1
    return shares

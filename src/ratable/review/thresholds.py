"""The figures that checks are held against: written down once, under a version, and shown beside each flag.

Worked example: trailing revenue of a book is 4,000,000.00 USD. Performance materiality is 0.5% of it, 20,000.00; below
5% of that, 1,000.00, a difference is trivial. Checks of shape and arithmetic know no threshold: a cent is a cent.
"""

from dataclasses import dataclass

VERSION = 1
"""Raise it with every change of a default below, so that an old flag says by what it was raised."""


@dataclass(frozen=True)
class Thresholds:
    """What a company may set by policy; parts are in basis points (1/100 of a percent), counts and days are whole."""

    version: int = VERSION
    material_basis_points: int = 50  # of revenue of the last twelve months
    trivial_basis_points: int = 500  # of what is material
    spread_tenths: int = 35  # distance from the median, in tenths of the usual distance
    history_months: int = 12
    overlap_basis_points: int = 9_800  # days that two windows share, of the days that either has
    price_fit_basis_points: int = 1_500  # distance of a price from its SSP
    ssp_days: int = 365
    discount_gap_basis_points: int = 50
    longest_months: int = 60
    term_days: int = 3  # distance from a usual term that is none
    grace_days: int = 5
    rare_times: int = 3
    backdated_days: int = 5
    near_limit_basis_points: int = 9_500
    split_days: int = 3
    last_days: int = 2  # of a close
    least_words: int = 10  # characters of a memo
    first_hour: int = 7
    last_hour: int = 21
    fast_seconds: int = 10
    enough_seconds: int = 600  # an approver who had a run open for so long has read it, however long it is
    approvals_per_minute: int = 30
    stale_months: int = 2
    concentration_basis_points: int = 500
    stale_rate_days: int = 31

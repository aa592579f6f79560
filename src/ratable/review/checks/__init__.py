"""Every check of the review, one tuple for each room of its subject.

Worked example: `CHECKS` has JC-01 to JC-64 as far as they apply to the data that ratable holds; the reference page
docs/reference/checks.md lists them with what each means. A letter behind an id marks a second check of the same
matter in another class: JC-10 blocks, JC-10A informs where the company chose otherwise.
"""

from ratable.review import catalogue
from ratable.review.checks import (
    acts,
    allocation,
    arithmetic,
    authority,
    balances,
    billing,
    changes,
    conversion,
    journals,
    movements,
    populations,
    reversals,
    schedules,
)

CHECKS: tuple[catalogue.Check, ...] = (
    *arithmetic.CHECKS,
    *authority.CHECKS,
    *conversion.CHECKS,
    *balances.CHECKS,
    *movements.CHECKS,
    *journals.CHECKS,
    *acts.CHECKS,
    *reversals.CHECKS,
    *populations.CHECKS,
    *schedules.CHECKS,
    *changes.CHECKS,
    *billing.CHECKS,
    *allocation.CHECKS,
)

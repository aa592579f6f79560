"""Every check of the review, one tuple for each room of its subject.

Worked example: `CHECKS` has JC-01 to JC-63 as far as they apply to the data that ratable holds; the reference page
docs/reference/checks.md lists them with what each means.
"""

from ratable.review import catalogue
from ratable.review.checks import arithmetic

CHECKS: tuple[catalogue.Check, ...] = (*arithmetic.CHECKS,)

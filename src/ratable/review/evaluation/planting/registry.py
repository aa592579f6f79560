"""Every kind of planted error, and which of them a world has.

Worked example: `chosen(chance, company, None)` takes 6 to 14 kinds, of which at least one in ten cancels in totals.
"""

import random
from collections.abc import Sequence

from ratable.review.evaluation.companies import Company
from ratable.review.evaluation.planting import (
    amounts,
    billed,
    changed,
    conduct,
    misread,
    shared,
    tampered,
    windows,
)
from ratable.review.evaluation.planting.kinds import Kind

KINDS: tuple[Kind, ...] = (
    *windows.KINDS, *amounts.KINDS, *billed.KINDS, *changed.KINDS, *misread.KINDS, *shared.KINDS, *tampered.KINDS,
    *conduct.KINDS,
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in KINDS}
FEWEST, MOST = 6, 14


def chosen(chance: random.Random, company: Company, names: Sequence[str] | None) -> list[Kind]:
    """The kinds that are planted in one world.

    Args:
        chance: decides where no names are given.
        company: some kinds need a leap day in its window.
        names: the kinds by name; None: by chance.

    Raises:
        KeyError: there is no kind of a name.
    """
    if names is not None:
        return [BY_NAME[name] for name in names]
    fitting = [kind for kind in KINDS if kind.fits(company)]
    number = chance.randint(FEWEST, MOST)
    cancelling = [kind for kind in fitting if kind.cancels]
    first = chance.sample(cancelling, 1 if number < 11 else 2)
    rest = [kind for kind in fitting if kind not in first]
    return [*first, *chance.sample(rest, number - len(first))]

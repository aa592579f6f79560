"""What a check is: a name, a version, an owner, and a pure function from a snapshot to flags.

Worked example: JC-16 version 1, class "blocks", owner "revenue accountant", needs entries and contract_lines. On a
snapshot without entries it says `CannotRun("no entries")`: it then counts against the coverage of the review, and
never as "nothing wrong".
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from ratable.review import flags
from ratable.review.snapshot import Snapshot


class CannotRun(Exception):
    """The snapshot lacks what a check needs; the message names it."""


@dataclass(frozen=True)
class Check:
    """One check of the review.

    `id` is that of the requirements (JC-16), `kind` is blocks, flags or informs, `weight` is how much a flag of it
    counts in the order of reading, `find` gives its flags and raises CannotRun where the snapshot lacks something.
    """

    id: str
    title: str
    kind: str
    owner: str
    find: Callable[[Snapshot], Iterable[flags.Flag]]
    version: int = 1
    weight: int = 10

    def run(self, snapshot: Snapshot) -> pl.DataFrame:
        """Its flags on a snapshot (`flags.SCHEMA`).

        Raises:
            CannotRun: the snapshot lacks what it needs.
        """
        found = self.find(snapshot)
        return flags.raised(found, check=self.id, version=self.version, kind=self.kind, title=self.title)


def need(rows: pl.DataFrame, what: str) -> pl.DataFrame:
    """The rows, where there are any.

    Raises:
        CannotRun: there is none.
    """
    if rows.is_empty():
        raise CannotRun(f"the snapshot has no {what}")
    return rows

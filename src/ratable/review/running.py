"""One review: every check over one snapshot, what they found in the order in which to read it, and what was covered.

Worked example: 61 of 63 checks ran on 412 entries, of which all were read and hashed; 3 flags. JC-37 could not run
("fewer than 12 months of history"), so coverage is 61 of 63, and says so; a check that did not run found nothing and
cleared nothing.
"""

import hashlib
from dataclasses import dataclass

import polars as pl

from ratable.review import catalogue, checks, flags, ranking
from ratable.review.snapshot import Snapshot

_CLASSES = (flags.BLOCKS, flags.FLAGS, flags.INFORMS)
RAN: dict[str, pl.DataType] = {
    "check": pl.String(),
    "version": pl.Int64(),
    "class": pl.String(),
    "title": pl.String(),
    "owner": pl.String(),
    "flags": pl.Int64(),
    "could_not": pl.String(),  # why it could not run; null: it ran
}
"""Grain: one check."""


@dataclass(frozen=True)
class Review:
    """What one review found.

    Args:
        snapshot: the name of what was looked at.
        flags: flags.SCHEMA, in the order in which to read them: blocking first, then by weight, then entries by hand
            by their rank (JC-64), then by amount and id.
        ran: RAN, each check in the order of ids.
        entries: how many entries were under review.
        digest: SHA-256 over the ids of those entries in order: the population that was reviewed.
    """

    snapshot: str
    flags: pl.DataFrame
    ran: pl.DataFrame
    entries: int
    digest: str

    @property
    def covered(self) -> tuple[int, int]:
        """How many checks ran, of how many."""
        return self.ran["could_not"].null_count(), self.ran.height


def review(snapshot: Snapshot, chosen: tuple[catalogue.Check, ...] = checks.CHECKS) -> Review:
    """Run checks over a snapshot.

    Args:
        snapshot: what is looked at.
        chosen: the checks to run.

    Returns:
        the same for the same snapshot and checks, whatever the order of rows or checks.
    """
    found, ran = [flags.none()], []
    for check in chosen:
        own, missing = flags.none(), None
        try:
            own = check.run(snapshot)
        except catalogue.CannotRun as why:
            missing = str(why)
        found.append(own)
        ran.append((check.id, check.version, check.kind, check.title, check.owner, own.height, missing))
    told = pl.DataFrame(ran, schema=RAN, orient="row").sort("check")
    ids = snapshot.reviewed.sort("book", "state", "no")["entry"]
    digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()
    weights = {check.id: check.weight for check in chosen}
    ranks = ranking.ranks(snapshot, least=ranking.LEAST)
    return Review(snapshot.name, _ordered(pl.concat(found), weights, ranks), told, snapshot.reviewed.height, digest)


def _ordered(found: pl.DataFrame, weights: dict[str, int], ranks: pl.DataFrame) -> pl.DataFrame:
    rank = pl.col("class").replace_strict({name: place for place, name in enumerate(_CLASSES)}, return_dtype=pl.Int64)
    weight = pl.col("check").replace_strict(weights, default=0, return_dtype=pl.Int64)
    apart = pl.col("subject").replace_strict(dict(ranks.iter_rows()), default=0, return_dtype=pl.Int64)
    by = [rank, -weight, -apart, -pl.col("amount").fill_null(0), pl.col("id")]
    return found.sort(by)

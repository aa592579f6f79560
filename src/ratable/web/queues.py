"""The queue of a run: its entries by risk x amount with their marks, filtered as an address says.

Worked example: of 412 entries of run 4, 31 have a signal and 212 are reviewed. `/review/4?signal=late_fact` asks for
the nine with a late fact; `following` of one of them is the next that nobody has marked, and `clean` are the 381
entries without a signal, less those that are marked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ratable.ledger import attention, entries, models, noted
from ratable.operations import people
from ratable.web import state

WITHOUT_SIGNAL = "none"
OPEN, ANSWERED = "open", "answered"
MARKS = (OPEN, noted.REVIEWED, noted.FLAGGED)
FILTERS = ("signal", "customer", "kind", "month", "mark")
_WAITS = (entries.DRAFT, "review", "approve")


@dataclass(frozen=True)
class Queue:
    """A run that waits, and its entries as a person sees them.

    `rows` are those of `attention.ranked` with mark (open, reviewed, flagged), by, words and answered.
    """

    run: models.Run
    rows: pl.DataFrame

    def shown(self, asked: Mapping[str, str]) -> pl.DataFrame:
        """The rows that an address asks for, in their order."""
        equal = {"customer": "customer", "kind": "kind", "month": "period", "mark": "mark"}
        wanted = [pl.col(column) == asked[name] for name, column in equal.items() if name in asked]
        if (signal := asked.get("signal")) is not None:
            has = pl.col("signals").list.contains(signal)
            wanted.append(pl.col("risk") == 0 if signal == WITHOUT_SIGNAL else has)
        return self.rows.filter(*wanted) if wanted else self.rows

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many entries there are, have each mark, were looked at, wait for an answer, and are without a signal."""
        flagged = pl.col("mark") == noted.FLAGGED
        counted = self.rows.select(
            all=pl.len(), looked=(pl.col("mark") != OPEN).sum(), flagged=flagged.sum(),
            unanswered=(flagged & ~pl.col("answered")).sum(), clean=(pl.col("risk") == 0).sum(),
        )  # fmt: skip
        return {name: int(value) for name, value in counted.row(0, named=True).items()}

    @property
    def share(self) -> str:
        """The share of entries without a signal, in percent; cut off, so that 100% means all."""
        return f"{self.counts['clean'] * 100 // self.counts['all']}%" if self.counts["all"] else ""

    @property
    def clean(self) -> pl.DataFrame:
        """The entries that no signal points at and nobody has marked."""
        return self.rows.filter((pl.col("risk") == 0) & (pl.col("mark") == OPEN))

    @property
    def signals(self) -> pl.DataFrame:
        """Each signal that occurs, with the number of its entries, the heaviest first: signal, title, count."""
        each = self.rows.select(signal=pl.col("signals").explode()).drop_nulls().group_by("signal").agg(count=pl.len())
        named = {name: one.title for name, one in attention.SIGNALS.items()}
        weights = {name: one.weight for name, one in attention.SIGNALS.items()}
        told = each.with_columns(
            title=pl.col("signal").replace(named), weight=pl.col("signal").replace_strict(weights, default=0)
        )
        return told.sort("weight", "signal", descending=[True, False]).select("signal", "title", "count")


def of(run: models.Run, person: str) -> Queue:
    """The queue of a run that waits, as a person sees it: within their entities, and by their limits."""
    rows = attention.of_run(run, people.limits(person))
    if (own := people.entities(person)) is not None:
        rows = rows.filter(pl.col("entity").is_in(list(own)))
    marks = noted.marks(run.no)
    marked = rows.join(marks, on="entry", how="left", maintain_order="left")
    return Queue(run, marked.with_columns(pl.col("mark").fill_null(OPEN), pl.col("answered").fill_null(value=False)))


def held(no: int) -> models.Run:
    """A run by its number.

    Raises:
        state.Unclear: there is none.
    """
    found: models.Run | None = models.Run.objects.filter(no=no).first()
    if found is None:
        raise state.Unclear(f"run {no}: there is none of that number.")
    return found


def waits(run: models.Run) -> bool:
    """Whether a run is neither posted nor given up."""
    return entries.state(run.no) in _WAITS


def waiting() -> list[models.Run]:
    """The runs that are neither posted nor given up, the newest first."""
    return list(models.Run.objects.exclude(decision__verb__in=entries.OVER).order_by("-no"))


def near(shown: pl.DataFrame, no: int, by: int) -> int | None:
    """The number of the row some rows below or above one; None at an end, and where that one is not shown."""
    place = shown["no"].index_of(no)
    at = None if place is None else place + by
    return None if at is None or not 0 <= at < shown.height else int(shown["no"][at])


def following(shown: pl.DataFrame, no: int) -> int | None:
    """The next row after one that nobody has marked, from the top again after the last; None where all are."""
    place = shown["no"].index_of(no)
    turned = pl.concat([shown[place + 1 :], shown[:place]]) if place is not None else shown
    left = turned.filter(pl.col("mark") == OPEN)
    return int(left["no"][0]) if left.height else None

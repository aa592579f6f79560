"""The queue of a run: flags on no single entry, then its entries by flags and risk x amount, filtered by an address.

Worked example: of 412 entries of run 4, 31 have a signal or a flag and 212 are reviewed; one flag is on an invoice.
`/review/4?signal=late_fact` asks for the nine with a late fact, `?check=JC-49D` for what one check flagged;
`following` of an item is the next that waits for somebody, and `clean` are the 381 entries without a signal and without
a flag to answer, less those that are marked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ratable.ledger import attention, entries, flagged, models, noted
from ratable.operations import people
from ratable.review import flags
from ratable.web import raised, state

WITHOUT_SIGNAL = "none"
OPEN, ANSWERED = "open", "answered"
MARKS = (OPEN, noted.REVIEWED, noted.FLAGGED)
FILTERS = ("signal", "customer", "kind", "month", "mark", "check", "class")
CLASSES = (flags.BLOCKS, flags.FLAGS, flags.INFORMS)
_BY_ENTRY: dict[str, pl.DataType] = {
    "entry": pl.String(), "checks": pl.List(pl.String()), "classes": pl.List(pl.String()), "flag_says": pl.String(),
    "affected": pl.Int64(), "waits": pl.String(),
}  # fmt: skip
_WAITS = (entries.DRAFT, "review", "approve")


@dataclass(frozen=True)
class Queue:
    """A run that waits, and its entries as a person sees them.

    `rows` are those of `attention.ranked` with mark (open, reviewed, flagged), by, words and answered, and of the flags
    on them: checks, classes, flag_says and affected (of the first), waits (the worst class that is not answered; null:
    none). `raised` are all flags of the run (`flagged.FLAGS`).
    """

    run: models.Run
    rows: pl.DataFrame
    raised: pl.DataFrame

    def shown(self, asked: Mapping[str, str]) -> pl.DataFrame:
        """The rows that an address asks for, in their order."""
        equal = {"customer": "customer", "kind": "kind", "month": "period", "mark": "mark"}
        wanted = [pl.col(column) == asked[name] for name, column in equal.items() if name in asked]
        if (signal := asked.get("signal")) is not None:
            has = pl.col("signals").list.contains(signal)
            wanted.append(_clean() if signal == WITHOUT_SIGNAL else has)
        for name, column in (("check", "checks"), ("class", "classes")):
            if name in asked:
                wanted.append(pl.col(column).list.contains(asked[name]))
        return self.rows.filter(*wanted) if wanted else self.rows

    def loose(self, asked: Mapping[str, str]) -> pl.DataFrame:
        """The flags on no single entry that an address asks for (flagged.FLAGS); those that inform only by filter."""
        own = (pl.col("table") == "entries") & pl.col("subject").is_in(self.rows["entry"].implode())
        found = self.raised.filter(~own)
        if set(asked) & {"signal", "kind", "mark"}:
            return found.clear()  # Those are of entries alone.
        equal = {"customer": "customer", "month": "period", "check": "check", "class": "class"}
        wanted = [pl.col(column) == asked[name] for name, column in equal.items() if name in asked]
        if not wanted:
            wanted = [pl.col("class") != flags.INFORMS]
        return found.filter(*wanted)

    def walk(self, asked: Mapping[str, str]) -> list[str]:
        """The items that an address asks for, in their order, as parts of addresses: flags/5f1c, entries/12."""
        loose = [f"flags/{flag}" for flag in self.loose(asked)["id"]]
        return loose + [f"entries/{no}" for no in self.shown(asked)["no"]]

    @cached_property
    def blocking(self) -> pl.DataFrame:
        """The flags that block the approval of the run (flagged.FLAGS)."""
        return flagged.open_(self.raised, flags.BLOCKS)

    @property
    def checked(self) -> list[str]:
        """The checks that raised a flag here."""
        return self.raised["check"].unique().sort().to_list()

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many entries there are, have each mark, were looked at, wait for an answer, and are without a signal."""
        flagged_ = pl.col("mark") == noted.FLAGGED
        counted = self.rows.select(
            all=pl.len(), looked=(pl.col("mark") != OPEN).sum(), flagged=flagged_.sum(),
            unanswered=(flagged_ & ~pl.col("answered")).sum(), clean=_clean().sum(),
        )  # fmt: skip
        return {name: int(value) for name, value in counted.row(0, named=True).items()}

    @property
    def share(self) -> str:
        """The share of entries without a signal, in percent; cut off, so that 100% means all."""
        return f"{self.counts['clean'] * 100 // self.counts['all']}%" if self.counts["all"] else ""

    @property
    def clean(self) -> pl.DataFrame:
        """The entries that no signal and no flag points at and nobody has marked."""
        return self.rows.filter(_clean() & (pl.col("mark") == OPEN))

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
    found = raised.of_run(run.no, person)
    marked = rows.join(marks, on="entry", how="left", maintain_order="left")
    marked = marked.join(_by_entry(found), on="entry", how="left", maintain_order="left")
    first = pl.col("waits").replace_strict({flags.BLOCKS: 0, flags.FLAGS: 1}, default=2, return_dtype=pl.Int64)
    told = marked.with_columns(pl.col("mark").fill_null(OPEN), pl.col("answered").fill_null(value=False))
    return Queue(run, told.sort(first, maintain_order=True), found)


def _clean() -> pl.Expr:
    """Whether no signal points at an entry, and no flag on it waits for an answer."""
    return (pl.col("risk") == 0) & pl.col("waits").is_null()


def _by_entry(found: pl.DataFrame) -> pl.DataFrame:
    """Flags on entries, gathered by entry; the first of each is the one to read first (_BY_ENTRY)."""
    own = found.filter(pl.col("table") == "entries")
    if own.is_empty():
        return pl.DataFrame(schema=_BY_ENTRY)
    asks = pl.col("class").filter((pl.col("state") == flagged.OPEN) & (pl.col("class") != flags.INFORMS))
    return own.group_by(entry="subject", maintain_order=True).agg(
        checks=pl.col("check"), classes=pl.col("class").unique(), flag_says=pl.col("says").first(),
        affected=pl.col("amount").first(), waits=asks.first(),
    )  # fmt: skip


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


def near(walk: list[str], item: str, by: int) -> str:
    """The item some places below or above one; empty at an end, and where that one is not shown."""
    at = walk.index(item) + by if item in walk else -1
    return walk[at] if 0 <= at < len(walk) else ""


def following(queue: Queue, asked: Mapping[str, str], item: str) -> str:
    """The next item after one that waits for somebody, from the top again after the last; empty where none does."""
    walk = queue.walk(asked)
    at = walk.index(item) if item in walk else -1
    open_ones = {f"entries/{no}" for no in queue.rows.filter(pl.col("mark") == OPEN)["no"]}
    open_ones |= {f"flags/{flag}" for flag in flagged.open_(queue.raised)["id"]}
    return next((one for one in walk[at + 1 :] + walk[: max(at, 0)] if one in open_ones), "")

"""Checks the rows of every table against the events that added them, and the files against their SHA-256.

Worked example: event 12 says that it added entries 101 to 140, with one digest over all. Each of the forty rows is
hashed again: where the amount of entry 107 was changed, its own digest does not hold, and the fault names entry 107.
Where that digest was made anew too, the digest of event 12 does not hold, and the fault names the first of the forty.
Entry 141, which no event added, is a fault; so is entry 140, if it is gone.
"""

import json
from collections.abc import Callable, Iterator

import polars as pl

from ratable.ledger import canonical, chain, covering, entries, models, rows, stored
from ratable.ledger.faults import Fault


def tables(
    log: chain.Log, *, whole: bool, seen: Callable[[str, pl.DataFrame], None] = lambda *_: None
) -> Iterator[Fault]:
    """Check every covered table.

    Args:
        log: the events that count, with the rows that each says it added.
        whole: whether these are all events; otherwise only what they added is looked at.
        seen: is given every part of a table that was read and found to be what its own digests say.
    """
    for table in stored.covered():
        ranges = log.ranges.filter(pl.col("table") == table).sort("event", "from")
        if ranges.height or whole:
            yield from _table(table, ranges, whole=whole, seen=seen)
    unknown = log.ranges.filter(~pl.col("table").is_in(stored.covered()))
    if unknown.height:
        event, table = unknown.select("event", "table").row(0)
        yield Fault(stored.EVENTS, event, f"says that it added rows to {table}, which has none that events cover")


def files(log: chain.Log, *, whole: bool) -> Iterator[Fault]:
    """Check that each file that an import, run or revision names is there as its SHA-256 says, and that no other is."""
    if wrong := stored.misfit("files"):
        yield wrong
        return
    named = _named(log, whole=whole)
    kept = set(models.File.objects.values_list("sha256", flat=True))
    for sha256 in sorted(named):
        if sha256 not in kept:
            yield Fault("files", sha256, f"is gone; {named[sha256]} names it")
            return
        size, content = models.File.objects.values_list("size", "content").get(sha256=sha256)
        seen = canonical.sha256(bytes(content))
        if (seen, size) != (sha256, len(content)):
            yield Fault(
                "files", sha256, f"saw {size} bytes, {len(content)} in truth, that hash to {seen}: it was swapped"
            )
            return
    if whole and kept - named.keys():
        yield Fault("files", min(kept - named.keys()), "nothing names it: it was put there past the log")


def drafts() -> Iterator[Fault]:
    """Check the drafts of each run that still waits against the hash of the run, which an approval is bound to."""
    if wrong := stored.misfit("drafts"):
        yield wrong
        return
    ended = models.Decision.objects.filter(verb__in=entries.OVER).values_list("run", flat=True)
    waiting = models.Run.objects.exclude(no__in=ended).order_by("no").values_list("no", "rows", "hash")
    frame = stored.read("drafts", *stored.span("drafts"))
    computed = frame.select("no", "run_no", "digest", seen=covering.digests(frame))
    changed = computed.filter(pl.col("digest") != pl.col("seen"))
    if changed.height:
        yield Fault("drafts", changed["no"][0], _hashes(changed["seen"][0], changed["digest"][0]))
        return
    for no, count, expected in waiting:
        own = computed.filter(pl.col("run_no") == no)["digest"]
        if (own.len(), canonical.of_all(own)) != (count, expected):
            yield Fault(
                "runs", no, f"saw {own.len()} drafts; expected the {count} that its hash {expected[:16]} is over"
            )
            return


def _table(
    table: str, ranges: pl.DataFrame, *, whole: bool, seen: Callable[[str, pl.DataFrame], None]
) -> Iterator[Fault]:
    """The first fault of a table: what its events say must follow on, be there, be as it was, and be all."""
    start = 1 if whole else int(ranges["from"][0])
    before = pl.col("to").shift(fill_value=start - 1)
    broken = ranges.filter((pl.col("from") != before + 1) | (pl.col("to") < pl.col("from")))
    if broken.height:
        event, first = broken.select("event", "from").row(0)
        yield Fault(stored.EVENTS, event, f"says that it added {table} from {first}, which does not follow on")
        return
    last = int(ranges["to"][-1]) if ranges.height else 0
    if wrong := stored.misfit(table, None if whole else start - 1):
        yield wrong
        return
    computed: list[pl.Series] = []
    for first in range(start, last + 1, stored.CHUNK):
        frame = stored.read(table, first, min(first + stored.CHUNK - 1, last))
        digests = covering.digests(frame)
        found = _row(table, frame, digests, range(first, min(first + stored.CHUNK, last + 1)))
        if found:
            yield found
            return
        computed.append(digests)
        seen(table, frame)
    yield from _sets(table, ranges, pl.concat(computed) if computed else pl.Series(dtype=pl.String), start)
    lowest, highest = stored.span(table)
    if highest > last or (whole and lowest < 1):
        yield Fault(table, last + 1 if highest > last else lowest, "no event added it")


def _row(table: str, frame: pl.DataFrame, seen: pl.Series, numbers: range) -> Fault | None:
    """The first of some rows that is gone, not in normal form, or not what its own digest says."""
    if frame.height < len(numbers):
        there = frame["no"].implode()
        gone = pl.Series("no", numbers, pl.Int64).to_frame().filter(~pl.col("no").is_in(there))
        return Fault(table, gone["no"][0], "is gone; an event added it")
    # Hashed in normal form, a text in another one would pass for the same.
    other = frame.filter(~canonical.is_normal(frame))
    if other.height:
        return Fault(table, other["no"][0], "holds a text that is not in Unicode normal form C, as all was stored")
    if "digest" not in frame.columns:
        return None
    compared = frame.select("no", "digest", seen=seen)
    changed = compared.filter(pl.col("digest").ne_missing(pl.col("seen")))
    return Fault(table, changed["no"][0], _hashes(changed["seen"][0], changed["digest"][0])) if changed.height else None


def _sets(table: str, ranges: pl.DataFrame, computed: pl.Series, start: int) -> Iterator[Fault]:
    """The first set of rows that is not what its event says."""
    for event, first, last, expected in ranges.select("event", "from", "to", "digest").iter_rows():
        seen = canonical.of_all(computed[first - start : last - start + 1])
        if seen != expected:
            which = f"row {first}" if first == last else f"one of rows {first} to {last}"
            yield Fault(table, first, f"{which} is not what event {event} added: {_hashes(seen, expected)}")
            return


def _hashes(seen: str, expected: str | None) -> str:
    return f"saw what hashes to {seen[:16]}; expected {str(expected)[:16]}"


def _named(log: chain.Log, *, whole: bool) -> dict[str, str]:
    """SHA-256 of each file that counts, to what names it."""
    named: dict[str, str] = {}
    for table, column in (("imports", "files"), ("runs", "support"), ("revisions", "document")):
        asked = log.ranges.filter(pl.col("table") == table)
        if asked.is_empty() and not whole:
            continue
        first = 1 if whole else asked.select(pl.col("from").min()).item()
        query = f"SELECT no, {column} FROM {table} WHERE no >= %s ORDER BY no"  # noqa: S608  names of our own schema
        for no, text in rows.select(query, [first], {"no": pl.Int64(), column: pl.String()}).iter_rows():
            for sha256 in _hashes_in(text):
                named.setdefault(sha256, f"row {no} of {table}")
    return named


def _hashes_in(text: str) -> list[str]:
    """The hashes of a JSON object of names to hashes, or the text itself as one."""
    if not text.startswith("{"):
        return [text] if text else []
    return [str(value) for value in json.loads(text).values()]

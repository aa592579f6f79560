"""The reports that a lock signs: made once, kept byte for byte, and compared with those of later days.

Worked example: the lock of January keeps six statements, among them `roll-forward` as CSV of 212 bytes with its
SHA-256. `make` gives the same bytes whenever it is asked for the same month and day of knowledge. A contract of January
that is recorded in March changes none of them; were January reopened and the contract posted into it,
`differences` would name each row that was signed and is no more, and each that is new.

The SHA-256 is that of the CSV; what is kept is the CSV compressed by gzip, without a date, so that it too is the same
each time. Refuses figures that do not foot.
"""

import gzip
import hashlib
import io
from collections.abc import Iterable, Iterator
from typing import IO, cast

import polars as pl

from ratable.core import findings
from ratable.ledger import books, canonical, models
from ratable.reports import books as reports
from ratable.reports import rendering

_LEVEL = 1  # Of gzip: the highest one takes ten times as long for a third less.
REPORTS = ("roll-forward", "balances", "trial-balance", "waterfall", "rpo", "journal")
DIFFERENCES: dict[str, pl.DataType] = {
    "entity": pl.String(),
    "report": pl.String(),
    "row": pl.String(),  # as it stands in the CSV
    "signed": pl.Int64(),  # how often it was signed
    "now": pl.Int64(),  # how often it stands there now
}


def make(period: str, ledger: books.Posted) -> pl.DataFrame:
    """The statements of a month.

    Args:
        period: the month, YYYY-MM; the journal is of this month alone.
        ledger: the books of one entity through the end of the month, as they are known on a day.

    Returns:
        report, parameters (canonical JSON), sha256, rows and content, in the order of REPORTS.

    Raises:
        identities.DoesNotFoot: figures that disagree.
    """
    asked = ledger.asked
    parameters = {
        "entity": asked.entity, "known_on": asked.known_on.isoformat() if asked.known_on else None,
        "through": asked.through.isoformat(),
    }  # fmt: skip
    return pl.DataFrame([_statement(period, ledger, name, parameters) for name in REPORTS])


def _statement(period: str, ledger: books.Posted, name: str, parameters: dict[str, str | None]) -> dict[str, object]:
    parts, counts = reports.parts(ledger, name), []
    if name == "journal":
        parts, parameters = _of_month(parts, period), parameters | {"period": period}

    def counted() -> Iterator[pl.DataFrame]:
        for part in parts:
            counts.append(part.height)
            yield part

    content = io.BytesIO()
    with gzip.GzipFile(fileobj=content, mode="wb", compresslevel=_LEVEL, mtime=0) as packed:
        hashed = _Hashed(packed)
        rendering.write_csv(cast(IO[bytes], hashed), counted(), rendering.Heading(name, {}, findings.none()))
    return {
        "report": name, "parameters": canonical.text(parameters), "sha256": hashed.sha256.hexdigest(),
        "rows": sum(counts), "content": content.getvalue(),
    }  # fmt: skip


def _of_month(parts: Iterable[pl.DataFrame], period: str) -> Iterator[pl.DataFrame]:
    return (part.filter(pl.col("period") == period) for part in parts)


class _Hashed:
    """Passes on what it is given and hashes it: a journal may be too long to hold as text."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self.sha256 = hashlib.sha256()
        self._stream = stream

    def write(self, text: bytes) -> int:
        """Pass a text on."""
        self.sha256.update(text)
        return self._stream.write(text)


def signed(period: str, entity: str, *, before: int | None = None) -> dict[str, bytes]:
    """Each report as the last lock of a month signed it, as CSV; none where no lock here signed the month.

    Args:
        period: the month, YYYY-MM.
        entity: whose books.
        before: only locks with a lower number than this count; None: all.
    """
    locks = models.Lock.objects.filter(entity=entity, period=period, state="locked", opening=False)
    last = (locks if before is None else locks.filter(no__lt=before)).order_by("-no").first()
    if last is None:
        return {}
    kept = models.Statement.objects.filter(lock=last).order_by("no").values_list("report", "content")
    return {name: gzip.decompress(bytes(content)) for name, content in kept}


def differences(period: str, entity: str, now: pl.DataFrame, *, before: int | None = None) -> pl.DataFrame:
    """What distinguishes the statements last signed for a month from others.

    Args:
        period: the month, YYYY-MM.
        entity: whose books.
        now: the others, as `make` gives them.
        before: as for `signed`.

    Returns:
        DIFFERENCES: each row of a report that does not stand as often in one as in the other; none where all are the
        same.
    """
    kept = signed(period, entity, before=before)
    others = {name: gzip.decompress(content) for name, content in now.select("report", "content").iter_rows()}
    found = [pl.DataFrame(schema=DIFFERENCES)]
    for name in kept:
        if kept[name] != others[name]:
            found.append(_rows_that_differ(kept[name], others[name], entity=entity, report=name))
    return pl.concat(found)


def _rows_that_differ(before: bytes, after: bytes, *, entity: str, report: str) -> pl.DataFrame:
    counts = [
        pl.DataFrame({"row": content.decode().splitlines()}, schema={"row": pl.String})
        .group_by("row", maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias(name))
        for content, name in ((before, "signed"), (after, "now"))
    ]
    both = counts[0].join(counts[1], on="row", how="full", coalesce=True, maintain_order="left_right")
    differs = both.with_columns(pl.col("signed", "now").fill_null(0)).filter(pl.col("signed") != pl.col("now"))
    return differs.select(pl.lit(entity).alias("entity"), pl.lit(report).alias("report"), "row", "signed", "now")

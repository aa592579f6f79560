"""The reports that a lock signs: made once, kept byte for byte, and compared with those of later days.

Worked example: the lock of January keeps six statements, among them `roll-forward` as CSV of 212 bytes with its
SHA-256. `make` gives the same bytes whenever it is asked for the same month and day of knowledge. A contract of January
that is recorded in March changes none of them; were January reopened and the contract posted into it,
`differences` would name each row that was signed and is no more, and each that is new.

The SHA-256 is that of the CSV; what is kept is the CSV compressed by gzip, without a date, so that it too is the same
each time. Refuses figures that do not foot.
"""

import gzip
import io
from collections.abc import Iterable
from datetime import date

import polars as pl

from ratable.core import findings, periods
from ratable.ledger import books, canonical, models
from ratable.reports import books as reports
from ratable.reports import rendering

REPORTS = ("roll-forward", "balances", "trial-balance", "waterfall", "rpo", "journal")
DIFFERENCES: dict[str, pl.DataType] = {
    "entity": pl.String(),
    "report": pl.String(),
    "row": pl.String(),  # as it stands in the CSV
    "signed": pl.Int64(),  # how often it was signed
    "now": pl.Int64(),  # how often it stands there now
}


def make(period: str, entity: str, *, known_on: date | None = None) -> pl.DataFrame:
    """The statements of a month as they are known on a day.

    Args:
        period: the month, YYYY-MM; all reports are through its end, the journal is of this month alone.
        entity: whose books.
        known_on: what was known by the end of that day; None: all that is known now.

    Returns:
        report, parameters (canonical JSON), sha256, rows and content, in the order of REPORTS.

    Raises:
        identities.DoesNotFoot: figures that disagree.
    """
    last = periods.last_day(period)
    asked = {"entity": entity, "known_on": known_on.isoformat() if known_on else None, "through": last.isoformat()}
    ledger = books.books(last, known_on=known_on, entity=entity)
    made = []
    for name in REPORTS:
        parts, parameters = list(reports.parts(ledger, name)), asked
        if name == "journal":
            parts = [part.filter(pl.col("period") == period) for part in parts]
            parameters = asked | {"period": period}
        csv = _csv(name, parts)
        made.append({
            "report": name, "parameters": canonical.text(parameters), "sha256": canonical.sha256(csv),
            "rows": sum(part.height for part in parts), "content": gzip.compress(csv, mtime=0),
        })  # fmt: skip
    return pl.DataFrame(made)


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


def _csv(name: str, parts: Iterable[pl.DataFrame]) -> bytes:
    out = io.BytesIO()
    rendering.write_csv(out, parts, rendering.Heading(name, {}, findings.none()))
    return out.getvalue()

"""Files of exports as one zip each, kept by the number of the event that logged them, so that they can be had again.

Worked example: Ben exports January for NetSuite. `make` writes the files into a folder of its own, logs them by one act
as event 41, and keeps `netsuite-2026-01.zip` under 41. The same files make the same zip.
"""

import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ratable.api import models
from ratable.core import periods
from ratable.exports import options
from ratable.ledger import models as kept
from ratable.operations import acts, exporting


@dataclass(frozen=True)
class Made:
    """The event of an export, and what has to be said of it."""

    event: kept.Event
    notes: tuple[str, ...]


def make(
    actor: acts.Actor,
    asked: options.Options,
    *,
    known_on: date | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Made:
    """Export a month by one act, and keep its files.

    Args:
        actor: who exports.
        asked: layout, month and options; the folder that it names is not used.
        known_on: only entries posted by the end of that day count; None: all.
        step: is told what is being done.

    Raises:
        acts.Refused: the person may not export.
        layout.ExportError: the export would be wrong, or the ledger would refuse it; nothing is kept then.
    """
    with tempfile.TemporaryDirectory(prefix="ratable-") as folder:
        there = replace(asked, out=Path(folder))
        options.resolve(there)
        through = periods.last_day(asked.period)
        done = exporting.export(actor, there, through=through, known_on=known_on, step=step)
        content = _zipped(Path(folder))
    event = kept.Event.objects.order_by("-no").first()
    models.Archive.objects.create(no=event.no, name=f"{asked.layout}-{asked.period}.zip", content=content)
    return Made(event, (*done.written.notes, *done.books.notes))


def keep(no: int, name: str, file: Path) -> None:
    """Keep a zip that was written already under the number of its event; an older one of its name is let go.

    So it is with proof bundles: each holds all that the one before it did.
    """
    models.Archive.objects.filter(name=name).delete()
    models.Archive.objects.create(no=no, name=name, content=file.read_bytes())


def _zipped(folder: Path) -> bytes:
    """All files of a folder; the same files make the same zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.writestr(zipfile.ZipInfo(file.name), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return out.getvalue()

"""`ratable daily`: the daily journal of any number of lines, as a folder of Parquet files.

Worked example: a million annual lines make 365 million rows. `ratable daily bundle --through 2026-12-31 --out journal`
writes `journal/days-00000.parquet` and on, `journal/spans.parquet` with ids and sentences once per span, and
`journal/entries.parquet` with everything that is not recognized by a span. A query joins days and spans on `span`.
"""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ratable.cli import progress, refusals, reporting

if TYPE_CHECKING:
    from ratable.engine.days import Part
    from ratable.reports.books import Books


def write(bundle: Path, through: date, known_on: date | None, out: Path) -> int:
    """Write the folder, whole or not at all; the exit status.

    Raises:
        refusals.Refusal: the bundle cannot be read, the folder is there already or cannot be written.
    """
    import ratable
    from ratable.bundle import reading

    if out.exists():
        raise refusals.Refusal(f"--out: {out} is there already; expected the name of a new folder.")
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with progress.shown(f"Reading {bundle.name}") as step:
            read = ratable.read_bundle(bundle)
            step(f"Recognizing through {through}")
            books = ratable.recognize(read, through, known_on=known_on)
            step("Writing the days")
            part.mkdir(parents=True)
            _write(books, part)
        part.replace(out)
    except reading.Unreadable as refused:
        raise refusals.Refusal(str(refused)) from refused
    except OSError as fault:
        raise refusals.Refusal(f"cannot write {out}: {fault.strerror or fault}.") from fault
    finally:
        shutil.rmtree(part, ignore_errors=True)
    reporting.tell_findings(books.findings)
    return 1 if books.blocked else 0


def _write(books: "Books", folder: Path) -> None:
    """Spans and entries once; days by as many threads as there are cores, each with one part in hand."""
    import polars as pl

    from ratable.reports import daily

    def one(numbered: "tuple[int, Part]") -> None:
        number, some = numbered
        some.rows().write_parquet(folder / f"days-{number:05d}.parquet", compression_level=1, statistics=False)

    daily.spans(books).write_parquet(folder / "spans.parquet")
    pl.concat(list(daily.entries(books))).write_parquet(folder / "entries.parquet")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(one, enumerate(daily.parts(books))):
            pass

"""Output that is there whole or not at all.

Worked example: `--out books.csv` writes `.books.csv.1234.part` beside the file and renames it when the last row is
written; an interrupt or a full disk leaves what was there before, and nothing else.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import typer

from ratable.cli import refusals

CLOSED_PIPE = 141  # What a shell reports of a program whose reader had enough.


@contextmanager
def written(path: Path | None) -> Iterator[IO[bytes]]:
    """A stream that becomes the file at `path` once all is written; standard output where no path is given.

    Raises:
        refusals.Refusal: the file cannot be written.
    """
    if path is None:
        with _standard_output() as stream:
            yield stream
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            yield stream
        part.replace(path)
    except OSError as fault:
        raise refusals.Refusal(f"cannot write {path}: {fault.strerror or fault}.") from fault
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _standard_output() -> Iterator[IO[bytes]]:
    try:
        yield sys.stdout.buffer
        sys.stdout.flush()
    except BrokenPipeError as closed:
        # Whoever read our output has enough; what is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(CLOSED_PIPE) from closed

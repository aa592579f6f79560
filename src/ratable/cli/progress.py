"""What the program is doing, said on standard error when it takes longer than a second and somebody is looking."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 1.0


@contextmanager
def shown(first: str) -> Iterator[Callable[[str], None]]:
    """Shows the first step, and each one that the function it yields is called with, as a line that goes away."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich import console

    status = console.Console(stderr=True).status(first)
    later = threading.Timer(PATIENCE_SECONDS, status.start)
    later.daemon = True
    later.start()
    try:
        yield status.update
    finally:
        later.cancel()
        later.join()
        status.stop()

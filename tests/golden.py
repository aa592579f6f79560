"""Files that a person has read and found right: a test compares with them, `RATABLE_GOLDEN=write` writes them anew.

Worked example: `golden.agrees(folder / "xero.csv", text)` fails with both texts where they differ; `make golden` runs
the tests with the variable set, and the difference is then read in version control before it is kept.
"""

import os
from pathlib import Path


def agrees(expected: Path, found: str) -> None:
    """Assert that the text is that of the golden file, to the byte."""
    if os.environ.get("RATABLE_GOLDEN") == "write":
        expected.parent.mkdir(parents=True, exist_ok=True)
        expected.write_bytes(found.encode())
    assert found == expected.read_bytes().decode(), f"{expected} differs; read the difference, then run make golden"

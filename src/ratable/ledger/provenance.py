"""Where a fact came from: its version, its import, the file and the row.

Worked example: `of("contracts", "C-1", date(2026, 4, 30))` is version 2 of contract C-1, which import 5, a correction
named fix.yaml, brought from row 1 of fix.yaml, whose SHA-256 the store keeps with the file itself.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

import polars as pl

from ratable.core import tables
from ratable.ledger import facts, rows

_FOUND: dict[str, pl.DataType] = {
    "version": pl.Int64(), "import_no": pl.Int64(), "row": pl.Int64(), "name": pl.String(), "files": pl.String(),
    "kind": pl.String(), "reason": pl.String(), "known_on": pl.Date(),
}  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """The version of a fact that counted on a day, and how it came in."""

    table: str
    id: str
    version: int
    import_no: int
    name: str
    kind: str
    reason: str
    known_on: date
    files: dict[str, str]
    row: int | None

    def sentence(self) -> str:
        """Contracts C-1, version 1: import 1 (company, facts), file contracts.csv, row 3."""
        why = f", {self.reason.rstrip('.')}" if self.reason and self.kind == "correction" else ""
        row = f", row {self.row}" if self.row is not None else ""
        file = " or ".join(self.files)
        came = f"import {self.import_no} ({self.name}, {self.kind}{why}), file {file}{row}"
        return f"{self.table} {self.id}, version {self.version}, known on {self.known_on}: {came}."

    def figures(self) -> dict[str, str]:
        """The same, each thing by its name, with the SHA-256 of the files."""
        said = {"table": self.table, "id": self.id, "version": str(self.version), "import": str(self.import_no)}
        hashes = {f"sha256 of {name}": digest for name, digest in self.files.items()}
        return said | {"row": str(self.row or ""), "known_on": self.known_on.isoformat()} | hashes


def of(table: str, key: str, known_on: date, *, column: str = "id") -> Origin | None:
    """The version of a fact that counted on a day; None where the store has no such fact.

    Args:
        table: a table of a bundle.
        key: its id.
        known_on: the day of the ledger.
        column: the column that the id stands in.
    """
    found = rows.select(
        f"""SELECT f.version, f.import_no, f."row", i.name, i.files, i.kind, i.reason, i.known_on
        FROM {facts.PREFIX}{table} f JOIN imports i ON i.no = f.import_no
        WHERE f."{facts.column(column)}" = %s AND f.known_on <= %s ORDER BY f.version DESC, f.no DESC LIMIT 1""",  # noqa: S608  names of our own schema
        [key, known_on.isoformat()],
        _FOUND,
    )
    if found.is_empty():
        return None
    version, import_no, row, name, files, kind, reason, day = found.row(0)
    return Origin(table, key, version, import_no, name, kind, reason, day, files_of(table, json.loads(files)), row)


def files_of(table: str, files: dict[str, str]) -> dict[str, str]:
    """The file of a table among those of an import, by name with its SHA-256; all of them where none is its own."""
    names = {table, tables.TABLES[table].name}
    own = {name: digest for name, digest in files.items() if PurePath(name).stem in names}
    return own or files

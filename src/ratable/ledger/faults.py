"""What `verify` finds: a row of the store that is not what was written, and what gave it away."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """The first bad row that one check found: its table, its number (or key), and what was seen and expected."""

    table: str
    no: int | str
    says: str

    def __str__(self) -> str:
        return f"{self.table} {self.no}: {self.says}"

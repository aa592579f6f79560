"""A bundle in memory: typed tables that are sound, findings for what is not, and what was left out because of it.

Worked example: of two invoices one carries a float amount; `tables["invoices"]` then holds one row, `findings` one
row `float_amount`, and `left_out` one row `invoices, I-1, float_amount`.
"""

from dataclasses import dataclass

import polars as pl

from ratable.core import findings, tables

LEFT_OUT_SCHEMA: dict[str, pl.DataType] = {"table": pl.String(), "id": pl.String(), "code": pl.String()}


@dataclass(frozen=True)
class Bundle:
    """Named tables with the columns and types of `core.tables`; every declared table is there, if only empty.

    `left_out` has one row per contract, lone invoice or credit note that a blocking finding took out: its table, its
    id and the code of the finding. Rows of it appear in no table.
    """

    tables: dict[str, pl.DataFrame]
    findings: pl.DataFrame
    left_out: pl.DataFrame

    def __getitem__(self, name: str) -> pl.DataFrame:
        """The table of that name."""
        return self.tables[name]


def of(given: dict[str, pl.DataFrame]) -> Bundle:
    """A bundle of already typed tables, without findings; tables that are not given are empty."""
    complete = {name: given.get(name, tables.empty(name)) for name in tables.TABLES}
    return Bundle(complete, findings.none(), pl.DataFrame(schema=LEFT_OUT_SCHEMA))

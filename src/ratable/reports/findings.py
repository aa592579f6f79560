"""The findings as a report: what was wrong with the data, or had to be assumed.

Worked example: an undated invoice line gives the row `service_period_missing, warns, invoice_lines, I-1-2,
service_start, "", ...`, whose message says what was assumed and how to say otherwise.
"""

import polars as pl

COLUMNS = ("code", "severity", "table", "id", "column", "value", "message")


def table(noticed: pl.DataFrame) -> pl.DataFrame:
    """One row per finding: code, severity (blocks or warns), table, id, column, value and message."""
    return noticed.select(COLUMNS)

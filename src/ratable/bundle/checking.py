"""Checks typed tables as a whole, and leaves out what a blocking finding takes with it.

Worked example: the one customer of a bundle has no name: `missing_value` blocks that row, so the contract that names
the customer has `unknown_id` and is out with its lines; a second contract of a sound customer stays.

The order matters: first keys; then the rows that contracts refer to, so that what refers to a row at fault is at fault;
then rules; then what belongs to a row at fault goes; then credits, against the invoices that stayed.
"""

import polars as pl

from ratable.bundle import blocking, credits, defaults, parsing, references, rules, terms
from ratable.core import bundles, findings, tables

Tables = dict[str, pl.DataFrame]


def check(parsed: parsing.Parsed) -> bundles.Bundle:
    """The bundle of what is sound, with every finding.

    Args:
        parsed: typed tables as they came, and what parsing found.
    """
    raw = parsed.raw
    cells = findings.combine(parsed.findings)
    typed, found = _masters(defaults.fill(parsed.tables), raw, [cells, *references.duplicates(parsed.tables, raw)])
    found += [
        f for name in tables.TABLES if name not in references.MASTERS for f in references.unknown(typed, raw, name)
    ]
    for check_references in references.CHECKS:
        found += check_references(typed, raw)
    found += rules.broken(typed, raw)
    for check_terms in terms.CHECKS:
        found += check_terms(typed, raw)
    told = _first_cause(findings.combine(found), cells)
    sound, left_out = blocking.sound(typed, blocking.at_fault(told))
    over = credits.refused(sound, raw)
    if over.is_empty():
        return bundles.Bundle(sound, told, left_out)
    sound, notes = blocking.sound(sound, blocking.at_fault(over))
    return bundles.Bundle(sound, findings.combine([told, over]), pl.concat([left_out, notes]).sort("table", "id"))


def _masters(typed: Tables, raw: Tables, found: list[pl.DataFrame]) -> tuple[Tables, list[pl.DataFrame]]:
    """Entities, customers, products and accounts without the rows at fault, in the order in which they refer."""
    for name in references.MASTERS:
        found = [*found, *references.unknown(typed, raw, name)]
        typed = typed | {name: blocking.without(typed, blocking.at_fault(findings.combine(found)), name)}
    return typed, found


def _first_cause(told: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """The findings without those that only repeat, on the same row, that a cell could not be read."""
    if cells.is_empty() or len(told) == len(cells):
        return told
    unread = cells.filter(pl.col("severity") == "blocks").select("table", "row", unread="column").unique()
    later = told.join(cells, on=["table", "row", "column", "code"], how="anti", nulls_equal=True)
    same_row = later.join(unread, on=["table", "row"], how="inner")
    repeats = same_row.filter((pl.col("column") == pl.col("unread")) | pl.col("value").is_null())
    return told.join(repeats, on=["table", "row", "column", "code"], how="anti")

"""The identities that a report must keep before anybody sees it.

Worked example: a roll-forward row that opens with 1,000.00, bills 0.00, recognizes -100.00 and closes with 910.00
raises `DoesNotFoot`: "roll-forward 2026-03 USD does not foot: opening + movements is 900.00, closing is 910.00".

A figure that does not foot is a fault of this program or of what it was handed, never of the user's data, so it is
an exception and not a finding: a wrong report must not look like a right one.
"""

import polars as pl

from ratable.core import amounts


class DoesNotFoot(Exception):
    """A report whose figures disagree; the message names the report, the row and both figures."""


def same(report: str, rows: pl.DataFrame, left: tuple[str, pl.Expr], right: tuple[str, pl.Expr]) -> None:
    """Two figures are equal on every row.

    Args:
        report: its name, for the message.
        rows: any grain, with `currency` and amounts in its minor units.
        left: what the first figure is called, and the figure.
        right: what the second figure is called, and the figure.

    Raises:
        DoesNotFoot: they differ on a row; the first such row is named.
    """
    wrong = rows.filter(left[1].fill_null(0) != right[1].fill_null(0)).head(1)
    if wrong.is_empty():
        return
    row = wrong.row(0, named=True)
    place = " ".join(str(row[name]) for name in row if wrong[name].dtype in (pl.String, pl.Date) and row[name])
    figures = amounts.written(wrong.select("currency", left=left[1].fill_null(0), right=right[1].fill_null(0)))
    raise DoesNotFoot(
        f"{report} {place} does not foot: {left[0]} is {figures['left'][0]}, {right[0]} is {figures['right'][0]}. "
        "Nothing was reported; please tell the maintainers, with the bundle if you may."
    )


def known_lines(report: str, joined: pl.DataFrame) -> None:
    """Every movement belongs to a line.

    Raises:
        DoesNotFoot: a movement names a line that is not there, so that no contract and no currency is known for it.
    """
    if orphans := joined["currency"].null_count():
        raise DoesNotFoot(f"{report} does not foot: {orphans} movements belong to no line, 0 were expected.")
